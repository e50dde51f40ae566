"""The registry of measures: one line makes a kind known wherever a scenario is read."""

from typing import Literal

import pytest
from pydantic import TypeAdapter, ValidationError

from simulator.interventions import MEASURES, Lighting, Measure, any_of


class Benches(Measure):
    """A second kind, as somebody might add it."""

    kind: Literal["benches"] = "benches"
    count: int

    def place(self, network, segments):
        raise NotImplementedError

    def change(self, conditions, placement, parameters):
        raise NotImplementedError

    def channels(self):
        return ()

    def evidence(self):
        return ()


GIVEN = {"name": "here", "where": "unlit park paths"}


def test_every_kind_is_named_by_its_word():
    for word, measure in MEASURES.items():
        assert measure.model_fields["kind"].default == word


def test_kinds_are_told_apart_by_their_word():
    read = TypeAdapter(any_of(MEASURES | {"benches": Benches})).validate_python
    assert isinstance(read({"kind": "benches", "count": 3, **GIVEN}), Benches)
    assert isinstance(read({"kind": "lighting", "standard": "P4", **GIVEN}), Lighting)
    with pytest.raises(ValidationError, match="fountains"):
        read({"kind": "fountains", **GIVEN})
    with pytest.raises(ValidationError, match="count"):
        read({"kind": "benches", **GIVEN})
