"""Lines of TOML keys: drawn by hand, and against documents generated line by line."""

import datetime
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from scenarios.positions import locate

DRAWN = '''# a comment = 1
a = 1 # b = 2
"quoted key".'other one' = 2
"tab\\tkey" = 3

long = """
a = 9
[not.a.table]
"""
raw = \'\'\'
x = """ \'\'\'
list = [ # one
  1,
  { x = 1, y.z = [
    2 ] },
]
inline = { p = "}", q = { r = ']' } }

[t.u]
k = 1979-05-27 07:32:00
[t]
d.e.f = 1
d.e.g = 2
[[m]]
n = 1
[m.sub]
o = 1
[[m]]
n = 2
[[m.deep]]
p = 1
[[m.deep]]
p = 2
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a",), 2),
        (("b",), 1),  # only in a comment: the nearest table around is the document
        (("quoted key", "other one"), 3),
        (("tab\tkey",), 4),
        (("long",), 6),
        (("not", "a", "table"), 1),
        (("raw",), 10),
        (("list",), 12),
        (("list", 0), 13),
        (("list", 1), 14),
        (("list", 1, "x"), 14),
        (("list", 1, "y", "z"), 14),
        (("list", 1, "y", "z", 0), 15),
        (("inline", "q", "r"), 17),
        (("t", "u"), 19),
        (("t", "u", "k"), 20),
        (("t",), 21),
        (("t", "d", "e", "f"), 22),
        (("t", "d", "e", "g"), 23),
        (("m", 0), 24),
        (("m", 0, "sub", "o"), 27),
        (("m", 1), 28),
        (("m", 1, "n"), 29),
        (("m", 1, "missing"), 28),
        (("m", 1, "deep", 0, "p"), 31),
        (("m", 1, "deep", 1), 32),
        (("m", 1, "deep", 1, "p"), 33),
    ],
)
def test_drawn_document(path: tuple[str | int, ...], line: int) -> None:
    tomlkit.parse(DRAWN)
    assert locate(DRAWN).line(path) == line
    assert locate(DRAWN.replace("\n", "\r\n")).line(path) == line


def test_drawn_document_has_no_faults() -> None:
    found = locate(DRAWN)
    assert found.repeated == ()
    assert found.unclosed is None


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("a = 1\nb = 2\na = 3", 1, 3),
        ("[t]\n[u]\n[t]", 1, 3),
        ("a.b = 1\n\n[a]", 1, 3),
        ("a = 1\n[a]", 1, 2),
        ("a = 1\na.b = 2", 1, 2),
        ("a = { b = 1,\n b = 2 }", 1, 2),
        ("[[a]]\n[a]", 1, 2),
        ("[[m]]\nx = 1\nx.y = 2", 2, 3),
    ],
)
def test_keys_set_twice(text: str, first: int, second: int) -> None:
    assert [found[1:] for found in locate(text).repeated][-1] == (first, second)
    with pytest.raises(Exception, match=r"(?i)exist|redefin"):
        tomlkit.parse(text)


@pytest.mark.parametrize(("text", "line"), [("a = 1\nb = [1,\n2,\n", 2), ('a = 1\nb = """x\ny', 2), ("\n[a", 2)])
def test_unclosed(text: str, line: int) -> None:
    found = locate(text).unclosed
    assert found is not None
    assert found[1] == line


KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=4)
SCALARS = st.one_of(
    st.integers(-(10**6), 10**6),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(min_value=datetime.date(1900, 1, 1)),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8),
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))


class Writer:
    """Writes TOML and remembers on which line it put each key."""

    def __init__(self, draw: Any) -> None:
        self.text = ""
        self.lines: dict[tuple[str | int, ...], int] = {}
        self.draw = draw

    @property
    def line(self) -> int:
        return self.text.count("\n") + 1

    def key(self, key: str) -> str:
        return tomlkit.key(key).as_string() if key else '""'

    def value(self, value: Any, path: tuple[str | int, ...]) -> None:
        if isinstance(value, list):
            self.text += "["
            for index, one in enumerate(value):
                self.text += self.draw(st.sampled_from(["", " ", "\n", " # ] note\n\n"]))
                self.lines[(*path, index)] = self.line
                self.value(one, (*path, index))
                self.text += self.draw(st.sampled_from([",", " ,", "\n,"]))
            self.text += "]"
        elif isinstance(value, dict):
            self.text += "{"
            for index, (key, one) in enumerate(value.items()):
                self.text += ", " if index else " "
                self.lines[(*path, key)] = self.line
                self.text += f"{self.key(key)} = "
                self.value(one, (*path, key))
            self.text += " }"
        elif isinstance(value, str) and self.draw(st.booleans()):
            quotes = '"' * self.draw(st.integers(0, 2))
            self.text += '"""\n' + tomlkit.item(value).as_string()[1:-1].replace("\\n", "\n") + quotes + '"""'
        else:
            self.text += tomlkit.item(value).as_string()

    def settings(self, table: dict[str, Any], path: tuple[str | int, ...]) -> None:
        for key, value in table.items():
            self.text += self.draw(st.sampled_from(["", "\n", "# key = 1\n", "  "]))
            self.lines[(*path, key)] = self.line
            self.text += f"{self.key(key)} = "
            self.value(value, (*path, key))
            self.text += self.draw(st.sampled_from(["\n", " # note\n", "\r\n"]))


@given(st.data())
def test_generated_documents(data: st.DataObject) -> None:
    writer = Writer(data.draw)
    writer.settings(data.draw(st.dictionaries(KEYS.map(lambda key: f"r{key}"), VALUES, max_size=3)), ())
    for index in range(data.draw(st.integers(0, 3))):
        writer.lines[("items", index)] = writer.line
        writer.text += data.draw(st.sampled_from(["[[items]]\n", '[[ "items" ]] # x\n']))
        writer.settings(
            data.draw(st.dictionaries(KEYS.map(lambda key: f"s{key}"), VALUES, max_size=2)), ("items", index)
        )
        writer.lines[("items", index, "below", "it")] = writer.line
        writer.text += "[items.below . it]\n"
        writer.settings(data.draw(st.dictionaries(KEYS, VALUES, max_size=2)), ("items", index, "below", "it"))
    tomlkit.parse(writer.text)
    found = locate(writer.text)
    assert found.repeated == ()
    assert {path: found.lines.get(path) for path in writer.lines} == writer.lines


@given(st.text(st.sampled_from("[]{}=\"'\\\n.,# a1u")))
def test_any_text_is_walked(text: str) -> None:
    assert all(1 <= line <= text.count("\n") + 1 for line in locate(text).lines.values())
