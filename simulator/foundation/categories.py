"""The categories by which people, trips and incidents are told apart, in the order of their codes."""

import numpy as np

GENDERS = ("woman", "man", "another")
AGE_BANDS = ("under 16", "16-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+")
AGE_BAND_FROM = (0, 16, 25, 35, 45, 55, 65, 75)
AGE_GROUP_OF_BAND = np.array([0, 0, 0, 1, 1, 1, 2, 2])
"""Age groups in which people remember the streets and wish is inflated: under 35, 35 to 64, 65 and over."""
AGE_GROUPS = 3
RISK_AGES = ("under 25", "25-64", "65+")
RISK_AGE_OF_BAND = np.array([0, 0, 1, 1, 1, 1, 2, 2])
"""Ages between which incidents by person differ, and that of each age band."""
DISABILITIES = ("none", "walking", "sight")
CARERS = ("no", "child", "older person")
NIGHT_WORKERS = ("no", "yes")
ATTRIBUTES = {"disability": DISABILITIES, "carer": CARERS, "night_worker": NIGHT_WORKERS}
"""Attributes by which results are told apart besides gender and age, and their words."""
GROUPINGS = ("purpose", "walked_in", "lives_in")
"""What results are told apart by besides who people are: what trips are for, where is walked, where people live."""
ELSEWHERE = "(none)"
"""Streets and homes of no neighbourhood."""
ZONES = ("core", "core_treated", "ring", "ring_treated")
ITINERARIES = ("realised", "frozen", "before", "asked", "affected", "affected_before", "near", "near_before", "living")
"""Whose walks on whose streets a row of the summary is about."""
VENUES = ("nightlife", "leisure", "shop")
"""What visits by night are told apart by; leisure with culture."""
MODES = ("walk", "bicycle", "driver", "passenger", "transit", "taxi")
"""Modes of a trip, in the order of their codes; driver and passenger are those of a car."""
OUTCOMES = ("as planned", "detoured", "shifted", "switched mode", "accompanied", "not made")
"""Primary outcomes of a trip, in the order of their codes."""
INCIDENTS = ("harassment", "robbery", "assault")
