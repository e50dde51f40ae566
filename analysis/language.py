"""Languages in which an answer is read: words from one catalogue each, numbers and dates as they are written there.

English words are the keys; `assets/locale/CODE.po` holds their translations and is read as it is, so that no compiled
catalogue has to be kept. `.ci/catalogues.py` adds what is new to the catalogues; a test finds what is not translated.
Babel reads the catalogues and knows numbers and dates (Unicode's Common Locale Data Repository).
"""

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from simulator.errors import InputError

LANGUAGES: Mapping[str, str] = {"en": "en_GB", "es": "es", "fr": "fr"}
"""The languages there are, and the locale of each: numbers and dates follow it."""
THIN = "\u202f"
"""Between thousands in every language, as in all other numbers of an answer: it is no decimal sign anywhere."""
MINUS = "−"


def marked(words: str) -> str:
    """The words themselves: they are in the catalogues, and translated where they are used."""
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


ENGLISH = Language("en")


@cache
def _catalogue(code: str) -> Mapping[str, str]:
    """Translations by English words; what is not translated yet, or not for sure, is not in it."""
    from babel.messages.pofile import read_po

    with files("analysis").joinpath("assets", "locale", f"{code}.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    return {
        str(message.id): str(message.string)
        for message in catalogue
        if message.id and message.string and not message.fuzzy
    }
