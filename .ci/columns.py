"""Renew the tables in docs/columns.md from the registry of columns; run it after declaring one."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from simulator.columns import describe  # noqa: E402  # the path must be set before
from simulator.network import StreetNetwork, tables_of  # noqa: E402
from simulator.people import People  # noqa: E402
from simulator.plans import Tours, Trips  # noqa: E402
from simulator.stays import Stays  # noqa: E402

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
page.write_text(text, encoding="utf-8")
