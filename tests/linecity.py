"""A drawn city on one line: homes at one end, a bar six kilometres away, a bus between them, nothing else.

::

    home 0 --100 m-- stop 1 ----- 6 km ----- stop 2 --100 m-- bar 3
"""

import dataclasses

import numpy as np

from simulator.network import StreetNetwork
from simulator.transit import DAY_KINDS, Headways, Lines, Services, Stops

from cities import make_city

NODES = [(0.0, 0.0), (100.0, 0.0), (6100.0, 0.0), (6200.0, 0.0)]
LINKS = [(0, 1), (1, 2), (2, 3)]
RIDE_MIN = 15.0


def line_city(departures: float = 4.0, *, hours: range = range(6, 28), unlit: tuple[int, ...] = ()) -> StreetNetwork:
    """The city, with some departures an hour both ways in some hours of the day of service."""
    city = make_city(
        NODES,
        LINKS,
        places=[("home", 0, 100.0), ("nightlife", 3, 10.0), ("work", 3, 10.0), ("gateway", 3, 1.0)],
        unlit=unlit,
    )
    stops = Stops(
        stop_id=[1, 2],
        kind=[0, 0],
        x_m=[100.0, 6100.0],
        y_m=[0.0, 0.0],
        junction=[1, 2],
        segment=[0, 2],
        name=["A", "B"],
    )
    lines = Lines(line_id=[1], kind=[0], is_night=[False], name=["N1"])
    services = Services(
        service_id=[1, 2, 3, 4],
        line=[0] * 4,
        direction=[0, 0, 1, 1],
        pattern=[0] * 4,
        trips=[10] * 4,
        stop_order=[0, 1, 0, 1],
        stop=[0, 1, 1, 0],
        from_first_min=[0.0, RIDE_MIN, 0.0, RIDE_MIN],
        to_next_min=[RIDE_MIN, 0.0, RIDE_MIN, 0.0],
    )
    # a bus is boarded at stop 0 in direction 0, at stop 1 in direction 1
    rows = [(stop, stop, day, hour) for stop in (0, 1) for day in range(len(DAY_KINDS)) for hour in hours]
    stop, direction, day, hour = np.array(rows).T
    headway = 60.0 / departures
    headways = Headways(
        headway_id=np.arange(len(rows)),
        stop=stop,
        line=np.zeros(len(rows), int),
        direction=direction,
        day_kind=day,
        service_hour=hour,
        departures=np.full(len(rows), departures),
        headway_min=np.full(len(rows), headway),
        first_min=hour * 60.0,
        last_min=hour * 60.0 + 60.0 - headway,
        source=np.zeros(len(rows), int),
    )
    return dataclasses.replace(city, stops=stops, lines=lines, services=services, headways=headways)
