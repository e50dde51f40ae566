"""The whole report in each language: read from the page, no English is left over but what a user wrote."""

import dataclasses
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from analysis.answer.finding import Basis
from analysis.answer.findings import work_out
from analysis.answer.provenance import collect_provenance
from analysis.answer.report import report_page
from analysis.comparison.paired import compare_runs
from analysis.language import LANGUAGES, language_of

OTHERS = tuple(code for code in LANGUAGES if code != "en")
LOCALE = Path(__file__).parents[3] / "analysis" / "assets" / "locale"
TITLE, QUESTION = "Qqtitle", "Qqquestion?"
SAID = ("alt", "aria-label", "data-label", "data-unit")
"""Attributes that are read out or shown."""
VOID = ("meta", "img", "link", "br", "rect", "circle", "line", "path")
ENGLISH = frozenset(
    [
        "the",
        "of",
        "with",
        "and",
        "is",
        "are",
        "for",
        "by",
        "than",
        "after",
        "which",
        "that",
        "each",
        "from",
        "those",
        "would",
        "people",
        "walking",
        "time",
        "feels",
        "safe",
        "safer",
        "street",
        "streets",
        "changes",
        "draw",
        "draws",
        "share",
        "women",
        "men",
        "everybody",
        "trips",
        "made",
        "year",
        "today",
        "whole",
        "hour",
        "hours",
        "expected",
        "evidence",
    ]
)
"""Words that an English sentence can hardly do without, none of which is Spanish or French."""
PARAMETERS = [
    {"name": "dark_odds_women", "value": 7.5, "low": 5.5, "high": 10.2, "unit": "share", "grade": "single study",
     "applies to": "urban streets after dark", "source": "the survey of those who walk",
     "note": "share of darkness' effect on feeling safe that good light can take away; a note"}
]  # fmt: skip
CAUTIONS = (
    "lamps: “Qqtitle” burns in no dark hour, so that only the sign of care is left",
    "lamps: Qqtitle: harm not assessed to those who live next to venues (noise), and what venues and their staff earn "
    "or lose",
    "costs that the case does not give are those of the euro area, put into GBP by purchasing power (1 EUR there is "
    "worth 0.85 GBP; recalled figures): give your own where you can",
)
LOG = (
    "week 1: no report has arrived; nothing is done",
    "week 2: hosts, by reports of weeks 1 to 1: 2 to Kallio (3 of 3 reports)",
)


class Words(HTMLParser):
    """Words of a page with the language in which they stand, those of attributes too; `bare` are without their tag."""

    def __init__(self, page):
        super().__init__()
        self.open, self.found = [], []
        self.feed(page)

    def language(self):
        return next((code for _, code in reversed(self.open) if code), "")

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.found += [(told.get("lang") or self.language(), told[key]) for key in SAID if told.get(key)]
        if tag not in VOID:
            self.open.append((tag, told.get("lang", "")))

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if data.strip() and self.open and self.open[-1][0] != "style":
            self.found.append((self.language(), data.strip()))


@pytest.fixture(scope="module")
def page(make_pair, make_pushes):
    """The report of lamps, and of nothing beside them, in a language, with every finding."""
    base, lamps = make_pair(make_pushes(8), title=TITLE, question=QUESTION)

    @cache
    def build(code, several):
        scenarios = {"lamps": lamps} | ({"same": base} if several else {})
        facts = collect_provenance(base, scenarios, default_date="2026-12-21")
        logged = tuple(dataclasses.replace(told, log=LOG) for told in facts.scenarios)
        facts = dataclasses.replace(facts, cautions=CAUTIONS, scenarios=logged)
        comparison = compare_runs(base, scenarios)
        return report_page(
            comparison,
            facts=facts,
            findings=work_out(Basis(base, scenarios, comparison, facts, parameters=PARAMETERS)),
            parameters=PARAMETERS,
            rests_on={"feeling safe": [0, 0, 11, 14, 0, 92], "the cost": [0, 1, 0, 0, 2, 0]},
            language=language_of(code),
        )

    return build


def alike(code):
    """Words that are the same in both languages, as "verdict" in French."""
    with (LOCALE / f"{code}.po").open("rb") as file:
        return {message.id for message in read_po(file, locale=code) if message.id and message.string == message.id}


def bare(words):
    """Words without numbers, titles of users, identities, versions and names of parameters."""
    words = re.sub(rf"{TITLE}|{re.escape(QUESTION)}|baseline|afterdark", "", words)
    words = re.sub(r"`[^`]*`|\w+_\w+|--[a-z-]+", "", words)  # identifiers and options
    words = re.sub(r"[a-z]+-\d{4}|\b\w+ \d+(\.\d+)+|c0de", "", words)
    return re.sub(r"[-−+]?\d[\d\u202f\u00a0,.]*", "#", words).strip(" :;,—–-")


def left_over(code, page_in_it, page_in_english):
    english = {bare(words) for _, words in Words(page_in_english).found}
    same = alike(code)
    return [
        words
        for language, words in Words(page_in_it).found
        if language == code
        and (set(re.findall(r"[a-z]+", bare(words).lower())) & ENGLISH or (bare(words) in english - same))
        and re.search(r"[^\W\d_]{3}", bare(words))
    ]


PROPER = frozenset({"Open Database Licence (ODbL)", "helsinki-centre, FI", "# EUR"})
"""Names, which are the same in every language."""


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("code", OTHERS)
def test_no_english_is_left_on_the_page(page, code, several):
    left = left_over(code, page(code, several), page("en", several))
    assert [words for words in dict.fromkeys(left) if bare(words) not in PROPER] == []


def test_the_reader_finds_english(page):
    """The page in English, called Spanish, is full of it: the check can fail."""
    false = page("en", False).replace('<html lang="en">', '<html lang="es">')
    assert len(set(left_over("es", false, page("en", False)))) > 200


@pytest.mark.parametrize("code", OTHERS)
def test_a_paragraph_that_is_not_translated_is_found(page, code):
    spoilt = page(code, False).replace("</main>", "<p>Nobody walks there after dark.</p></main>")
    assert "Nobody walks there after dark." in left_over(code, spoilt, page("en", False))


@pytest.mark.parametrize("code", OTHERS)
def test_what_stands_as_written_says_that_it_is_english(page, code):
    words = Words(page(code, False)).found
    assert ("en", "the survey of those who walk") in words
    assert (code, "the survey of those who walk") not in words
    assert not any(character in page(code, False) for character in "\u2068\u2069")


@pytest.mark.parametrize("code", OTHERS)
def test_cautions_and_logs_are_said_and_marked_as_no_other_language(page, code):
    """The page in English has them word by word, the others none of them, nor a part that is called English."""
    in_english, in_it = (" ".join(words for _, words in Words(page(one, False)).found) for one in ("en", code))
    english = " ".join(words for language, words in Words(page(code, False)).found if language == "en")
    for told in (*CAUTIONS, *LOG):
        assert told in in_english
        assert told not in in_it
        assert told[7:40] not in english


@pytest.mark.parametrize("code", OTHERS)
def test_numbers_have_the_decimal_sign_of_the_language(page, code):
    """No number of the page has a decimal point: neither in tables nor in sentences nor on axes."""
    words = [words for language, words in Words(page(code, False)).found if language == code]
    with_point = [
        one for one in words if re.search(r"\d\.\d", re.sub(r"(Apache|SDG|ODS|ODD)[^;]*|\b\w+ \d+(\.\d+)+", "", one))
    ]
    allowed = re.compile(r"16\.1\.|11\.[27]\.|11\.7\.1|2\.0")
    assert [one for one in with_point if not allowed.search(one)] == []


@pytest.mark.parametrize("code", OTHERS)
def test_the_numbers_are_those_of_the_english_page(page, code):
    """Digits of every table, in order, are the same in each language."""

    def digits(text):
        cells = re.findall(r"<td[^>]*>(.*?)</td>", text, re.S)
        return [re.findall(r"\d+", re.sub(r"<[^>]+>", "", cell)) for cell in cells]

    found, expected = digits(page(code, False)), digits(page("en", False))
    assert len(found) > 300
    assert found == expected
