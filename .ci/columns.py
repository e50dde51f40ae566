"""Renew the tables in docs/columns.md from the registry of columns; run it after declaring one."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from simulator.agenda.plans import Tours, Trips  # noqa: E402
from simulator.city.network import StreetNetwork, tables_of  # noqa: E402
from simulator.city.stays import Stays  # noqa: E402
from simulator.foundation.columns import describe  # noqa: E402  # the path must be set before
from simulator.people.population import People  # noqa: E402
from simulator.results.schema import (  # noqa: E402
    PEOPLE_COLUMNS,
    PLACEMENT_COLUMNS,
    SEGMENT_COLUMNS,
    SUMMARY_KEYS,
    SUMMARY_VALUES,
    TRIP_COLUMNS,
)

WRITTEN = {
    "summary": SUMMARY_KEYS | SUMMARY_VALUES,
    "segments": SEGMENT_COLUMNS,
    "placements": PLACEMENT_COLUMNS,
    "people": PEOPLE_COLUMNS,
    "trips": TRIP_COLUMNS,
}
"""Tables of a run, by the name of their file."""

page = ROOT / "docs" / "columns.md"
text = page.read_text(encoding="utf-8")
last = ""
for table in (*tables_of(StreetNetwork).values(), People, Tours, Trips, Stays):
    told = describe(table)
    head = told.split("\n", 1)[0]
    block = re.compile(rf"{re.escape(head)}\n\n(\|[^\n]*\n?)+")
    if block.search(text):
        text = block.sub(lambda _, told=told: told + "\n", text)
    else:  # a new table stands behind the one before it in the registry
        text = text.replace(last, f"{last}\n\n{told}")
    last = told
for name, columns in WRITTEN.items():
    head = f"### {name}.parquet\n\n| column | meaning |\n|---|---|\n"
    rows = "".join(f"| {column} | {meaning} |\n" for column, meaning in columns.items())
    block = re.compile(rf"{re.escape(head)}(\|[^\n]*\n?)+")
    if block.search(text):
        text = block.sub(lambda _, told=head + rows: told, text)
    else:
        text = f"{text.rstrip()}\n\n{head}{rows}"
page.write_text(text, encoding="utf-8")
