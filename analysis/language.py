"""Languages in which an answer is read: words from one catalogue each, numbers and dates as they are written there.

English words are the keys; `assets/locale/CODE.po` holds their translations and is read as it is, so that no compiled
catalogue has to be kept. `.ci/catalogues.py` adds what is new to the catalogues; a test finds what is not translated.
Babel reads the catalogues and knows numbers and dates (Unicode's Common Locale Data Repository).
"""

import dataclasses
import datetime
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

from simulator.errors import InputError

CATALOGUES = files("analysis").joinpath("assets", "locale")


def languages_in(folder: Traversable) -> dict[str, str]:
    """Languages by code, and the locale of each: English, and those whose catalogue, `CODE.po`, stands in a folder."""
    codes = sorted(file.name.removesuffix(".po") for file in folder.iterdir() if file.name.endswith(".po"))
    return {"en": "en_GB"} | {code: code for code in codes}


LANGUAGES: Mapping[str, str] = languages_in(CATALOGUES)
"""The languages there are, and the locale of each: numbers and dates follow it."""
THIN = "\u202f"
"""Between thousands in every language, as in all other numbers of an answer: it is no decimal sign anywhere."""
MINUS = "−"


_Key = TypeVar("_Key", bound=Hashable)
_FOREIGN = ("\u2068", "\u2069")
"""Unicode's marks around words that stand in English among others; `html` says so in the page."""


def marked(words: str) -> str:
    """The words themselves: they are in the catalogues, and translated where they are used."""
    return words


def marked_each(*words: str) -> tuple[str, ...]:
    """The same of several words."""
    return words


def marked_values(words: Mapping[_Key, str]) -> Mapping[_Key, str]:
    """The same of the values of a mapping."""
    return words


@dataclasses.dataclass(frozen=True)
class Language:
    """One language: called with English words, it says them.

    Attributes
    ----------
    code
        One of `LANGUAGES`.
    """

    code: str

    @property
    def locale(self) -> str:
        """Name of its locale."""
        return LANGUAGES[self.code]

    @property
    def direction(self) -> str:
        """Whether it is written from left to right (ltr) or from right to left (rtl): attribute `dir` of HTML."""
        from babel import Locale

        return "rtl" if Locale.parse(self.locale).text_direction == "rtl" else "ltr"

    def knows(self, words: str) -> bool:
        """Whether it can say these words."""
        return self.code == "en" or words in _catalogue(self.code)

    def __call__(self, words: str, /, **put: object) -> str:
        """The words in this language, English where it does not know them; `put` fills the places in braces."""
        said = words if self.code == "en" else _catalogue(self.code).get(words, words)
        return said.format(**put) if put else said

    def number(self, value: float, decimals: int = 0) -> str:
        """A number with so many decimals."""
        from babel.numbers import format_decimal, get_group_symbol

        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        text = format_decimal(round(abs(value), decimals), format=pattern, locale=self.locale)
        text = text.replace(get_group_symbol(self.locale), THIN)
        negative = value < 0 and any(sign in "123456789" for sign in text)
        return f"{MINUS}{text}" if negative else text

    def digits(self, text: str) -> str:
        """Numbers that are written with a decimal point, with the decimal sign of this language."""
        from babel.numbers import get_decimal_symbol

        return text if self.code == "en" else text.replace(".", get_decimal_symbol(self.locale))

    def date(self, day: datetime.date) -> str:
        """A date with the name of its month, as in "21 December 2026"."""
        from babel.dates import format_date

        return format_date(day, format="long", locale=self.locale)

    def listed(self, words: Sequence[str]) -> str:
        """Words one after the other, with "and" before the last."""
        from babel.lists import format_list

        return format_list(list(words), style="standard", locale=self.locale)

    def country(self, code: str) -> str:
        """Name of a country by its ISO 3166 code, the code itself where it is not known."""
        from babel import Locale

        return Locale.parse(self.locale).territories.get(code, code)


def language_of(code: str) -> Language:
    """The language of a code.

    Raises
    ------
    InputError
        If there is no catalogue of it.
    """
    if code not in LANGUAGES:
        raise InputError(f"--language: found {code!r}, expected one of {', '.join(LANGUAGES)}")
    return Language(code)


def own_names() -> dict[str, str]:
    """What each language calls itself, by its code."""
    from babel import Locale

    return {code: (Locale.parse(code).get_display_name(code) or code).capitalize() for code in LANGUAGES}


ENGLISH = Language("en")
_SPOKEN: ContextVar[Language] = ContextVar("spoken", default=ENGLISH)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Say everything inside in a language, as far as it is said by `tr`."""
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def spoken() -> Language:
    """The language that is spoken now; English unless `speaking` says otherwise."""
    return _SPOKEN.get()


def tr(words: str, /, **put: object) -> str:
    """The words in the language that is spoken now; `put` fills the places in braces."""
    return spoken()(words, **put)


def foreign(words: str) -> str:
    """Words that stand in English in every language, marked where another one is spoken."""
    return words if spoken() == ENGLISH or not words else f"{_FOREIGN[0]}{words}{_FOREIGN[1]}"


def tr_if_known(words: str) -> str:
    """Words that may be a user's own: translated if they are in the catalogue, else marked as they stand."""
    return tr(words) if spoken().knows(words) else foreign(words)


def html(words: str) -> str:
    """Words as HTML; those that `foreign` marked say that they are English."""
    text = escape(words)
    return text.replace(_FOREIGN[0], '<span lang="en">').replace(_FOREIGN[1], "</span>")


def without_marks(words: str) -> str:
    """Words for a place that holds no tags, such as a label: the marks of `foreign` go."""
    return words.replace(_FOREIGN[0], "").replace(_FOREIGN[1], "")


@cache
def _catalogue(code: str) -> Mapping[str, str]:
    """Translations by English words; what is not translated yet, or not for sure, is not in it."""
    from babel.messages.pofile import read_po

    with CATALOGUES.joinpath(f"{code}.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    return {
        str(message.id): str(message.string)
        for message in catalogue
        if message.id and message.string and not message.fuzzy
    }
