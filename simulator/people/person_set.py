"""People for users of Mesa: a set with AgentSet's verbs over columns, handing out `Person` agents as views.

A verb on columns (`get`, `agg`, `groupby`, `select` by a column's values) costs one array operation; a verb that takes
a function of an agent (`map`, `do`, `select(filter_func)`) visits one view after the other, as Mesa does.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import mesa
import numpy as np
import pandas as pd
from mesa.agent import GroupBy

Array = np.ndarray[Any, Any]


class ColumnsOfPeople(Protocol):
    """What the set asks of its model: columns over all people, read and set; `SafetyModel` has them."""

    people: "PersonSet"

    @property
    def person_columns(self) -> tuple[str, ...]:
        """Names of all columns."""

    def person_column(self, name: str) -> Array:
        """A column over all people."""

    def words_meant(self, name: str, wanted: Iterable[Any]) -> list[Any]:
        """What values a column is compared with mean."""

    def set_person_column(self, name: str, rows: Array, value: Any) -> None:
        """Set a user's own column."""


_OF_THE_VIEW = ("model", "row", "unique_id")


class Person(mesa.Agent):
    """One agent as a view: attributes are read from the columns at the moment of asking; nothing is copied.

    What is set on a view goes to a column of the user's own, so that the next view of the person has it too.
    """

    def __init__(self, people: "PersonSet", row: int) -> None:
        # not registered with the model: a view comes and goes, the person stays in the columns
        self.model = people.model
        self.row = row
        self.unique_id = int(people.model.person_column("unique_id")[row])

    def __getattr__(self, name: str) -> Any:
        """Read a column."""
        if name.startswith("_") or name in ("model", "row"):
            raise AttributeError(name)
        value = self.model.person_column(name)[self.row]
        return value.item() if hasattr(value, "item") else value

    def __setattr__(self, name: str, value: Any) -> None:
        """Set the person's value in a column of the user's own; the model's own are read-only."""
        if name in _OF_THE_VIEW:
            object.__setattr__(self, name, value)
        else:
            self.model.set_person_column(name, np.array([self.row]), value)

    def remove(self) -> None:
        """Refuse: people do not leave a run; they stay at home."""
        self.model.people.remove(self)

    def __eq__(self, other: object) -> bool:
        """Two views of one person are equal."""
        return isinstance(other, Person) and (self.model, self.row) == (other.model, other.row)

    def __hash__(self) -> int:
        """Hash by the person."""
        return hash((id(self.model), self.row))

    def __repr__(self) -> str:
        """Say who it is."""
        return f"Person({self.unique_id}, {self.gender}, {self.age})"


class PersonSet:
    """An ordered set of people with the verbs of Mesa's AgentSet.

    Parameters
    ----------
    model
        The model whose columns are read.
    rows
        Rows of the people in this set (int64).
    """

    def __init__(self, model: ColumnsOfPeople, rows: Array) -> None:
        self.model = model
        self.rows = np.asarray(rows, np.int64)

    def __len__(self) -> int:
        """Number of people (agents, not the people they stand for)."""
        return int(self.rows.size)

    def __iter__(self) -> Iterator[Person]:
        """Views one after the other."""
        return (Person(self, int(row)) for row in self.rows)

    def __getitem__(self, item: Any) -> Any:
        """One view, or a set for a slice."""
        if isinstance(item, slice):
            return PersonSet(self.model, self.rows[item])
        return Person(self, int(self.rows[item]))

    def __contains__(self, person: object) -> bool:
        """Whether the person is in this set."""
        return isinstance(person, Person) and person.model is self.model and bool((self.rows == person.row).any())

    def select(
        self,
        filter_func: Callable[[Person], bool] | Array | None = None,
        at_most: int | float = float("inf"),
        inplace: bool = False,
        agent_type: type[Any] | None = None,
        **where: Any,
    ) -> "PersonSet":
        """People for whom a function, a boolean array over this set, or columns say yes.

        ``where`` compares columns: ``gender="woman"``, ``outdoors=True``, ``age=range(65, 120)``.

        Raises
        ------
        InputError
            If a word is none of those that its column has; "female" is taken for "woman" and so on.
        """
        keep = np.ones(len(self), bool)
        if agent_type is not None and not issubclass(Person, agent_type):
            keep[:] = False
        for name, wanted in where.items():
            values = self.get_array(name)
            meant = self.model.words_meant(name, wanted if _is_collection(wanted) else [wanted])
            keep &= np.isin(values, meant) if _is_collection(wanted) else values == meant[0]
        if callable(filter_func):
            keep &= np.array([bool(filter_func(person)) for person in self], bool).reshape(len(self))
        elif filter_func is not None:
            keep &= np.asarray(filter_func, bool)
        rows = self.rows[keep]
        if isinstance(at_most, float) and at_most <= 1.0:
            at_most = int(len(self) * at_most)
        if at_most < rows.size:
            rows = rows[: int(at_most)]
        if inplace:
            self.rows = rows
            return self
        return PersonSet(self.model, rows)

    def get_array(self, name: str) -> Array:
        """A column of this set as an array."""
        return np.asarray(self.model.person_column(name)[self.rows])

    def get(self, attr_names: str | list[str], handle_missing: str = "error", default_value: Any = None) -> list[Any]:
        """Values of one column, or of several as one list a person, as AgentSet does."""
        if handle_missing not in ("error", "default"):
            raise ValueError(f"handle_missing: found {handle_missing!r}, expected 'error' or 'default'")
        names = [attr_names] if isinstance(attr_names, str) else list(attr_names)
        columns = []
        for name in names:
            try:
                columns.append(self.get_array(name).tolist())
            except AttributeError:
                if handle_missing == "error":
                    raise
                columns.append([default_value] * len(self))
        return columns[0] if isinstance(attr_names, str) else [list(row) for row in zip(*columns, strict=True)]

    def set(self, attr_name: str, value: Any) -> "PersonSet":
        """Set a column of your own (one value, or one for each person of this set); the model's own are read-only."""
        self.model.set_person_column(attr_name, self.rows, value)
        return self

    def agg(self, attribute: str, func: Callable[[Any], Any] | Iterable[Callable[[Any], Any]]) -> Any:
        """A function, or several, of a column."""
        values = self.get_array(attribute)
        return func(values) if callable(func) else [one(values) for one in func]

    def count(self) -> int:
        """Number of agents in this set."""
        return len(self)

    def groupby(self, by: str | Callable[[Person], Any], result_type: str = "agentset") -> GroupBy:
        """Sets (or lists, with ``result_type="list"``) by the value of a column or of a function, as Mesa's GroupBy."""
        keys = [by(person) for person in self] if callable(by) else self.get_array(by).tolist()
        code, found = pd.factorize(pd.Series(keys, dtype=object), use_na_sentinel=False)
        rows = {key: self.rows[code == number] for number, key in enumerate(found)}
        sets = {key: PersonSet(self.model, mine) for key, mine in rows.items()}
        return GroupBy(sets if result_type == "agentset" else {key: list(group) for key, group in sets.items()})

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Results of a method or function for each view."""
        return [_call(person, method, args, kwargs) for person in self]

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> "PersonSet":
        """Call a method or function for each view."""
        self.map(method, *args, **kwargs)
        return self

    def sort(self, key: str | Callable[[Person], Any], ascending: bool = False, inplace: bool = False) -> "PersonSet":
        """Order by a column or a function; ties keep their order."""
        if callable(key):
            values = [key(person) for person in self]
            order = np.array(sorted(range(len(self)), key=values.__getitem__, reverse=not ascending), np.int64)
        else:
            column = self.get_array(key)
            order = np.argsort(column if ascending else column[::-1], kind="stable")
            order = order if ascending else (column.size - 1 - order)[::-1]
        rows = self.rows[order]
        if inplace:
            self.rows = rows
            return self
        return PersonSet(self.model, rows)

    def to_frame(self, *names: str) -> pd.DataFrame:
        """Columns of this set as a data frame; all of them if none is named."""
        return pd.DataFrame({name: self.get_array(name) for name in names or self.model.person_columns})

    def add(self, agent: Any) -> None:
        """Refuse: the city fixes the population."""
        raise TypeError(f"{agent}: nobody is added to a run: the city fixes the population, `agents` who stands for it")

    def remove(self, agent: Any) -> None:
        """Refuse: people do not leave a run; they stay at home."""
        raise TypeError(f"{agent}: nobody is removed from a run; use select() for a part of the people")

    discard = remove


def _is_collection(wanted: Any) -> bool:
    return isinstance(wanted, Iterable) and not isinstance(wanted, str)


def _call(person: Person, method: str | Callable[..., Any], args: Any, kwargs: Any) -> Any:
    return getattr(person, method)(*args, **kwargs) if isinstance(method, str) else method(person, *args, **kwargs)
