"""`make bench`: measure against SUMO, plain Mesa and pandana in one run, and print ratios with the machine's figures.

Lines are `machine NAME VALUE`, `measured NAME VALUE UNIT`, `ratio NAME VALUE` (how many times quicker we are, or as
the name says) and `note ...`. Everything measured also goes to `runs/bench/bench.json`, the figure to
`runs/bench/growth.png`. Ours is taken before and after each peer and the median counts, so that a load that comes and
goes weighs on both sides. `BENCH=quick` asks for fewer walks and leaves out what takes long.
"""

import dataclasses
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from experiments.comparing import Plan, make_comparison
from experiments.runs import Options
from scenarios import load_scenario
from simulator.city.sun import darkest_working_day
from simulator.foundation.stages import recorded
from simulator.model import STEP_S
from street_networks import load_city

from benchmarks import analysis, before, growth, machine, second_look, studies
from benchmarks.kernels import traversals_per_second
from benchmarks.machine import seconds
from benchmarks.peers import ask, peers_python
from benchmarks.stages import seconds_of
from benchmarks.sumo import Sumo
from benchmarks.workload import Ready, make_ready

OUT = Path("runs") / "bench"


@dataclasses.dataclass
class Bench:
    """One run of all benchmarks, and what it told."""

    quick: bool
    python: Path | None
    told: dict[str, Any] = dataclasses.field(default_factory=dict)

    def say(self, text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def measured(self, name: str, value: float, unit: str) -> float:
        self.told[f"{name} {unit}"] = value
        self.say(f"measured {name} {value:.4g} {unit}")
        return value

    def ratio(self, name: str, value: float) -> None:
        self.told[f"ratio {name}"] = value
        self.say(f"ratio {name} {value:.3g}")


class Ours:
    """Our times for the same walks: routing and moving, by personal weights or by length, on all threads or one."""

    def __init__(self, ready: Ready, threads: int) -> None:
        self.ready, self.threads = ready, threads
        self.times: dict[str, list[float]] = {}
        self.routed = {personal: ready.route(personal=personal, threads=threads) for personal in (True, False)}
        walked = {
            personal: ready.walks.metres(routed) / ready.walks.speed_m_s for personal, routed in self.routed.items()
        }
        self.walker_s = {personal: float(each.sum()) for personal, each in walked.items()}

    def take(self) -> None:
        """Measure once more."""
        ready = self.ready
        for threads in {1, self.threads}:
            for personal in (True, False):
                key = f"{'personal' if personal else 'length'}/{threads}"
                routed = self.routed[personal]
                self._add(f"route/{key}", lambda p=personal, t=threads: ready.route(personal=p, threads=t))
                self._add(f"move/{key}", lambda r=routed, t=threads: ready.move(r, threads=t))
        routed = self.routed[True]
        self._add("minutes", lambda: ready.move(routed, threads=self.threads, step_ms=STEP_S * 1000))

    def _add(self, name: str, work: Any) -> None:
        self.times.setdefault(name, []).append(seconds(work))

    def median(self, name: str) -> float:
        return float(np.median(self.times[name]))

    def rate(self, *, personal: bool, threads: int | None = None) -> float:
        """Walker-seconds per second, routing included."""
        key = f"{'personal' if personal else 'length'}/{threads or self.threads}"
        return self.walker_s[personal] / (self.median(f"route/{key}") + self.median(f"move/{key}"))


def main() -> int:
    """Run everything; the exit status is 0 even where peers are missing, which is said."""
    bench = Bench(quick=os.environ.get("BENCH") == "quick", python=peers_python())
    for name, value in machine.facts():
        bench.told[f"machine {name}"] = value
        bench.say(f"machine {name} {value}")
    threads = machine.processors()
    count = 2000 if bench.quick else 20_000
    network = load_city(growth.SHIPPED)
    bench.say(
        f"note {count} walks between random places of {network.name}: {len(network.streets)} segments, "
        f"{len(network.junctions)} junctions"
    )
    with tempfile.TemporaryDirectory() as folder:
        ready = make_ready(network, count, threads=threads)
        compiled = seconds(lambda: Ours(ready, threads).take())
        bench.say(
            f"note compiling or reading compiled kernels, and a first run of everything: {compiled:.1f} s, not counted"
        )
        ours = Ours(ready, threads)
        for _ in range(5):
            ours.take()
        if bench.python is None:
            bench.say(
                "note the peers are not installed: `make bench` makes .venv-bench for them; nothing to compare with"
            )
        else:
            against_sumo(bench, ours, Path(folder))
            against_mesa(bench, ours, Path(folder))
            against_pandana(bench, ours, Path(folder))
        tell_ours(bench, ours)
    kernels(bench, ours)
    memory(bench)
    second_looks(bench)
    beside_before(bench)
    comparison_by_stage(bench)
    of_studies(bench)
    many_draws(bench)
    grow(bench, threads)
    bench.say(f"machine load_after {machine.load()}")
    bench.told["machine load_after"] = machine.load()
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "bench.json").write_text(json.dumps(bench.told, indent=1) + "\n", encoding="utf-8")
    bench.say(f"note everything measured is in {OUT / 'bench.json'}, the figure in {OUT / 'growth.png'}")
    return 0


def against_sumo(bench: Bench, ours: Ours, folder: Path) -> None:
    """Whole walks, moving alone with given routes, and streets as two edges each, which is what netconvert makes of OSM."""
    assert bench.python is not None
    walks, routed = ours.ready.walks, ours.routed[False]
    sumo = Sumo(bench.python, folder, walks)
    bench.say(
        f"note SUMO {sumo.version()}: one edge a segment, --pedestrian.model nonInteracting, steps of 1 s, one thread"
    )
    ours.take()
    empty = sumo.run("empty", every=10 * len(walks))
    whole = sumo.run("whole")
    ours.take()
    routes = [routed.route[first:last] for first, last in zip(routed.start[:-1], routed.start[1:], strict=True)]
    given = sumo.run("given", routes)
    every = 1 if bench.quick else 10
    two_way = Sumo(bench.python, folder, walks, two_way=True).run("two_way", every=every)
    ours.take()
    walked = float((whole.length_m / walks.speed_m_s).sum())
    bench.measured("sumo_whole", whole.wall_s - empty.wall_s, "s")
    bench.measured("sumo_load", empty.wall_s, "s")
    bench.measured("sumo_move", given.wall_s - empty.wall_s, "s")
    rate = bench.measured("sumo", walked / (whole.wall_s - empty.wall_s), "walker-s/s")
    slow = walks.sample(every).speed_m_s
    rate_two = bench.measured(
        "sumo_two_way", float((two_way.length_m / slow).sum()) / (two_way.wall_s - empty.wall_s), "walker-s/s"
    )
    bench.measured("sumo_over_our_walking_time", walked / ours.walker_s[False], "1")
    bench.ratio("sumo", ours.rate(personal=True) / rate)
    bench.ratio("sumo_same_routes", ours.rate(personal=False) / rate)
    bench.ratio("sumo_one_thread", ours.rate(personal=True, threads=1) / rate)
    bench.ratio("sumo_two_way", ours.rate(personal=True) / rate_two)
    bench.ratio("sumo_two_way_same_routes", ours.rate(personal=False) / rate_two)
    bench.ratio(
        "sumo_routing",
        (whole.wall_s - given.wall_s) / ours.median(f"route/personal/{ours.threads}"),
    )
    bench.ratio("sumo_moving", (given.wall_s - empty.wall_s) / ours.median(f"move/personal/{ours.threads}"))


def against_mesa(bench: Bench, ours: Ours, folder: Path) -> None:
    """A sample of every n-th walk over the same two hours; the rate of a sample is that of the whole, see the two sizes."""
    assert bench.python is not None
    walks = ours.ready.walks
    rates: dict[str, list[float]] = {"astar": [], "bidirectional_dijkstra": []}
    for size in (500, 2000):
        every = max(1, len(walks) // size)
        told = ask(bench.python, "plain_mesa", walks.sample(every), folder)
        ours.take()
        for search, taken in told["route_s"].items():
            rates[search].append(told["walked_s"] / (taken + told["move_s"]))
            bench.measured(f"plain_mesa_{search}_of_{told['walks']}", rates[search][-1], "walker-s/s")
            bench.measured(f"plain_mesa_{search}_route_of_{told['walks']}", 1e6 * taken / told["walks"], "us/walk")
        bench.measured(f"plain_mesa_move_of_{told['walks']}", 1e6 * told["move_s"] / told["walks"], "us/walk")
    bench.say(f"note plain Mesa: {told['versions']}, one object a walker, steps of {STEP_S} s, largest sample counts")
    for search, of in rates.items():
        bench.ratio(f"plain_mesa_{search}", ours.rate(personal=True) / of[-1])
        bench.ratio(f"plain_mesa_{search}_same_routes", ours.rate(personal=False) / of[-1])
    best = max(of[-1] for of in rates.values())
    bench.ratio("plain_mesa", ours.rate(personal=True) / best)
    bench.ratio("plain_mesa_same_routes", ours.rate(personal=False) / best)


def against_pandana(bench: Bench, ours: Ours, folder: Path) -> None:
    """Routing alone. pandana has one weight a street for everybody; a walker's own would need a build a walker."""
    assert bench.python is not None
    told = ask(bench.python, "pandana_routes", ours.ready.walks, folder)
    ours.take()
    count = told["walks"]
    bench.say(f"note pandana {told['versions']['pandana']}: lengths only, it cannot have personal weights; all threads")
    plain = bench.measured("pandana_route", 1e6 * float(np.median(told["paths_s"])) / count, "us/walk")
    built = bench.measured("pandana_route_with_build", plain + 1e6 * told["build_s"] / count, "us/walk")
    bench.measured("pandana_build", told["build_s"], "s")
    personal, length = (1e6 * ours.median(f"route/{key}/{ours.threads}") / count for key in ("personal", "length"))
    bench.ratio("pandana_over_our_personal_route", plain / personal)
    bench.ratio("pandana_over_our_length_route", plain / length)
    bench.ratio("pandana_with_build_over_our_personal_route", built / personal)


def tell_ours(bench: Bench, ours: Ours) -> None:
    """Our own figures, medians over all takes."""
    count = len(ours.ready.walks)
    for threads in sorted({1, ours.threads}):
        for key in ("personal", "length"):
            bench.measured(
                f"our_route_{key}_{threads}_threads", 1e6 * ours.median(f"route/{key}/{threads}") / count, "us/walk"
            )
        bench.measured(f"our_move_{threads}_threads", 1e6 * ours.median(f"move/personal/{threads}") / count, "us/walk")
        bench.measured(f"our_{threads}_threads", ours.rate(personal=True, threads=threads), "walker-s/s")
    bench.measured("our_move_in_minutes", 1e6 * ours.median("minutes") / count, "us/walk")
    bench.measured("our_walker_seconds", ours.walker_s[True], "s")
    if ours.threads > 1:
        bench.ratio("threads_routing", ours.median("route/personal/1") / ours.median(f"route/personal/{ours.threads}"))
        bench.ratio("threads_moving", ours.median("move/personal/1") / ours.median(f"move/personal/{ours.threads}"))


def kernels(bench: Bench, ours: Ours) -> None:
    """The walk kernel beside bare loops."""
    copies = 5 if not bench.quick else 10
    rates = {}
    for threads in sorted({1, ours.threads}):
        rates[threads] = traversals_per_second(ours.ready, ours.routed[True], copies=copies, threads=threads, repeats=5)
        for name, rate in rates[threads].items():
            bench.measured(f"kernel_{name}_{threads}_threads", rate, "streets/s")
    one = rates[1]
    bench.ratio("walk_kernel_over_gather_add_scatter", one["walk"] / one["gather_add_scatter"])
    bench.ratio("walk_kernel_over_loop_with_exponentials", one["walk"] / one["with_exponentials"])
    if ours.threads > 1:
        bench.ratio("walk_kernel_threads", rates[ours.threads]["walk"] / one["walk"])


def memory(bench: Bench) -> None:
    """Memory held per agent and per segment: differences of the most that whole processes held."""
    few, many = (2000, 22_000) if bench.quick else (2000, 102_000)
    base = growth.memory_bytes(growth.SHIPPED, few)
    bench.measured("memory_process", base / 1e6, "MB")
    bench.measured("memory_per_agent", (growth.memory_bytes(growth.SHIPPED, many) - base) / (many - few), "B")


def second_looks(bench: Bench) -> None:
    """What the arms of a case spare beside the baseline's, day by day after the fork."""
    cases = ("light-the-park-paths",) if bench.quick else ("light-the-park-paths", "square-hosts", "night-bus-every-15")
    for look in second_look.looks(load_city(growth.SHIPPED), 2000 if bench.quick else 8000, cases):
        name = f"second_look_{look.case.replace('-', '_')}_day_{look.day}"
        bench.measured(f"{name}_people_anew", look.anew.people / look.anew.of_people, "1")
        bench.measured(f"{name}_ways_anew", look.anew.ways / look.anew.of_ways, "1")
        bench.ratio(name, look.whole_s / look.again_s)


def comparison_by_stage(bench: Bench) -> None:
    """A default comparison in this process on one thread, by stage; two draws of eight, the rest is the same again."""
    draws = 1 if bench.quick else 2
    scenario = load_scenario("light-the-park-paths")
    options = Options(
        city=growth.SHIPPED,
        agents=8000,
        date=darkest_working_day(60.0),
        seed=1,
        days=1,
        threads=1,
        keep="summary",
        values=(),
    )
    with tempfile.TemporaryDirectory() as folder, recorded() as table:
        plan = Plan(load_scenario("baseline"), (scenario,), options, draws, Path(folder) / "store")
        whole = seconds(lambda: make_comparison(plan, Path(folder) / "answer", workers=1))
    taken = seconds_of(table)
    taken["compare and report"] = whole - sum(taken.values())
    bench.measured(f"compare_{draws}_draws", whole, "s")
    for stage, took in sorted(taken.items(), key=lambda row: -row[1]):
        bench.measured(f"compare_stage_{stage.replace(' ', '_')}", took, "s")


def of_studies(bench: Bench) -> None:
    """A study in one process and in two, taken in turns; what the machinery adds; the opening of many runs."""
    draws = 2 if bench.quick else 8
    within, added = studies.added_by_machinery(1 if bench.quick else 2)
    bench.measured("study_machinery_over_runs", added / within, "1")
    if machine.processors() > 1:
        one, two = [], []
        for _ in range(1 if bench.quick else 2):
            one.append(studies.in_processes(1, draws))
            two.append(studies.in_processes(2, draws))
        bench.say(f"note study: {studies.runs_of(draws)} runs of {studies.STUDY}, start of the processes included")
        bench.measured("study_one_process", float(np.median(one)), "s")
        bench.measured("study_two_processes", float(np.median(two)), "s")
        bench.ratio("study_two_processes", float(np.median(one) / np.median(two)))
    for name, value in studies.opening(1000 if bench.quick else 10_000).items():
        what, _, unit = name.partition(" ")
        bench.measured(f"study_opened_{what}", value, unit or "1")


def many_draws(bench: Bench) -> None:
    """What an answer takes after its runs, and how much memory, where it rests on 200 draws of 20 000 people."""
    draws, people = (20, 2000) if bench.quick else (analysis.DRAWS, analysis.PEOPLE)
    took, held = analysis.measure(draws=draws, people=people)
    bench.measured(f"analysis_{draws}_draws", took, "s")
    bench.measured(f"analysis_{draws}_draws_memory", held / 1e6, "MB")


def beside_before(bench: Bench) -> None:
    """One draw of baseline and lamps beside an earlier commit: ours, theirs, ours; the middle of ours counts."""
    agents = 2000 if bench.quick else 8000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = before.exported(folder)
        if sources is None:
            bench.say(
                f"note before: the history of this checkout does not hold {before.EARLIER}; nothing to compare with"
            )
            return
        first = before.run_of(before.ROOT, agents, folder)
        theirs = before.run_of(sources, agents, folder)
        second = before.run_of(before.ROOT, agents, folder)
    for what, unit in (("run_s", "s"), ("day_s", "s")):
        ours = (first[what] + second[what]) / 2
        bench.measured(f"one_draw_{what}", ours, unit)
        bench.measured(f"one_draw_{what}_{before.EARLIER}", theirs[what], unit)
        bench.ratio(f"one_draw_{what}_over_{before.EARLIER}", theirs[what] / ours)
    bench.measured("one_agent_day", 1e6 * (first["day_s"] + second["day_s"]) / 2 / agents, "us")


def grow(bench: Bench, threads: int) -> None:
    """Seconds of a day by stage over agents and over segments; both in one figure."""
    found = growth.cities(bench.quick, bench.say)
    sizes = (1000, 3000, 10_000) if bench.quick else (1000, 3000, 10_000, 30_000, 100_000)
    helsinki = found["Helsinki"]
    by_agents = {agents: growth.one_day(helsinki, agents, threads) for agents in sizes}
    for agents, row in by_agents.items():
        told = " ".join(f"{stage.replace(' ', '_')}={row.get(stage, 0.0):.3g}s" for stage in growth.STAGES)
        bench.say(f"growth agents={agents} segments={len(helsinki.streets)} trips={row['trips']:.0f} {told}")
    by_segments = {}
    for name, network in found.items():
        row = growth.one_day(growth.with_drawn_places(network), 8000, threads)
        row |= {"segments": len(network.streets), **growth.routing(growth.with_drawn_places(network), 5000, threads)}
        by_segments[name] = row
        told = " ".join(f"{stage.replace(' ', '_')}={row.get(stage, 0.0):.3g}s" for stage in growth.STAGES)
        bench.say(
            f"growth agents=8000 segments={row['segments']} trips={row['trips']:.0f} {told} "
            f"graph={row['graph_s']:.3g}s route_of_800_m={row['route_us']:.3g}us ({name})"
        )
    bench.told["growth over agents"], bench.told["growth over segments"] = by_agents, by_segments
    if len(found) > 1:
        large = growth.made_file("Porto") or growth.made_file("Las Palmas")
        more = max(row["segments"] for row in by_segments.values()) - len(helsinki.streets)
        held = growth.memory_bytes(str(large), 2000, drawn=True) - growth.memory_bytes(growth.SHIPPED, 2000, drawn=True)
        bench.measured("memory_per_segment", held / more, "B")
    growth.draw(by_agents, by_segments, OUT / "growth.png")


if __name__ == "__main__":
    sys.exit(main())
