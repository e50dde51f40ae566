"""Words and tables: every claim is one of the comparison's verdicts."""

import io
import json
from functools import cache

import pandas as pd
import pytest
from rich.console import Console

from analysis.answer import tables, terminal, wording
from analysis.answer.choice import choice_table
from analysis.answer.finding import Basis
from analysis.answer.findings import of_scenario, work_out
from analysis.answer.gap import gap_table
from analysis.answer.plain_answer import plain_answer
from analysis.answer.provenance import collect_provenance
from analysis.comparison.paired import compare_runs
from analysis.indicators.catalogue import INDICATORS
from simulator.errors import ResultsError
from simulator.results.schema import SUMMARY_KEYS


@pytest.fixture(scope="module")
def answered(make_pair, make_pushes):
    """Comparison, provenance and findings of eight draws of lamps; worked out once for each push and title."""

    @cache
    def build(*, title="Light the dark park paths", **push):
        base, lamps = make_pair(make_pushes(8, **push), title=title)
        runs = {"lamps": lamps}
        comparison, facts = compare_runs(base, runs), collect_provenance(base, runs)
        return comparison, facts, work_out(Basis(base, runs, comparison, facts))

    def copied(**asked):
        comparison, facts, findings = build(**asked)
        return comparison.copy(), facts, {name: table.copy() for name, table in findings.items()}

    return copied


def test_plain_answer_says_what_for_whom_when_how_surely_and_at_what_cost(answered):
    comparison, facts, _ = answered()
    said = plain_answer(comparison, "lamps", facts)
    assert 4 <= len(said) <= 6
    text = " ".join(said)
    for words in (
        "rises for women from 55.0",
        "rises for men from",
        "21 December 2026",
        "better for women and men at 16–10 h",
        "By day nothing changes, by assumption",
        "8 of 8 draws for women",
        "28\u202f000 EUR a year",
        "not a forecast",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("push", "words", "never"),
    [
        ({"women": -0.3, "men": 0.3}, "falls for women", "falls for men"),
        ({"women": 0.0, "men": 0.0, "spread": 0.001}, "hardly changes for women", "rises"),
        ({"women": 0.02, "men": 0.02, "spread": 0.1}, "not distinguishable from no effect", "rises for"),
    ],
)
def test_plain_answer_never_goes_beyond_the_verdict(answered, push, words, never):
    comparison, facts, _ = answered(**push)
    text = " ".join(plain_answer(comparison, "lamps", facts))
    assert words in text
    assert never not in text


def test_plain_answer_to_nothing(make_run):
    base, same = [make_run(0), make_run(1)], [make_run(0, name="n"), make_run(1, name="n")]
    comparison, facts = compare_runs(base, {"n": same}), collect_provenance(base, {"n": same})
    assert "equals the baseline's exactly" in plain_answer(comparison, "n", facts)[0]


def test_plain_answer_with_one_draw_and_at_midsummer(make_run, make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(1), manifest=None)
    comparison, facts = compare_runs(base, {"lamps": lamps}), collect_provenance(base, {"lamps": lamps})
    said = " ".join(plain_answer(comparison, "lamps", facts)).lower()
    assert "one draw says nothing" in said
    assert "points, no interval" in said
    assert "interval no interval" not in said
    bright = {"dark_hours": [False] * 24}
    base, lamps = [make_run(manifest=bright)], [make_run(name="lamps", measures=True, manifest=bright)]
    comparison, facts = compare_runs(base, {"lamps": lamps}), collect_provenance(base, {"lamps": lamps})
    assert "the sun hardly sets" in plain_answer(comparison, "lamps", facts)[0]
    assert tables.headline_table(comparison, "lamps", facts).rows


def test_numbers_are_written_with_units_signs_and_equal_decimals():
    assert wording.level(0.1234, "share of walking time") == "12.3\u00a0%"
    assert wording.level(1234.5, "m per trip made") == "1\u202f234"
    assert wording.level(float("nan"), "m per trip made") == "–"
    assert wording.change(-0.0123, "share of walking time") == "−1.2"
    assert wording.change(0.0, "m per trip made") == "0"
    row = {"difference": 0.5, "low": -12.25, "high": 13.25, "unit": "m per trip made"}
    assert wording.change_with_interval(row) == "+0.5 (−12.2 to +13.2)"
    assert wording.change_with_interval(row | {"low": float("nan")}) == "+0.5 (no interval)"
    assert wording.change_with_interval(dict.fromkeys(("difference", "low", "high"), 0.0) | {"unit": "x"}) == "0"
    tiny = {"difference": 1e-6, "low": -2e-6, "high": 3e-6, "unit": "share of walking time"}
    assert wording.change_with_interval(tiny) == "under 0.01"
    cost = {"difference": 13_255.0, "low": 1_047.0, "high": 25_464.0, "unit": "EUR per year"}
    assert wording.cost_in_words(cost) == ("about 13\u202f300 EUR a year (90 % interval 1\u202f050 to 25\u202f500)")
    assert wording.money(28_437.0, "EUR") == "28\u202f400 EUR"


def test_tables_are_rectangular_and_headed(answered):
    comparison, facts, findings = answered()
    made = [
        tables.headline_table(comparison, "lamps", facts),
        tables.hours_table(comparison, "lamps"),
        tables.indicators_table(comparison, "lamps"),
        tables.treated_table(comparison, "lamps", "use_of_treated_minutes"),
        tables.worse_table(comparison, "lamps"),
        tables.placements_table(facts, "lamps"),
        gap_table(of_scenario(findings, "lamps")["gap"]),
    ]
    for table in made:
        assert {len(row) for row in table.rows} <= {len(table.columns)}
        assert not table.groups or sum(count for _, count in table.groups) == len(table.columns)
    assert len(made[0].rows) == 9 + 9 + 1 + 9
    assert len(made[1].rows) == 8
    assert not made[4].rows
    assert [str(row[0]) for row in made[2].rows].count("Expected robbery") == 3
    for table in (made[2], made[3]):  # wherever a unit says "person-hours outdoors", what those are stands below
        assert any(note.startswith("Person-hours outdoors are") for note in table.notes)


def test_worse_table_names_who_loses(answered):
    comparison, _, _ = answered(women=-0.3, men=0.3)
    table = tables.worse_table(comparison, "lamps")
    assert {row[1] for row in table.rows} >= {"women"}
    assert "men" not in {row[1] for row in table.rows}


def test_each_answer_has_its_own_weakest_grade(answered):
    comparison, facts, _ = answered()
    for name in INDICATORS:
        assert wording.answer_of(name) in wording.ANSWERS
    assert wording.answer_of("feels_safe_share_treated") == "the treated streets"
    grades = {"sdg_16_1_4_proxy": "weak", "cost": "measured"}
    grades |= dict.fromkeys(("feels_safe_share", "feels_safe_share_frozen"), "recalled")
    comparison["grade"] = [grades.get(name, "assumption") for name in comparison["indicator"]]
    told = wording.weakest_grades(comparison, tables.GRADES)
    assert told.startswith(
        "The weakest evidence is graded “assumption” behind the treated streets, trips and detours, "
    )
    assert told.endswith("; “weak” behind feeling safe; “measured” behind the cost.")
    assert told in terminal.uncertainty_notes(comparison, facts)
    assert "The weakest evidence behind the cost is graded “measured”" in " ".join(
        plain_answer(comparison, "lamps", facts)
    )
    assert wording.weakest_grades(comparison.assign(grade=""), tables.GRADES) == ""


@pytest.mark.parametrize("width", [80, 120, 150])
def test_terminal_shows_words_before_numbers_and_units(answered, width):
    comparison, facts, findings = answered()
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None)
    for part in terminal.render_answer(comparison, facts, scenario="lamps", findings=findings, width=width, full=True):
        console.print(part)
    text = out.getvalue()
    assert text.index("rises for") < text.index("baseline")
    for words in ("▲ better", "per 100", "steps of 1/8", "graded “assumption”", "another gender"):
        assert words in text
    assert max(len(line) for line in text.splitlines()) <= width


def test_a_single_run_shows_levels_and_its_limits(make_run):
    out = io.StringIO()
    for part in terminal.render_run(make_run(3, title="Baseline [b]")):
        Console(file=out, width=120, color_system=None).print(part)
    text = out.getvalue()
    for words in ("Baseline [b]", "draw 3", "55.0", "Expected robbery", "nothing of how sure"):
        assert words in text


UNSETTLED = {"days": 12, "gap_empty_full_share": [0.18, 0.118], "tolerance_share": 0.01, "settled": False}


def test_flows_that_did_not_settle_are_told_above_a_run_and_below_an_answer(make_run):
    out = io.StringIO()
    for part in terminal.render_run(make_run(3, manifest={"settled": UNSETTLED})):
        Console(file=out, width=200, color_system=None).print(part)
    assert "did not settle" in out.getvalue().split("Indicator")[0]
    base = [make_run(0), make_run(1, manifest={"settled": UNSETTLED})]
    facts = collect_provenance(base, {"n": [make_run(0, name="n"), make_run(1, name="n")]})
    assert facts.unsettled == 1
    assert "not settled in 1 of 2 draws: after 12 days" in facts.settled_in_words
    assert "11.8%" in facts.settled_in_words


@pytest.mark.slow
def test_how_much_pairing_helps_is_told_from_the_draws(answered, make_run):
    comparison, facts, _ = answered()
    ratio = facts.scenarios[0].variance_ratio
    assert ratio is not None
    assert ratio > 0
    assert "times smaller" in " ".join(terminal.uncertainty_notes(comparison, facts))
    base = [make_run(draw) for draw in range(4)]
    facts = collect_provenance(base, {"n": [make_run(draw, name="n") for draw in range(4)]})
    assert facts.scenarios[0].variance_ratio is None, "nothing differs"


def test_user_words_are_not_read_as_markup(answered):
    comparison, facts, findings = answered(title="[red]Lamps[/red] [/]")
    out = io.StringIO()
    for part in terminal.render_answer(comparison, facts, scenario="lamps", findings=findings):
        Console(file=out, width=120, color_system=None).print(part)
    assert "[red]Lamps[/red] [/]" in out.getvalue()


def told_by_disability(run):
    """The run with everybody once more by disability: those of 75 and over have difficulty walking, nobody else."""
    rows = run.summary.copy()
    rows["disability"] = rows["age_band"].map(lambda band: "walking" if band == "75+" else "none")
    rows["age_band"] = "all"
    rows = rows.groupby(list(SUMMARY_KEYS), as_index=False, sort=False).sum()
    return run._replace(summary=pd.concat([run.summary, rows[run.summary.columns]], ignore_index=True))


def test_groups_by_attribute_are_told_beside_those_by_age_and_change_no_total(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(4))
    runs = {"lamps": [told_by_disability(run) for run in lamps]}
    told = [told_by_disability(run) for run in base]
    comparison, facts = compare_runs(told, runs), collect_provenance(told, runs)
    totals = comparison[comparison["disability"] == "all"].reset_index(drop=True)
    pd.testing.assert_frame_equal(totals, compare_runs(base, {"lamps": lamps}))
    dark = wording.select(comparison, "lamps", indicator="feels_safe_share", period="dark", gender="woman", age="*")
    walking = wording.select(
        comparison, "lamps", indicator="feels_safe_share", period="dark", gender="woman", disability="walking"
    )
    old = dark[dark["age"] == "75+"].iloc[0]
    for name in ("baseline", "value", "difference", "low", "high", "people"):
        assert walking.iloc[0][name] == pytest.approx(old[name])
    shown = tables.groups_table(comparison, "lamps", facts)
    assert [row[0] for row in shown.rows] == ["no disability", "a disability", "difficulty walking"]
    assert "another" not in " ".join(shown.columns)
    harm = tables.worse_table(comparison.assign(verdict="worse"), "lamps")
    assert any(row[1] == "women with difficulty walking" for row in harm.rows)


def test_a_row_told_apart_by_two_attributes_at_once_is_refused(make_run):
    run = make_run(0)
    run.summary.loc[5, "carer"] = "child"
    with pytest.raises(ResultsError, match="expected all but one of them to read all"):
        compare_runs([run], {"same": [run]})


@pytest.mark.parametrize("told", ["", "1 414 persons of 10 and over taken; drawn from margins: home"])
def test_a_table_of_the_users_own_is_said_wherever_it_was_used(make_pair, make_pushes, told):
    base, lamps = make_pair(make_pushes(2), manifest={"persons": told})
    base = [run._replace(manifest=run.manifest | {"persons": told}) for run in base]
    runs = {"lamps": lamps}
    comparison, facts = compare_runs(base, runs), collect_provenance(base, runs)
    said = " ".join(terminal.uncertainty_notes(comparison, facts))
    assert ("table of the user's own" in said) == bool(told)
    assert told in said


def of_kinds(run, *kinds):
    """A run whose scenario has measures of some kinds."""
    told = run.manifest["scenario"] | {"measures": [{"kind": kind} for kind in kinds]}
    return run._replace(manifest=run.manifest | {"scenario": told})


@pytest.mark.parametrize(
    ("kinds", "leads"),
    [
        (("lighting",), ["feels_safe_share"]),
        (("transit",), ["trips_not_made", "waiting_minutes", "feels_safe_share"]),
        (("transit", "transit"), ["trips_not_made", "waiting_minutes", "feels_safe_share"]),
        (("lighting", "transit"), ["feels_safe_share", "trips_not_made", "waiting_minutes"]),
    ],
)
def test_an_answer_leads_with_what_the_measures_are_about(make_pair, make_pushes, kinds, leads):
    base, other = make_pair(make_pushes(4))
    other = [of_kinds(run, *kinds) for run in other]
    comparison, facts = compare_runs(base, {"lamps": other}), collect_provenance(base, {"lamps": other})
    facts = type(facts).from_dict(json.loads(json.dumps(facts.as_dict())))
    assert [lead.indicator for lead in facts.scenario("lamps").leads] == leads
    said = plain_answer(comparison, "lamps", facts)
    for sentence, indicator in zip(said, leads, strict=False):
        noun = {"feels": "share of walking time", "trips": "trips not made", "waiti": "minutes waited"}[indicator[:5]]
        hours = "per 100 person-hours outdoors" in sentence
        assert hours == INDICATORS[indicator].unit.endswith("per 100 person-hours outdoors"), (
            "the unit is that of the number"
        )
        assert noun in sentence.lower()
    first = tables.headline_table(comparison, "lamps", facts)
    assert first.title.startswith("Trips not made" if leads[0] == "trips_not_made" else "Walking time that feels safe")
    others = [
        row[0] for row in tables.indicators_table(comparison, "lamps", lead=facts.scenario("lamps").leads[0]).rows
    ]
    assert ("Walking time that feels safe" in others) == (leads[0] != "feels_safe_share")
    beside = tables.beside_table(comparison, "lamps", facts)
    assert [row[0] for row in beside.rows if row[1] == "women"][:1] == (
        ["Trips not made"] if leads[0] == "trips_not_made" else []
    )


def test_fewer_trips_not_made_fall_and_are_better(make_pair, make_pushes):
    base, bus = make_pair(make_pushes(4))
    bus = [of_kinds(run, "transit") for run in bus]
    for factor, run in zip((0.60, 0.61, 0.62, 0.63), bus, strict=True):
        run.summary["trips_not_made"] *= factor
    comparison, facts = compare_runs(base, {"lamps": bus}), collect_provenance(base, {"lamps": bus})
    said = plain_answer(comparison, "lamps", facts)
    assert "trips not made after dark, of 1000 planned, fall for women from 100 to 61.5 (−38.5," in said[0]
    assert ". They fall for men" in said[0]
    assert "points" not in said[0]
    assert "the number of trips not made is better for women and men at every hour" in " ".join(said)
    assert "The number of trips not made is better in 4 of 4 draws" in " ".join(said)


def test_the_short_answer_fits_a_screen_and_the_full_one_holds_it(answered):
    comparison, facts, findings = answered()
    told = {}
    for full in (False, True):
        out = io.StringIO()
        for part in terminal.render_answer(
            comparison, facts, scenario="lamps", findings=findings, width=120, full=full
        ):
            Console(file=out, width=120, color_system=None).print(part)
        told[full] = out.getvalue().splitlines()
    assert len(told[False]) < 60 < len(told[True])
    assert any("women" in line and "▲" in line for line in told[False])


def test_ideas_stand_beside_each_other_in_one_table(answered):
    comparison, facts, _ = answered()
    table = choice_table(comparison, facts)
    assert len(table.rows) == 3 * len(facts.scenarios)
    assert [row[1] for row in table.rows[:3]] == ["women", "men", "everybody"]
    lead = wording.select(comparison, "lamps", indicator="feels_safe_share", gender="woman", period="dark").iloc[0]
    assert wording.change_with_interval(lead) in table.rows[0][4]
    out = io.StringIO()
    for part in terminal.render_choice(comparison, facts):
        Console(file=out, width=120, color_system=None).print(part)
    assert max(len(line) for line in out.getvalue().splitlines()) <= 120
    assert "not a forecast" in out.getvalue()


@pytest.mark.parametrize("draws", [1, 2])
def test_plain_answer_of_so_few_draws_claims_no_test(make_pair, make_pushes, draws):
    base, lamps = make_pair(make_pushes(draws, women=0.3, men=0.3))
    facts = collect_provenance(base, {"lamps": lamps})
    said = " ".join(plain_answer(compare_runs(base, {"lamps": lamps}), "lamps", facts))
    assert "without an interval there is no verdict" in said
    assert "not distinguishable" not in said
    assert "No three-hour band" not in said
    assert "groups of women and men" not in said
