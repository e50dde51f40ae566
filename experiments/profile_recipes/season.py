"""How dark clock hours were on the days of the travel survey, by the sun over Montpellier."""

import datetime

import numpy as np
import pandas as pd

from simulator.city.sun import darkness, solar_elevation
from simulator.evidence.parameters import load_evidence

MONTPELLIER = (43.61, 3.88, "Europe/Paris")
FIRST, LAST = datetime.date(2013, 10, 15), datetime.date(2014, 4, 15)
"""French household travel surveys are made from autumn to spring, outside long holidays; the file has no dates, so
which days these were is an assumption of ours."""


def survey_darkness() -> pd.DataFrame:
    """Mean darkness (0 to 1) of each clock hour over Mondays to Fridays of the season."""
    days = [FIRST + datetime.timedelta(number) for number in range((LAST - FIRST).days + 1)]
    evidence = load_evidence()
    ends = {
        word: evidence[f"dark_{name}_deg"].value
        for word, name in (("begins_deg", "begins"), ("complete_deg", "complete"))
    }
    dark = [darkness(solar_elevation(*MONTPELLIER, day), **ends) for day in days if day.weekday() < 5]
    return pd.DataFrame({"hour": range(24), "darkness": np.mean(dark, axis=0)})
