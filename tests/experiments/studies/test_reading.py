"""Studies are read whole or refused with every fault, its line, and what to do."""

import jsonschema
import pytest

from experiments.studies.planning import Plan
from experiments.studies.reading import copy_study, list_studies, load_study, parse_study, schema
from simulator.errors import InputError

from cheap_runs import study_text

LEVER = '[[levers]]\nname = "spacing"\nmeasure = "{}"\nfield = "{}"\n{}'
UNCERTAIN = '[[uncertainties]]\nname = "{}"\n{}'


def faults_of(**changes):
    with pytest.raises(InputError) as refused:
        parse_study(study_text(**changes))
    return "\n".join([refused.value.message, *refused.value.faults])


def test_the_shipped_studies_can_be_run():
    assert "first-look" in list_studies()
    for name in list_studies():
        study = load_study(name)
        assert study.name == name
        assert Plan.of(study).count() > 0


def test_a_study_says_what_it_says():
    study = parse_study(study_text())
    assert study.levers[0].values == (20, 30, 45)
    assert study.replications == 3
    assert study.outcomes[0].gender == ("all", "woman")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"levers": LEVER.format("lightning", "spacing_m", "values = [1]")}, 'measure: found "lightning"'),
        ({"levers": LEVER.format("lightning", "spacing_m", "values = [1]")}, 'write "lighting"'),
        ({"levers": LEVER.format("lighting", "spacing", "values = [20]")}, "write spacing_m"),
        ({"levers": LEVER.format("lighting", "spacing_m", "values = [-3]")}, "does not take"),
        ({"levers": LEVER.format("lighting", "spacing_m", "low = 30\nhigh = 30")}, "range from 30 to 30 is empty"),
        ({"levers": LEVER.format("lighting", "spacing_m", "low = 30")}, "low and high go together"),
        ({"levers": LEVER.format("lighting", "spacing_m", "")}, "give values"),
        ({"levers": LEVER.format("lighting", "spacing_m", "values = [20, 20]")}, "stands twice"),
        ({"levers": LEVER.format("lighting", "included", "values = [1, 0]")}, "expected true or false"),
        ({"uncertainties": UNCERTAIN.format("light_releif_lx", "")}, "did you mean light_relief_lx?"),
        ({"uncertainties": UNCERTAIN.format("light_relief_lx", "low = -1\nhigh = 2")}, "low: found -1"),
        ({"uncertainties": UNCERTAIN.format("lamp_spacing", "")}, "it belongs in the case"),
        ({"scenarios": "scenarios = []"}, "at least 1 of them"),
        ({"scenarios": 'scenarios = ["light-the-park-path"]'}, "did you mean light-the-park-paths"),
        ({"scenarios": 'scenarios = ["baseline"]', "levers": ""}, "compared with already"),
        ({"replications": "replications = 0"}, "at least 1"),
        ({"design": '[design]\nkind = "sobol"\npoints = 10'}, "points = 8 or 16"),
        ({"design": '[design]\nkind = "latin hypercube"'}, "needs points"),
        ({"design": '[design]\nkind = "morris"\npoints = 4', "levers": ""}, "design of nothing"),
        ({"outcomes": '[[outcomes]]\nindicator = "feels_safe"'}, "write feels_safe_share"),
        ({"outcomes": '[[outcomes]]\nindicator = "cost"\ngender = ["woman"]'}, "one number a run"),
        ({"outcomes": '[[outcomes]]\nindicator = "feels_safe_share"\nage = ["old"]'}, "neighbouring bands"),
        ({"outcomes": None}, "outcomes: found nothing"),
        ({"stop": '[stop]\nindicator = "cost"\nerror = 1'}, "add it to the outcomes"),
        ({"more": "colour = 1"}, "found a key that is not known"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(changes, told):
    assert told in faults_of(**changes)


def test_faults_have_their_lines():
    text = study_text(levers=LEVER.format("lightning", "spacing_m", "values = [1]"))
    line = text[: text.index('measure = "lightning"')].count("\n") + 1
    with pytest.raises(InputError) as refused:
        parse_study(text)
    assert refused.value.faults[0].startswith(f"study.toml:{line}: levers[1].measure: ")


def test_what_is_not_there_is_refused():
    with pytest.raises(InputError, match="did you mean first-look"):
        load_study("first-lok")


def test_a_copy_can_be_read_and_is_not_overwritten(tmp_path):
    path = copy_study("mine", "first-look", tmp_path)
    assert load_study(path).levers == load_study("first-look").levers
    with pytest.raises(InputError, match="is there already"):
        copy_study("mine", "first-look", tmp_path)
    with pytest.raises(InputError, match="is shipped"):
        copy_study("first-look", "first-look", tmp_path)


def test_the_schema_takes_the_shipped_studies():
    import json
    import tomllib

    from experiments.studies.reading import LIBRARY

    validator = jsonschema.Draft202012Validator(schema())
    for name in list_studies():
        data = tomllib.loads((LIBRARY / f"{name}.toml").read_text(encoding="utf-8"))
        validator.validate(json.loads(json.dumps(data, default=str)))  # as JSON a date is text
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({"format": 1, "title": "x"})
