"""The same walks in SUMO: our streets as plain XML, one walk a person, pedestrians that do not hinder each other.

Every segment becomes one edge for pedestrians, who walk it both ways; edges meet at our junctions without walking
areas or crossings. A walk begins and ends at the end of an edge that lies at the junction wanted. SUMO is driven by
events in this model, and its pedestrians keep to one speed each, as ours do.
"""

import dataclasses
import os
import resource
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.workload import Walks

Array = np.ndarray[Any, Any]
QUIET = ("--no-step-log", "--duration-log.disable", "--no-warnings", "--xml-validation", "never")


@dataclasses.dataclass(frozen=True)
class Told:
    """What one run of SUMO took and gave."""

    wall_s: float
    cpu_s: float
    duration_s: Array  # (W,) of each walk
    length_m: Array  # (W,)


class Sumo:
    """The program of the package `eclipse-sumo`, and the streets in its own format.

    Parameters
    ----------
    python
        Interpreter of the environment that has the package.
    folder
        Where files go.
    two_way
        Two edges a segment, one each way, as netconvert makes them of OpenStreetMap, instead of one that is walked
        both ways; SUMO then searches a graph of twice the size.
    step_s
        SUMO hands a walker on to the next edge at whole steps.
    """

    def __init__(self, python: Path, folder: Path, walks: Walks, *, two_way: bool = False, step_s: float = 1.0) -> None:
        found = subprocess.run(
            [python, "-c", "import sumo; print(sumo.SUMO_HOME)"], capture_output=True, text=True, check=True
        )
        self.home = Path(found.stdout.strip())
        self.folder, self.walks, self.two_way, self.step_s = folder, walks, two_way, step_s
        self._write_streets()

    def version(self) -> str:
        """Version of SUMO."""
        told = subprocess.run([self.home / "bin" / "sumo", "--version"], capture_output=True, text=True, check=True)
        return told.stdout.split("\n")[0].split()[-1]

    def run(self, name: str, routes: list[Array] | None = None, every: int = 1) -> Told:
        """Walk; with `routes` (segments of each walk) given, SUMO has nothing to search and only moves."""
        persons = self.folder / f"{name}.rou.xml"
        persons.write_text(self._persons(routes, every), encoding="utf-8")
        told = self.folder / f"{name}.trips.xml"
        seconds = self._call(
            "sumo",
            *("--net-file", self.folder / "streets.net.xml", "--route-files", persons, "--tripinfo-output", told),
            *("--pedestrian.model", "nonInteracting", "--precision", "3", "--step-length", self.step_s, *QUIET),
        )
        rows = {
            int(person.get("id", "")): (float(walk.get("duration", "")), float(walk.get("routeLength", "")))
            for person in ElementTree.parse(told).getroot().iter("personinfo")
            for walk in person.iter("walk")
        }
        values = np.array([rows[walk] for walk in sorted(rows)]).reshape(-1, 2)
        return Told(*seconds, values[:, 0], values[:, 1])

    def _call(self, program: str, *arguments: Any) -> tuple[float, float]:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        done = subprocess.run(
            [self.home / "bin" / program, *map(str, arguments)],
            env=os.environ | {"SUMO_HOME": str(self.home)},
            capture_output=True,
            text=True,
            check=False,
        )
        wall_s = time.perf_counter() - started
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr[-2000:]}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return wall_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def _write_streets(self) -> None:
        network = self.walks.network
        nodes = "".join(
            f'<node id="{row}" x="{x:.2f}" y="{y:.2f}"/>\n'
            for row, (x, y) in enumerate(zip(network.junctions.x_m, network.junctions.y_m, strict=True))
        )
        streets = network.streets
        edges = "".join(
            f'<edge id="{way}{row}" from="{ends[0]}" to="{ends[1]}" numLanes="1" speed="10" allow="pedestrian" '
            f'length="{metres:.3f}"/>\n'
            for row, (start, end, metres) in enumerate(
                zip(streets.from_junction, streets.to_junction, self.walks.walk_m, strict=True)
            )
            for way, ends in (("s", (start, end)), ("r", (end, start)))[: 1 + self.two_way]
        )
        (self.folder / "streets.nod.xml").write_text(f"<nodes>\n{nodes}</nodes>\n", encoding="utf-8")
        (self.folder / "streets.edg.xml").write_text(f"<edges>\n{edges}</edges>\n", encoding="utf-8")
        self.netconvert_s = self._call(
            "netconvert",
            *("--node-files", self.folder / "streets.nod.xml", "--edge-files", self.folder / "streets.edg.xml"),
            *("--output-file", self.folder / "streets.net.xml", "--no-internal-links", "--no-turnarounds", "true"),
            *("--offset.disable-normalization", "--precision", "3", "--no-warnings", "--xml-validation", "never"),
        )[0]

    def _persons(self, routes: list[Array] | None, every: int) -> str:
        walks, at = self.walks, _one_segment_at_each_junction(self.walks)
        rows = ['<vType id="walker" vClass="pedestrian" maxSpeed="10" desiredMaxSpeed="1" speedDev="0"/>']
        for walk in range(0, len(walks), every):
            ends = walks.from_junction[walk], walks.to_junction[walk]
            route = None if routes is None else routes[walk]
            first, last = (at[ends[0]], at[ends[1]]) if route is None else (route[0], route[-1])
            leaves, arrives = self._end_at(first, ends[0]), self._end_at(last, ends[1])
            if route is None:
                way = f'from="s{first}" to="s{last}" arrivalPos="{arrives:.3f}"'
            else:
                way = f'edges="{" ".join(f"s{row}" for row in route)}" arrivalPos="{arrives:.3f}"'
            rows.append(
                f'<person id="{walk}" type="walker" depart="{walks.depart_ms[walk] / 1000:.3f}" '
                f'departPos="{leaves:.3f}" speedFactor="{walks.speed_m_s[walk]:.6f}"><walk {way}/></person>'
            )
        return "<routes>\n" + "\n".join(rows) + "\n</routes>\n"

    def _end_at(self, segment: int, junction: int) -> float:
        """Where on an edge (m from its start) a junction lies."""
        starts = self.walks.network.streets.from_junction[segment] == junction
        return 0.0 if starts else float(self.walks.walk_m[segment])


def _one_segment_at_each_junction(walks: Walks) -> Array:
    """A segment that ends at each junction; none that comes back to where it began, for netconvert drops those."""
    streets = walks.network.streets
    rows = np.flatnonzero(streets.from_junction != streets.to_junction)
    at = np.zeros(len(walks.network.junctions), np.int64)
    for ends in (streets.from_junction, streets.to_junction):
        at[ends[rows]] = rows
    return at
