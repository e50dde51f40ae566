"""Whether the names in a study mean something: cases, measures and their fields, parameters, indicators."""

from collections.abc import Callable, Sequence
from pathlib import Path

from analysis.indicators.catalogue import INDICATORS
from experiments.studies import cases
from experiments.studies.outcomes import COST, Spot, outcome_fault, spot_named, spots_of
from experiments.studies.study import Lever, Objective, Study, Uncertainty
from experiments.values import value_fault
from scenarios import Scenario
from scenarios.positions import Path as Keys
from scenarios.typed import Faults
from scenarios.words import listed, show
from simulator.errors import InputError
from simulator.evidence.parameters import load_evidence
from simulator.foundation.spelling import nearest


def check_study(study: Study, folder: Path, faults: Faults) -> None:
    """Note what is wrong with a study that is well formed, by key.

    Parameters
    ----------
    folder
        Where cases that it names are looked for first.
    faults
        Gets what is found.
    """
    loaded = _load_cases(study, folder, faults)
    for at, lever in enumerate(study.levers):
        _note(faults, ("levers", at), lambda lever=lever: _lever_fault(lever, study, loaded))  # type: ignore[misc]
    for at, one in enumerate(study.uncertainties):
        _note(faults, ("uncertainties", at), lambda one=one: _uncertainty_fault(one))  # type: ignore[misc]
    for at, outcome in enumerate(study.outcomes):
        _note(faults, ("outcomes", at), lambda outcome=outcome: outcome_fault(outcome))  # type: ignore[misc]
    _check_twice("levers", [lever.name for lever in study.levers], faults)
    _check_twice("uncertainties", [one.name for one in study.uncertainties], faults)
    names = {lever.name for lever in study.levers}
    for at, one in enumerate(study.uncertainties):
        if one.name in names:
            faults.setdefault(("uncertainties", at, "name"), []).append(
                f"found {show(one.name)}, the name of a lever too; call the lever otherwise"
            )
    if study.design.kind != "grid" and not (study.levers or study.uncertainties):
        faults[("design",)] = [
            f"found a {study.design.kind} design of nothing, expected levers or uncertainties; add [[levers]] or "
            "[[uncertainties]], or leave the design out"
        ]
    _check_stop(study, faults)
    _check_optimise(study, faults)


def _note(faults: Faults, path: Keys, found: Callable[[], tuple[str, str] | None]) -> None:
    try:
        fault = found()
    except InputError as error:
        fault = ("", error.message)
    if fault is not None:
        key, told = fault
        faults.setdefault((*path, key) if key else path, []).append(told)


def _load_cases(study: Study, folder: Path, faults: Faults) -> dict[str, Scenario]:
    loaded: dict[str, Scenario] = {}
    seen: dict[str, int] = {}
    for at, words in enumerate(study.scenarios):
        try:
            loaded[words] = cases.load_case(words, folder)
        except InputError as error:
            faults[("scenarios", at)] = [error.message, *error.faults]
            continue
        name = loaded[words].name
        if seen.setdefault(name, at) != at:
            faults[("scenarios", at)] = [
                f"found {show(name)} again, expected names that differ; leave one out, or rename one of the files"
            ]
    try:
        baseline = cases.load_case(study.baseline, folder).name
        if baseline in seen:
            faults[("scenarios", seen[baseline])] = [
                f"found {show(baseline)}, which the others are compared with already; leave it out"
            ]
    except InputError as error:
        faults[("baseline",)] = [error.message, *error.faults]
    return loaded


def _lever_fault(lever: Lever, study: Study, loaded: dict[str, Scenario]) -> tuple[str, str] | None:
    if lever.case is not None and lever.case not in study.scenarios:
        near = nearest(lever.case, study.scenarios)
        aim = f"write {show(near)}" if near else "write it as it stands in scenarios"
        return "case", f"found {show(lever.case)}, expected one of {listed(map(show, study.scenarios))}; {aim}"
    meant = [scenario for words, scenario in loaded.items() if cases.applies(lever, words)]
    moved = [scenario for scenario in meant if cases.measure_of(lever, scenario) is not None]
    if not moved:
        if len(loaded) < len(study.scenarios):
            return None  # cases that cannot be read are told
        known = list(dict.fromkeys(word for one in meant for m in one.measures for word in (m.name, m.kind)))
        near = nearest(lever.measure, known)
        aim = f"write {show(near)}" if near else "choose one of these"
        return "measure", f"found {show(lever.measure)}, expected a measure: {listed(map(show, known))}; {aim}"
    return next((fault for one in moved if (fault := cases.lever_fault(lever, one)) is not None), None)


def _uncertainty_fault(one: Uncertainty) -> tuple[str, str] | None:
    evidence = load_evidence()
    own = [("values", value) for value in one.values]
    own += [(key, value) for key, value in (("low", one.low), ("high", one.high)) if value is not None]
    if one.name not in evidence:
        return "name", str(value_fault(one.name, 0.0, evidence))
    row = evidence[one.name]
    fault = value_fault(one.name, row.value, evidence)
    if fault is not None:
        return "name", fault.replace("found a value here, expected none: ", f"{show(one.name)} cannot be tried: ")
    if not own and row.distribution == "fixed":
        return "name", f"{show(one.name)} has no range in the evidence; give low and high, or values"
    found = ((key, value_fault(one.name, value, evidence)) for key, value in own)
    return next(((key, told) for key, told in found if told is not None), None)


def _check_twice(key: str, names: list[str], faults: Faults) -> None:
    for at, name in enumerate(names):
        if names.index(name) != at:
            faults.setdefault((key, at, "name"), []).append(
                f"found {show(name)} again, expected names that differ; leave one out, or call it otherwise"
            )


def _check_stop(study: Study, faults: Faults) -> None:
    stop = study.stop
    if stop is None or any(path[0] == "outcomes" for path in faults):
        return
    _note(
        faults,
        ("stop",),
        lambda: spot_named(stop.indicator, stop.gender, stop.age, stop.period, spots_of(study.outcomes)) and None,
    )


def _check_optimise(study: Study, faults: Faults) -> None:
    asked = study.optimise
    if asked is None:
        return
    for key, there in (("uncertainties", study.uncertainties), ("stop", study.stop)):
        if there:
            faults[(key,)] = [
                f"found {key} beside optimise, expected none: all portfolios share the draws; leave it out"
            ]
    if study.design.kind != "grid":
        faults[("design", "kind")] = [f"found {study.design.kind}, expected grid beside optimise; leave the design out"]
    if any(path[0] == "outcomes" for path in faults):
        return
    spots = spots_of(study.outcomes)
    for at, one in enumerate(asked.objectives):
        _note(faults, ("optimise", "objectives", at), lambda one=one: _objective_fault(one, spots))  # type: ignore[misc]
    if asked.budget is not None and not any(spot.indicator == COST for spot in spots):
        faults[("optimise", "budget")] = ["found a budget, but cost is not kept of runs; add it to the outcomes"]


def _objective_fault(one: Objective, spots: Sequence[Spot]) -> tuple[str, str] | None:
    spot_named(one.indicator, one.gender, one.age, one.period, spots)
    if one.indicator != COST and INDICATORS[one.indicator].better == 0:
        return "indicator", f"found {show(one.indicator)}, of which neither more nor less is better; choose another one"
    return None
