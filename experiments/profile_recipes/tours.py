"""Tours of the survey by any mode: how many, for what, at which hour, with which stops, how long and how far.

Tables that the model uses are read off one random half of the persons (A); figures to check it come from the other (B).
"""

import hashlib
from collections import Counter

import numpy as np
import pandas as pd

from experiments.profile_recipes.smoothing import smooth_profiles
from experiments.profile_recipes.survey import AGE_BANDS, GENDERS, LEAST_ROWS, Array
from simulator.evidence.parameters import nominal

ROLES = ("employed", "student", "other")
DAYS_OF_ROLE = {"employed": ("at work", "off work"), "student": ("at study", "off study"), "other": ("other",)}
"""Kinds of day of each role: with its main tour and without."""
STOPS = ("work", "study", "shop", "leisure", "stroll", "visit", "drop", "fetch", "other")
KINDS = (
    *("work", "work_first", "work_second", "study", "study_first", "study_second"),
    *("drop", "fetch", "shop", "leisure", "other"),
)
"""What a tour is mainly for; `_first` and `_second` are the halves of a day with a meal at home in between."""
KIND_OF_STOP = {"stroll": "leisure", "visit": "leisure"}
_STOP_OF_CODE = {"52": "stroll", "54": "visit", "61": "drop", "71": "drop", "64": "fetch", "74": "fetch"}
MOST_STOPS = 3
BLOCK_EDGES = (4, 7, 8, 9, 11, 13, 14, 15, 17, 19, 21, 28)
"""Hours at which the blocks of arrival begin, and the end of the last."""
CONTEXTS = ("single", "chain", "half", "before", "after")
"""A stop alone in its tour; one of several; of a day divided by a meal at home; before and after a break elsewhere."""
QUANTILES = 21
AGES_OF_DISTANCE = ("under 18", "18-64", "65+")
DISTANCES_M = tuple(100.0 * 2.0**power for power in range(10))
_SPEED_OF_MODE = {"01": "walk", "21": "car", "22": "car", "61": "car", "81": "car", "82": "car"}
_SPEED_OF_TENS = {"1": "motorcycle", "3": "transit", "4": "regional", "5": "regional"}
_BICYCLES = ("11", "12", "17", "18")
_PERSONS_LENT = 20.0
"""Persons' worth of a broader rate lent to each gender, age band and role; tours' worth to each gender's patterns."""
LEAST_TOURS = 3
"""Fewer tours than these do not make a pattern of stops."""


def half_of(person: pd.Series) -> Array:
    """A or B for each person, by a hash of the id, so that it never changes."""
    bit = [hashlib.blake2b(word.encode(), digest_size=1).digest()[0] & 1 for word in person]
    return np.where(np.array(bit, bool), "B", "A")


def role_of(occupation: pd.Series, age: pd.Series) -> Array:
    """Employed, student or other from the survey's `OCC`; where it is empty, minors are pupils."""
    found = occupation.map({"1": "employed", "2": "student"}).fillna("other")
    return np.where(occupation.isna() & (age < 18), "student", found)


def speed_of(mode: pd.Series) -> Array:
    """Assumed metres a minute along the way, door to door, of a survey mode (`MODP`)."""
    words = mode.map(_SPEED_OF_MODE).fillna(mode.str[0].map(_SPEED_OF_TENS)).fillna("other")
    words = words.mask(mode.isin(_BICYCLES), "bicycle")
    return words.map({word: nominal(f"survey_speed_{word}") * 1000 / 60 for word in words.unique()}).to_numpy(float)


def stop_of(code: pd.Series, purpose: pd.Series) -> pd.Series:
    """Our word for what is done at a destination: the purpose, with strolls, visits, taking and fetching apart."""
    return code.map(_STOP_OF_CODE).fillna(purpose)


def days_of(trips: pd.DataFrame) -> pd.DataFrame:
    """Trips with what they are part of: stop (word), tour of the person's day, minutes of stay, metres, leg."""
    metres = np.maximum(trips["end"] - trips["start"], 1) * speed_of(trips["mode"])
    return chained(trips.assign(stop=stop_of(trips["code"], trips["purpose"]), metres=metres))


def chained(trips: pd.DataFrame) -> pd.DataFrame:
    """Trips of any survey, in order, with the tour of the person's day, minutes of stay and whether from home.

    Needs person, role, origin, purpose, stop (words), start and end (min). Work of people who have no job and study of
    people who are not students count as `other`.
    """
    leaves = (trips["origin"] == "home") & (trips["purpose"] != "home")
    stop = trips["stop"].mask((trips["stop"] == "work") & (trips["role"] != "employed"), "other")
    stop = stop.mask((stop == "study") & (trips["role"] != "student"), "other")
    stay = trips.groupby("person")["start"].shift(-1) - trips["end"]
    return trips.assign(stop=stop, tour=leaves.groupby(trips["person"]).cumsum(), from_home=leaves, stay=stay)


def _main(words: list[str], stays: list[float]) -> int:
    for word in ("work", "study"):
        if word in words:
            return words.index(word)
    return int(np.argmax(np.nan_to_num(np.array(stays, float), nan=1e4)))


def tours_of(days: pd.DataFrame) -> pd.DataFrame:
    """Tours from home: person, start, kind, first, second, third, share (1, or 1/2 for each stop beyond the third).

    Of more than three stops the main one and the first of the others stay; each further stop but work and study counts
    as half a tour of its own, which has as many trips.
    """
    away = days[(days["tour"] > 0) & (days["purpose"] != "home")]
    rows = []
    for (person, _), tour in away.groupby(["person", "tour"], sort=True):
        words, starts = tour["stop"].tolist(), tour["start"].tolist()
        main = _main(words, tour["stay"].tolist())
        kept = sorted([main, *[at for at in range(len(words)) if at != main][: MOST_STOPS - 1]])
        names = [words[at] for at in kept]
        rows.append((person, starts[0], words[main], *names, *[""] * (MOST_STOPS - len(names)), 1.0))
        more = [at for at in range(len(words)) if at not in kept and words[at] not in ("work", "study")]
        rows += [(person, starts[at], words[at], words[at], "", "", 0.5) for at in more]
    tours = pd.DataFrame(rows, columns=["person", "start", "kind", "first", "second", "third", "share"])
    kind = tours["kind"].replace(KIND_OF_STOP)
    for word in ("work", "study"):
        mine = (kind == word) & (tours["share"] == 1.0)
        number = mine.groupby(tours["person"]).cumsum()
        often = mine.groupby(tours["person"]).transform("sum") > 1
        kind = kind.mask(mine & often & (number == 1), f"{word}_first")
        kind = kind.mask(mine & often & (number > 1), f"{word}_second")
    people = days.drop_duplicates("person")[["person", "gender", "age_band", "role", "weight"]]
    tours = tours.assign(kind=kind).merge(people, on="person", validate="many_to_one")
    return _common(tours.assign(weight=tours["weight"] * tours["share"]))


def sums_by_group(table: pd.DataFrame, value: str = "weight") -> Array:
    """Sums by gender and age band, float64 (2, 8)."""
    sums = table.groupby(["gender", "age_band"])[value].sum()
    return np.array([[sums.get((gender, band), 0.0) for band in AGE_BANDS] for gender in GENDERS])


def hourly(tours: pd.DataFrame) -> tuple[Array, Array]:
    """Weights and squared weights by gender, age band and clock hour of the start, float64 (2, 8, 24) each."""
    sums = np.zeros((2, len(GENDERS), len(AGE_BANDS), 24))
    at = (
        pd.Categorical(tours["gender"], GENDERS).codes,
        pd.Categorical(tours["age_band"], AGE_BANDS).codes,
        (tours["start"] // 60 % 24).to_numpy(),
    )
    for power, layer in enumerate(sums, start=1):
        np.add.at(layer, at, tours["weight"].to_numpy() ** power)
    return sums[0], sums[1]


def day_of(found: pd.DataFrame, persons: pd.DataFrame) -> Array:
    """Kind of day of each person: with a tour to work or to study, or without."""
    main = set(found.loc[found["kind"].str.startswith(("work", "study")), "person"])
    number = (~persons["person"].isin(main)).to_numpy(int)
    days = [DAYS_OF_ROLE[role] for role in persons["role"]]
    return np.array([names[min(at, len(names) - 1)] for names, at in zip(days, number, strict=True)])


def tours(found: pd.DataFrame, persons: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """Tours per person by gender, age band, kind of day and kind of tour, with shares of the hours of their start.

    Tours to work and study are per person of the role on any weekday; all others per person on such a kind of day.
    Rates of thin cells lean on both genders and all ages; they are set so that each gender and age band makes as many
    trips as surveyed, those of tours that did not begin at home included.
    """
    everybody = sums_by_group(persons)
    persons = persons.assign(day=day_of(found, persons))
    found = found.merge(persons[["person", "day"]], on="person", validate="many_to_one")
    rows = []
    for role, day in ((role, day) for role, names in DAYS_OF_ROLE.items() for day in names):
        share = sums_by_group(persons[persons["role"] == role]) / everybody
        for kind in KINDS:
            main = kind.startswith(("work", "study"))
            if main and kind.split("_")[0] != day.removeprefix("at "):
                continue
            people = persons[persons["role"] == role] if main else persons[persons["day"] == day]
            rate, profiles = _rates(found[(found["day"] == day) & (found["kind"] == kind)], people)
            for g, gender in enumerate(GENDERS):
                for a, band in enumerate(AGE_BANDS):
                    told = {"role": role, "day": day, "kind": kind, "role_share": share[g, a]}
                    told["people"] = sums_by_group(people)[g, a] / everybody[g, a]
                    hours = {f"h{hour:02d}": profiles[g, a, hour] for hour in range(24)}
                    rows.append({"gender": gender, "age_band": band, **told, "tours_per_person": rate[g, a], **hours})
    return _as_many_trips(pd.DataFrame(rows), tour_stops(found), sums_by_group(days) / everybody).drop(
        columns=["role", "people"]
    )


def _as_many_trips(table: pd.DataFrame, stops: pd.DataFrame, wanted: Array) -> pd.DataFrame:
    """Rates other than to work and study raised so that each gender and age band makes as many trips as surveyed.

    What is made up for: rare stops that were cut, days that did not begin at home, trips from one home to another.
    """
    count = stops["share"] * (1 + (stops[["first", "second", "third"]] != "").sum(axis=1))
    legs = count.groupby([stops["gender"], stops["role"], stops["kind"]]).sum().rename("legs")
    mixed = table.merge(legs, left_on=["gender", "role", "kind"], right_index=True, how="left").fillna({"legs": 2.0})
    trips = mixed["people"] * mixed["tours_per_person"] * mixed["legs"]
    main = mixed["kind"].str.startswith(("work", "study"))
    made, free = (trips[rows].groupby([mixed["gender"][rows], mixed["age_band"][rows]]).sum() for rows in (main, ~main))
    cells = list(zip(table["gender"], table["age_band"], strict=True))
    left = [wanted[GENDERS.index(gender), AGE_BANDS.index(band)] - made[gender, band] for gender, band in cells]
    ratio = np.where(main, 1.0, np.array(left) / np.array([free[cell] for cell in cells]))
    return table.assign(tours_per_person=table["tours_per_person"] * ratio)


def _rates(mine: pd.DataFrame, people: pd.DataFrame) -> tuple[Array, Array]:
    """Tours per person and shares of the hours, by gender and age band, of some tours among some people."""
    mass, number = sums_by_group(people), sums_by_group(people.assign(one=1.0), "one")
    weights, squares = hourly(mine)
    total = weights.sum(axis=-1)
    broad = total.sum() / mass.sum()
    of_age = np.divide(total.sum(axis=0), mass.sum(axis=0), out=np.zeros(len(AGE_BANDS)), where=mass.sum(axis=0) > 0)
    both = (of_age * number.sum(axis=0) + _PERSONS_LENT * broad) / (number.sum(axis=0) + _PERSONS_LENT)
    own = np.divide(total, mass, out=np.zeros_like(total), where=mass > 0)
    return (own * number + _PERSONS_LENT * both) / (number + _PERSONS_LENT), smooth_profiles(weights, squares)[0]


def tour_stops(found: pd.DataFrame) -> pd.DataFrame:
    """Which stops a tour has, by kind, role and gender; shares sum to 1.

    Each gender is lent twenty tours of both.
    """
    names = ["first", "second", "third"]
    rows = []
    for kind in KINDS:
        for role in ROLES:
            mine = found[(found["kind"] == kind) & (found["role"] == role)]
            if mine.empty:
                continue
            pattern = (mine["first"] + " " + mine["second"] + " " + mine["third"]).str.strip()
            both = mine.groupby(pattern)["weight"].sum()
            both = both / both.sum()
            for gender in GENDERS:
                own = mine["gender"] == gender
                seen = mine["weight"][own].groupby(pattern[own]).sum().reindex(both.index, fill_value=0.0)
                mean = max(mine["weight"].mean(), 1e-9)
                share = (seen + _PERSONS_LENT * mean * both) / (seen.sum() + _PERSONS_LENT * mean)
                for key, value in share.items():
                    words = [*str(key).split(" "), "", ""][:MOST_STOPS]
                    rows.append(
                        {"kind": kind, "role": role, "gender": gender, **dict(zip(names, words, strict=True))}
                        | {"share": value, "n": int((pattern[own] == key).sum())}
                    )
    return pd.DataFrame(rows)


def start_minutes(found: pd.DataFrame) -> pd.DataFrame:
    """Mean minute past the full hour at which tours begin, by block of the hour: people say full and half hours."""
    whole = found[found["share"] == 1.0]
    block = _blocks(whole["start"] // 60)
    rows = []
    for number, start in enumerate(BLOCK_EDGES[:-1]):
        cell = whole[block == number]
        mean = np.average(cell["start"] % 60, weights=cell["weight"])
        rows.append({"from_hour": start, "minutes": mean, "n": len(cell)})
    return pd.DataFrame(rows)


def several_stops(found: pd.DataFrame) -> pd.DataFrame:
    """Share of tours with more than one stop, by kind and block of the hour of their start.

    Each block is lent twenty tours of the kind at any hour.
    """
    block = _blocks(found["start"] // 60)
    several = found["weight"] * (found["second"] != "")
    rows = []
    for kind in KINDS:
        mine = found["kind"] == kind
        broad, mean = several[mine].sum() / found["weight"][mine].sum(), found["weight"][mine].mean()
        for number, start in enumerate(BLOCK_EDGES[:-1]):
            cell = mine & (block == number)
            lent = _PERSONS_LENT * mean
            share = (several[cell].sum() + lent * broad) / (found["weight"][cell].sum() + lent)
            rows.append({"kind": kind, "from_hour": start, "share": share, "n": int(cell.sum())})
    return pd.DataFrame(rows)


def _common(found: pd.DataFrame) -> pd.DataFrame:
    """Tours whose rare patterns (fewer than three tours of their kind and role) lose stops other than the main one."""
    words = found[["kind", "role", "first", "second", "third"]]
    stops = [[word for word in row[2:] if word] for row in words.itertuples(index=False, name=None)]
    group = list(zip(words["kind"], words["role"], strict=True))
    for length in range(MOST_STOPS, 1, -1):
        number = Counter((*who, *names) for who, names in zip(group, stops, strict=True))
        for row, (who, names) in enumerate(zip(group, stops, strict=True)):
            if len(names) == length and number[(*who, *names)] < LEAST_TOURS:
                main = who[0].split("_")[0]
                others = [at for at, name in enumerate(names) if KIND_OF_STOP.get(name, name) != main]
                gone = others[-1] if others else length - 1
                stops[row] = [name for at, name in enumerate(names) if at != gone]
    filled = [[*names, *[""] * (MOST_STOPS - len(names))] for names in stops]
    return found.assign(**dict(zip(("first", "second", "third"), np.array(filled).T, strict=True)))


def _blocks(hour: pd.Series) -> Array:
    return np.searchsorted(BLOCK_EDGES, (hour - 4) % 24 + 4, side="right") - 1


def stays(days: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Minutes at a stop as quantiles (ends, 5 ... 95 %), by word, context and block of the hour of arrival.

    Contexts as in `CONTEXTS`; thin cells take in the blocks around (`basis`), thin contexts all of the word.
    """
    away = days[days["purpose"] != "home"]
    count = away.groupby(["person", "tour"])["stop"].transform("size")
    alike = away.groupby(["person", "tour", "stop"])["stop"]
    number, of = alike.cumcount(), alike.transform("size")
    following, preceding = (days.groupby("person")["stop"].shift(step) for step in (-1, 1))
    halves = set(found.loc[found["kind"].str.contains("_"), "person"])
    breaks = (number + 1 < of) & (following != days["stop"])
    resumes = (number > 0) & (preceding != days["stop"])
    here = days.assign(count=count, breaks=breaks, resumes=resumes, block=_blocks(days["end"] // 60))
    here = here[here["stay"].notna() & (here["purpose"] != "home") & (here["stop"] != "stroll")]
    main = here["stop"].isin(["work", "study"])
    context = np.where(here["count"] > 1, "chain", "single")
    context = np.where(main & here["resumes"], "after", np.where(main & here["breaks"], "before", context))
    context = np.where(main & here["person"].isin(halves), "half", context)
    here = here.assign(context=context)
    rows = []
    for stop in (word for word in STOPS if word != "stroll"):
        word = here[here["stop"] == stop]
        for name in CONTEXTS if stop in ("work", "study") else CONTEXTS[:2]:
            whole = word[word["context"] == name]
            for block, start in enumerate(BLOCK_EDGES[:-1]):
                cell = whole[whole["block"] == block]
                chosen, reach = cell, 0
                while len(chosen) < LEAST_ROWS and reach < len(BLOCK_EDGES):
                    reach += 1
                    chosen = whole[(whole["block"] - block).abs() <= reach]
                if len(chosen) < LEAST_ROWS:
                    chosen = word
                basis = "block" if not reach else "neighbours" if chosen is not word else "any context"
                minutes = _quantiles(np.maximum(chosen["stay"].to_numpy(float), 1.0), chosen["weight"].to_numpy())
                told = {f"q{5 * at:03d}": value for at, value in enumerate(minutes)}
                rows.append({"stop": stop, "context": name, "from_hour": start, "n": len(cell), "basis": basis, **told})
    return pd.DataFrame(rows)


def _quantiles(values: Array, weights: Array) -> Array:
    order = np.argsort(values, kind="stable")
    middle = (np.cumsum(weights[order]) - 0.5 * weights[order]) / weights.sum()
    found = np.interp(np.linspace(0.0, 1.0, QUANTILES), middle, values[order])
    # the ends are such that the straight lines to them have the means of the tails: one long stay is not a long tail
    for end, inner, beyond in ((0, 1, values <= found[1]), (-1, -2, values >= found[-2])):
        mean = np.average(values[beyond], weights=weights[beyond])
        found[end] = max(2 * mean - found[inner], 1.0)
    return np.maximum.accumulate(np.minimum(found, [found[1], *found[1:]]))


def distances(days: pd.DataFrame) -> pd.DataFrame:
    """Lognormal of the metres along the way to a stop, by word, age and whether from home: minutes x assumed speeds."""
    age = np.where(days["age"] < 18, AGES_OF_DISTANCE[0], np.where(days["age"] < 65, *AGES_OF_DISTANCE[1:]))
    away = days.assign(ages=age)[days["purpose"] != "home"]
    rows = []
    for stop in STOPS:
        for from_home in (True, False):
            leg = away[(away["stop"] == stop) & (away["from_home"] == from_home)]
            for ages in AGES_OF_DISTANCE:
                cell = leg[leg["ages"] == ages]
                thin = len(cell) < LEAST_ROWS
                chosen = leg if thin else cell
                logs, weights = np.log(chosen["metres"].to_numpy()), chosen["weight"].to_numpy()
                mean = np.average(logs, weights=weights)
                spread = np.sqrt(np.average((logs - mean) ** 2, weights=weights))
                told = {"median_m": float(np.exp(mean)), "sd_log": float(spread), "n": len(cell)}
                basis = "any age" if thin else "age"
                rows.append(
                    {"stop": stop, "leg": "from home" if from_home else "on the way", "ages": ages, **told}
                    | {"basis": basis}
                )
    return pd.DataFrame(rows)


def minutes_by_distance(days: pd.DataFrame) -> pd.DataFrame:
    """Mean minutes door to door of trips within half an octave of a distance, never fewer for longer ones."""
    logs, minutes = np.log2(days["metres"].to_numpy()), (days["end"] - days["start"]).to_numpy(float)
    weights = days["weight"].to_numpy()
    rows = []
    for metres in DISTANCES_M:
        near = np.abs(logs - np.log2(metres)) <= 0.5
        mean = np.average(minutes[near], weights=weights[near])
        rows.append({"metres": metres, "minutes": mean, "n": int(near.sum())})
    table = pd.DataFrame(rows)
    return table.assign(minutes=np.maximum.accumulate(table["minutes"]))


AGE_GROUPS = {"under 35": (10, 34), "35-64": (35, 64), "65+": (65, 120)}
