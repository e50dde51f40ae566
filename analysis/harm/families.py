"""Which indicators are tested for harm, and to which family each belongs: every one that is judged, but a few."""

from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.indicator import Indicator

FAMILIES = {
    "feeling safe": ("feels_safe_share", "sdg_16_1_4", "near_sdg_16_1_4", "affected_feels_safe"),
    "trips": ("trips_", "taxi_", "detour_", "affected_trips"),
    "dark and alone": ("dark_", "alone_"),
    "waiting": ("waiting_",),
    "incidents": ("incidents_",),
    "use of the treated streets": ("use_of_treated",),
}
"""Families and how the names of their indicators begin."""
ACCESS = "access"
"""The family of what no other one claims: what can be reached, and when."""
LEFT_OUT = {
    "affected_safe_minutes": "a sum of minutes walked falls too where people ride instead, which harms nobody",
    "safe_minutes_treated": "the same; who walks there less is seen in the use of the treated streets",
}
"""Judged indicators that are not tested, and why."""


def indicators_at_stake() -> list[Indicator]:
    """Indicators that are tested, in the order in which they are registered."""
    return [one for one in INDICATORS.values() if one.better and one.name not in LEFT_OUT]


def family_of(indicator: str) -> str:
    """The family with the longest beginning of an indicator's name."""
    beginnings = {beginning: name for name, several in FAMILIES.items() for beginning in several}
    return beginnings.get(max((one for one in beginnings if indicator.startswith(one)), key=len, default=""), ACCESS)
