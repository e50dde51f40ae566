"""Put a scenario's measures on the streets of one city."""

from scenarios.scenario import Scenario
from scenarios.selectors import find
from simulator.city.network import StreetNetwork
from simulator.errors import InputError, ScenarioError
from simulator.interventions import Placement


def bind(scenario: Scenario, network: StreetNetwork) -> tuple[Placement, ...]:
    """Place every measure of a scenario.

    Parameters
    ----------
    scenario
        What is tried.
    network
        The city on whose streets it is placed.

    Returns
    -------
    tuple of Placement
        One a measure, in their order; empty for the baseline.

    Raises
    ------
    ScenarioError
        With the faults of all measures: words or names that the city does not know, polygons outside it, areas without
        a single segment.
    """
    placements: list[Placement] = []
    faults: list[str] = []
    for index, measure in enumerate(scenario.measures):
        segments, wrong = find(measure.where, network)
        for path, text in wrong:
            faults.append(f"{scenario.place_in_file(('measures', index, 'where', *path))}: {text}")
        if wrong:
            continue
        try:
            placements.append(measure.place(network, segments))
        except InputError as error:
            place = scenario.place_in_file(("measures", index))
            faults += [f"{place}: {fault}" for fault in error.faults or (error.message,)]
    if faults:
        raise ScenarioError(f"{scenario.name} does not fit the city {network.name}", faults)
    return tuple(placements)
