"""The command line: one command, `afterdark`; nouns group verbs. Heavy imports wait until a command needs them."""

import codecs
import io
import os
import sys
import unicodedata
from typing import Annotated

import typer

from experiments.cli import build as cli_build
from experiments.cli import calibrate as cli_calibrate
from experiments.cli import checks as cli_checks
from experiments.cli import city as cli_city
from experiments.cli import diagnose as cli_diagnose
from experiments.cli import doctor as cli_doctor
from experiments.cli import evaluate as cli_evaluate
from experiments.cli import export as cli_export
from experiments.cli import logs
from experiments.cli import rank as cli_rank
from experiments.cli import report as cli_report
from experiments.cli import runs as cli_runs
from experiments.cli import scenario as cli_scenario
from experiments.cli import study as cli_study
from experiments.cli import study_analysis as cli_study_analysis
from experiments.cli import workshop as cli_workshop
from experiments.cli.completion import complete_by_name
from experiments.cli.usage import usage_message
from experiments.interruption import INTERRUPTED, ignore_interrupts_at_exit, interruptible, kept_in_words
from simulator.errors import AfterdarkError, InputError

FAILED, BAD_INPUT = 1, 2
_INTERRUPTED = "Interrupted. No file is incomplete. {kept} Run the same command again to continue."

app = typer.Typer(
    name="afterdark",
    help="Test safety measures on a real city by day and night, before paying for them.\n\n"
    "Example: afterdark compare light-the-park-paths",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("run")(cli_runs.run)
app.command("compare")(cli_runs.compare)
app.command("show")(cli_runs.show)
app.command("diagnose")(cli_diagnose.diagnose)
app.command("evaluate")(cli_evaluate.evaluate)
app.command("report")(cli_report.report)
app.command("rank")(cli_rank.rank)
app.command("export")(cli_export.export)
app.command("doctor")(cli_doctor.doctor)
app.command("evidence")(cli_scenario.evidence)
app.command("workshop")(cli_workshop.workshop)
app.add_typer(cli_scenario.app, name="scenario")
cli_city.app.command("build")(cli_build.build)
app.add_typer(cli_city.app, name="network")
cli_runs.validate_app.command("safety")(cli_checks.safety)
cli_runs.validate_app.command("people")(cli_checks.people)
cli_runs.validate_app.command("all")(cli_checks.everything)
cli_runs.validate_app.command("perception")(cli_checks.perception)
app.add_typer(cli_runs.validate_app, name="validate")
app.add_typer(cli_calibrate.app, name="calibrate")
cli_study.app.command("sensitivity")(cli_study_analysis.sensitivity)
cli_study.app.command("optimise")(cli_study_analysis.optimise)
app.add_typer(cli_study.app, name="study")
complete_by_name(app)
logs.add_log_options(app)


_PLAIN = str.maketrans("−–—“”‘’…▲▼≈×·✓", "---\"\"''.^v~x.v", "")


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """Signs that an old terminal does not have, in those that it has: a minus must not become a question mark."""
    assert isinstance(error, UnicodeEncodeError)
    found = error.object[error.start : error.end]
    text = unicodedata.normalize("NFKD", found.translate(_PLAIN))
    return "".join(sign if sign.isascii() else "?" for sign in text if not unicodedata.combining(sign)), error.end


codecs.register_error("afterdark", _plainly)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            told = version("afterdark")
        except PackageNotFoundError:
            told = "of unknown version, run from its sources without being installed"
        typer.echo(f"afterdark {told}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")
    ] = False,
) -> None:
    """Exist so that `--version` works without a command."""


def main() -> None:
    """Run the command line; every error of ours is one message, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="afterdark")
    logs.configure()
    ignore_interrupts_at_exit()
    try:
        with interruptible():
            code = app(prog_name="afterdark", standalone_mode=False)
    except InputError as error:
        _leave(str(error), BAD_INPUT)
    except AfterdarkError as error:
        _leave(str(error), FAILED)
    except (KeyboardInterrupt, typer.Abort):
        _leave(_INTERRUPTED.format(kept=kept_in_words()), INTERRUPTED)
    except BrokenPipeError:  # the reader of our output has gone, as in `afterdark show | head`
        os._exit(FAILED)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _leave(f"{where}{error.strerror or error}", BAD_INPUT)
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise  # a fault of ours: the traceback is what we need to mend it
        _leave(usage_message(error), BAD_INPUT)
    else:
        if code == INTERRUPTED:  # typer turns Ctrl-C into a status, and says nothing
            _leave(_INTERRUPTED.format(kept=kept_in_words()), INTERRUPTED)
        raise SystemExit(code if isinstance(code, int) else 0)


def _leave(message: str, status: int) -> None:
    logs.error(message, status)
    # Python remembers a Ctrl-C that came within code made of a string, as imports run it, and would die of that signal
    # in the end; running such code once more makes it forget
    exec("")  # noqa: S102
    raise SystemExit(status) from None


if __name__ == "__main__":
    main()
