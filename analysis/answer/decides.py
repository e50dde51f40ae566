"""How surely it is better, and what decides it, as a finding: `decides.csv`, its tables, its sentences."""

import math
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from analysis.answer import wording
from analysis.answer.finding import Basis, Finding
from analysis.answer.provenance import Provenance
from analysis.answer.tables import Table
from analysis.comparison.deciding import COLUMNS, QUANTITIES, WHO, decide
from analysis.comparison.influence import FAMILYWISE
from analysis.comparison.intervals import FEWEST_DRAWS
from analysis.indicators.catalogue import INDICATORS
from analysis.language import marked, spoken, tr, tr_if_known

MOST_WORDS = 25
"""Of a sentence in the answer in short."""
AFFECTED = "affected_safe_minutes"
"""Told beside what the answer leads with: the measure's own people, in minutes."""
FEELING_ALONE = marked(
    "This weighs gains alone, as if a measure cost nothing: whether they are worth their price is for the reader."
)
_HALF = 0.5


def _work_out(basis: Basis) -> pd.DataFrame:
    headlines = {
        name: list(dict.fromkeys([*(lead.indicator for lead in basis.facts.scenario(name).leads), AFFECTED]))
        for name in basis.scenarios
        if basis.facts.scenario(name).has_measures
    }
    meanings = {str(row["name"]): str(row["note"]) for row in basis.parameters}
    tables = decide(basis.baseline, basis.scenarios, basis.comparison, headlines, tallies=basis.tallies)
    parts = [table.assign(scenario=name) for name, table in tables.items() if len(table)]
    if not parts:
        return pd.DataFrame(columns=["scenario", *COLUMNS, "meaning"])
    whole = pd.concat(parts, ignore_index=True)
    return whole.assign(meaning=[first_clause(meanings.get(name, "")) for name in whole["parameter"]])


def first_clause(note: str) -> str:
    """What a parameter is, of its note in the evidence file; what follows says more."""
    return note.split(";", maxsplit=1)[0].split(". ", maxsplit=1)[0].strip()


class _Told:
    """Quantities of one answer: an indicator for women, men or everybody."""

    def __init__(self, rows: pd.DataFrame) -> None:
        first = rows.iloc[0]
        self.indicator, self.gender = str(first["indicator"]), str(first["gender"])
        self.unit, self.period = str(first["unit"]), str(first["period"])
        self._alone = rows[rows["parameter"] == ""].set_index("quantity")
        self._numbers = rows[rows["parameter"] != ""]

    def of(self, quantity: str, part: str = "estimate") -> float:
        """A quantity, its error or the end of its interval; NaN where it is not told."""
        return float(self._alone.loc[quantity, part]) if quantity in self._alone.index else float("nan")

    @property
    def numbers(self) -> Iterator[tuple[str, str, pd.DataFrame]]:
        """Name, meaning and quantities of each number that decides, most first."""
        for name, rows in self._numbers.groupby("parameter", sort=False):
            yield str(name), tr_if_known(str(rows["meaning"].iloc[0])), rows.set_index("quantity")

    @property
    def title(self) -> str:
        """The answer as a table calls it."""
        return tr(INDICATORS[self.indicator].title)

    @property
    def whom(self) -> str:
        """Whose it is, and when."""
        return wording.who(self.gender) + (f" {tr('after dark')}" if self.period == "dark" else "")

    @property
    def better_in(self) -> str:
        """In how many draws it is better."""
        return tr("{count} of {draws}", count=f"{self.of('draws_better'):.0f}", draws=f"{self.of('draws'):.0f}")

    @property
    def never_differs(self) -> bool:
        """Whether it is as before in every draw."""
        return self.of("expected_gain") == self.of("expected_gain", "error") == 0.0

    def amount(self, quantity: float, *, beside: Sequence[float] = ()) -> str:
        """A gain or what is worth one, with its unit."""
        text = wording.change(quantity, self.unit, beside=beside).removeprefix("+")
        return f"{text} {wording.unit_of_change(self.unit)}"


def _answers(rows: pd.DataFrame) -> list[_Told]:
    return [_Told(own) for _, own in rows.groupby(["indicator", "gender"], sort=False)]


def _first_of(answers: Sequence[_Told], indicator: str) -> _Told | None:
    """An answer for women, else for everybody."""
    found: Mapping[str, _Told] = {one.gender: one for one in answers if one.indicator == indicator}
    return found.get("woman", found.get("all"))


def _sentences(rows: pd.DataFrame, scenario: str, facts: Provenance) -> list[str]:
    if not facts.scenario(scenario).has_measures:
        return [tr("Nothing is done, so nothing is to be decided.")]
    if rows.empty:
        few = marked("Too few people are behind what the answer leads with.")
        return [tr(wording.TOO_FEW.get(facts.draws, few))]
    answers, told = _answers(rows), []
    for indicator in dict.fromkeys((facts.scenario(scenario).leads[0].indicator, AFFECTED)):
        one = _first_of(answers, indicator)
        if one is not None:
            told += [
                _surely_in_words(one),
                *(() if one.never_differs else (_decides_in_words(one), _worth_in_words(one))),
            ]
    return [*told, tr(FEELING_ALONE)]


def _surely_in_words(one: _Told) -> str:
    if one.never_differs:
        put = {"what": one.title, "whom": one.whom, "draws": f"{one.of('draws'):.0f}"}
        return tr("{what}, {whom}: nothing differs in any of {draws} draws.", **put)
    gain, error = one.of("expected_gain"), one.of("expected_gain", "error")
    return tr(
        "{what}, {whom}: better in {count} draws. One more draw would be better with a chance of {chance}, and better "
        "by more than the margin with one of {material}. The expected gain is {gain}, with a Monte Carlo error of "
        "{error}.",
        what=one.title,
        whom=one.whom,
        count=one.better_in,
        chance=_chance(one, "chance_better"),
        material=_chance(one, "chance_materially_better"),
        gain=one.amount(gain, beside=(error,)),
        error=one.amount(error, beside=(gain,)),
    )


def _decides_in_words(one: _Told) -> str:
    numbers = [
        f"{name}{f' ({meaning})' if meaning else ''}: "
        + (tr("the more, the more gain") if _correlation(rows) > 0 else tr("the more, the less gain"))
        for name, meaning, rows in one.numbers
    ]
    if numbers:
        p = max(float(rows.loc["decides", "p"]) for _, _, rows in one.numbers)
        count = f"{one.of('candidates'):.0f}"
        return tr(
            "What decides it most is {numbers}. By chance alone, one of {count} uncertain numbers would look so in "
            "{often} of 100 answers.",
            numbers=tr("; then ").join(numbers),
            count=count,
            often=f"{100.0 * p:.0f}" if p >= 0.01 else tr("fewer than 1"),
        )
    if not math.isfinite(one.of("candidates")):
        return tr("Which numbers decide it is not known: these runs do not tell what they read, or not in every draw.")
    seen, needed = one.of("smallest_share_seen"), one.of("draws_to_see_half")
    none = tr(
        "Of {count} uncertain numbers none stands out in {draws} draws",
        count=f"{one.of('candidates'):.0f}",
        draws=f"{one.of('draws'):.0f}",
    )
    if seen <= _HALF:
        return tr(
            "{none}: one that explains {share} of the variance or more would most likely be seen.",
            none=none,
            share=f"{seen:.0%}",
        )
    return tr(
        "{none}; about {draws} draws would be needed to see one that explains half of the variance.",
        none=none,
        draws=f"{needed:.0f}",
    )


def _worth_in_words(one: _Told) -> str:
    worth, draws = one.of("value_of_everything"), one.of("draws")
    on_average = one.of("expected_gain") > 0.0
    if worth == 0.0:
        in_every = {draws: tr("it is better in every draw"), 0.0: tr("it is better in no draw")}
        told = in_every.get(one.of("draws_better"), tr("it is worse in no draw"))
        return tr(
            "In none of these {draws} draws would learning more change the choice: {why}.",
            draws=f"{draws:.0f}",
            why=told,
        )
    text = tr(
        "On average {doing} is better; knowing everything before choosing would be worth {worth} more ({interval}).",
        doing=tr("doing it") if on_average else tr("doing nothing"),
        worth=one.amount(worth),
        interval=wording.interval(
            _ends(one, one.of("value_of_everything", "low"), one.of("value_of_everything", "high"))
        ),
    )
    numbers = [f"{name} {one.amount(float(rows.loc['value_of_one', 'estimate']))}" for name, _, rows in one.numbers]
    return f"{text} {tr('Of that, knowing it alone: {numbers}.', numbers='; '.join(numbers))}" if numbers else text


def _correlation(rows: pd.DataFrame) -> float:
    return float(rows.loc["decides", "estimate"])


def _ends(one: _Told, low: float, high: float) -> str:
    ends = [wording.change(end, one.unit, beside=(low, high)).removeprefix("+") for end in (low, high)]
    return wording.between(ends)


def _chance(one: _Told, quantity: str) -> str:
    error = f"{100.0 * one.of(quantity, 'error'):.0f}"
    return tr("{chance} (error {error} points)", chance=wording.percent(one.of(quantity)), error=error)


def _tables(rows: pd.DataFrame, scenario: str, facts: Provenance) -> list[Table]:
    if rows.empty:
        return []
    answers = sorted(_answers(rows), key=lambda one: WHO.index(one.gender))
    order = list(dict.fromkeys(rows["indicator"]))
    answers.sort(key=lambda one: order.index(one.indicator))
    found = [_surely_table(answers), _decides_table(answers)]
    return [table for table in found if table.rows]


def _surely_table(answers: Sequence[_Told]) -> Table:
    several = any(one.of("value_of_everything_in_choice") >= 0.0 for one in answers)
    body = []
    for one in answers:
        gain, error = one.of("expected_gain"), one.of("expected_gain", "error")
        worth = [one.of("value_of_everything")] + ([one.of("value_of_everything_in_choice")] if several else [])
        body.append(
            (
                f"{one.title}, {wording.unit_of_change(one.unit)}",
                wording.who(one.gender),
                one.better_in,
                *(_percent(one, name) for name in ("chance_better", "chance_materially_better")),
                f"{wording.change(gain, one.unit, beside=(error,))} ({_plain(one, error, gain)})",
                *(_plain(one, value) for value in worth),
            )
        )
    title = tr("How surely it is better, and what learning all before choosing would be worth")
    if answers[0].period == "dark":
        title = tr("How surely it is better after dark, and what learning all before choosing would be worth")
    return Table(
        title=title,
        columns=(
            *("what", "who", "draws better", "chance better", "materially", "expected gain"),
            *("learning all", *(("to choose which",) if several else ())),
        ),
        rows=tuple(body),
        stubs=2,
        numbers=(2, 3, 4, 5, 6, 7)[: 6 if several else 5],
        notes=(
            tr("In brackets: the Monte Carlo error, which more draws make smaller. A gain above zero is better."),
            tr(
                "Learning all: worth of knowing everything before the choice between this and nothing, or, to choose "
                "which, among all ideas and nothing."
            )
            if several
            else tr("Learning all: worth of knowing everything before the choice between this and nothing."),
            tr(FEELING_ALONE),
        ),
    )


def _decides_table(answers: Sequence[_Told]) -> Table:
    body = [
        (
            one.title,
            wording.who(one.gender),
            f"{name}{f': {meaning}' if meaning else ''}",
            tr("more gain") if _correlation(rows) > 0 else tr("less gain"),
            spoken().digits(f"{_correlation(rows):+.2f}".replace("-", wording.MINUS)),
            spoken().digits(f"{float(rows.loc['decides', 'p']):.3f}"),
            _share(rows),
            _worth(one, rows),
        )
        for one in answers
        for name, meaning, rows in one.numbers
    ]
    return Table(
        title=tr("What decides it: numbers that go along with the gain more than chance would make any of them"),
        columns=("what", "who", "number", "more of it", "correlation", "p", "explains", "learning it is worth"),
        rows=tuple(body),
        stubs=2,
        numbers=(4, 5, 6, 7),
        notes=(
            tr(
                "p: chance that any number goes along so closely where none decides; named up to {limit}. "
                "Correlations are of ranks, given what stands above for the same people.",
                limit=spoken().digits(f"{FAMILYWISE:g}"),
            ),
            tr("In few draws chance has a part in which are named: their correlation and worth are overstated."),
            tr(
                "Explains: share of the variance by itself, with 64 draws or more. In brackets: 90 % bootstrap "
                "intervals."
            ),
        ),
    )


def _percent(one: _Told, quantity: str) -> str:
    return f"{one.of(quantity):.0%} ({100.0 * one.of(quantity, 'error'):.0f})".replace("%", "\u00a0%")


def _plain(one: _Told, value: float, *beside: float) -> str:
    return wording.change(value, one.unit, beside=beside).removeprefix("+")


def _share(rows: pd.DataFrame) -> str:
    if "share_explained" not in rows.index:
        return "–"
    share, low, high = (float(rows.loc["share_explained", name]) for name in ("estimate", "low", "high"))
    return f"{wording.percent(share)} ({wording.between([wording.percent(low), wording.percent(high)])})"


def _worth(one: _Told, rows: pd.DataFrame) -> str:
    worth, low, high = (float(rows.loc["value_of_one", name]) for name in ("estimate", "low", "high"))
    if worth == low == high == 0.0:
        return "0"
    return f"{_plain(one, worth, low, high)} ({_ends(one, low, high)})"


def _brief(rows: pd.DataFrame, scenario: str, facts: Provenance) -> str:
    """In how many draws it is better, and what decides it most; its meaning and men where words are left."""
    if facts.draws < FEWEST_DRAWS:
        return wording.TOO_FEW[facts.draws]
    lead = facts.scenario(scenario).leads[0].indicator
    answers = [one for one in _answers(rows) if one.indicator == lead] if len(rows) else []
    first = _first_of(answers, lead)
    if first is None:
        return ""
    if first.never_differs:
        return f"Nothing differs for {wording.who(first.gender)} in any of {first.of('draws'):.0f} draws."
    begun = f"It is better in {first.better_in} draws for {wording.who(first.gender)}"
    men = next((f" and {one.better_in} for men" for one in answers if one.gender == "man"), "")
    named = next(first.numbers, None)
    if named is None:
        return f"{begun}{men}{_why_not(first)}."
    name, meaning, _ = named
    tries = (
        f"{begun}{men}; {name} decides most: {meaning}.",
        f"{begun}; {name} decides most: {meaning}.",
        f"{begun}{men}; {name} decides most.",
    )
    return next(said for said in tries if (meaning or "most: " not in said) and len(said.split()) <= MOST_WORDS)


def _why_not(one: _Told) -> str:
    seen = one.of("smallest_share_seen")
    if not math.isfinite(seen):
        return ""
    return (
        "; no single number stands out" if seen <= _HALF else f"; {one.of('draws'):.0f} draws are too few to tell why"
    )


FINDING = Finding(
    name="decides",
    heading="How surely, and what decides it",
    columns={
        "indicator": "what the answer leads with, and the minutes that feel safe to the affected",
        "gender": "woman, man or all",
        "period": "dark, or all where no hour is dark",
        "unit": "unit of the indicator",
        "quantity": "; ".join(f"{name}: {meaning}" for name, meaning in QUANTITIES.items()),
        "parameter": "number that it is about, as `afterdark evidence` has it; empty for others",
        "estimate": "the quantity; gains and worths in the indicator's unit, gains above zero where it is better",
        "error": "Monte Carlo error (standard deviation over sets of as many draws)",
        "low": "lower end of the 90 % bootstrap interval",
        "high": "upper end of it",
        "p": "chance that any number goes along so closely where none decides",
        "meaning": "the number in words",
    },
    words=("indicator", "gender", "period", "unit", "quantity", "parameter", "meaning"),
    work_out=_work_out,
    sentences=_sentences,
    tables=_tables,
    brief=_brief,
    place="surely",
)
