"""Words that people write: the nearest right one to a wrong one, and what the genders are called."""

import unicodedata
from collections.abc import Iterable

from simulator.errors import InputError

GENDER_WORDS = {
    **dict.fromkeys(("woman", "women", "female", "f"), "woman"),
    **dict.fromkeys(("man", "men", "male", "m"), "man"),
    **dict.fromkeys(("another", "other", "others", "non-binary", "nonbinary", "diverse", "x"), "another"),
}
"""What is taken for each of our words, in small letters, wherever a gender is written."""
LIKENESS = 0.6
"""Least likeness from which a word is offered in the place of another: two letters of five may be wrong."""
_LONGEST = 200
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i"})
"""Letters that Unicode does not take apart into a plain one and an accent."""
_PART_LETTERS = 4


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a wrong one was meant for, or None if none is near.

    Letters left out, put in, changed or swapped count one each, case does not count. A word of four letters or more
    that is a part of known ones stands for the shortest of those.
    """
    near = near_ones(word, known, at_most=1)
    return near[0] if near else None


def near_ones(word: str, known: Iterable[str], *, at_most: int = 3) -> list[str]:
    """The known words nearest to a wrong one, best first; none that is not near."""
    from rapidfuzz.distance import OSA  # here, because only faults need it

    wrong = word[:_LONGEST].strip().casefold()
    found = []
    for place, one in enumerate(known):
        right = one.casefold()
        likeness = OSA.normalized_similarity(wrong, right)
        if len(wrong) >= _PART_LETTERS and wrong in right:
            likeness = max(likeness, LIKENESS)
        if likeness >= LIKENESS:
            found.append((-likeness, len(one), place, one))
    return [one for *_, one in sorted(found)[:at_most]]


def plainly(word: str) -> str:
    """A name without accents, case, hyphens and points, for comparison: "São-João St." is "sao joao st"."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    bare = bare.translate(_LETTERS)
    return " ".join("".join(letter if letter.isalnum() else " " for letter in bare).split())


def nearest_told(word: str, known: Iterable[str]) -> str:
    """`; nearest 'right'` for the end of a fault, or nothing if no known word is near."""
    near = nearest(word, known)
    return f"; nearest {near!r}" if near else ""


def gender_of(word: str) -> str:
    """Our word for a gender, however it is usually written.

    Raises
    ------
    InputError
        Naming the words that are taken.
    """
    known = GENDER_WORDS.get(word.strip().casefold())
    if known is None:
        raise InputError(gender_fault(word))
    return known


def gender_fault(word: str) -> str:
    """What is wrong with a word that is no gender."""
    ours = ", ".join(dict.fromkeys(GENDER_WORDS.values()))
    return f"gender {word!r}, expected one of {ours} (or female, male, other)"


def with_article(noun: str) -> str:
    """A noun with the indefinite article that English puts before it, as in "an evaluation"."""
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"
