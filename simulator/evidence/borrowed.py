"""Figures from another country: which place a figure is of, and how much wider it is drawn elsewhere.

Rates, shares and prices of one country are no measure of another's. In a city of another country both ends of their
ranges move out by one factor (of the odds, for shares); what is drawn keeps the random number of the parameter, and
the median stays. Ratios are left as they are: a study of one city says as much of a street elsewhere as of another at
home. Feelings have a rule of their own, `feel_transfer_sd` (see `simulator.safety.perception`).
"""

from scipy.special import ndtri

_UNION = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV"),
    *("MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
)
PLACES = {
    "Canada": ("CA",),
    "England": ("GB",),
    "Europe": (*_UNION, "CH", "GB", "IS", "NO"),
    "European Union": _UNION,
    "Finland": ("FI",),
    "Glasgow": ("GB",),
    "Great Britain": ("GB",),
    "Minneapolis": ("US",),
    "Montpellier": ("FR",),
    "UK": ("GB",),
    "United Kingdom": ("GB",),
}
"""Countries (ISO 3166) of the places that figures are from, as the evidence begins to name them."""
Z90 = 1.6448536269514722
"""Standard normal quantile at 0.95: low and high are the ends of a central 90 % range."""


def countries_of(applies_to: str) -> tuple[str, ...]:
    """Countries that a figure is from; empty if it is not of a place."""
    return PLACES.get(_place(applies_to), ())


def origin(applies_to: str) -> str:
    """Where a figure is from, in short: the code of its country, or the name of a larger place; empty if of none."""
    found = countries_of(applies_to)
    return found[0] if len(found) == 1 else _place(applies_to)


def _place(applies_to: str) -> str:
    return max((place for place in PLACES if applies_to.startswith(place)), key=len, default="")


def is_borrowed(applies_to: str, unit: str, country: str) -> bool:
    """Whether a figure is a rate, share or price of other countries than this one (empty: of no known one)."""
    from_places = countries_of(applies_to)
    return bool(country and from_places) and country not in from_places and unit.startswith(("share", "EUR"))


def widened(value: float, quantile: float, *, factor: float, unit: str) -> float:
    """A figure drawn at a quantile, moved out so that the ends of its range move by a factor (of its odds, if a share).

    Parameters
    ----------
    value
        What is drawn at home; shares lie between 0 and 1.
    quantile
        Where in its distribution, 0 to 1; at 0.5 nothing moves.
    """
    times = float(factor ** (ndtri(quantile) / Z90))
    if not unit.startswith("share"):
        return value * times
    return value * times / (1.0 - value + value * times)
