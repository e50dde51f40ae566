"""Bodies for the map: what is put in comes out, each array where a browser may read it without copying."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from experiments.workshop.binary import pack, unpack

SHAPES = st.integers(0, 40)
ARRAYS = st.one_of(*(arrays.arrays(name, SHAPES) for name in ("uint8", "int32", "uint32", "uint16")))


@given(st.dictionaries(st.text(min_size=1, max_size=8), ARRAYS, max_size=5), st.text(max_size=30))
def test_what_is_put_in_comes_out(found, words):
    told, back = unpack(pack({"words": words}, found))
    assert told == {"words": words}
    assert list(back) == list(found)
    for name, array in found.items():
        assert back[name].dtype == array.dtype
        assert (back[name] == array).all()


def test_the_bytes_are_those_that_the_page_reads():
    body = pack({}, {"a": np.array([1, 2, 3], np.uint8), "b": np.array([-2], np.int32)})
    size = int.from_bytes(body[:4], "little")
    head = json.loads(body[4 : 4 + size])
    assert (4 + size) % 8 == 0
    assert [(one["name"], one["at"], one["size"]) for one in head["arrays"]] == [("a", 0, 3), ("b", 8, 1)]
    assert body[4 + size :] == b"\x01\x02\x03\0\0\0\0\0" + b"\xfe\xff\xff\xff\0\0\0\0"


def test_what_a_browser_does_not_have_is_refused():
    with pytest.raises(ValueError, match="int64"):
        pack({}, {"a": np.arange(3)})
