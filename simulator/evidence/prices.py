"""Costs of the evidence in the currency and at the price level of a city's country.

The evidence gives costs in EUR at the prices of the euro area. Elsewhere they are converted by purchasing power parity,

    cost there = cost in EUR x (units of currency per international dollar there) / (EUR per international dollar),

not by the exchange rate, since most of what measures cost is work done locally. The parities (`price_levels.csv`) are
those that the World Bank publishes as PA.NUS.PPP for about 2022, recalled and not looked up; goods that are
traded, such as lanterns, cost more than they say where wages are low. Figures of other countries are also drawn wider
(`borrowed`). Currency codes are those of ISO 4217.
"""

import csv
from functools import cache
from importlib import resources
from typing import NamedTuple

EURO = "EUR"
EURO_AREA = frozenset(
    "AD AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MC ME MT NL PT SI SK SM VA XK".split()  # noqa: SIM905
)
"""Countries (ISO 3166) that use the euro, on 1 January 2025."""
_EURO_AREA_ROW = "EA"


class Money(NamedTuple):
    """The currency of a country, and what one EUR of the evidence costs in it."""

    currency: str
    factor: float
    known: bool
    """Whether the country's price level is known; if not, costs stay in EUR."""


@cache
def money_of(country: str) -> Money:
    """Currency and price level of a country (ISO 3166); EUR at the evidence's own prices where none is known."""
    if country in EURO_AREA:
        return Money(EURO, 1.0, known=True)
    parities = _parities()
    if country not in parities:
        return Money(EURO, 1.0, known=False)
    currency, parity = parities[country]
    return Money(currency, parity / parities[_EURO_AREA_ROW][1], known=True)


@cache
def _parities() -> dict[str, tuple[str, float]]:
    text = (resources.files(__package__) / "price_levels.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["country"]: (row["currency"], float(row["per_international_dollar"])) for row in rows}
