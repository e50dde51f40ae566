"""Tables as codes and numbers say what the tables say, from memory and from a file alike."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.results.coded import coded_frame, coded_parquet

WORDS = st.lists(st.sampled_from(["woman", "man", "another", "(none)", ""]), max_size=12)


def both_ways(frame, folder):
    file = folder / "table.parquet"
    frame.to_parquet(file, index=False)
    words = [name for name in frame if frame[name].dtype.kind not in "biuf"]
    return coded_frame(frame), coded_parquet(file.read_bytes(), None, words)


@settings(max_examples=25, deadline=None)
@given(words=WORDS)
def test_words_are_those_of_the_table(words, tmp_path_factory):
    frame = pd.DataFrame({"gender": pd.Series(words, dtype="str"), "hour": np.arange(len(words), dtype=np.int8)})
    for coded in both_ways(frame, tmp_path_factory.mktemp("coded")):
        column = coded.words["gender"]
        assert [column.at(row) for row in range(len(words))] == words
        assert column.isin(("man", "")).tolist() == [word in ("man", "") for word in words]
        known = ("another", "woman")
        assert column.among(known).tolist() == [known.index(word) if word in known else -1 for word in words]
        assert coded.numbers["hour"].tolist() == list(range(len(words)))


def test_rows_are_kept_together(tmp_path):
    frame = pd.DataFrame(
        {"zone": ["core", "ring", "core"], "treated": [True, False, False], "walking_s": [1.5, 2.5, 4.0]}
    )
    for coded in both_ways(frame, tmp_path):
        there = coded[coded.words["zone"].isin(("core",))]
        assert there.numbers["walking_s"].tolist() == [1.5, 4.0]
        assert there.numbers["treated"].tolist() == [True, False]
        assert [there.words["zone"].at(row) for row in range(2)] == ["core", "core"]


def test_an_empty_word_is_none_of_those_known(tmp_path):
    frame = pd.DataFrame({"zone": pd.Series(["core", None], dtype="str"), "walking_s": [1.0, np.nan]})
    for coded in both_ways(frame, tmp_path):
        assert coded.words["zone"].among(("core", "nan")).tolist()[0] == 0
        assert coded.words["zone"].isin(("core",)).tolist() == [True, False]
        assert np.isnan(coded.numbers["walking_s"][1])


def test_only_columns_asked_for_are_read(tmp_path):
    frame = pd.DataFrame({"zone": ["core"], "walking_s": [1.0], "safe_s": [0.5]})
    frame.to_parquet(tmp_path / "a.parquet", index=False)
    coded = coded_parquet((tmp_path / "a.parquet").read_bytes(), ["safe_s", "zone"], ["zone"])
    assert (list(coded.numbers), list(coded.words)) == (["safe_s"], ["zone"])
    with pytest.raises(KeyError):
        coded.numbers["walking_s"]
