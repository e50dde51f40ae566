"""How an answer tells what it costs and for what: one short sentence, sentences, tables."""

import math
from collections.abc import Iterator

import pandas as pd

from analysis.answer import wording
from analysis.answer.provenance import Provenance
from analysis.answer.risk_wording import break_even_of_row
from analysis.answer.tables import Table, placements_table
from analysis.cost.cash_flow import KINDS
from analysis.cost.gains import GAINS
from analysis.cost.ratios import NO_GAIN, NO_RATIO
from analysis.cost.unit_values import DAYS

UNKNOWN = "not evaluated"
"""What a break-even row says of measures whose effect on incidents nobody evaluated."""
PRESENT = {
    "build": "building",
    "replace": "buying again what is worn out",
    "run": "running",
    "residual": "less what is left of it in the end",
}
NOTHING_PLACED = "Nothing is placed, so nothing is paid."
ONE_DAY = (
    "The model knows one kind of day: the cost is that of a year, the gain that of one such day. How many days a year "
    "are like it is for you to say, as [such_days] in a file for --unit-values."
)
NO_VALUE = (
    "No value in money is put on feeling safe, on trips or on incidents here, so there is no benefit-cost ratio; "
    "--unit-values takes yours, with their source."
)
NOTHING_COUNTED = "No cost is counted: what it takes from others, such as earnings, has no price here."
NOT_JUDGED = "Whether that is worth paying is not for a model to say, so it has no verdict."
_FINE = 100.0
"""Below so much a price is told with decimals."""


def price(value: float, currency: str) -> str:
    """A price of one thing: three figures, decimals below a hundred, as in "12.3 EUR" or "0.045 EUR"."""
    if not math.isfinite(value):
        return "no limit"
    if abs(value) >= _FINE or value == 0.0:
        return wording.money(value, currency)
    decimals = max(1, 1 - math.floor(math.log10(abs(value))))
    return f"{value:.{min(decimals, 6)}f} {currency}".replace("-", wording.MINUS).strip()


def with_interval(row: pd.Series, currency: str, *, fine: bool = False) -> str:
    """An amount of money and its interval, as in "812 EUR (640 to 1 030)"; without one where draws do not differ."""
    told = price if fine else wording.money
    value, low, high = (float(row[name]) for name in ("estimate", "low", "high"))
    text = told(value, currency)
    if not math.isfinite(low) or low == high:
        return text
    return f"{text} ({told(low, '')}{wording.RANGE}{told(high, '')})"


def one_of(rows: pd.DataFrame, part: str, quantity: str) -> pd.Series | None:
    """The row of a part and quantity, if there is one."""
    found = rows[(rows["part"] == part) & (rows["quantity"] == quantity)]
    return found.iloc[0] if len(found) else None


def currency_of(rows: pd.DataFrame) -> str:
    """The currency of the costs; empty without any."""
    row = one_of(rows, "total", "net_present_cost")
    return "" if row is None else str(row["unit"])


def brief(rows: pd.DataFrame, scenario: str, facts: Provenance) -> str:
    """The price in one sentence of at most 25 words; empty where nothing is placed."""
    total, currency = one_of(rows, "total", "annual_cost"), currency_of(rows)
    if total is None or not facts.scenario(scenario).has_measures:
        return ""
    cost = float(total["estimate"])
    if _is_free(rows):
        return NOTHING_COUNTED
    if cost < 0.0:
        return f"It saves about {wording.money(-cost, currency)} a year."
    return _price_of_each(rows, cost, currency)


def _price_of_each(rows: pd.DataFrame, cost: float, currency: str) -> str:
    """What it costs, a person affected and a minute, as far as there are such ratios."""
    person, minutes = one_of(rows, "ratio", "people_affected"), one_of(rows, "ratio", "safe_minutes")
    if person is None or minutes is None or not math.isfinite(float(person["estimate"])):
        return f"It costs about {wording.money(cost, currency)} a year."
    told = f"It costs {wording.money(cost, currency)} a year: {price(person['estimate'], currency)} a person affected"
    if math.isfinite(float(minutes["estimate"])):
        each = price(float(minutes["estimate"]) / GAINS["safe_minutes"].count, currency)
        when = "" if one_of(rows, "total", DAYS) is not None else " per such day"
        return f"{told}, {each} for each safe minute{when}."
    if minutes["note"] == NO_GAIN:
        return f"{told}; its gain in safe minutes is not distinguishable from no effect."
    return f"{told}."


def sentences(rows: pd.DataFrame, scenario: str, facts: Provenance) -> list[str]:
    """What it costs, for what, at which values it pays; effectiveness before any value."""
    if not facts.scenario(scenario).placements:
        return [NOTHING_PLACED]
    told = [NOTHING_COUNTED] if _is_free(rows) else [f"{_cost(rows)} {NOT_JUDGED}", *_ratios(rows)]
    if one_of(rows, "total", DAYS) is None and not _is_free(rows):
        told.append(ONE_DAY)
    told += list(_worth(rows))
    pays = rows[rows["part"] == "break even"]
    for row in pays.to_dict("records"):
        words = break_even_of_row(pd.Series(row | {"difference": row["estimate"], "grade": row["note"]}, dtype=object))
        if words:
            unknown = "No such measure has been evaluated, so its effect on incidents is not told. "
            first = unknown if row["quantity"] == UNKNOWN else ""
            told.append(
                f"{first}{words[0].upper()}{words[1:]}; unit costs of incidents are those of England and Wales."
            )
    return told


def _is_free(rows: pd.DataFrame) -> bool:
    """Whether nothing is paid for in any draw."""
    paid = rows[(rows["part"] == "draw") & rows["quantity"].isin(("annual_cost", "net_present_cost"))]
    return not paid["estimate"].any()


def _cost(rows: pd.DataFrame) -> str:
    currency = currency_of(rows)
    names = ("net_present_cost", "annual_cost", "years", "discount_rate")
    present, yearly, years, rate = (_needed(rows, "total", name) for name in names)
    saves = float(yearly["estimate"]) < 0.0
    sign = -1.0 if saves else 1.0
    present, yearly = (_turned(one) if sign < 0 else one for one in (present, yearly))
    grade = f"; the weakest evidence behind it is graded “{yearly['note']}”" if yearly["note"] else ""
    return (
        f"Together {'a saving of ' if saves else ''}about {with_interval(yearly, currency)} a year: the equal yearly "
        f"payment for {with_interval(present, currency)} in money of today over {float(years['estimate']):.0f} "
        f"{'year' if float(years['estimate']) == 1.0 else 'years'}, at real prices and a discount rate of "
        f"{100.0 * float(rate['estimate']):.1f}\u00a0% a year{grade}."
    )


def _turned(row: pd.Series) -> pd.Series:
    """A saving as a number above zero."""
    turned = row.copy()
    turned["estimate"], turned["low"], turned["high"] = -row["estimate"], -row["high"], -row["low"]
    return turned


def _needed(rows: pd.DataFrame, part: str, quantity: str) -> pd.Series:
    row = one_of(rows, part, quantity)
    assert row is not None, (part, quantity)
    return row


def _ratios(rows: pd.DataFrame) -> Iterator[str]:
    none: dict[str, list[str]] = {}
    told = []
    for name, gain in GAINS.items():
        row = _needed(rows, "ratio", name)
        if row["note"]:
            none.setdefault(str(row["note"]), []).append(gain.title)
        else:
            told.append(_each(rows, name))
    if told:
        days = one_of(rows, "total", DAYS)
        over = "" if days is None else f", at {float(days['estimate']):g} such days a year"
        yield f"That is{over}: {'; '.join(told)}."
    for why, names in none.items():
        yield f"No ratio for {wording.listed(names)}: {why.removeprefix(NO_RATIO)}."


def _each(rows: pd.DataFrame, name: str) -> str:
    """What a unit of a gain costs, in words; a gain that comes again each day has a price where days are given."""
    row, gain = _needed(rows, "ratio", name), GAINS[name]
    price_of_it = with_interval(row, currency_of(rows), fine=True)
    if not gain.is_daily:
        return f"{price_of_it} a year for each {gain.each}"
    if one_of(rows, "total", DAYS) is not None:
        return f"{price_of_it} for each {gain.each}"
    return f"{price_of_it} a year for each {gain.each} on each such day"


def _worth(rows: pd.DataFrame) -> Iterator[str]:
    currency = currency_of(rows)
    valued = rows[rows["part"] == "worth"]
    if valued.empty:
        yield NO_VALUE
        return
    net = one_of(rows, "net", "net_present_value")
    if net is None:
        yield "None of the values given could be used: see the table."
        return
    ratio = one_of(rows, "net", "benefit_cost_ratio")
    each = rows[(rows["part"] == "draw") & (rows["quantity"] == "net_present_value")]["estimate"]
    pays = f"in money of today; it pays in {int((each > 0.0).sum())} of {len(each)} draws"
    yield (
        f"At the values given, what is gained is worth {with_interval(net, currency)} more than it costs, {pays}."
        if float(net["estimate"]) >= 0.0
        else f"At the values given, it costs {with_interval(_turned(net), currency)} more than what is gained is worth,"
        f" {pays}."
    )
    without = [_valued(str(row["quantity"])) for row in valued.to_dict("records") if not math.isfinite(row["estimate"])]
    if without:
        yield (
            f"That is without {wording.listed(without)}, for which a value is given too: what is gained or lost of "
            "these would change it."
        )
    if ratio is None:
        yield "There is no benefit-cost ratio, as not every draw costs money."
    else:
        yield f"Benefit-cost ratio: {with_interval(ratio, '', fine=True)}."


def tables_of(rows: pd.DataFrame, scenario: str, facts: Provenance) -> list[Table]:
    """What is placed, what is paid when, what it is paid for, and what that is worth."""
    if not facts.scenario(scenario).placements:
        return []
    found = [placements_table(facts, scenario), gains_table(rows), flow_table(rows), present_table(rows)]
    return [*found, worth_table(rows)] if (rows["part"] == "worth").any() else found


def gains_table(rows: pd.DataFrame) -> Table:
    """Each gain of one such day, and what it costs."""
    body = []
    for name, gain in GAINS.items():
        row, ratio = _needed(rows, "gain", name), _needed(rows, "ratio", name)
        each = ratio["note"] or _each(rows, name)
        body.append((f"{gain.title}{', per such day' if gain.is_daily else ''}", _amount(row), str(each)))
    days = one_of(rows, "total", DAYS)
    note = (
        "The cost of a year stands against the gain of one such day."
        if days is None
        else f"Costs for minutes and trips are for {float(days['estimate']):g} such days a year, as given."
    )
    return Table(
        title="What it is paid for: everybody whom it can touch",
        columns=("gain", "how much (90 % interval)", "price of one (90 % interval)"),
        rows=tuple(body),
        notes=(note, "Mean cost over mean gain; only where the gain is distinguishable from no effect."),
        numbers=(1,),
    )


def _amount(row: pd.Series) -> str:
    if not math.isfinite(float(row["estimate"])):
        return "–"
    numbers = {"difference": row["estimate"], "low": row["low"], "high": row["high"], "unit": ""}
    return wording.change_with_interval(pd.Series(numbers, dtype=object))


def flow_table(rows: pd.DataFrame) -> Table:
    """What is paid in which year; years that are alike stand in one row."""
    currency = currency_of(rows)
    flows = rows[rows["part"] == "flow"].sort_values("year")
    body: list[tuple[str, str]] = []
    for first, last, row in _alike(flows):
        when = "now" if first == 0 else f"year {first}" if first == last else f"years {first} to {last}"
        body.append((when, wording.money(float(row["estimate"]), currency)))
    return Table(
        title="What is paid when",
        columns=("when", "paid (mean over draws)"),
        rows=tuple(body),
        notes=(
            "Real prices, without inflation. What is worn out is bought again; in the last year, what is left of its "
            "life is taken off. A lifetime differs between draws, so the same purchase falls into several years.",
        ),
        numbers=(1,),
    )


def present_table(rows: pd.DataFrame) -> Table:
    """What all that is paid is worth today, by kind."""
    currency = currency_of(rows)
    found = [(PRESENT[kind], _needed(rows, "present", kind)) for kind in KINDS]
    body = [(words, with_interval(row, currency)) for words, row in found if float(row["estimate"])]
    return Table(
        title="What that is worth today",
        columns=("for", "in money of today (90 % interval)"),
        rows=(*body, ("all of it", with_interval(_needed(rows, "total", "net_present_cost"), currency))),
        numbers=(1,),
    )


def _alike(flows: pd.DataFrame) -> Iterator[tuple[int, int, pd.Series]]:
    """Spans of years in which the same is paid."""
    keys = flows["estimate"].round(6)
    for _, span in flows.groupby((keys != keys.shift()).cumsum(), sort=False):
        yield int(span["year"].iloc[0]), int(span["year"].iloc[-1]), span.iloc[0]


def _valued(quantity: str) -> str:
    """What has a value, in words."""
    return GAINS[quantity].title if quantity in GAINS else quantity.replace("incident.", "incidents averted: ")


def worth_table(rows: pd.DataFrame) -> Table:
    """What gains are worth a year at the values given, with their sources."""
    currency = currency_of(rows)
    body = []
    for row in rows[rows["part"] == "worth"].to_dict("records"):
        known = math.isfinite(row["estimate"])
        body.append(
            (_valued(str(row["quantity"])), with_interval(pd.Series(row), currency) if known else "–", str(row["note"]))
        )
    return Table(
        title="What it is worth a year at the values given",
        columns=("gain", "worth (90 % interval)", "source of the value, or why there is none"),
        rows=tuple(body),
        notes=("The values are not the model's: whoever gave them says where they come from.",),
        numbers=(1,),
    )
