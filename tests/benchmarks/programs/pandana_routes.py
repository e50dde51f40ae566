"""Routes with pandana's contraction hierarchies. Run as ``pandana_routes.py IN.npz OUT.json``.

pandana is AGPL, so it lives in the environment of the peers and is talked to through files. It knows one weight for
each street and builds its hierarchy for it: a walker's own weights would need a build for each walker.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from pandana import Network


def main(path, out):
    """Build, route a few times, and tell how long it took."""
    given = np.load(path)
    nodes = pd.Index(np.arange(len(given["x_m"])))
    started = time.perf_counter()
    network = Network(
        pd.Series(given["x_m"], nodes),
        pd.Series(given["y_m"], nodes),
        pd.Series(given["from_junction"]),
        pd.Series(given["to_junction"]),
        pd.DataFrame({"m": given["walk_m"]}),
        twoway=True,
    )
    build_s = time.perf_counter() - started
    paths_s, lengths_s = [], []
    for _ in range(5):
        started = time.perf_counter()
        network.shortest_paths(given["origin"], given["destination"], "m")
        paths_s.append(time.perf_counter() - started)
        started = time.perf_counter()
        metres = network.shortest_path_lengths(given["origin"], given["destination"], "m")
        lengths_s.append(time.perf_counter() - started)
    told = {
        "build_s": build_s,
        "paths_s": sorted(paths_s),
        "lengths_s": sorted(lengths_s),
        "walks": len(given["origin"]),
        "metres": float(np.sum(metres)),
        "versions": {"pandana": version("pandana")},
    }
    Path(out).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
