"""The answer on one screen: short sentences that go no further than the verdicts."""

import io

import pytest
from rich.console import Console

from analysis.answer import terminal, wording
from analysis.answer.brief import brief_answer
from analysis.answer.finding import Basis
from analysis.answer.findings import work_out
from analysis.answer.provenance import collect_provenance
from analysis.comparison.paired import compare_runs

MOST_WORDS = 25
MOST_LINES = 40


def answered(pair):
    base, lamps = pair
    return compare_runs(base, {"lamps": lamps}), collect_provenance(base, {"lamps": lamps})


def found(pair, comparison, facts):
    base, lamps = pair
    return work_out(Basis(base, {"lamps": lamps}, comparison, facts))


@pytest.mark.parametrize("draws", [1, 2, 8])
@pytest.mark.parametrize("push", [-0.4, 0.0, 0.4])
def test_sentences_are_short_and_have_no_brackets_in_brackets(make_pair, make_pushes, draws, push):
    pair = make_pair(make_pushes(draws, women=push, men=push / 2))
    comparison, facts = answered(pair)
    sentences = brief_answer(comparison, "lamps", facts, found(pair, comparison, facts))
    assert sentences[-1] == wording.DISCLAIMER
    for sentence in sentences:
        assert len(sentence.split()) <= MOST_WORDS, sentence
        assert sentence.endswith(".")
        assert "((" not in sentence.replace(" ", "")
    said = " ".join(sentences)
    assert ("no verdict from so few draws" in said) == (draws < 3)
    assert ("harm beyond the margins found" in said or "Harm is found for" in said) == (draws >= 3)
    assert ("Harm is found for" in said) == (draws >= 3 and push < 0)


def test_what_is_said_follows_the_verdicts(make_pair, make_pushes):
    pair = make_pair(make_pushes(8, women=0.4, men=0.4))
    comparison, facts = answered(pair)
    said = " ".join(brief_answer(comparison, "lamps", facts, found(pair, comparison, facts)))
    assert "points for men; better." in said
    assert "The weakest evidence behind that is graded “assumption”." in said
    assert "It costs about 28\u202f000 EUR a year." in said  # nobody is counted as affected in these runs
    for verdict, words in (("inconclusive", "not distinguishable from no effect"), ("negligible", "; negligible.")):
        said = " ".join(brief_answer(comparison.assign(verdict=verdict), "lamps", facts))
        assert words in said


def test_losses_are_named(make_pair, make_pushes):
    pair = make_pair(make_pushes(8, women=-0.6, men=0.6))
    comparison, facts = answered(pair)
    said = " ".join(brief_answer(comparison, "lamps", facts, found(pair, comparison, facts)))
    assert "Harm is found for women" in said or "Harm is found for another gender" in said
    assert "for everybody" not in said.partition("Harm is found")[2]
    assert "worse for women, better for men" in said


def test_the_short_answer_fits_one_screen(make_pair, make_pushes):
    comparison, facts = answered(make_pair(make_pushes(8)))
    out = io.StringIO()
    for part in terminal.render_answer(comparison, facts, scenario="lamps", width=120):
        Console(file=out, width=120, color_system=None).print(part)
    assert len(out.getvalue().splitlines()) <= MOST_LINES


def test_a_case_without_measures_says_that_nothing_was_done(make_run):
    base, same = [make_run(0), make_run(1)], [make_run(0, name="n"), make_run(1, name="n")]
    comparison, facts = compare_runs(base, {"n": same}), collect_provenance(base, {"n": same})
    assert "equals the baseline's exactly" in brief_answer(comparison, "n", facts)[0]
