"""Users of Mesa are at home: PersonSet's verbs do what AgentSet's do, DataCollector reads columns, views are views."""

import mesa
import numpy as np
import pytest

from simulator.evidence.parameters import draw_parameters
from simulator.interventions import Lighting
from simulator.model import SafetyModel
from simulator.people.person_set import Person, PersonSet

from cities import grid_city


class Copy(mesa.Agent):
    """An ordinary Mesa agent with the attributes of a person."""

    def __init__(self, model, person):
        super().__init__(model)
        self.key, self.gender, self.age, self.weight = person.person_id, person.gender, person.age, person.weight

    @property
    def person_id(self):
        return self.key


@pytest.fixture(scope="module")
def model():
    model = SafetyModel(grid_city(6), agents=400, settle_days=1)
    model.advance(12 * 3600)
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
        assert keys(people.sort("age", ascending=ascending)) == keys(copies.sort("age", ascending=ascending))
    assert people.map(lambda agent: agent.age + 1) == copies.map(lambda agent: agent.age + 1)
    assert keys(people[3:6]) == keys(copies[3:6])
    assert people[0].person_id == copies[0].key
    assert len(people) == len(copies)


def test_groups_are_those_of_an_agent_set(model, copies):
    for by in ("gender", "weight", lambda agent: agent.age // 10, lambda agent: (agent.gender, agent.age > 64)):
        ours, theirs = model.people.groupby(by), copies.groupby(by)
        assert [(key, keys(group)) for key, group in ours] == [(key, keys(group)) for key, group in theirs]
        assert ours.count() == theirs.count()
        assert len(ours) == len(theirs)
        assert ours.agg("weight", max) == theirs.agg("weight", max)
        assert ours.map(lambda group: group.get("age")) == theirs.map(lambda group: group.get("age"))
        assert ours.map("get", "age") == theirs.map("get", "age")
        ours, theirs = (agents.groupby(by, result_type="list") for agents in (model.people, copies))
        assert all(isinstance(group, list) for _, group in ours)
        assert [keys(group) for _, group in ours] == [keys(group) for _, group in theirs]


def test_functions_are_called_as_an_agent_set_calls_them(model, copies):
    for agents in (model.people, copies):
        seen = []
        assert (
            agents.do(lambda agent, *rest, seen=seen, **named: seen.append((agent.age, rest, named)), 1, b=2) is agents
        )
        assert seen[0] == (model.people[0].age, (1,), {"b": 2})
        assert len(seen) == len(model.people)
        assert agents.map("__getattribute__", "unique_id") == agents.get("unique_id")
        assert agents.do("step") is agents


def test_orders_and_places_in_a_set_are_those_of_an_agent_set(model, copies):
    people = model.people
    assert keys(reversed(people)) == keys(reversed(copies))
    assert keys(people[::-2]) == keys(copies[::-2])
    assert people[-1].person_id == copies[-1].key
    for agents in (people, copies):
        with pytest.raises(IndexError):
            agents[len(people)]
    for by in ("weight", lambda agent: (agent.gender, -agent.age)):
        for ascending in (True, False):
            assert keys(people.sort(by, ascending=ascending)) == keys(copies.sort(by, ascending=ascending))
    assert keys(people.sort("age").sort("weight")) == keys(copies.sort("age").sort("weight"))
    for at_most in (0, 0.0, 1.0, 7, 10_000):
        assert keys(people.select(at_most=at_most)) == keys(copies.select(at_most=at_most))


def test_in_place_is_in_place_and_nowhere_else(model, copies):
    old = lambda agent: agent.age > 60
    for agents in (model.people, copies):
        before = keys(agents)
        some = agents.select()
        assert some is not agents
        assert some.select(old, inplace=True) is some
        assert some.sort("age", inplace=True) is some
        assert keys(some) == keys(agents.select(old).sort("age"))
        assert keys(agents) == before


def test_missing_values_are_handled_as_in_an_agent_set(model, copies):
    for agents in (model.people, copies):
        with pytest.raises(AttributeError):
            agents.get("nothing")
        with pytest.raises(AttributeError):
            agents.get(["age", "nothing"])
        with pytest.raises(ValueError, match="handle_missing"):
            agents.get("age", handle_missing="ignore")
        rows = agents.get(["age", "nothing"], handle_missing="default", default_value=-1)
        assert [row[1] for row in rows] == [-1] * len(model.people)


def test_what_is_set_is_kept_as_an_agent_set_keeps_it(model, copies):
    # numbers that need more room, longer words, and words or nothing among numbers: nothing is cut off
    for first, second in ((0, 0.5), ("calm", "frightened"), (False, True), (1, "one"), (300, None)):
        for agents in (model.people, copies):
            assert agents.set("mood", first) is agents
            agents.select(lambda agent: agent.gender == "woman").set("mood", second)
        assert model.people.get("mood") == copies.get("mood")
    model.people.set("noted", False)
    for agents in (model.people, copies):
        agents.set("noted", False)
        agents[4].noted = True
        agents.do(lambda agent: setattr(agent, "twice", 2 * agent.age))
    assert model.people.get(["noted", "twice"]) == copies.get(["noted", "twice"])
    with pytest.raises(AttributeError, match="read-only"):
        model.people[4].age = 3


def test_a_model_lists_its_people_by_type(model):
    assert Person in model.agent_types
    assert model.agents_by_type[Person] is model.people
    assert not model.agents.select(agent_type=Person)  # in there are agents that are told to step


def test_columns_select_like_functions(model):
    people = model.people
    by_column = people.select(gender="woman", age=range(65, 120))
    by_function = people.select(lambda person: person.gender == "woman" and 65 <= person.age < 120)
    assert keys(by_column) == keys(by_function)
    assert by_column.count() == len(by_function) > 0
    assert people.select(agent_type=Person).count() == 400
    assert people.select(agent_type=Copy).count() == 0


def test_roles_are_columns_in_words_and_flags(model):
    people = model.simulation.setting.people
    assert len(model.people.select(disability="walking")) == (people.disability == 1).sum() > 0
    assert (
        len(model.people.select(carer=["child", "older person"], works=True))
        == ((people.carer > 0) & people.works).sum()
    )
    assert model.people.select(night_worker=True)[0].works is True


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
    with pytest.raises(TypeError, match="nobody is removed"):
        model.people[0].remove()
    assert len(model.people) == 400


def test_a_smaller_set_under_the_same_name_does_not_shorten_columns():
    model = SafetyModel(grid_city(6), agents=200, settle_days=1)
    model.people.select(at_most=10, inplace=True)
    model.people.set("asked", True)
    assert model.people.get("asked") == [True] * 10


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
    assert tuple(model.people.to_frame().columns) == model.person_columns


@pytest.mark.slow
def test_measures_change_neither_wishes_nor_levels_of_incidents():
    # levels solved with lamps in place would make up for whatever the lamps avert
    city, averting = grid_city(6), draw_parameters(1, -1, {"lamp_hazard_ratio": 0.5})
    placed = Lighting(name="lamps", where="unlit park paths", standard="P1").place(
        city, np.flatnonzero(city.streets.in_park).astype(np.int32)
    )
    plain, lit = (
        SafetyModel(city, agents=400, settle_days=1, parameters=averting, placements=placements)
        for placements in ((), (placed,))
    )
    for one in (plain, lit):
        one.advance(60)
    np.testing.assert_array_equal(lit.simulation.levels, plain.simulation.levels)
    np.testing.assert_array_equal(lit.simulation.inflation, plain.simulation.inflation)
    assert lit.now == plain.now
    assert lit.simulation.conditions.treated.any()
