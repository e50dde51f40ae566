"""`afterdark run`, `compare`, `show` and `validate robustness`: compute, or read what was computed, and tell it."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.cli.asking import carry_out, caution_each, iso, name_of, of_persons, plan_of
from experiments.cli.options import (
    STORE,
    AsJson,
    Calendar,
    CheckSettling,
    City,
    Date,
    Days,
    EquityWeight,
    FailOnHarm,
    Full,
    Keep,
    LightExtremes,
    Observed,
    Out,
    Overlay,
    People,
    Persons,
    PersonsColumns,
    Profile,
    Quiet,
    Replications,
    Seed,
    StoreFolder,
    Threads,
    Tours,
    UnitValues,
    Values,
    Workers,
    processors,
    run_options,
    with_overlays,
    with_persons,
    with_tours,
)
from experiments.cli.progress import progress_bar
from experiments.cli.report import as_written
from experiments.cli.telling import (
    check_draws,
    end_if_harmed,
    show_robustness,
    show_run,
    show_stages,
    tell,
    tell_second_look,
)

if TYPE_CHECKING:
    from experiments.comparing import Answer, Plan
    from experiments.runs import Options
    from scenarios import Scenario

validate_app = typer.Typer(
    help="Check the model against surveys and counts, and an answer against other ways of computing it.\n\n"
    "Example: afterdark validate robustness",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Case = Annotated[str, typer.Argument(help="short name or TOML file of a case")]


@validate_app.callback()
def _group() -> None:
    """Keep checks commands of their own."""


def run(
    case: Case,
    city: City = None,
    people: People = 8000,
    days: Days = 1,
    date: Date = None,
    seed: Seed = 1,
    threads: Threads = 1,
    keep: Keep = "summary",
    out: Out = None,
    store: StoreFolder = STORE,
    values: Values = None,
    persons: Persons = None,
    persons_columns: PersonsColumns = None,
    tours: Tours = None,
    overlay: Overlay = None,
    check_settling: CheckSettling = False,
    profile: Profile = False,
    quiet: Quiet = False,
) -> None:
    """Run one case once, with one value of each uncertain parameter, and keep its tables: levels, not differences.

    Example: afterdark run light-the-park-paths --people 2000
    """
    from experiments.executors import run_jobs
    from experiments.folders import check_folders, holds
    from experiments.runs import KEEP, Job
    from experiments.store import Store, is_whole
    from scenarios import load_scenario

    scenario = load_scenario(case)
    options = run_options(
        city=city or scenario.city,
        people=people,
        date=date or iso(scenario.date),
        seed=seed,
        days=days,
        threads=threads,
        keep=keep,
        values=values,
    )
    options = with_overlays(dataclasses.replace(options, check_settling=check_settling), overlay)
    options, note = with_persons(with_tours(options, tours), persons, persons_columns)
    told = _told_of_run(options, scenario, note)
    job = Job.plan(options, 0, (scenario,), store)
    identity = job.ids[0]
    folder = out or Path("runs") / f"run-{scenario.name[:60]}-{identity[:8]}"
    if not is_whole(folder, identity, KEEP[keep]):
        check_folders(folder, store, own=holds(folder, identity))
        caution_each(told)
        with progress_bar(f"running {scenario.name}", job.simulated_days(), quiet=quiet) as progress:
            run_jobs([job], workers=1, progress=progress)
        Store(store).copy(identity, scenario, folder, KEEP[keep])
    else:
        caution_each(told)
    show_run(folder)
    if profile:
        show_stages(Store(store), [identity])


def compare(
    cases: Annotated[list[str], typer.Argument(help="short names or TOML files of cases")],
    baseline: Annotated[str, typer.Option(help="case to compare with")] = "baseline",
    city: City = None,
    people: People = 8000,
    replications: Replications = 32,
    days: Days = 1,
    date: Date = None,
    seed: Seed = 1,
    threads: Threads = 1,
    workers: Workers = None,
    out: Out = None,
    store: StoreFolder = STORE,
    values: Values = None,
    persons: Persons = None,
    persons_columns: PersonsColumns = None,
    tours: Tours = None,
    overlay: Overlay = None,
    check_settling: CheckSettling = False,
    light_extremes: LightExtremes = True,
    calendar: Calendar = "day",
    unit_values: UnitValues = None,
    observed: Observed = None,
    profile: Profile = False,
    equity_weight: EquityWeight = 0.0,
    full: Full = False,
    fail_on_harm: FailOnHarm = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Compare cases with the baseline in the same draws: who gains, who loses, when, how surely, at what cost.

    Example: afterdark compare light-the-park-paths
    """
    from experiments.cli.year import YEAR, compare_year
    from experiments.store import Store

    if fail_on_harm:
        check_draws(replications)
    if calendar == YEAR:
        compare_year(locals())
        return
    answer, plan = answer_of(locals())
    tell(answer, as_json=as_json, full=full)
    if profile:
        show_stages(Store(store), [identity for job in plan.all_jobs() for identity in job.ids], as_json=as_json)
    if fail_on_harm:
        end_if_harmed(answer)


def answer_of(
    asked: "Mapping[str, Any]", *, word: str = "compare", check: "Callable[[Plan], None]" = lambda plan: None
) -> "tuple[Answer, Plan]":
    """Make the comparison that is asked for, or read it where it is made already.

    Parameters
    ----------
    asked
        The parameters of `compare` by name.
    word
        What a new folder's name begins with.
    check
        What else must hold before any work.
    """
    from experiments.comparing import make_comparison
    from experiments.store import Store

    plan, note = plan_of(asked)
    told = [*of_persons(note), *plan.check()]
    check(plan)
    answer, is_new = carry_out(plan, asked, make_comparison, told=told, name=name_of(plan), word=word)
    if is_new and not asked["quiet"]:
        tell_second_look(Store(asked["store"]), plan)
    return answer, plan


def show(
    folder: Annotated[Path, typer.Argument(help="the folder of a comparison, a year, a run or a check of robustness")],
    full: Full = False,
    fail_on_harm: FailOnHarm = False,
    observed: Observed = None,
    as_json: AsJson = False,
) -> None:
    """Show the answer that a folder holds, without computing anything.

    Example: afterdark show runs/compare-light-the-park-paths-*
    """
    from experiments.cli.year import show_year
    from experiments.comparing import read_answer
    from simulator.errors import InputError
    from simulator.foundation.spelling import with_article
    from simulator.results.schema import read_manifest

    with as_written(folder):
        kind = read_manifest(folder)["kind"]
        if fail_on_harm and kind in ("run", "robustness", "year"):
            raise InputError(f"--fail-on-harm: {folder} holds {with_article(kind)}, expected a comparison")
        if kind == "run":
            show_run(folder, as_json=as_json)
        elif kind == "robustness":
            show_robustness(folder, as_json=as_json)
        elif kind == "year":
            show_year(folder, as_json=as_json)
        else:
            answer = read_answer(folder)
            if fail_on_harm:
                check_draws(answer.facts.draws)
            tell(answer if observed is None else _beside(answer, observed), as_json=as_json, full=full)
            if fail_on_harm:
                end_if_harmed(answer)


@validate_app.command()
def robustness(
    case: Case = "light-the-park-paths",
    city: City = None,
    seed: Seed = 1,
    workers: Workers = None,
    out: Out = None,
    store: StoreFolder = STORE,
    quiet: Quiet = False,
) -> None:
    """Does the answer depend on how it was computed? The main differences at other numbers of agents, dates and draws.

    Example: afterdark validate robustness light-the-park-paths
    """
    from experiments.runs import city_of
    from experiments.validation.robustness import check_robustness, identity_of, variants
    from scenarios import load_scenario
    from scenarios.dates import first_date_of

    scenario = load_scenario(case)
    options = run_options(city=city or scenario.city, people=8000, date=iso(scenario.date), seed=seed, days=1)
    first = first_date_of(scenario, city_of(options.city), options.date)
    plans = variants(load_scenario("baseline"), scenario, dataclasses.replace(options, date=first), store)
    folder = out or Path("runs") / f"robustness-{scenario.name[:60]}-{identity_of(plans)[:8]}"
    days_in_all = sum(job.simulated_days() for variant in plans for job in variant.plan.jobs())
    with progress_bar("checking robustness", days_in_all, quiet=quiet) as progress:
        check_robustness(plans, folder, workers=workers or processors(), progress=progress)
    show_robustness(folder, as_json=False)


def _beside(answer: "Answer", file: Path) -> "Answer":
    """A stored answer with what was observed beside what it expects."""
    from analysis.answer.observed import check_observed, read_observed
    from analysis.answer.review import with_observed

    rows = read_observed(file)
    check_observed(rows, [told.name for told in answer.facts.scenarios])
    return dataclasses.replace(
        answer, findings={**answer.findings, "review": with_observed(answer.findings["review"], rows)}
    )


def _told_of_run(options: "Options", scenario: "Scenario", note: str) -> list[str]:
    """What a reader of one run must know first: shocks, who was left out of a table of persons, cautions."""
    from experiments.cautions import cautions
    from experiments.overlays import told_first
    from experiments.runs import city_of

    network = city_of(options.city)
    told = [*told_first(options.overlays, network, options.date), *of_persons(note)]
    return [*told, *cautions((scenario,), network, options.date)]
