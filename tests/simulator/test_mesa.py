"""Users of Mesa are at home: PersonSet's verbs do what AgentSet's do, DataCollector reads columns, views are views."""

import mesa
import numpy as np
import pytest

from simulator.model import SafetyModel
from simulator.person_set import Person, PersonSet

from cities import grid_city


class Copy(mesa.Agent):
    """An ordinary Mesa agent with the attributes of a person."""

    def __init__(self, model, person):
        super().__init__(model)
        self.key, self.gender, self.age, self.weight = person.person_id, person.gender, person.age, person.weight

    def older_than(self, years):
        return self.age > years


@pytest.fixture(scope="module")
def model():
    model = SafetyModel(grid_city(6), agents=400, settle_days=1)
    model.advance(9 * 3600)
    return model


@pytest.fixture(scope="module")
def copies(model):
    return mesa.agent.AgentSet([Copy(model, person) for person in model.people], random=model.random)


def keys(agents):
    return [agent.key if isinstance(agent, Copy) else agent.person_id for agent in agents]


def test_verbs_do_what_those_of_an_agent_set_do(model, copies):
    people = model.people
    assert keys(people) == keys(copies)
    assert people.get("age") == copies.get("age")
    assert people.get(["age", "gender"]) == copies.get(["age", "gender"])
    assert people.get("none", "default", 7) == copies.get("none", "default", 7)
    assert people.agg("weight", [min, max]) == copies.agg("weight", [min, max])
    assert people.agg("age", np.mean) == pytest.approx(copies.agg("age", np.mean))
    women = lambda agent: agent.gender == "woman"
    assert keys(people.select(women)) == keys(copies.select(women))
    assert keys(people.select(women, at_most=5)) == keys(copies.select(women, at_most=5))
    assert keys(people.select(at_most=0.1)) == keys(copies.select(at_most=0.1))
    for ascending in (True, False):
        assert people.sort("age", ascending=ascending).get("age") == copies.sort("age", ascending=ascending).get("age")
    ours, theirs = people.groupby("gender"), dict(iter(copies.groupby("gender")))
    assert {key: keys(group) for key, group in ours.items()} == {key: keys(group) for key, group in theirs.items()}
    assert people.map(lambda agent: agent.age + 1) == copies.map(lambda agent: agent.age + 1)
    assert keys(people[3:6]) == keys(copies[3:6])
    assert people[0].person_id == copies[0].key
    assert len(people) == len(copies)


def test_columns_select_like_functions(model):
    people = model.people
    by_column = people.select(gender="woman", age=range(65, 120))
    by_function = people.select(lambda person: person.gender == "woman" and 65 <= person.age < 120)
    assert keys(by_column) == keys(by_function)
    assert by_column.count() == len(by_function) > 0
    assert people.select(agent_type=Person).count() == 400
    assert people.select(agent_type=Copy).count() == 0


def test_outdoors_are_those_who_walk_now(model):
    outdoors = model.people.select(outdoors=True)
    assert 0 < len(outdoors) < len(model.people)
    assert (outdoors.get_array("segment_id") >= 0).all()
    assert (model.people.select(outdoors=False).get_array("segment_id") == -1).all()


def test_a_view_follows_the_columns(model):
    person = model.people[5]
    assert isinstance(person, mesa.Agent)
    assert person == model.people[5]
    assert person in model.people
    assert len({person, model.people[5]}) == 1
    before = person.walking_s
    model.advance(24 * 3600)
    assert person.walking_s == model.people.get("walking_s")[5]
    assert before >= 0


def test_own_columns_are_the_users_and_the_models_are_read_only(model):
    model.people.set("asked", False)
    model.people.select(gender="man").set("asked", True)
    assert model.people.agg("asked", sum) == model.people.select(gender="man").count()
    with pytest.raises(AttributeError, match="read-only"):
        model.people.set("age", 3)
    with pytest.raises(AttributeError, match="there are person_id"):
        model.people.get("agee")


def test_the_population_is_fixed(model):
    for verb in (model.people.add, model.people.remove, model.people.discard):
        with pytest.raises(TypeError, match=r"the city fixes the population|nobody is removed"):
            verb(model.people[0])


def test_datacollector_reads_people_and_model():
    model = SafetyModel(grid_city(6), agents=200, settle_days=1)
    collector = mesa.DataCollector(
        model_reporters={"outdoors": lambda m: m.people.select(outdoors=True).count()},
        agenttype_reporters={Person: {"walking_s": "walking_s", "gender": "gender"}},
    )
    for _ in range(3):
        model.advance(3 * 3600)
        collector.collect(model)
    told = collector.get_agenttype_vars_dataframe(Person)
    assert len(told) == 3 * 200
    assert collector.get_model_vars_dataframe()["outdoors"].shape == (3,)
    assert told["walking_s"].to_numpy()[-200:].tolist() == model.people.get("walking_s")


def test_mesa_is_imported_in_as_few_modules_as_possible():
    from pathlib import Path

    import simulator

    using = {
        file.name
        for file in Path(simulator.__file__).parent.rglob("*.py")
        if "import mesa" in file.read_text() or "from mesa" in file.read_text()
    }
    assert using == {"model.py", "person_set.py"}


def test_a_set_is_made_of_rows(model):
    assert PersonSet(model, np.array([1, 2])).get("person_id") == model.people.get("person_id")[1:3]
    assert model.people.to_frame("age", "gender").shape == (400, 2)
