"""How surely and what decides it in words: as the table says, short where it is told in short."""

import numpy as np
import pandas as pd
import pytest

from analysis.answer import decides
from analysis.answer.brief import brief_answer
from analysis.answer.finding import Basis
from analysis.answer.findings import read_findings, work_out, write_findings
from analysis.answer.provenance import collect_provenance
from analysis.comparison.paired import compare_runs

NOTE = "how much of fear good light takes away; assumed"
PARAMETERS = ({"name": "light_relief", "note": NOTE}, {"name": "noise", "note": "of no matter"})


def worked_out(make_pair, women, *, light=None, men=0.2, parameters=PARAMETERS):
    """The finding's rows of lamps that push women by draw as given, and the facts."""
    base, lamps = make_pair([{"woman": push, "man": men, "another": 0.0} for push in women])
    for at, run in enumerate(lamps if light is not None else ()):
        run.manifest["parameters"] = {"light_relief": light[at], "noise": float((at * 7) % 5)}
        run.manifest["parameters_read"] = {"simulator.a": ["light_relief", "noise"]}
    runs = {"lamps": lamps}
    comparison, facts = compare_runs(base, runs), collect_provenance(base, runs)
    table = decides.FINDING.work_out(Basis(base, runs, comparison, facts, parameters=parameters))
    return table[table["scenario"] == "lamps"].drop(columns="scenario").reset_index(drop=True), facts


def said(rows, facts):
    return decides.FINDING.brief(rows, "lamps", facts), " ".join(decides.FINDING.sentences(rows, "lamps", facts))


STEPS = 0.1 * np.arange(-2.0, 10.0) + 0.05


def test_what_decides_is_named_with_its_meaning(make_pair):
    rows, facts = worked_out(make_pair, STEPS, light=STEPS)
    brief, full = said(rows, facts)
    assert (
        brief
        == (
            "It is better in 10 of 12 draws for women; light_relief decides most: how much of fear good light takes away."
        )
        or brief == "It is better in 10 of 12 draws for women and 12 of 12 for men; light_relief decides most."
    )
    assert (
        "What decides it most is light_relief (how much of fear good light takes away): the more, the more gain" in full
    )
    assert "of 100 answers" in full
    assert "On average doing it is better; knowing everything before choosing would be worth" in full
    assert "Of that, knowing it alone: light_relief" in full
    assert full.endswith(decides.FEELING_ALONE)
    surely, what = decides.FINDING.tables(rows, "lamps", facts)
    assert surely.rows[0][1:3] == ("women", "10 of 12")
    assert surely.rows[0][3].startswith("81\u00a0% (")  # 10.5 of 13
    assert what.rows[0][1:5] == ("women", "light_relief: how much of fear good light takes away", "more gain", "+1.00")


def test_the_more_the_less(make_pair):
    rows, facts = worked_out(make_pair, STEPS, light=-STEPS)
    assert "the more, the less gain" in said(rows, facts)[1]


def test_none_stands_out(make_pair):
    rows, facts = worked_out(make_pair, STEPS, light=[float((at * 5) % 12) for at in range(12)])
    brief, full = said(rows, facts)
    assert brief.startswith("It is better in 10 of 12 draws for women and 12 of 12 for men; ")
    assert "none stands out in 12 draws" in full
    assert len(decides.FINDING.tables(rows, "lamps", facts)) == 1


@pytest.mark.parametrize(
    ("women", "told"),
    [
        (
            0.2 + STEPS[2:],
            "In none of these 10 draws would learning more change the choice: it is better in every draw.",
        ),
        (-STEPS[2:], "In none of these 10 draws would learning more change the choice: it is better in no draw."),
        (np.zeros(8), "nothing differs in any of 8 draws."),
    ],
)
def test_a_choice_that_nothing_can_change(make_pair, women, told):
    rows, facts = worked_out(make_pair, women)
    brief, full = said(rows, facts)
    assert told in full
    assert "would be worth" not in full
    assert (brief == "Nothing differs for women in any of 8 draws.") == (told.startswith("nothing"))


def test_runs_that_do_not_tell_what_they_read_say_so(make_pair):
    rows, facts = worked_out(make_pair, STEPS)
    brief, full = said(rows, facts)
    assert brief == "It is better in 10 of 12 draws for women and 12 of 12 for men."
    assert "do not tell what they read" in full


@pytest.mark.parametrize(("draws", "told"), [(1, "One draw says nothing"), (2, "Two draws say too little")])
def test_few_draws(make_pair, draws, told):
    rows, facts = worked_out(make_pair, STEPS[:draws])
    assert rows.empty
    assert all(words.startswith(told) for words in said(rows, facts))
    assert decides.FINDING.tables(rows, "lamps", facts) == []


def test_a_long_name_and_meaning_still_make_a_short_sentence(make_pair):
    parameters = [{"name": "light_relief", "note": " ".join(["word"] * 40)}]
    for men in (0.2, 0.0):
        rows, facts = worked_out(make_pair, STEPS, light=STEPS, men=men, parameters=parameters)
        brief = said(rows, facts)[0]
        assert len(brief.split()) <= decides.MOST_WORDS
        assert brief.endswith("; light_relief decides most.")


def test_a_case_without_measures_has_nothing_to_decide(make_run):
    base, same = ([make_run(at, name=name) for at in range(3)] for name in ("baseline", "n"))
    comparison, facts = compare_runs(base, {"n": same}), collect_provenance(base, {"n": same})
    table = decides.FINDING.work_out(Basis(base, {"n": same}, comparison, facts))
    assert table.empty
    assert list(decides.FINDING.sentences(table, "n", facts)) == ["Nothing is done, so nothing is to be decided."]


def test_it_is_kept_read_back_and_told_in_short(make_pair, tmp_path):
    base, lamps = make_pair([{"woman": push, "man": 0.2, "another": 0.0} for push in STEPS])
    comparison, facts = compare_runs(base, {"lamps": lamps}), collect_provenance(base, {"lamps": lamps})
    tables = work_out(Basis(base, {"lamps": lamps}, comparison, facts))
    write_findings(tables, tmp_path)
    kept = read_findings(tmp_path)
    pd.testing.assert_frame_equal(kept["decides"], tables["decides"], check_dtype=False, rtol=1e-8)
    assert "It is better in 10 of 12 draws for women and 12 of 12 for men." in brief_answer(
        comparison, "lamps", facts, kept
    )
