"""One reader of text: whatever a spreadsheet of whatever country writes comes out as the same rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import InputError
from street_networks.light.light import lit_not_understood, read_lit_tag
from street_networks.tables.rows import number_in, read_rows
from street_networks.tables.texts import cells_of, decoded, read_text_rows, rows_of_text, separator_of, truth_of

ROWS = [("name", "people"), ("Béziers", "1200"), ("Łódź", "30")]
WESTERN = [("name", "people"), ("Béziers", "1200"), ("Málaga", "30")]


def text_of(rows, separator=",", end="\n"):
    return end.join(separator.join(row) for row in rows) + end


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_separators_and_line_ends_make_no_difference(tmp_path, separator, end, encoding):
    path = tmp_path / "table.csv"
    path.write_bytes(text_of(ROWS, separator, end).encode(encoding))
    read = read_text_rows(path, what="a table")
    assert read.headings == ROWS[0]
    assert [tuple(row) for row in read.rows] == ROWS[1:]
    assert read.numbers == [2, 3]


def test_what_windows_writes_in_western_europe_is_read(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(text_of(WESTERN, ";").encode("cp1252"))
    assert [tuple(row) for row in read_text_rows(path, what="a table").rows] == WESTERN[1:]
    assert decoded(b"\xe9") == "é"


def test_empty_rows_go_and_rows_keep_their_numbers(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n,\n\n3,4\n , \n")
    read = read_text_rows(path, what="a table")
    assert (read.rows, read.numbers) == ([["1", "2"], ["3", "4"]], [2, 5])


def test_a_separator_within_quotes_separates_nothing(tmp_path):
    assert separator_of('"a;b;c",d') == ","
    path = tmp_path / "table.csv"
    path.write_text('name,people\n"Rua Sá, 3; fundos",4\n')
    assert cells_of(read_text_rows(path, what="a table")) == [{"name": "Rua Sá, 3; fundos", "people": "4"}]


@pytest.mark.parametrize(("content", "said"), [("", "is empty"), ('a,b\n"1,2\n', "cannot be read as CSV")])
def test_what_is_no_table_is_said(tmp_path, content, said):
    path = tmp_path / "table.csv"
    path.write_text(content)
    with pytest.raises(InputError, match=said):
        read_text_rows(path, what="a table")
    with pytest.raises(InputError, match="expected a table"):
        read_text_rows(tmp_path / "none.csv", what="a table")


@given(st.floats(0, 1e6).map(lambda value: round(value, 2)))
def test_a_number_is_read_from_either_country(value):
    assert number_in(f"{value:,.2f}") == value
    swapped = f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
    assert number_in(swapped, decimal_comma=True) == value
    assert number_in(f"{value:,.2f}".replace(",", "\u202f")) == value


def test_what_a_comma_means_is_decided_by_the_whole_column(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("zone;people;share\nA;1.234;0,5\nB;250;1,234\n")
    rows = read_rows(path, what="a table")
    assert rows.decimal_comma == {"zone": True, "people": True, "share": True}
    assert [rows.number(cell, "share") for cell in rows.cells] == [0.5, 1.234]
    assert [rows.number(cell, "people") for cell in rows.cells] == [1234.0, 250.0]


@pytest.mark.parametrize(
    ("word", "truth"),
    [
        ("Yes", True),
        (" JA ", True),
        ("sí", True),
        ("1.0", True),
        ("no", False),
        ("Não", False),
        ("0", False),
        ("perhaps", None),
        ("", None),
    ],
)
def test_words_for_yes_and_no(word, truth):
    assert truth_of(word) is truth


@pytest.mark.parametrize(
    ("value", "lit", "strange"),
    [
        *(
            (word, 1, False)
            for word in ("yes", "YES", " yes", "automatic", "operating_times", "24/7", "dusk-23:00", "ja")
        ),
        *((word, 0, False) for word in ("no", "No ", "disused", "unlit", "nein")),
        ("yes;no", -1, False),
        ("yes;yes", 1, False),
        ("", -1, False),
        ("perhaps", -1, True),
        ("yes;perhaps", -1, True),
    ],
)
def test_what_lit_says(value, lit, strange):
    assert read_lit_tag({"lit": value}) == lit
    assert lit_not_understood({"lit": value}) == strange


def test_two_columns_of_one_name_are_refused_and_empty_headings_are_not():
    with pytest.raises(InputError, match=r"row 1: two columns 'age', expected each heading once"):
        rows_of_text("age,sex,age\n1,2,3\n", where="x.csv", what="a table")
    assert rows_of_text("age,,\n1,,\n", where="x.csv", what="a table").headings == ("age", "", "")
