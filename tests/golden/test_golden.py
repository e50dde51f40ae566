"""Results are those of the last time somebody looked; a change is a decision, made with `renew.py`."""

import copy

import pytest

from golden import renew, results

CASES = [pytest.param(case, marks=[pytest.mark.slow] * (case != "toy")) for case in results.CASES]
"""The quick tests look at the drawn city, all tests also at the real one."""


@pytest.fixture(scope="module", params=CASES)
def both(request):
    return request.param, results.read(request.param), results.compute(request.param)


def complaint(case, lines):
    shown = "\n  ".join(lines[:12]) + (f"\n  and {len(lines) - 12} more" if len(lines) > 12 else "")
    return (
        f"golden results of {case}: {len(lines)} are not as they were\n  {shown}\n"
        f"If you did not mean to change results, something is broken. If you did, renew them:\n    {results.RENEW}\n"
        "and commit tests/golden/*.json on its own, with the reason."
    )


def test_results_are_as_they_were(both):
    case, golden, found = both
    same_machine = golden["machine"] == results.kind_of_machine()
    lines = results.differences(golden, found, same_machine=same_machine)
    assert not lines, complaint(case, lines)


def test_a_small_change_would_be_noticed(both, monkeypatch):
    case, golden, _ = both
    parameters = results.draw_parameters(results.SEED, results.DRAW)
    changed = parameters["dark_odds_women"] * (1 + 1e-3)
    monkeypatch.setattr(
        results, "draw_parameters", lambda seed, draw: renewed(parameters, {"dark_odds_women": changed})
    )
    lines = results.differences(golden, results.compute(case), same_machine=False)
    assert any("lamps/woman/dark/safe_s" in line for line in lines)
    assert "tests/golden/renew.py" in complaint(case, lines)


def renewed(parameters, values):
    return type(parameters)(parameters.as_dict() | values, seed=parameters.seed, draw=parameters.draw)


def test_hashes_tell_what_sums_do_not(both):
    _, _, found = both
    other = copy.deepcopy(found)
    other["hashes"]["lamps/segments"] = "0" * 64
    assert results.differences(found, other, same_machine=False) == []
    assert results.differences(found, other, same_machine=True) == [
        "lamps/segments: other whole-number sums (hash 000000000000)"
    ]


def test_sums_agree_to_one_in_a_thousand_million_and_no_less(both):
    _, _, found = both
    name = "baseline/woman/dark/walking_s"
    for factor, told in ((1 + 0.5e-9, 0), (1 + 2e-9, 1)):
        other = copy.deepcopy(found)
        other["sums"][name] *= factor
        assert len(results.differences(found, other, same_machine=True)) == told


@pytest.mark.parametrize("words", [[], [""], ["because"], ["--reason"]])
def test_nothing_is_renewed_without_a_reason(words, monkeypatch, capsys):
    monkeypatch.setattr(results, "compute", lambda case: pytest.fail("computed without a reason"))
    assert renew.main(words) == 2
    assert "renew.py" in capsys.readouterr().err


def test_golden_files_say_why():
    for case in results.CASES:
        assert len(results.read(case)["renewed_because"].split()) >= renew.WORDS
