"""Runs that cost nothing, in the place of the model's: what a study does with runs does not depend on what they say."""

import hashlib
import json
import math
import os
import time
from pathlib import Path

from experiments.studies.outcomes import Value
from experiments.studies.work import Result


def numbers_of(identity, draw, count):
    """Numbers between 0 and 1 that follow from what is run."""
    digest = hashlib.sha256(f"{identity}/{draw}".encode()).digest()
    return [int.from_bytes(digest[2 * at : 2 * at + 2], "little") / 65536 for at in range(count)]


def cheap(task):
    """A few numbers for each scenario of a task."""
    before = None
    for identity in task.job.ids:
        told = numbers_of(identity, task.job.draw, min(16, len(task.spots)))
        before = before or told
        values = [
            Value(before[at % len(told)], told[at % len(told)], told[at % len(told)] - before[at % len(told)], 100)
            for at in range(len(task.spots))
        ]
        yield Result(values, {"light_relief_lx": before[0], **dict(task.job.options.values)}, manifest="{}")


def slow(task):
    """The same, some hundredths of a second each."""
    for result in cheap(task):
        time.sleep(0.02)
        yield result


def very_slow(task):
    """The same, a second each."""
    for result in cheap(task):
        time.sleep(1.0)
        yield result


def failing(task):
    """The same, but runs whose spacing is 30 m fail."""
    for result, scenario in zip(cheap(task), task.job.scenarios, strict=True):
        if any(getattr(measure, "spacing_m", None) == 30 for measure in scenario.measures):
            raise ZeroDivisionError("no lamps here")
        yield result


def dying_once(task):
    """The same, but the first process that comes to draw 2 dies as if it was killed."""
    mark = Path(os.environ["AFTERDARK_TEST_MARK"])
    if task.job.draw == 2 and not mark.exists():
        mark.touch()
        os._exit(9)
    yield from cheap(task)


def ishigami(task):
    """Ishigami's function of three parameters: its Sobol' indices are known."""
    values = dict(task.job.options.values)
    x, y, z = (values[name] for name in ISHIGAMI)
    told = math.sin(x) + 7.0 * math.sin(y) ** 2 + 0.1 * z**4 * math.sin(x)
    for place, _ in enumerate(task.job.ids):
        yield Result([Value(0.0, told, told if place else 0.0, 100)] * len(task.spots), values)


ISHIGAMI = ("feel_park", "feel_busy", "open_frontage")
"""Parameters in log-odds, for which any number from -10 to 10 may be given."""


def linear(task):
    """A linear function of three parameters, whose slopes are 3, -2 and 0."""
    values = dict(task.job.options.values)
    told = sum(slope * values[name] for slope, name in zip((3.0, -2.0, 0.0), ISHIGAMI, strict=True))
    for place, _ in enumerate(task.job.ids):
        yield Result([Value(0.0, told, told if place else 0.0, 100)] * len(task.spots), values)


DRAWN = tuple(f"drawn_{at:02}" for at in range(20))
"""Names of numbers that chance draws in `planted`."""


def planted(task):
    """A difference that falls with the spacing of lamps, and grows with `drawn_03` so that it is worse where that is low."""
    drawn = dict(zip(DRAWN, numbers_of("drawn", task.job.draw, len(DRAWN) // 2), strict=False))
    drawn |= dict(zip(DRAWN[10:], numbers_of("more", task.job.draw, len(DRAWN) // 2), strict=True))
    for place, scenario in enumerate(task.job.scenarios):
        spacing = max((getattr(measure, "spacing_m", None) or 0.0 for measure in scenario.measures), default=0.0)
        luck = numbers_of(f"luck {spacing}", task.job.draw, 1)[0]
        told = 4.0 * drawn["drawn_03"] - 0.04 * spacing - 0.6 + 0.2 * luck if place else 0.0
        yield Result([Value(0.0, told, told, 100)] * len(task.spots), drawn)


GAINS = {"lighting": 0.020, "lamp_repair": 0.006, "hosts": 0.012, "stop_care": 0.004}
"""What each measure gains alone in `portfolio`."""
COSTS = {"lighting": 30_000.0, "lamp_repair": 8_000.0, "hosts": 22_000.0, "stop_care": 15_000.0}


def portfolio(task):
    """Measures that gain and cost; lamps and hosts do less together; stops harm men."""
    before = 0.5
    for scenario in task.job.scenarios:
        kinds = {measure.kind for measure in scenario.measures}
        sway = 1.0 + 0.2 * (numbers_of("sway", task.job.draw, 1)[0] - 0.5)
        gain = sway * (sum(GAINS[kind] for kind in kinds) - 0.008 * ({"lighting", "hosts"} <= kinds))
        for_men = gain - (0.1 * sway if "stop_care" in kinds else 0.0)
        told = {"cost": sum(COSTS[kind] for kind in kinds)}
        yield Result(
            [_at(spot, before, gain, for_men, told["cost"]) for spot in task.spots], {"luck": sway}, currency="EUR"
        )


def _at(spot, before, gain, for_men, cost):
    if spot.indicator == "cost":
        return Value(0.0, cost, cost, 100)
    moved = for_men if spot.gender == "man" else gain
    return Value(before, before + moved, moved, 100)


def study_text(**changes):
    """The text of a small study; a change replaces what stands for its key, None leaves it out."""
    parts = {
        "format": "format = 1",
        "title": 'title = "Lamps"',
        "people": "people = 300",
        "scenarios": 'scenarios = ["light-the-park-paths"]',
        "replications": "replications = 3",
        "design": '[design]\nkind = "grid"',
        "levers": '[[levers]]\nname = "spacing"\nmeasure = "lighting"\nfield = "spacing_m"\nvalues = [20, 30, 45]',
        "uncertainties": "",
        "outcomes": '[[outcomes]]\nindicator = "feels_safe_share"\ngender = ["all", "woman"]\nperiod = ["dark"]',
    }
    parts |= {key: text or "" for key, text in changes.items()}
    return "\n".join(parts.values()) + "\n"


def content_of(tables):
    """Tables as JSON lines, without when and where they were made."""
    return {
        name: [json.dumps(row, sort_keys=True) for row in getattr(tables, name).to_pylist()]
        for name in ("runs", "outcomes", "parameters", "manifests")
    }
