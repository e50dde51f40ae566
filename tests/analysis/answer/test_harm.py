"""Harm as it is told: for whom, what, that it is not where nothing differs, and the exit status of a gate."""

import numpy as np
import pandas as pd
import pytest

from analysis.answer.finding import Basis
from analysis.answer.findings import FINDINGS, brief_sentences, of_scenario, read_findings, work_out, write_findings
from analysis.answer.harm import harm_table, harmed_in_words
from analysis.answer.provenance import collect_provenance
from analysis.comparison.paired import compare_runs
from analysis.harm.found import ADVERSE, NOT_ASSESSED
from analysis.harm.losses import CANNOT_TELL, FOUND, NONE_FOUND, POSSIBLY

HARM = FINDINGS["harm"]
SAME = {"woman": 0.0, "man": 0.0, "another": 0.0}


def basis_of(pair, **more):
    base, lamps = pair
    return Basis(
        base, {"lamps": lamps}, compare_runs(base, {"lamps": lamps}), collect_provenance(base, {"lamps": lamps})
    )


def with_manifest(pair, **manifest):
    base, lamps = pair
    return base, [one._replace(manifest=one.manifest | manifest) for one in lamps]


def told(basis):
    tables = {"harm": HARM.work_out(basis)}
    rows = of_scenario(tables, "lamps")["harm"]
    return rows, " ".join(HARM.sentences(rows, "lamps", basis.facts))


def test_a_loss_of_women_is_found_for_women_and_not_for_men(make_pair, make_pushes):
    basis = basis_of(make_pair(make_pushes(8, women=-0.3, men=0.3)))
    rows, said = told(basis)
    found = rows[rows["harm"] == FOUND]
    safe = found[found["indicator"] == "feels_safe_share_frozen"]
    assert {"woman"} <= set(safe["gender"]) <= {"woman", "another", "all"}
    assert set(safe["period"]) == {"dark", "all"}
    assert (safe["difference"] + safe["margin"] < 0).all()
    assert "Harm is found in" in said
    assert "women" in said.split(":")[0]
    table = harm_table(rows)
    assert {str(row[0]) for row in table.rows} == {FOUND}
    assert harmed_in_words({"harm": HARM.work_out(basis)})[0].startswith("lamps: harm is found for ")
    brief = brief_sentences({"harm": HARM.work_out(basis)}, "lamps", basis.facts, "loses")
    assert brief[0].startswith("Harm is found for ")
    assert len(brief[0].split()) <= 25


def test_gains_are_no_harm(make_pair, make_pushes):
    basis = basis_of(make_pair(make_pushes(8, women=0.3, men=0.3)))
    rows, said = told(basis)
    assert set(rows["harm"]) == {NONE_FOUND}
    assert "No harm is found" in said
    assert harmed_in_words({"harm": HARM.work_out(basis)}) == []
    assert not harm_table(rows).rows
    assert "no proof" in HARM.brief(rows, "lamps", basis.facts)


@pytest.mark.parametrize("draws", [1, 2, 3, 8])
def test_what_changes_nothing_harms_nobody_to_the_bit(make_run, draws):
    base, same = ([make_run(draw, name=name) for draw in range(draws)] for name in ("baseline", "lamps"))
    rows, said = told(basis_of((base, same)))
    assert (rows["difference"] == 0.0).all()
    assert set(rows["harm"]) == ({NONE_FOUND} if draws >= 3 else {CANNOT_TELL})
    assert ("neither be found nor be ruled out" in said) == (draws < 3)


def test_the_names_of_draws_do_not_matter(make_pair, make_pushes):
    pushes = make_pushes(8, women=-0.05, men=0.05, spread=0.05)
    base, lamps = make_pair(pushes)
    first = HARM.work_out(basis_of((base, lamps)))
    number = [3, 1, 0, 2, 7, 6, 5, 4]
    renamed = [
        [one._replace(manifest=one.manifest | {"draw": number[at]}) for at, one in enumerate(side)]
        for side in (base, lamps)
    ]
    other = HARM.work_out(basis_of(renamed))
    exact = ["p_value", "chance", "harm", "indicator", "gender"]
    pd.testing.assert_frame_equal(first[exact], other[exact], check_exact=True)


def displacement(near, adverse):
    return {
        "displacement": {"share": 0.1, "averted": 10.0, "near": 1.0, "outside": 0.0, "adverse": adverse, "areas": near}
    }


def test_the_adverse_end_by_hand_can_be_possible_harm_only(make_pair, make_pushes):
    areas = {"treated": [50.0, 40.0], "near": [100.0, 101.0], "elsewhere": [200.0, 200.0]}
    pair = with_manifest(make_pair(make_pushes(8)), **displacement(areas, 4.0))
    rows, said = told(basis_of(pair))
    row = rows[rows["indicator"] == ADVERSE].iloc[0]
    # 101 with the drawn share, less the 1 that it moved, and 4 at the adverse end: 104; the margin is one per cent
    assert row[["baseline", "difference", "margin"]].tolist() == pytest.approx([100.0, 4.0, 1.0])
    assert row["harm"] == POSSIBLY
    assert row["p_value"] == 0.0
    assert "Harm is possible for whoever is on streets near by, were displacement at its adverse end" in said
    assert FOUND not in set(rows["harm"])
    rows, said = told(basis_of(with_manifest(make_pair(make_pushes(8)), **displacement(areas, 0.5))))
    assert rows[rows["indicator"] == ADVERSE]["harm"].tolist() == [NONE_FOUND]


def test_the_adverse_end_says_no_more_than_its_draws(make_pair, make_pushes):
    """A mean beyond the margin is never told as no harm; of two draws nobody can tell."""
    base, lamps = make_pair(make_pushes(4))
    areas = {"treated": [50.0, 40.0], "near": [100.0, 101.0], "elsewhere": [200.0, 200.0]}
    noisy = [
        one._replace(manifest=one.manifest | displacement(areas, adverse))
        for one, adverse in zip(lamps, (-6.0, 0.0, 4.0, 12.0), strict=True)
    ]
    rows, said = told(basis_of((base, noisy)))
    row = rows[rows["indicator"] == ADVERSE].iloc[0]
    assert row["difference"] > row["margin"]
    assert row["chance"] < 0.75
    assert "No harm beyond the margin is expected" not in said
    assert "expected in the mean, but not surely enough" in said
    rows, _ = told(basis_of((base[:2], noisy[:2])))
    assert rows[rows["indicator"] == ADVERSE]["harm"].tolist() == [CANNOT_TELL]


def test_what_does_not_differ_is_counted_as_no_test(make_run, make_pair, make_pushes):
    base, same = ([make_run(draw, name=name) for draw in range(4)] for name in ("baseline", "lamps"))
    rows, said = told(basis_of((base, same)))
    assert "No group, hour or place could be tested for harm." in said
    assert f"in {len(rows)} nothing differs in any draw" in said.replace("\u202f", "")
    rows, said = told(basis_of(make_pair(make_pushes(4, women=0.3, men=0.3))))
    tested = int((rows[["difference", "low", "high"]] != 0.0).any(axis=1).sum())
    assert 0 < tested < len(rows)
    assert f"No harm is found in {tested} tests" in said.replace("\u202f", "")


def test_whom_measures_may_displace_is_named(make_pair, make_pushes):
    pair = with_manifest(make_pair(make_pushes(4)), displaces={"Gates": "young people who are there now"})
    rows, said = told(basis_of(pair))
    assert rows[rows["indicator"] == NOT_ASSESSED]["note"].tolist() == ["young people who are there now (Gates)"]
    assert "Not assessed: harm to young people who are there now (Gates)." in said


def test_what_nobody_has_evaluated_is_not_tested(make_pair, make_pushes):
    pair = with_manifest(make_pair(make_pushes(4)), unevaluated=["closure"])
    rows, said = told(basis_of(pair))
    assert not rows["indicator"].str.startswith("incidents_").any()
    assert "Incidents are not tested" in said


def test_who_stops_using_a_place_is_named(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(8))

    def emptied(run, share):
        summary = run.summary.copy()
        gone = (
            (summary["zone"] == "core_treated") & (summary["itinerary"] == "realised") & (summary["gender"] == "woman")
        )
        for name in ("walking_s", "safe_s"):
            summary.loc[gone, name] *= share
        return run._replace(summary=summary)

    for share, words in ((0.01, "are no longer used by"), (0.5, "are used less by")):
        rows, said = told(basis_of((base, [emptied(run, share) for run in lamps])))
        assert f"The treated streets {words}" in said
        sentence = next(part for part in said.split(". ") if words in part)
        assert "women" in sentence
        assert "men aged" not in sentence.replace("women aged", "")
        assert (
            rows[(rows["indicator"] == "use_of_treated_minutes") & (rows["gender"] == "man")]["harm"]
            .eq(NONE_FOUND)
            .all()
        )


def test_it_is_kept_and_read_back(make_pair, make_pushes, tmp_path):
    tables = work_out(basis_of(make_pair(make_pushes(4, women=-0.3))))
    write_findings(tables, tmp_path)
    again = read_findings(tmp_path)["harm"]
    assert again["harm"].tolist() == tables["harm"]["harm"].tolist()
    np.testing.assert_allclose(again["p_value"], tables["harm"]["p_value"].astype(float), rtol=1e-8)
    assert harmed_in_words({"harm": again}) == harmed_in_words(tables)
