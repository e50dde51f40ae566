"""A stored comparison told again: its report page and picture story, in any language, without computing anything."""

from pathlib import Path

from simulator.errors import InputError


def page_of(folder: Path, language: str) -> str:
    """The report page of a comparison's folder.

    Raises
    ------
    ResultsError
        If the folder does not hold one, or a part of it is missing.
    """
    from analysis.answer.report import report_page
    from analysis.language import language_of
    from experiments.comparing import read_answer
    from experiments.report_parts import read_parts

    answer, parts = read_answer(folder), read_parts(folder)
    return report_page(
        answer.comparison,
        facts=answer.facts,
        findings=answer.findings,
        maps={name: folder / file for name, file in parts.maps.items()},
        parameters=parts.parameters,
        rests_on=parts.rests_on,
        language=language_of(language),
    )


def comic_of(folder: Path, language: str) -> str:
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
    from analysis.language import language_of
    from experiments.comparing import read_answer
    from experiments.report_parts import read_parts

    answer = read_answer(folder)
    nights = {name: read_night(told) if told else None for name, told in read_parts(folder).nights.items()}
    if not any(nights.values()):
        raise InputError(
            f"{folder}: in the first draw no woman whom a measure reaches is outdoors after dark, expected one for "
            "--format comic; compare again with more --people, or write --format page"
        )
    return comic_page(nights, answer.facts, say=language_of(language))
