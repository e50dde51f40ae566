"""Walks in plain Mesa: networkx routes, one object a walker, one step a minute. Run as
``plain_mesa.py IN.npz OUT.json``.

What a careful modeller would write first. Walkers become agents when they leave and are removed when they arrive, so
nobody is asked to step in vain; all they do is walk and add the time to the street they are on. Both of networkx's
searches for one pair are timed on all walks.
"""

import itertools
import json
import sys
import time
from collections import deque
from importlib.metadata import version
from pathlib import Path

import mesa
import networkx as nx
import numpy as np

STEP_S = 60.0


class Walker(mesa.Agent):
    """Somebody on the way."""

    def __init__(self, model, route, speed, left_s):
        super().__init__(model)
        self.route, self.speed = route, speed
        self.place = 0
        self.left_m = 0.0
        self.walked_s = 0.0
        self.walk(left_s)

    def step(self):
        """One minute on."""
        self.walk(STEP_S)

    def walk(self, seconds):
        """Go on along the route for some seconds."""
        model = self.model
        while seconds > 0:
            if self.left_m <= 0:
                if self.place >= len(self.route):
                    model.arrived_s += self.walked_s
                    self.remove()
                    return
                self.left_m = model.walk_m[self.route[self.place]]
            spent = min(seconds, self.left_m / self.speed)
            model.time_on[self.route[self.place]] += spent
            self.walked_s += spent
            seconds -= spent
            self.left_m -= spent * self.speed
            if self.left_m <= 1e-9:
                self.left_m = 0.0
                self.place += 1


class City(mesa.Model):
    """Streets and who walks on them."""

    def __init__(self, walk_m, walks):
        super().__init__(seed=1)
        self.walk_m, self.waiting = walk_m, walks
        self.time_on = [0.0] * len(walk_m)
        self.arrived_s = 0.0
        self.now = walks[0][0] if walks else 0.0

    def step(self):
        """One minute: whoever is out walks, whoever leaves within it sets out."""
        self.agents.do("step")
        self.now += STEP_S
        while self.waiting and self.waiting[0][0] <= self.now:
            depart, route, speed = self.waiting.popleft()
            Walker(self, route, speed, self.now - depart)


def make_graph(given):
    """Streets as a networkx graph; of parallel segments the shortest."""
    graph = nx.Graph()
    for row in np.argsort(-given["walk_m"], kind="stable").tolist():
        start, end = int(given["from_junction"][row]), int(given["to_junction"][row])
        graph.add_edge(start, end, m=float(given["walk_m"][row]), row=row)
    return graph


def searches(graph, given):
    """Ways to find a route with networkx."""
    at = list(zip(given["x_m"].tolist(), given["y_m"].tolist(), strict=True))

    def straight(one, other):
        return ((at[one][0] - at[other][0]) ** 2 + (at[one][1] - at[other][1]) ** 2) ** 0.5

    return {
        "bidirectional_dijkstra": lambda one, other: nx.bidirectional_dijkstra(graph, one, other, weight="m")[1],
        "astar": lambda one, other: nx.astar_path(graph, one, other, heuristic=straight, weight="m"),
    }


def main(path, out):
    """Route, walk, and tell how long it took."""
    given = np.load(path)
    started = time.perf_counter()
    graph = make_graph(given)
    build_s = time.perf_counter() - started
    pairs = list(zip(given["origin"].tolist(), given["destination"].tolist(), strict=True))
    route_s = {}
    for name, search in searches(graph, given).items():
        started = time.perf_counter()
        routes = []
        for one, other in pairs:
            nodes = search(one, other)
            routes.append([graph.edges[pair]["row"] for pair in itertools.pairwise(nodes)])
        route_s[name] = time.perf_counter() - started
    walk_m = given["walk_m"].tolist()
    walks = deque(zip((given["depart_ms"] / 1000.0).tolist(), routes, given["speed_m_s"].tolist(), strict=True))
    started = time.perf_counter()
    city = City(walk_m, walks)
    while city.waiting or len(city.agents):
        city.step()
    move_s = time.perf_counter() - started
    told = {
        "build_s": build_s,
        "route_s": route_s,
        "move_s": move_s,
        "walks": len(pairs),
        "walked_s": city.arrived_s,
        "versions": {name: version(name) for name in ("mesa", "networkx", "numpy")},
    }
    Path(out).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
