"""`afterdark report`: write the report of a stored comparison again, in another language, as pictures or for paper."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli.options import STORE, StoreFolder

if TYPE_CHECKING:
    from analysis.language import Language
    from experiments.comparing import Answer

FORMATS = ("page", "comic", "pdf")


def report(
    folder: Annotated[Path, typer.Argument(help="the folder of a comparison")],
    out: Annotated[Path, typer.Option(help="the file to be written; another one is never overwritten")],
    language: Annotated[str, typer.Option(help="en, es or fr")] = "en",
    kind: Annotated[
        str,
        typer.Option("--format", help="page: HTML; comic: one walk in eight pictures, HTML; pdf: the page on paper"),
    ] = "page",
    store: StoreFolder = STORE,
) -> None:
    """Write the report of a comparison to one file that opens offline, without computing anything.

    In another language its maps are drawn again from the stored runs (--store); without them their words stay English.

    Example: afterdark report runs/compare-* --language es --out informe.html
    """
    from analysis.language import language_of
    from experiments.folders import write_once
    from experiments.printing import browser_found, print_page
    from simulator.errors import InputError

    if kind not in FORMATS:
        raise InputError(f"--format: found {kind!r}, expected one of {', '.join(FORMATS)}")
    say = language_of(language)
    if out.is_dir():
        raise InputError(f"--out: {out} is a folder, expected the name of a file")
    if kind != "pdf":
        with as_written(folder):
            page = _comic(folder, say) if kind == "comic" else _page(folder, say, store)
        write_once(out, page)
    else:
        if out.exists():  # a PDF holds when it was printed, so nobody can tell whether it is the same
            raise InputError(
                f"--out: {out} is there already; nothing was overwritten. Give another name, or move it away"
            )
        browser = browser_found()
        with as_written(folder):
            page = _page(folder, say, store)
        print_page(page, out, browser)
    typer.echo(f"Written: {out.resolve()}")


def _page(folder: Path, language: "Language", store: Path) -> str:
    from analysis.answer.report import report_page
    from analysis.language import ENGLISH
    from experiments.comparing import read_answer
    from experiments.report_parts import read_parts

    answer, parts = read_answer(folder), read_parts(folder)
    maps = {name: folder / file for name, file in parts.maps.items()}
    with TemporaryDirectory() as drawn:
        if language != ENGLISH and maps:
            maps = _maps_in(language, answer, store, Path(drawn)) or maps
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


def _maps_in(language: "Language", answer: "Answer", store: Path, folder: Path) -> dict[str, Path]:
    """The maps with their words in a language; none, with a note, where runs or city are gone."""
    from experiments.stored_runs import draw_again
    from simulator.errors import ResultsError

    try:
        return draw_again(answer, store, folder, language)
    except ResultsError as error:
        typer.echo(f"The words in its maps stay English: {error}", err=True)
        return {}


def _comic(folder: Path, language: "Language") -> str:
    from analysis.comic.night import read_night
    from analysis.comic.page import comic_page
    from experiments.comparing import read_answer
    from experiments.report_parts import read_parts
    from simulator.errors import InputError

    answer = read_answer(folder)
    nights = {name: read_night(told) if told else None for name, told in read_parts(folder).nights.items()}
    if not any(nights.values()):
        raise InputError(
            f"{folder}: in the first draw no woman whom a measure reaches is outdoors after dark, expected one for "
            "--format comic; compare again with more --people, or write --format page"
        )
    return comic_page(nights, answer.facts, say=language)


@contextmanager
def as_written(folder: Path) -> Iterator[None]:
    """Explain what goes wrong while a folder is read whose manifest somebody edited.

    Raises
    ------
    ResultsError
        Instead of any error that is not ours.
    """
    from simulator.errors import InputError, ResultsError
    from simulator.results.schema import MANIFEST

    try:
        yield
    except InputError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError) as error:  # whoever edited it could write anything
        raise ResultsError(
            f"{folder}: its {MANIFEST} is not as it was written ({type(error).__name__}: {error}); "
            f"remove {folder} and run again"
        ) from error
