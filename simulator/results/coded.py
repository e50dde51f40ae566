"""Tables as codes and numbers: what adds up hundreds of runs compares whole numbers and not words, time and again."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

Array = np.ndarray[Any, np.dtype[Any]]
Whole = np.ndarray[Any, np.dtype[np.int64]]


@dataclasses.dataclass(frozen=True)
class Words:
    """A column of words: `kinds` there are, and which of them each row has (-1: none)."""

    codes: Whole
    kinds: tuple[str, ...]

    def among(self, words: Sequence[str]) -> Whole:
        """Where each row's word stands among `words`, (N,); -1 where it is another one."""
        place = {word: at for at, word in enumerate(words)}
        return np.array([*(place.get(kind, -1) for kind in self.kinds), -1], np.int64)[self.codes]

    def isin(self, words: Iterable[str]) -> Array:
        """Whether each row's word is one of `words`, bool (N,)."""
        wanted = set(words)
        return np.array([*(kind in wanted for kind in self.kinds), False])[self.codes]

    def at(self, row: int) -> str:
        """The word of a row."""
        return self.kinds[self.codes[row]] if self.codes[row] >= 0 else "nothing"

    def __getitem__(self, rows: Any) -> "Words":
        return Words(self.codes[rows], self.kinds)


@dataclasses.dataclass(frozen=True)
class Coded:
    """Columns of a table by name, (N,) each."""

    words: dict[str, Words]
    numbers: dict[str, Array]

    def __getitem__(self, rows: Any) -> "Coded":
        """Some of the rows."""
        words = {name: column[rows] for name, column in self.words.items()}
        return Coded(words, {name: column[rows] for name, column in self.numbers.items()})


def coded_frame(table: pd.DataFrame) -> Coded:
    """The columns of a table in memory: what holds no numbers or truth values holds words."""
    words, numbers = {}, {}
    for name in table.columns:
        column = table[name]
        if column.dtype.kind in "biuf":
            numbers[name] = column.to_numpy()
        else:
            codes, kinds = pd.factorize(column.astype(str))
            words[name] = Words(codes.astype(np.int64), tuple(map(str, kinds)))
    return Coded(words, numbers)


def parquet_table(content: bytes, columns: Sequence[str] | None, words: Sequence[str] = ()) -> pa.Table:
    """What a Parquet file holds, or some of its columns, `words` as dictionaries; small, so one thread is quickest."""
    file = pa.parquet.ParquetFile(pa.BufferReader(content), read_dictionary=list(words))
    return file.read(columns=None if columns is None else list(columns), use_threads=False)


def coded_parquet(content: bytes, columns: Sequence[str] | None, words: Sequence[str]) -> Coded:
    """The columns of a Parquet file, whose `words` come as codes from the file without being spelled out.

    Parameters
    ----------
    content
        What the file holds.
    columns
        Which of them, all where None.
    words
        Columns of words.
    """
    table = parquet_table(content, columns, words)
    told, numbers = {}, {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_dictionary(column.type):
            whole = column.unify_dictionaries().combine_chunks()
            whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
            codes = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
            told[name] = Words(codes, tuple(map(str, whole.dictionary.to_pylist())))
        else:
            numbers[name] = column.to_numpy()
    return Coded(told, numbers)
