"""Cells of the comparison, small ones pooled, and their sums.

Gender x age x period, gender x hour band, gender x each other attribute (disability, carer, night worker) x period, and
gender x purpose or neighbourhood x period for women, men and everybody (see `groupings`);
never the full cross, whose cells would be single agents.

Pooling. Fewer than 30 agents behind a cell are not reported alone:

- neighbouring age bands are merged, from the youngest up, until women and men both have 30 agents in each,
  and the merged band is named by its ends ("65+"); the same bands serve all genders, so that rows can be
  compared;
- `another` is reported by age only if each band has 30 agents of it, else at age `all` only;
- a gender with fewer than 30 agents in all is not reported alone; it is in `all`;
- beside the kinds of a disability or of care stands `any`, all kinds together; a kind with fewer than 30 agents of a
  gender is in that gender's `any` only, and that too is left out below 30;
- a purpose for which fewer than 30 agents of a gender wish to go, or a neighbourhood where fewer walk or wait (or live,
  for what is told by home), is left out for that gender: its people are in the totals.

The fewest agents of any run compared count.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from analysis.indicators.groupings import GENDERS_OF_LEVELS, OF_PLACE, Level, grouped_sums
from analysis.indicators.indicator import CellSums, Indicator
from analysis.indicators.run_totals import run_totals
from analysis.indicators.summed import (
    OF_HOMES,
    REPEATED,
    SUMMED,
    ZONES_COUNTED,
    Trimmed,
    added_at,
    codes_of,
    values_of,
)
from simulator.errors import ResultsError
from simulator.foundation.categories import AGE_BANDS, ATTRIBUTES, GENDERS, GROUPINGS, ITINERARIES
from simulator.results.coded import Coded
from simulator.results.schema import RunTables

Array = np.ndarray[Any, np.dtype[np.float64]]
Whole = np.ndarray[Any, np.dtype[np.int64]]

MIN_AGENTS = 30
ALL = "all"
PERIODS = (ALL, "day", "dark")
HOUR_BANDS: dict[str, tuple[int, ...]] = {
    f"{start % 24:02d}-{(start + 3) % 24:02d}": tuple(hour % 24 for hour in range(start, start + 3))
    for start in range(4, 28, 3)
}
"""Three clock hours each, from 04:00, when the simulated day begins."""
ANY = "any"
SLOTS = (("age_band", AGE_BANDS), *ATTRIBUTES.items())
"""What a tally is told apart by besides gender, one after the other along its second axis."""
_SLOT_START = dict(zip((name for name, _ in SLOTS), np.cumsum([0, *(len(words) for _, words in SLOTS)]), strict=False))
_SLOT_COUNT = sum(len(words) for _, words in SLOTS)
_HOURS = 24
OF_MEASURES = ("affected", "near")
"""Itineraries that only a run with measures has: people whom these can touch."""


class Cell(NamedTuple):
    """One cell: its labels and the rows of a tally behind them: genders, slots (age bands or levels), hours.

    `attribute` and `level` are empty but for cells told apart by one of `ATTRIBUTES` or `GROUPINGS`.
    """

    gender: str
    age: str
    period: str
    hour_band: str
    genders: tuple[int, ...]
    slots: tuple[int, ...]
    hours: tuple[int, ...]
    attribute: str = ""
    level: str = ""


@dataclasses.dataclass(frozen=True)
class Tally:
    """One run's core, added up: `sums[itinerary]` by gender, slot, hour, column; see `SLOTS`.

    Slots past those of the attributes are `levels`, whose sums are `grouped[itinerary]` by gender, level, period (day,
    dark), column.
    """

    sums: Mapping[str, Trimmed]
    agents: Mapping[str, Whole]
    population: Mapping[str, Array]
    grouped: Mapping[str, Trimmed]
    levels: tuple[Level, ...]
    annual_cost: float
    totals: Mapping[str, float] = dataclasses.field(default_factory=dict)


def tally(tables: RunTables, levels: Sequence[Level] = ()) -> Tally:
    """Add up a run's summary over core and core_treated, and its placements' annual cost.

    Parameters
    ----------
    levels
        Purposes and neighbourhoods to tell apart besides, as `groupings.levels_of` finds them in all runs compared.

    Raises
    ------
    ResultsError
        If a gender, age band, attribute or itinerary is not one of the result schema's.
    """
    whole = tables.coded_summary()
    grouped = whole.words["breakdown"].isin(GROUPINGS)
    summary = whole[~grouped]
    itinerary, gender = codes_of(summary, "itinerary", ITINERARIES), codes_of(summary, "gender", GENDERS)
    who = gender * _SLOT_COUNT + _slots(summary)
    in_core = summary.words["zone"].isin(ZONES_COUNTED)
    treated = summary.words["zone"].isin(("core_treated",))
    place = who * _HOURS + summary.numbers["hour"].astype(np.int64)
    sums = {}
    for code, name in enumerate(ITINERARIES):
        rows = np.flatnonzero(in_core & (itinerary == code))
        used, values = values_of(summary, rows, name)
        touched, at = treated[rows], place[rows]
        size = len(GENDERS) * _SLOT_COUNT * _HOURS
        added = added_at(at[~touched], values[~touched], size) + added_at(at[touched], values[touched], size)
        sums[name] = Trimmed.of(added.reshape(len(GENDERS), _SLOT_COUNT, _HOURS, -1), used)
    asked = np.isin(itinerary, [ITINERARIES.index(name) for name in OF_HOMES])
    groups = _groups(summary, in_core | ~asked, itinerary, who)  # who was asked in its zone stands behind an answer
    walked = ("realised", "frozen", "before")
    for name in walked[1:]:
        if not (itinerary == ITINERARIES.index(name)).any():
            sums[name] = sums["realised"]  # a baseline's own trips are the frozen ones
    most = np.max([groups[name] for name in walked], axis=0)
    groups |= dict.fromkeys(walked, most)  # a group that only one itinerary has rows of is the same people in all
    further = grouped_sums(whole[grouped], levels)
    heads = {name: np.concatenate([groups[name], further.heads[name]], axis=2) for name in ITINERARIES}
    return Tally(
        sums=sums,
        agents={name: heads[name][0].astype(np.int64) for name in ITINERARIES},
        population={name: heads[name][1] for name in ITINERARIES},
        grouped=further.sums,
        levels=tuple(levels),
        annual_cost=float(tables.placements["annual_cost"].sum()),
        totals=run_totals(tables, summary),
    )


def _slots(summary: Coded) -> Whole:
    """Where each row stands along the second axis: the one attribute that does not read `all` says so."""
    slot = np.full(len(summary.words["gender"].codes), -1)
    told = np.zeros(len(slot), np.int64)
    for name, words in SLOTS:
        rows = ~summary.words[name].isin((ALL,))
        slot[rows] = _SLOT_START[name] + codes_of(Coded({name: summary.words[name][rows]}, {}), name, words)
        told += rows
    if (told != 1).any():
        row = int(np.argmax(told != 1))
        found = ", ".join(f"{name} {summary.words[name].at(row)}" for name, _ in SLOTS)
        raise ResultsError(f"summary: found a row with {found}, expected all but one of them to read all; run it again")
    return slot


def _groups(summary: Coded, counted: Any, itinerary: Whole, who: Whole) -> dict[str, Array]:
    """Agents and population by (gender, slot) for each itinerary, shape (2, G, slots); every row of a group repeats."""
    groups = len(GENDERS) * _SLOT_COUNT
    table = np.zeros((len(REPEATED), len(ITINERARIES) * groups))
    place = (itinerary * groups + who)[counted]
    for into, name in zip(table, REPEATED, strict=True):
        np.fmax.at(into, place, summary.numbers[name][counted].astype(float))
    shaped = table.reshape(len(REPEATED), len(ITINERARIES), len(GENDERS), _SLOT_COUNT)
    return {name: shaped[:, at] for at, name in enumerate(ITINERARIES)}


def pool_bands(agents: Whole) -> list[tuple[int, ...]]:
    """Merge neighbouring age bands until women and men have MIN_AGENTS agents in each.

    Parameters
    ----------
    agents
        Agents by gender and age band, shape (G, A).
    """
    pools: list[tuple[int, ...]] = []
    current: tuple[int, ...] = ()
    for band in range(agents.shape[1]):
        current = (*current, band)
        if (agents[:2, list(current)].sum(axis=1) >= MIN_AGENTS).all():
            pools.append(current)
            current = ()
    if current and pools:
        pools[-1] += current
    return pools


def band_label(bands: Sequence[int]) -> str:
    """Name of a pool of neighbouring age bands by its ends ("25-44", "under 25", "65+", "all")."""
    first, last = AGE_BANDS[bands[0]], AGE_BANDS[bands[-1]]
    if len(bands) == len(AGE_BANDS):
        return ALL
    if len(bands) == 1:
        return first
    if bands[0] == 0:
        return f"under {int(last.split('-')[1]) + 1}"
    start = first.split("-")[0]
    return f"{start}+" if last.endswith("+") else f"{start}-{last.split('-')[1]}"


def choose_cells(agents: Whole, dark_hours: Sequence[bool], levels: Sequence[Level] = ()) -> list[Cell]:
    """The cells to report, in the order of `comparison.csv`: by age, by hour band, by attribute, by `levels`.

    Parameters
    ----------
    agents
        The fewest agents of any run by gender and slot, shape (G, slots).
    dark_hours
        For each clock hour whether the sun is down (24 values).
    levels
        Purposes and neighbourhoods, as `tally` was given them; for women, men and everybody.
    """
    everybody = tuple(range(len(AGE_BANDS)))
    by_age = agents[:, : len(AGE_BANDS)]
    pools = [pool for pool in pool_bands(by_age) if len(pool) < len(AGE_BANDS)]
    rows: list[tuple[str, tuple[int, ...], list[tuple[int, ...]]]] = []
    for code, gender in enumerate(GENDERS):
        enough_by_age = all(agents[code, list(pool)].sum() >= MIN_AGENTS for pool in pools)
        if by_age[code].sum() >= MIN_AGENTS:
            rows.append((gender, (code,), pools if enough_by_age else []))
    rows.append((ALL, tuple(range(len(GENDERS))), pools))
    hours = {
        ALL: tuple(range(24)),
        "day": tuple(hour for hour in range(24) if not dark_hours[hour]),
        "dark": tuple(hour for hour in range(24) if dark_hours[hour]),
    }
    cells = [
        Cell(gender, band_label(bands), period, ALL, codes, bands, hours[period])
        for period in PERIODS
        if hours[period]
        for gender, codes, pooled in rows
        for bands in (everybody, *pooled)
    ]
    cells += [
        Cell(gender, ALL, ALL, name, codes, everybody, band)
        for name, band in HOUR_BANDS.items()
        for gender, codes, _ in rows
    ]
    cells += [
        Cell(gender, ALL, period, ALL, codes, slots, hours[period], attribute, level)
        for attribute, level, slots in _levels()
        for period in PERIODS
        if hours[period]
        for gender, codes, _ in rows
        if agents[np.ix_(codes, slots)].sum() >= MIN_AGENTS
    ]
    cells += [
        Cell(gender, ALL, period, ALL, codes, (_SLOT_COUNT + at,), hours[period], *level)
        for at, level in enumerate(levels)
        for period in PERIODS
        if hours[period]
        for gender, codes, _ in rows
        if gender in GENDERS_OF_LEVELS
    ]
    return cells


def _levels() -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Attribute, level and slots of every level of an attribute; `any` where there are kinds to take together."""
    for attribute, words in ATTRIBUTES.items():
        slots = tuple(int(_SLOT_START[attribute]) + at for at in range(len(words)))
        yield attribute, words[0], slots[:1]
        if len(words) > 2:
            yield attribute, ANY, slots[1:]
        for word, slot in zip(words[1:], slots[1:], strict=True):
            yield attribute, word, (slot,)


class _Places(NamedTuple):
    """Where cells lie in a tally: the same in every run, of which there are many."""

    sums: csr_array
    """One for each row of `Trimmed.sums`, gender by gender, that is in a cell: (cells, G x slots x hours)."""
    people: list[tuple[list[int], Whole]]
    """Cells that have as many groups of people, and the places of these in G x slots, (cells, groups)."""


@lru_cache(maxsize=16)
def _places(cells: tuple[Cell, ...]) -> _Places:
    who = [np.add.outer(np.multiply(cell.genders, _SLOT_COUNT), cell.slots).ravel() for cell in cells]
    own = [at for at, cell in enumerate(cells) if cell.attribute not in GROUPINGS]
    rows = [np.zeros(0, np.int64)] * len(cells)
    for at in own:
        rows[at] = np.add.outer(who[at] * _HOURS, cells[at].hours).ravel().astype(np.int64)
    ends = np.cumsum([0, *(one.size for one in rows)])
    shape = (len(cells), len(GENDERS) * _SLOT_COUNT * _HOURS)
    sums = csr_array((np.ones(ends[-1]), np.concatenate([*rows, np.zeros(0, np.int64)]), ends), shape=shape)
    alike: dict[int, list[int]] = {}
    for at in own:
        alike.setdefault(who[at].size, []).append(at)
    return _Places(sums, [(found, np.array([who[at] for at in found])) for found in alike.values()])


def cell_sums(run: Tally, cells: Sequence[Cell]) -> CellSums:
    """Sums behind each cell of one run."""
    by_itinerary, nothing, places = {}, np.zeros(len(cells)), _places(tuple(cells))
    for itinerary in ITINERARIES:
        used, sums = run.sums[itinerary]
        table = places.sums @ sums.reshape(-1, used.size) if used.size else np.zeros((len(cells), 0))
        heads, people = np.zeros(len(cells)), run.population[itinerary][:, :_SLOT_COUNT].ravel()
        for found, where in places.people:
            heads[found] = people[where].sum(axis=1)
        columns = dict(zip(used.tolist(), table.T, strict=True))
        _add_grouped(run, itinerary, cells, columns, heads)
        named = {name: columns.get(at, nothing) for at, name in enumerate(SUMMED)}
        by_itinerary[itinerary] = named | {"population": heads}
    return CellSums(
        **by_itinerary,
        annual_cost=run.annual_cost,
        totals=run.totals,
    )


def _add_grouped(run: Tally, itinerary: str, cells: Sequence[Cell], columns: dict[int, Array], heads: Array) -> None:
    """Write the sums and people of cells by purpose and neighbourhood into their rows, all at once: there are many."""
    rows = [row for row, cell in enumerate(cells) if cell.attribute in GROUPINGS]
    if not rows:
        return
    used, of_gender = run.grouped[itinerary]
    everybody = np.concatenate([of_gender, of_gender.sum(axis=0, keepdims=True)])
    every = np.concatenate([everybody, everybody.sum(axis=2, keepdims=True)], axis=2)
    people = run.population[itinerary][:, _SLOT_COUNT:]
    people = np.concatenate([people, people.sum(axis=0, keepdims=True)])
    genders = [(*GENDERS, ALL).index(cells[row].gender) for row in rows]
    levels = [cells[row].slots[0] - _SLOT_COUNT for row in rows]
    found = every[genders, levels, [("day", "dark", ALL).index(cells[row].period) for row in rows]]
    for at, column in zip(used.tolist(), found.T, strict=True):
        columns.setdefault(at, np.zeros(len(cells)))[rows] = column
    heads[rows] = people[genders, levels]


def agents_behind(agents: Whole, cells: Sequence[Cell]) -> Whole:
    """Agents behind each cell, given agents by gender and slot."""
    return np.array([agents[np.ix_(cell.genders, cell.slots)].sum() for cell in cells], dtype=np.int64)


def labels(cell: Cell) -> dict[str, str]:
    """What tables say of a cell, by the name of the column."""
    return {
        "gender": cell.gender,
        "age": cell.age,
        **{name: cell.level if name == cell.attribute else ALL for name in ATTRIBUTES},
        "hour_band": cell.hour_band,
        "zone": cell.level if cell.attribute in OF_PLACE else "core",
        "purpose": cell.level if cell.attribute == "purpose" else ALL,
        "period": cell.period,
    }


def behind_of(one: Indicator, behind: Mapping[str, Whole]) -> str:
    """The itinerary whose agents stand behind an indicator: frozen ones belong to the same people as the realised.

    Behind the treated streets stand those affected, and not whoever never comes there; everybody only where none are
    told, as in runs of a baseline or against one with measures of its own.
    """
    if one.on_treated and "affected" in behind and behind["affected"].any():
        return "affected"
    return one.itinerary if one.itinerary in ("asked", "living", *OF_MEASURES) else "realised"


def reported(one: Indicator, chosen: Sequence[Cell], behind: Mapping[str, Whole]) -> Iterator[int]:
    """Positions of the cells that an indicator is told for.

    Parameters
    ----------
    chosen
        Cells, as `choose_cells` gives them.
    behind
        Agents behind each of them by itinerary, as `agents_behind` gives them.
    """
    itinerary = behind_of(one, behind)
    agents = behind[itinerary]
    for at, cell in enumerate(chosen):
        whole_day = cell.period == ALL and cell.hour_band == ALL
        everybody = cell.gender == ALL and cell.age == ALL and not cell.attribute
        wanted = {
            "hours": True,
            "periods": cell.hour_band == ALL,
            "once": whole_day,
            "total": whole_day and everybody,
        }[one.breakdown]
        wanted &= cell.attribute not in GROUPINGS or cell.attribute in one.groupings
        if wanted and (agents[at] >= MIN_AGENTS or (everybody and itinerary not in OF_MEASURES)):
            yield at
