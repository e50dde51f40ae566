"""How an answer tells what it costs and for what: one short sentence, sentences, tables."""

import math
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from analysis.answer import wording
from analysis.answer.provenance import Provenance
from analysis.answer.risk_wording import break_even_of_row
from analysis.answer.tables import Table, placements_table
from analysis.cost.cash_flow import KINDS
from analysis.cost.gains import GAINS
from analysis.cost.ratios import NO_GAIN, NO_RATIO
from analysis.cost.unit_values import DAYS
from analysis.language import foreign, marked, marked_each, marked_values, spoken, tr

UNKNOWN = "not evaluated"
"""What a break-even row says of measures whose effect on incidents nobody evaluated."""
PRESENT = marked_values(
    {
        "build": "building",
        "replace": "buying again what is worn out",
        "run": "running",
        "residual": "less what is left of it in the end",
    }
)
NOTHING_PLACED = marked("Nothing is placed, so nothing is paid.")
ONE_DAY = marked(
    "The model knows one kind of day: the cost is that of a year, the gain that of one such day. How many days a year "
    "are like it is for you to say, as [such_days] in a file for --unit-values."
)
NO_VALUE = marked(
    "No value in money is put on feeling safe, on trips or on incidents here, so there is no benefit-cost ratio; "
    "--unit-values takes yours, with their source."
)
NOTHING_COUNTED = marked("No cost is counted: what it takes from others, such as earnings, has no price here.")
NOT_JUDGED = marked("Whether that is worth paying is not for a model to say, so it has no verdict.")
_WHY = marked_each(
    *("fewer than three draws", "the gain is not distinguishable from no effect", "it loses instead of gaining"),
    *("it saves money", "it costs nothing", "it costs in some draws and saves in others"),
    *("the gain is not counted here",),
)
"""Why there is no ratio (`analysis.cost.ratios`)."""
_FINE = 100.0
"""Below so much a price is told with decimals."""


def price(value: float, currency: str) -> str:
    """A price of one thing: three figures, decimals below a hundred, as in "12.3 EUR" or "0.045 EUR"."""
    if not math.isfinite(value):
        return tr("no limit")
    if abs(value) >= _FINE or value == 0.0:
        return wording.money(value, currency)
    decimals = max(1, 1 - math.floor(math.log10(abs(value))))
    return spoken().digits(f"{value:.{min(decimals, 6)}f} {currency}".replace("-", wording.MINUS).strip())


def with_interval(row: pd.Series, currency: str, *, fine: bool = False) -> str:
    """An amount of money and its interval, as in "812 EUR (640 to 1 030)"; without one where draws do not differ."""
    told = price if fine else wording.money
    value, low, high = (float(row[name]) for name in ("estimate", "low", "high"))
    text = told(value, currency)
    if not math.isfinite(low) or low == high:
        return text
    return f"{text} ({wording.between([told(low, ''), told(high, '')])})"


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
        return [tr(NOTHING_PLACED)]
    told = [tr(NOTHING_COUNTED)] if _is_free(rows) else [f"{_cost(rows)} {tr(NOT_JUDGED)}", *_ratios(rows)]
    if one_of(rows, "total", DAYS) is None and not _is_free(rows):
        told.append(tr(ONE_DAY))
    told += list(_worth(rows))
    for row in rows[rows["part"] == "break even"].to_dict("records"):
        words = break_even_of_row(pd.Series(row | {"difference": row["estimate"], "grade": row["note"]}, dtype=object))
        if words:
            unknown = tr("No such measure has been evaluated, so its effect on incidents is not told.")
            first = f"{unknown} " if row["quantity"] == UNKNOWN else ""
            pays = tr("{words}; unit costs of incidents are those of England and Wales.", words=words)
            told.append(f"{first}{pays[0].upper()}{pays[1:]}")
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
    graded = tr("; the weakest evidence behind it is graded “{grade}”")
    put = {
        "yearly": with_interval(yearly, currency),
        "present": with_interval(present, currency),
        "years": years_in_words(float(years["estimate"])),
        "rate": wording.percent(float(rate["estimate"]), 1),
        "grade": graded.format(grade=wording.grade_word(str(yearly["note"]))) if yearly["note"] else "",
    }
    if saves:
        return tr(
            "Together a saving of about {yearly} a year: the equal yearly payment for {present} in money of today over "
            "{years}, at real prices and a discount rate of {rate} a year{grade}.",
            **put,
        )
    return tr(
        "Together about {yearly} a year: the equal yearly payment for {present} in money of today over {years}, at "
        "real prices and a discount rate of {rate} a year{grade}.",
        **put,
    )


def years_in_words(years: float) -> str:
    """A number of years, as in "6 years"."""
    return tr("1 year") if years == 1.0 else tr("{count} years", count=f"{years:.0f}")


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
            none.setdefault(str(row["note"]), []).append(tr(gain.title))
        else:
            told.append(_each(rows, name))
    if told:
        days = one_of(rows, "total", DAYS)
        put = {"told": "; ".join(told)}
        if days is None:
            yield tr("That is: {told}.", **put)
        else:
            count = spoken().digits(f"{float(days['estimate']):g}")
            yield tr("That is, at {count} such days a year: {told}.", count=count, **put)
    for why, names in none.items():
        yield tr("No ratio for {gains}: {why}.", gains=wording.listed(names), why=tr(why.removeprefix(NO_RATIO)))


def _each(rows: pd.DataFrame, name: str) -> str:
    """What a unit of a gain costs, in words; a gain that comes again each day has a price where days are given."""
    row, gain = _needed(rows, "ratio", name), GAINS[name]
    price_of_it = with_interval(row, currency_of(rows), fine=True)
    if not gain.is_daily:
        return tr("{price} a year for each {what}", price=price_of_it, what=tr(gain.each))
    if one_of(rows, "total", DAYS) is not None:
        return tr("{price} for each {what}", price=price_of_it, what=tr(gain.each))
    return tr("{price} a year for each {what} on each such day", price=price_of_it, what=tr(gain.each))


def _worth(rows: pd.DataFrame) -> Iterator[str]:
    currency = currency_of(rows)
    valued = rows[rows["part"] == "worth"]
    if valued.empty:
        yield tr(NO_VALUE)
        return
    net = one_of(rows, "net", "net_present_value")
    if net is None:
        yield tr("None of the values given could be used: see the table.")
        return
    ratio = one_of(rows, "net", "benefit_cost_ratio")
    each = rows[(rows["part"] == "draw") & (rows["quantity"] == "net_present_value")]["estimate"]
    put = {"count": int((each > 0.0).sum()), "draws": len(each)}
    if float(net["estimate"]) >= 0.0:
        yield tr(
            "At the values given, what is gained is worth {money} more than it costs, in money of today; it pays in "
            "{count} of {draws} draws.",
            money=with_interval(net, currency),
            **put,
        )
    else:
        yield tr(
            "At the values given, it costs {money} more than what is gained is worth, in money of today; it pays in "
            "{count} of {draws} draws.",
            money=with_interval(_turned(net), currency),
            **put,
        )
    without = [_valued(str(row["quantity"])) for row in valued.to_dict("records") if not math.isfinite(row["estimate"])]
    if without:
        yield tr(
            "That is without {gains}, for which a value is given too: what is gained or lost of these would change it.",
            gains=wording.listed(without),
        )
    if ratio is None:
        yield tr("There is no benefit-cost ratio, as not every draw costs money.")
    else:
        yield tr("Benefit-cost ratio: {ratio}.", ratio=with_interval(ratio, "", fine=True))


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
        title = tr("{gain}, per such day", gain=tr(gain.title)) if gain.is_daily else tr(gain.title)
        body.append((title, _amount(row), no_ratio(str(ratio["note"])) if ratio["note"] else _each(rows, name)))
    days = one_of(rows, "total", DAYS)
    note = (
        tr("The cost of a year stands against the gain of one such day.")
        if days is None
        else tr(
            "Costs for minutes and trips are for {count} such days a year, as given.",
            count=spoken().digits(f"{float(days['estimate']):g}"),
        )
    )
    return Table(
        title=tr("What it is paid for: everybody whom it can touch"),
        columns=("gain", "how much (90 % interval)", "price of one (90 % interval)"),
        rows=tuple(body),
        notes=(note, tr("Mean cost over mean gain; only where the gain is distinguishable from no effect.")),
        numbers=(1,),
    )


def no_ratio(note: str) -> str:
    """Why there is no ratio, as a table says it."""
    return tr("no ratio: {why}", why=tr(note.removeprefix(NO_RATIO)))


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
        span = tr("years {first} to {last}", first=first, last=last)
        when = tr("now") if first == 0 else tr("year {year}", year=first) if first == last else span
        body.append((when, wording.money(float(row["estimate"]), currency)))
    return Table(
        title=tr("What is paid when"),
        columns=("when", "paid (mean over draws)"),
        rows=tuple(body),
        notes=(
            tr(
                "Real prices, without inflation. What is worn out is bought again; in the last year, what is left of "
                "its life is taken off. A lifetime differs between draws, so the same purchase falls into several "
                "years."
            ),
        ),
        numbers=(1,),
    )


def present_table(rows: pd.DataFrame) -> Table:
    """What all that is paid is worth today, by kind."""
    currency = currency_of(rows)
    found = [(PRESENT[kind], _needed(rows, "present", kind)) for kind in KINDS]
    body = [(tr(words), with_interval(row, currency)) for words, row in found if float(row["estimate"])]
    return Table(
        title=tr("What that is worth today"),
        columns=("for", "in money of today (90 % interval)"),
        rows=(*body, (tr("all of it"), with_interval(_needed(rows, "total", "net_present_cost"), currency))),
        numbers=(1,),
    )


def _alike(flows: pd.DataFrame) -> Iterator[tuple[int, int, pd.Series]]:
    """Spans of years in which the same is paid."""
    keys = flows["estimate"].round(6)
    for _, span in flows.groupby((keys != keys.shift()).cumsum(), sort=False):
        yield int(span["year"].iloc[0]), int(span["year"].iloc[-1]), span.iloc[0]


def _valued(quantity: str) -> str:
    """What has a value, in words."""
    if quantity in GAINS:
        return tr(GAINS[quantity].title)
    return tr("incidents averted: {kind}", kind=tr(quantity.removeprefix("incident.")))


_KINDS = marked_each("harassment", "robbery", "assault")


def _source(row: Mapping[Hashable, Any]) -> str:
    """Where a value comes from, in its giver's words, or why there is no worth."""
    note = str(row["note"])
    return no_ratio(note) if note.startswith(NO_RATIO) else foreign(note)


def worth_table(rows: pd.DataFrame) -> Table:
    """What gains are worth a year at the values given, with their sources."""
    currency = currency_of(rows)
    body = []
    for row in rows[rows["part"] == "worth"].to_dict("records"):
        known = math.isfinite(row["estimate"])
        body.append(
            (_valued(str(row["quantity"])), with_interval(pd.Series(row), currency) if known else "–", _source(row))
        )
    return Table(
        title=tr("What it is worth a year at the values given"),
        columns=("gain", "worth (90 % interval)", "source of the value, or why there is none"),
        rows=tuple(body),
        notes=(tr("The values are not the model's: whoever gave them says where they come from."),),
        numbers=(1,),
    )
