"""The gate: `--fail-on-harm` ends with 3 after everything is told, and is refused where it could never close."""

import hashlib
import json
import shutil

import pandas as pd
import pytest

from analysis.harm.losses import FOUND, NONE_FOUND


@pytest.fixture
def stored(made, tmp_path):
    """A stored comparison, said to be of eight draws, with the harm that a test writes into it."""
    folder = tmp_path / "answer"
    shutil.copytree(made / "answer", folder)

    def write(verdict, draws=8):
        table = pd.read_csv(folder / "harm.csv", keep_default_na=False)
        table["harm"] = NONE_FOUND
        worst = table.index[(table["gender"] == "woman") & (table["age"] != "all")][0]
        table.loc[worst, "harm"] = verdict
        table.to_csv(folder / "harm.csv", index=False, lineterminator="\n")
        manifest = json.loads((folder / "manifest.json").read_text())
        manifest["checksums"]["harm.csv"] = hashlib.sha256((folder / "harm.csv").read_bytes()).hexdigest()
        manifest["provenance"]["draws"] = draws
        (folder / "manifest.json").write_text(json.dumps(manifest))
        return folder, table.loc[worst, "age"]

    return write


def test_harm_that_is_found_ends_with_3_after_the_answer(stored, afterdark):
    folder, age = stored(FOUND)
    told = afterdark("show", folder, "--fail-on-harm")
    assert told.status == 3
    assert f"light-the-park-paths: harm is found for women aged {age}" in told.err
    assert f"Harm is found for women aged {age}" in " ".join(told.out.split())
    assert "Report:" in told.out
    for_programs = afterdark("show", folder, "--fail-on-harm", "--json")
    assert for_programs.status == 3
    assert len(json.loads(for_programs.out)) > 100
    assert afterdark("show", folder).status == 0  # nobody asked for a gate


def test_what_is_possible_or_not_found_does_not_close_the_gate(stored, afterdark):
    for verdict in ("possible harm", NONE_FOUND):
        told = afterdark("show", stored(verdict)[0], "--fail-on-harm")
        assert told.status == 0, told
        assert "harm is found" not in told.err


def test_a_gate_that_could_never_close_is_refused(stored, made, refused):
    folder, _ = stored(FOUND, draws=2)
    assert "--fail-on-harm: found 2 draws, expected 3 or more" in refused("show", folder, "--fail-on-harm")
    said = refused("compare", "light-the-park-paths", "--replications", "2", "--fail-on-harm")
    assert "fewer can neither find harm nor rule it out" in said
    run = next((made / "store").glob("*/manifest.json")).parent
    assert "holds a run, expected a comparison" in refused("show", run, "--fail-on-harm")
    assert "--equity-weight: found 7" in refused("compare", "light-the-park-paths", "--equity-weight", "7")
