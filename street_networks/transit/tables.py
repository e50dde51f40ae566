"""Tables of public transport put together: joined, without lines that nothing refers to, in the order of their keys."""

import dataclasses
from typing import Any, TypeVar

import numpy as np

from simulator.city.network import StreetNetwork
from simulator.city.transit import Headways, Lines, Services, Stops
from simulator.foundation.columns import Table, columns_of

Array = np.ndarray[Any, Any]
AnyTable = TypeVar("AnyTable", bound=Table)

_SERVICE_ORDER = ("line", "direction", "pattern", "stop_order")
_HEADWAY_ORDER = ("stop", "line", "direction", "day_kind", "service_hour")


def joined(one: AnyTable, other: AnyTable, **changed: Array) -> AnyTable:
    """One table of the rows of two; `changed` holds columns of the second in the place of its own."""
    columns = {}
    for declared in columns_of(type(one)):
        second = changed.get(declared.name, getattr(other, declared.name))
        columns[declared.name] = np.concatenate([getattr(one, declared.name), second])
    return type(one)(**columns)


def in_order(
    network: StreetNetwork, *, stops: Stops, lines: Lines, services: dict[str, Array], headways: dict[str, Array]
) -> StreetNetwork:
    """The network with these tables, every row in the order that a file gives it back in.

    Parameters
    ----------
    network
        The city.
    stops, lines
        In any order; lines without services and headways are dropped.
    services, headways
        Columns but the first, the number of the row; they point at rows of `stops` and `lines` as given.
    """
    used = np.unique(np.concatenate([services["line"], headways["line"]])).astype(np.int64)
    used = used[np.argsort(lines.line_id[used])]
    stop_order = np.argsort(stops.stop_id)
    row_of_line, row_of_stop = np.zeros(len(lines), np.int64), np.zeros(len(stops), np.int64)
    row_of_line[used], row_of_stop[stop_order] = np.arange(used.size), np.arange(len(stops))
    ordered = []
    for columns, sort_keys in ((services, _SERVICE_ORDER), (headways, _HEADWAY_ORDER)):
        moved = {**columns, "line": row_of_line[columns["line"]], "stop": row_of_stop[columns["stop"]]}
        order = np.lexsort([moved[key] for key in reversed(sort_keys)])
        ordered.append({name: values[order] for name, values in moved.items()})
    return dataclasses.replace(
        network,
        stops=stops.take(stop_order),
        lines=lines.take(used),
        services=Services(service_id=np.arange(services["line"].size), **ordered[0]),
        headways=Headways(headway_id=np.arange(headways["line"].size), **ordered[1]),
    )


def without_number(table: Services | Headways) -> dict[str, Array]:
    """The columns of a table but the first, the number of its row."""
    return {declared.name: getattr(table, declared.name) for declared in list(columns_of(type(table)))[1:]}
