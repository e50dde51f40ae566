"""Bring a population in: totals by zone, gender and age, to which the residents of the city's homes are scaled.

1. Long form, columns zone, gender, age_from, age_until, people (or share and zone_people: shares of a zone sum to
   one); or wide form, zone and headings such as ``women_0_14`` or ``men_85_plus``.
2. Nobody is counted twice: where totals (all genders, all ages) stand beside their parts, they must agree within
   1 % or one person, and only the parts are kept.
3. The homes of a zone are scaled to its total; of a zone that
   lies partly outside the city, to the share of its area inside.
4. A zone without mapped homes has its people spread over its residential streets, by length.
5. Buildings take the residents of their homes, and streets are overlooked by those: see `overlooking`.
"""

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from simulator.city.zones import COUNTED_GENDERS, OLDEST_COUNTED
from simulator.errors import InputError
from simulator.foundation.spelling import GENDER_WORDS, nearest_told
from street_networks.derive import City
from street_networks.local_data.homes_by_zone import Count, scale_homes
from street_networks.local_data.zones import zone_shapes
from street_networks.tables.rows import RowFaults, Rows, find_columns, number_in, plain, read_rows

SUM_SHARE = 0.01
_LONG = ("zone", "gender", "age_from", "age_until", "people")
_SHARES = ("share", "zone_people")
_GENDER_WORDS = {**GENDER_WORDS, **dict.fromkeys(("all", "total", "both"), "all")}
_WIDE = re.compile(r"([a-z]+)(?:_(\d+)(?:_(\d+|plus|over))?)?")


def add_population(city: City, path: Path | str, mapping: Mapping[str, str] | None = None) -> City:
    """Add totals by zone, gender and age to a city with zones, and scale its homes to them.

    Parameters
    ----------
    city
        A city with zones (see `add_zones`).
    path
        CSV in long or wide form.
    mapping
        Our name -> heading in the file, for zone, gender, age_from, age_until, people, share, zone_people.

    Raises
    ------
    InputError
        With every row that cannot be used.
    """
    path = Path(path)
    shapes = zone_shapes(city)
    rows = read_rows(path, what="a population by zone, gender and age")
    faults = RowFaults(path, "this population")
    found = find_columns(rows, (*_LONG, *_SHARES), mapping or {}, faults)
    if "zone" not in found:
        faults.add(None, f"columns {', '.join(rows.headings)}", "a column zone, or a mapping that names it")
    faults.raise_any()
    if "people" not in found and "share" in found:
        rows, found = _with_people(rows, found, faults)
    counts = _long(rows, found, faults) if "people" in found else _wide(rows, found["zone"], faults)
    outside = set(city.network.metadata.get("zones_outside", "").splitlines())
    zones = city.network.zones
    known = [str(name) for name in zones.zone[~zones.is_core]]
    _check_zones(counts, known, outside, faults)
    faults.raise_any()
    inside = [count for count in counts if count.zone not in outside]
    _check_inhabited(inside, faults)
    kept = _without_totals(inside, faults)
    faults.raise_any()
    if not kept:
        raise InputError(f"{path}: counts nobody in the city's zones; expected at least one of {', '.join(known)}")
    told = {"population_rows": f"{len(kept)} kept; {len(inside) - len(kept)} totals that their parts agree with"}
    network = dataclasses.replace(city.network, metadata={**city.network.metadata, **told})
    return scale_homes(dataclasses.replace(city, network=network), kept, shapes)


def _with_people(rows: Rows, found: Mapping[str, str], faults: RowFaults) -> tuple[Rows, dict[str, str]]:
    """The rows with people in the place of shares of a zone's people, which must sum to one in each zone."""
    if "zone_people" not in found:
        faults.add(None, "a column share and none zone_people", "how many people the shares of a zone are of")
        faults.raise_any()
    together: dict[str, float] = defaultdict(float)
    last: dict[str, int] = {}
    cells = []
    for number, cell in zip(rows.numbers, rows.cells, strict=True):
        share, people = (rows.number(cell, found[name]) for name in _SHARES)
        if share is None or not 0 <= share <= 1:
            faults.add(number, f"share {cell[found['share']]!r}", "a share from 0 to 1")
        zone = cell[found["zone"]]
        together[zone] += share or 0.0
        last[zone] = number
        # a number of people that cannot be read is told where it is read, with its row
        counted = cell[found["zone_people"]] if share is None or people is None else repr(share * people)
        cells.append({**cell, "people": counted})
    for zone, whole in together.items():
        if abs(whole - 1.0) > SUM_SHARE:
            faults.add(last[zone], f"shares of {zone!r} that sum to {whole:.4g}", "shares of a zone that sum to 1")
    faults.raise_any()
    return dataclasses.replace(rows, cells=tuple(cells)), {**found, "people": "people"}


def _check_inhabited(counts: Iterable[Count], faults: RowFaults) -> None:
    """A zone in which nobody lives is a slip of the table, or needs no row."""
    people: dict[str, float] = defaultdict(float)
    first: dict[str, int] = {}
    for count in counts:
        people[count.zone] += count.people
        first.setdefault(count.zone, count.row)
    for zone, number in people.items():
        if number <= 0:
            faults.add(first[zone], f"zone {zone!r} with nobody in it", "somebody, or no row of that zone")


def _long(rows: Rows, found: Mapping[str, str], faults: RowFaults) -> list[Count]:
    counts = []
    for number, cells in zip(rows.numbers, rows.cells, strict=True):
        cell = {name: cells[found[name]] for name in found}
        gender = _gender(cell.get("gender") or "all", number, faults)
        low = _age(cell.get("age_from") or "0", number, faults)
        high = _age(cell.get("age_until") or str(OLDEST_COUNTED), number, faults)
        people = _people(rows, cells, found["people"], number, faults)
        if low is not None and high is not None and low > high:
            faults.add(number, f"ages from {low} until {high}", "the younger first")
        elif gender and low is not None and high is not None and people is not None:
            counts.append(Count(number, cell["zone"], gender, low, high, people))
    return counts


def _wide(rows: Rows, zone: str, faults: RowFaults) -> list[Count]:
    spans = {}
    for heading in rows.headings:
        matched = _WIDE.fullmatch(plain(heading))
        if heading == zone or not matched or matched[1] not in _GENDER_WORDS:
            continue
        low = _age(matched[2] or "0", 1, faults)
        open_ended = matched[2] is None or matched[3] in ("plus", "over")
        high = OLDEST_COUNTED if open_ended else _age(matched[3] or matched[2], 1, faults)
        if low is not None and high is not None and low > high:
            faults.add(1, f"heading {heading!r}", "the younger age first")
        elif low is not None and high is not None:
            spans[heading] = (_GENDER_WORDS[matched[1]], low, high)
    if not spans:
        expected = f"columns {', '.join(_LONG)}, or headings such as women_0_14 and men_85_plus"
        faults.add(None, f"columns {', '.join(rows.headings)}", expected)
    counts = []
    for number, cells in zip(rows.numbers, rows.cells, strict=True):
        for heading, (gender, low, high) in spans.items():
            people = _people(rows, cells, heading, number, faults)
            if people is not None:
                counts.append(Count(number, cells[zone], gender, low, high, people))
    return counts


def _gender(text: str, number: int, faults: RowFaults) -> str | None:
    gender = _GENDER_WORDS.get(text.strip().lower())
    if gender is None:
        near = nearest_told(text, _GENDER_WORDS)
        faults.add(number, f"gender {text!r}", f"one of {', '.join(COUNTED_GENDERS)}{near}")
    return gender


def _age(text: str, number: int, faults: RowFaults) -> int | None:
    value = number_in(text)
    if value is None or value != int(value) or not 0 <= value <= OLDEST_COUNTED:
        faults.add(number, f"age {text!r}", f"whole years from 0 to {OLDEST_COUNTED}")
        return None
    return int(value)


def _people(rows: Rows, cells: Mapping[str, str], heading: str, number: int, faults: RowFaults) -> float | None:
    value = rows.number(cells, heading)
    if value is None or value < 0:
        faults.add(number, f"{heading} {cells[heading]!r}", "a number of people, 0 or more")
        return None
    return value


def _check_zones(counts: Iterable[Count], known: list[str], outside: set[str], faults: RowFaults) -> None:
    first: dict[tuple[str, str, int, int], int] = {}
    unknown = set()
    for count in counts:
        if count.zone not in known and count.zone not in outside and (count.row, count.zone) not in unknown:
            unknown.add((count.row, count.zone))
            faults.add(count.row, f"zone {count.zone!r}", f"a zone of the city{nearest_told(count.zone, known)}")
        same = count[1:5]
        if same in first:
            found = f"{count.zone!r}, {count.gender}, {count.age_from} to {count.age_until} again (row {first[same]})"
            faults.add(count.row, found, "each zone, gender and age once")
        first.setdefault(same, count.row)


def _without_totals(counts: list[Count], faults: RowFaults) -> list[Count]:
    """The parts only: first ages within a gender, then genders; what overlaps without adding up is a fault."""
    by_zone: dict[str, list[Count]] = defaultdict(list)
    for count in counts:
        by_zone[count.zone].append(count)
    kept = []
    for zone in sorted(by_zone):
        parts: list[Count] = []
        for gender in COUNTED_GENDERS:
            parts.extend(_without_age_totals([c for c in by_zone[zone] if c.gender == gender], faults))
        kept.extend(_without_gender_totals(parts, faults))
    return kept


def _without_age_totals(counts: list[Count], faults: RowFaults) -> list[Count]:
    """Spans of ages that hold no other; wider ones are totals and must agree with the spans in them."""
    kept: list[Count] = []
    for count in sorted(counts, key=lambda c: (c.age_until - c.age_from, c.age_from)):
        within = [c for c in kept if count.age_from <= c.age_from and c.age_until <= count.age_until]
        across = [c for c in kept if _overlap(c, count) and c not in within]
        if across:
            other = across[0]
            found = f"ages {count.age_from} to {count.age_until} overlap {other.age_from} to {other.age_until}"
            faults.add(count.row, f"{found} (row {other.row})", "ages beside each other")
        elif within:
            _check_sum(count, within, "ages", faults)
        else:
            kept.append(count)
    return sorted(kept, key=lambda c: c.age_from)


def _without_gender_totals(counts: list[Count], faults: RowFaults) -> list[Count]:
    """Counts by gender; those of all genders only where no gender is told apart."""
    told = [c for c in counts if c.gender != "all"]
    kept = list(told)
    for count in (c for c in counts if c.gender == "all"):
        within = [c for c in told if count.age_from <= c.age_from and c.age_until <= count.age_until]
        across = [c for c in told if _overlap(c, count) and c not in within]
        if across:
            found = f"ages {count.age_from} to {count.age_until} of all genders cut those of row {across[0].row}"
            faults.add(count.row, found, "the same ages for all genders as for each")
        elif within:
            _check_sum(count, within, "genders", faults)
        else:
            kept.append(count)
    return kept


def _overlap(one: Count, other: Count) -> bool:
    return one.age_from <= other.age_until and other.age_from <= one.age_until


def _check_sum(total: Count, parts: list[Count], what: str, faults: RowFaults) -> None:
    added = sum(part.people for part in parts)
    if abs(added - total.people) > max(1.0, SUM_SHARE * total.people):
        found = f"{total.zone!r}, {total.gender}, {total.age_from} to {total.age_until}: {total.people:g} people"
        faults.add(total.row, found, f"{added:g}, the sum of its {what}")
