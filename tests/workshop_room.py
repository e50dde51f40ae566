"""A room without workers, a night of one value, and rows of an answer, for tests of the workshop page."""

import asyncio

import numpy as np

from experiments.workshop.night import NightSide, Walks
from experiments.workshop.preview import Preview
from experiments.workshop.work import Told
from simulator.foundation.categories import ATTRIBUTES


class NoCrew:
    """A crew of nobody: orders are answered as a test says."""

    def __init__(self, answer=None):
        self.size, self.answer, self.orders = 1, answer or Told(fault="nobody works here"), []

    def start(self):
        pass

    async def run(self, order, ticket, heard=lambda: None):
        self.orders.append(order)
        while not ticket.cancelled and self.answer is None:
            await asyncio.sleep(0.01)
        return Told() if ticket.cancelled else self.answer

    def close(self):
        pass


def some_preview(version=1):
    none = Walks(*(np.zeros(0, np.float32) for _ in range(7)))
    layer = np.full((24, 4308), version, np.uint8)
    side = NightSide(layer, layer, np.repeat(layer[None], 9, axis=0), np.ones(9), np.ones(24, np.float32), none)
    return Preview(side, side)


def row(indicator, gender="all", period="all", age="all", **values):
    """A row of the comparison of a scenario x."""
    keys = {"scenario": "x", "indicator": indicator, "gender": gender, "period": period, "age": age}
    keys |= {"hour_band": "all", "zone": "core", "purpose": "all"} | dict.fromkeys(ATTRIBUTES, "all")
    return (
        keys | {"difference": 0.0, "baseline": 0.0, "value": 0.0, "low": 0.0, "high": 0.0, "verdict": "better"} | values
    )
