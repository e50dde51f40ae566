"""A stored comparison told again: its report page and picture story, in any language, without computing anything."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from simulator.errors import InputError, ResultsError

if TYPE_CHECKING:
    from analysis.language import Language
    from experiments.comparing import Answer


def page_of(folder: Path, language: "Language", store: Path, note: Callable[[str], None] = lambda told: None) -> str:
    """The report page of a comparison's folder.

    Parameters
    ----------
    folder
        Of the comparison.
    language
        In which it is told.
    store
        Where its runs are kept, from which maps are drawn again in another language.
    note
        Told why the words in its maps stay English, where they do.

    Raises
    ------
    ResultsError
        If the folder does not hold one, or a part of it is missing.
    """
    from analysis.answer.report import report_page
    from analysis.language import ENGLISH
    from experiments.comparing import read_answer
    from experiments.report_parts import read_parts

    answer, parts = read_answer(folder), read_parts(folder)
    maps = {name: folder / file for name, file in parts.maps.items()}
    with TemporaryDirectory() as drawn:
        if language != ENGLISH and maps:
            maps = _maps_in(language, answer, (store, Path(drawn)), note) or maps
        return report_page(
            answer.comparison,
            facts=answer.facts,
            findings=answer.findings,
            maps=maps,
            parameters=parts.parameters,
            rests_on=parts.rests_on,
            language=language,
            maps_are_english=Path(drawn) not in {file.parent for file in maps.values()},
        )


def _maps_in(
    language: "Language", answer: "Answer", folders: tuple[Path, Path], note: Callable[[str], None]
) -> dict[str, Path]:
    """The maps with their words in a language; none, with a note, where runs or city are gone."""
    from experiments.stored_runs import draw_again

    try:
        return draw_again(answer, *folders, language)
    except ResultsError as error:
        note(f"The words in its maps stay English: {error}")
        return {}


def comic_of(folder: Path, language: "Language") -> str:
    """The picture story of a comparison's folder.

    Raises
    ------
    InputError
        If no simulated woman qualifies for it.
    ResultsError
        As for the page.
    """
    from analysis.comic.night import read_night
    from analysis.comic.page import comic_page
    from experiments.comparing import read_answer
    from experiments.report_parts import read_parts

    answer = read_answer(folder)
    nights = {name: read_night(told) if told else None for name, told in read_parts(folder).nights.items()}
    if not any(nights.values()):
        raise InputError(
            f"{folder}: in the first draw no woman whom a measure reaches is outdoors after dark, expected one for "
            "--format comic; compare again with more --people, or write --format page"
        )
    return comic_page(nights, answer.facts, say=language)
