"""What stands behind a stored comparison: its runs, its city, and its maps drawn again from them in a language."""

from collections.abc import Sequence
from pathlib import Path

from analysis.language import Language, speaking
from experiments.comparing import Answer
from experiments.pictures import draw_pictures, draw_zones
from experiments.runs import city_of
from experiments.store import Store
from simulator.city.network import StreetNetwork
from simulator.errors import InputError, ResultsError
from simulator.results.schema import RunTables, read_manifest


def runs_of(answer: Answer, store: Path) -> tuple[list[RunTables], dict[str, list[RunTables]]]:
    """The runs that a comparison rests on, from the store that it was made with.

    Raises
    ------
    ResultsError
        If some are not there.
    """
    kept, facts = Store(store), answer.facts
    ids = {"": facts.baseline_run_ids, **{told.name: told.run_ids for told in facts.scenarios}}
    every = [one for found in ids.values() for one in found]
    gone = [one for one in every if not kept.path(one).is_dir()]
    if gone:
        raise ResultsError(
            f"{answer.folder}: {len(gone)} of the {len(every)} runs that it rests on are not in {store} (such as "
            f"{gone[0]}), expected all of them; give the folder that holds them with --store, or make the comparison "
            "again with the same options, which computes what is missing"
        )
    runs = {name: [kept.read(one) for one in found] for name, found in ids.items()}
    return runs.pop(""), runs


def city_as_run(name: str, runs: Sequence[RunTables]) -> StreetNetwork:
    """The city, which must be the one that was run.

    Raises
    ------
    ResultsError
        If it is another one, or has been changed.
    """
    try:
        network = city_of(name)
    except InputError as error:
        raise ResultsError(
            f"{error}. The city of these results is needed for the streets; give it with --city"
        ) from error
    digest = network.digest()
    if any(run.manifest["city"]["digest"] != digest for run in runs):
        raise ResultsError(
            f"--city {name}: is not the city that was run, or has been changed since, expected the same streets; give "
            "the file as it was, or run again"
        )
    return network


def draw_again(answer: Answer, store: Path, folder: Path, language: Language) -> dict[str, Path]:
    """Draw the maps of a comparison again, with their words in a language.

    Parameters
    ----------
    answer
        The comparison.
    store
        Where its runs are.
    folder
        Where the pictures go.
    language
        Of titles, keys and scales; names of streets stand as they are.

    Returns
    -------
    dict
        The files as `write_report` takes them.

    Raises
    ------
    ResultsError
        If runs are gone, or the city is another one.
    """
    name, facts = str(read_manifest(answer.folder)["options"]["city"]), answer.facts
    baseline, scenarios = runs_of(answer, store)
    city_as_run(name, [*baseline, *(run for runs in scenarios.values() for run in runs)])
    with speaking(language):
        maps = draw_pictures(folder, name, facts, baseline, scenarios)
        return maps | draw_zones(folder, name, facts, answer.comparison)
