"""How time and memory grow with agents and with street segments, and the figure of it."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from experiments.identity import code_version
from simulator.city.network import StreetNetwork
from simulator.city.sun import darkest_working_day
from simulator.city.walking_graph import walking_metres
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.stages import recorded
from simulator.simulation import Simulation
from simulator.travel import routes
from simulator.travel.looking_ahead import graph_of
from street_networks import load_city, write_city
from street_networks.derive import city_from_osm

from benchmarks.machine import median_s, seconds
from benchmarks.stages import DAY, seconds_of
from benchmarks.workload import SEED, draw_walks, with_drawn_places

EXTRACTS = {"Las Palmas": ("las_palmas_2023.osm.pbf", "ES"), "Porto": ("porto_portugal_r5.osm.pbf", "PT")}
REACH_M = (600.0, 1000.0)
STAGES = tuple(DAY)
SHIPPED = "helsinki-centre"


def cities(quick: bool, say) -> dict[str, StreetNetwork]:
    """Helsinki as shipped, and larger cities from raw data; a city made once is kept in the folder for temporary files."""
    found = {"Helsinki": load_city(SHIPPED)}
    folder = os.environ.get("AFTERDARK_DATA")
    if quick:
        return found
    if not folder:
        say(
            "note growth over segments: AFTERDARK_DATA is not set, so there is Helsinki only; it names a folder with osm/"
        )
        return found
    cache = _cache()
    cache.mkdir(exist_ok=True)
    for name, (file, country) in EXTRACTS.items():
        extract, made = Path(folder) / "osm" / file, cache / f"{file}.gpkg"
        if not extract.is_file():
            say(f"note growth over segments: {extract} is missing, so {name} is left out")
            continue
        if not made.is_file():
            started = time.perf_counter()
            write_city(city_from_osm(extract, name=name.lower().replace(" ", "-"), country=country).network, made)
            say(f"note making {name} out of {file} took {time.perf_counter() - started:.0f} s; it is kept in {cache}")
        found[name] = load_city(made)
    return found


def one_day(network: StreetNetwork, agents: int, threads: int) -> dict[str, float]:
    """Seconds of each stage of the third day, and of setting up."""
    with recorded() as table:
        simulation = Simulation.baseline(
            network,
            draw_parameters(SEED, -1),
            agents=agents,
            date=darkest_working_day(network.latitude),
            threads=threads,
        )
        set_up = table["people"].seconds
        simulation.settle(2)
        table.clear()
        simulation.simulate_day()
        return {**seconds_of(table), "people": set_up, "trips": len(simulation.chosen.trips)}


def routing(network: StreetNetwork, count: int, threads: int) -> dict[str, float]:
    """Microseconds a route by length on walks of much the same length in any city, and seconds to make the graph."""
    parameters = draw_parameters(SEED, -1)
    walk_m = walking_metres(network, parameters)
    graph = graph_of(network, walk_m)
    walks = draw_walks(network, walk_m, np.full(count, 1.3), reach_m=REACH_M)
    fear = np.zeros((24, 1, len(network.streets)), np.float32)
    who = (np.zeros(count, np.int8), np.zeros(count))
    call = lambda: routes.route(graph, fear, network, walks.trips(), who, threads)
    call()
    return {
        "graph_s": seconds(lambda: graph_of(network, walk_m)),
        "route_us": 1e6 * median_s(call, 3) / count,
    }


def memory_bytes(city: str, agents: int, *, drawn: bool = False) -> float:
    """Most memory that a process holds that lives a day with so many agents, among the city's places or drawn ones."""
    code = f"from benchmarks.growth import live_and_tell; live_and_tell({city!r}, {agents}, {drawn})"
    paths = os.pathsep.join(str(Path(__file__).parents[up]) for up in (2, 1))
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": paths},
    )
    return float(done.stdout)


def live_and_tell(city: str, agents: int, drawn: bool) -> None:
    """Live a day and write the most memory that was held (bytes) to standard output."""
    network = with_drawn_places(load_city(city)) if drawn else load_city(city)
    simulation = Simulation.baseline(
        network, draw_parameters(SEED, -1), agents=agents, date=darkest_working_day(network.latitude), threads=1
    )
    simulation.simulate_day()
    sys.stdout.write(f"{_most_held()}\n")


def _most_held() -> int:
    """Most memory (bytes) that this process has held."""
    status = Path("/proc/self/status")
    if status.is_file():  # Linux counts the parent's memory into ru_maxrss
        held = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
        return 1024 * int(held.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def made_file(name: str) -> Path | None:
    """The file of a larger city, where it has been made."""
    file = _cache() / f"{EXTRACTS[name][0]}.gpkg"
    return file if file.is_file() else None


def _cache() -> Path:
    return Path(tempfile.gettempdir()) / f"afterdark-bench-{code_version()[:16]}"


def draw(by_agents: dict[int, dict[str, float]], by_segments: dict[str, dict[str, float]], path: Path) -> None:
    """The figure: seconds of a day's stages over agents and over segments, on double logarithmic axes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for axes, rows, over in (
        (left, list(by_agents.items()), f"agents (Helsinki, {by_segments['Helsinki']['segments']:.0f} segments)"),
        (right, [(row["segments"], row) for row in by_segments.values()], "street segments (8 000 agents)"),
    ):
        for stage, (colour, marker) in LOOKS.items():
            at = [(x, row[stage]) for x, row in rows if row.get(stage, 0.0) > 0]
            axes.plot(*zip(*at, strict=True), color=colour, marker=marker, markersize=5, linewidth=1.4, label=stage)
        axes.set(xscale="log", yscale="log", xlabel=over)
        axes.grid(visible=True, which="major", color="#d9d9de", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
    left.set_ylabel("seconds a simulated day")
    for name, row in by_segments.items():
        right.annotate(
            name,
            (row["segments"], 1.0),
            (0, 3),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    right.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.02, 0.5))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150, metadata={"Software": None})


LOOKS = {  # colours of Okabe and Ito, told apart by markers too
    "people": ("#000000", "o"),
    "plan": ("#0072B2", "s"),
    "conditions": ("#009E73", "^"),
    "routes": ("#D55E00", "D"),
    "choose": ("#CC79A7", "v"),
    "walk": ("#E69F00", "P"),
    "learn": ("#56B4E9", "X"),
}
