"""`afterdark report`: write the report of a stored comparison again, in another language, as pictures or for paper."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.options import STORE, StoreFolder

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
    from experiments.told_again import comic_of, page_of
    from simulator.errors import InputError

    if kind not in FORMATS:
        raise InputError(f"--format: found {kind!r}, expected one of {', '.join(FORMATS)}")
    say = language_of(language)
    if out.is_dir():
        raise InputError(f"--out: {out} is a folder, expected the name of a file")
    if kind != "pdf":
        with as_written(folder):
            page = comic_of(folder, say) if kind == "comic" else page_of(folder, say, store, _said)
        write_once(out, page)
    else:
        if out.exists():  # a PDF holds when it was printed, so nobody can tell whether it is the same
            raise InputError(
                f"--out: {out} is there already; nothing was overwritten. Give another name, or move it away"
            )
        browser = browser_found()
        with as_written(folder):
            page = page_of(folder, say, store, _said)
        print_page(page, out, browser)
    typer.echo(f"Written: {out.resolve()}")


def _said(note: str) -> None:
    typer.echo(note, err=True)


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
