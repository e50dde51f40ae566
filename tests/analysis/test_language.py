"""Every word that is said has its translation, with the same places to fill; numbers and dates are as written there."""

import datetime
import re
import runpy
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from hypothesis import given
from hypothesis import strategies as st

from analysis import language
from analysis.answer.charts import SERIES
from analysis.answer.findings import FINDINGS
from analysis.answer.html_page import html_page
from analysis.answer.leads import BESIDE, headlines_of
from analysis.answer.report import AFTER, SECTIONS
from analysis.language import LANGUAGES, THIN, Language, language_of, languages_in, own_names
from simulator.errors import InputError

ROOT = Path(__file__).parents[2]
OTHERS = tuple(code for code in LANGUAGES if code != "en")


def said():
    return runpy.run_path(str(ROOT / ".ci" / "catalogues.py"))["words_said"]()


def catalogue(code):
    with (ROOT / "analysis" / "assets" / "locale" / f"{code}.po").open("rb") as file:
        return {message.id: message for message in read_po(file, locale=code) if message.id}


@pytest.mark.parametrize("code", OTHERS)
def test_all_that_is_said_is_translated_and_nothing_else_is_kept(code):
    words, known = set(said()), catalogue(code)
    assert len(words) > 100
    assert words - set(known) == set(), "run python .ci/catalogues.py and translate what is empty"
    assert set(known) - words == set(), "run python .ci/catalogues.py"
    assert [name for name, message in known.items() if not message.string or message.fuzzy] == []


@pytest.mark.parametrize("code", OTHERS)
def test_translations_have_the_same_places_and_end_alike(code):
    def places(text):
        return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)

    for words, message in catalogue(code).items():
        assert places(words) == places(message.string), words
        assert words.endswith(".") == message.string.endswith("."), words
        assert message.string == message.string.strip() or words.startswith(";"), words


@pytest.mark.parametrize("code", OTHERS)
def test_words_that_are_not_literal_where_they_are_said_are_in_the_catalogue(code):
    say = Language(code)
    leads = {lead.title for kinds in ((), ("transit",), ("toilets",)) for lead in headlines_of(kinds)}
    words = {words for _, words in (*SECTIONS, *AFTER)} | {one.heading for one in FINDINGS.values()} | leads
    words |= {one[1] for one in SERIES}
    assert BESIDE
    assert [one for one in words if not say.knows(one)] == []


def test_a_language_without_catalogue_is_refused():
    with pytest.raises(InputError, match="found 'de', expected one of en, es, fr"):
        language_of("de")


def test_what_is_not_known_is_said_in_english():
    assert Language("es")("Nobody ever says {this}.", this="that") == "Nobody ever says that."
    assert not Language("es").knows("Nobody ever says {this}.")


def test_numbers_and_dates_by_hand():
    en, es, fr = map(Language, ("en", "es", "fr"))
    assert [say.number(33055.46, 1) for say in (en, es, fr)] == [
        f"33{THIN}055.5",
        f"33{THIN}055,5",
        f"33{THIN}055,5",
    ]
    assert en.number(-0.04, 1) == "0.0"
    assert en.number(-1.26, 1) == "−1.3"
    day = datetime.date(2026, 12, 21)
    assert [say.date(day) for say in (en, es, fr)] == [
        "21 December 2026",
        "21 de diciembre de 2026",
        "21 décembre 2026",
    ]
    assert [say.country("GB") for say in (en, es, fr)] == ["United Kingdom", "Reino Unido", "Royaume-Uni"]
    assert es.listed(["a", "b", "c"]) == "a, b y c"


@given(value=st.floats(-1e9, 1e9), decimals=st.integers(0, 3), code=st.sampled_from(sorted(LANGUAGES)))
def test_a_number_reads_back_as_itself(value, decimals, code):
    text = Language(code).number(value, decimals)
    plain = re.sub(r"[\s]", "", text).replace(",", ".").replace("−", "-")
    assert float(plain) == pytest.approx(round(value, decimals), abs=0.51 * 10**-decimals)


@pytest.fixture
def from_right_to_left(tmp_path, monkeypatch):
    """A language more by one file: a pseudo catalogue of a script that runs from right to left."""
    pseudo = Catalog(locale="ar")
    for words in said():
        pseudo.add(words, f"\u200f«{words}»")
    with (tmp_path / "ar.po").open("wb") as file:
        write_po(file, pseudo)
    monkeypatch.setattr(language, "CATALOGUES", tmp_path)
    for code, locale in languages_in(tmp_path).items():
        monkeypatch.setitem(language.LANGUAGES, code, locale)
    yield Language("ar")
    language._catalogue.cache_clear()


def test_one_file_is_a_language_more_and_says_in_which_direction_it_runs(from_right_to_left, tmp_path):
    assert languages_in(tmp_path) == {"en": "en_GB", "ar": "ar"}
    assert [Language(code).direction for code in ("en", *OTHERS)] == ["ltr"] * (1 + len(OTHERS))
    assert from_right_to_left.direction == "rtl"
    assert from_right_to_left("women") == "\u200f«women»"
    assert own_names() | {"ar": "العربية", "es": "Español", "en": "English"} == own_names()
    assert '<html lang="ar" dir="rtl">' in html_page("x", "", from_right_to_left)
    assert '<html lang="fr">' in html_page("x", "", Language("fr"))


def test_sheets_know_a_start_and_an_end_and_neither_left_nor_right():
    sheets = [*(ROOT / "analysis" / "assets").glob("*.css"), *(ROOT / "experiments" / "workshop").rglob("*.css")]
    assert len(sheets) == 3
    sided = re.compile(
        r"(?:margin|padding|border)-(?:left|right)\b|(?:^|[;{\s])(?:left|right)\s*:|text-align:\s*(?:left|right)"
    )
    assert [(file.name, found) for file in sheets for found in sided.findall(file.read_text(encoding="utf-8"))] == []
