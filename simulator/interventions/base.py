"""What a measure is: where it applies, what it takes, and how it changes the streets."""

import dataclasses
import datetime
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulator.city.conditions import Conditions, Draw
from simulator.city.network import PLACE_KINDS, StreetNetwork
from simulator.errors import InputError
from simulator.evidence.parameters import Parameters, load_evidence
from simulator.evidence.prices import EURO, money_of
from simulator.interventions.when import When

Array = np.ndarray[Any, Any]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]

NEAR_KINDS = (*(kind for kind in PLACE_KINDS if kind not in ("stop", "gateway")), "transit")
"""Kinds of place near which a measure may be; transit are the stops that anything serves or may serve."""
if TYPE_CHECKING:
    NearKind = str
else:
    NearKind = Literal[NEAR_KINDS]


class Area(BaseModel):
    """Where a measure applies: a selector, street names, a polygon, near places, or what they have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    selector: str | None = Field(None, min_length=1, description='words such as "unlit park paths"')
    names: tuple[str, ...] = Field((), description="street names")
    part: Literal["core", "all"] = Field(
        "core",
        description="core: only where effects are counted, so that cost and effect go together; all: the ring too",
    )
    within: tuple[tuple[Longitude, Latitude], ...] | None = Field(
        None, min_length=3, description="corners of a polygon as [longitude, latitude] in degrees"
    )
    layer: str | None = Field(
        None,
        min_length=1,
        max_length=1000,
        description="file of polygons beside the case: GeoJSON, GeoPackage",
    )
    shape: str | None = Field(
        None,
        min_length=1,
        description="polygons as text in degrees; the program writes it when it reads the layer",
    )
    near: NearKind | None = Field(None, description="only streets near places of this kind")
    reach_m: float = Field(100.0, gt=0, le=5000, description="how near: metres in a straight line (m)")

    @model_validator(mode="before")
    @classmethod
    def _words_are_a_selector(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("within"), str) and "layer" not in value:
            return {key: one for key, one in value.items() if key != "within"} | {"layer": value["within"]}
        return {"selector": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _something_is_given(self) -> "Area":
        if not (self.selector or self.names or self.within or self.near or self.layer):
            raise ValueError("give a selector, names, a polygon, a layer or near")
        if self.shape is not None and self.layer is None:
            raise ValueError("shape: the program writes it when it reads a layer; give layer or within")
        return self


@dataclasses.dataclass(frozen=True)
class Amount:
    """A cost or quantity: the user's own number, or a parameter of the evidence.

    Parameters
    ----------
    value, low, high, grade
        The number (or the parameter's central value), the ends of its range, and how sure it is.
    parameter
        Name of the parameter, whose value in each draw counts; empty for the user's own number.
    """

    value: float
    low: float
    high: float
    grade: str
    parameter: str = ""
    factor: float = 1.0
    """What the parameter is multiplied by: the price level of the city's country, for costs."""

    def in_draw(self, parameters: Parameters) -> float:
        """The amount in one draw, as its list of parameters names it."""
        return parameters[self.parameter] * self.factor if self.parameter else self.value


def not_given(prices: Mapping[str, float | None]) -> tuple[str, ...]:
    """Names of the parameters that stand in for a number of the user's own, where none was given."""
    return tuple(name for name, own in prices.items() if own is None)


def amount_of(name: str, own: float | None, factor: float = 1.0) -> Amount:
    """The user's own number where given (without a range), else the parameter of the evidence times a factor."""
    if own is not None:
        return Amount(float(own), float(own), float(own), "measured")
    row = load_evidence()[name]
    value, low, high = (factor * number for number in (row.value, row.low, row.high))
    return Amount(value, low, high, row.grade, parameter=name, factor=factor)


def currency_of(country: str, asked: str | None, *, missing: Sequence[str]) -> tuple[str, float]:
    """Currency of a measure's costs, and the factor from EUR of the evidence to it.

    Parameters
    ----------
    country
        ISO 3166 code of the city's country.
    asked
        The currency that the case names; None for that of the country.
    missing
        Names of the costs that the case does not give, for which the evidence's are taken.

    Raises
    ------
    InputError
        If the evidence's costs are needed in a currency that is neither EUR nor the country's.
    """
    there = money_of(country)
    if asked is None or asked == there.currency:
        return there.currency, there.factor
    if asked != EURO and missing:
        either = EURO if there.currency == EURO else f"{EURO} or {there.currency}"
        raise InputError(
            f"currency: found {asked!r}, but costs that the case does not give ({', '.join(missing)}) are known in "
            f"{either} only; write one of those, or give these costs too"
        )
    return asked, 1.0


@dataclasses.dataclass(frozen=True)
class Placement:
    """A measure put on the streets of one city.

    Parameters
    ----------
    segments
        Rows of the segments on which something is placed (int32, sorted).
    quantity, unit
        How much of it ("lamps").
    capital, running_per_year, lifetime_years
        Per unit, in `currency`.
    """

    measure: "Measure"
    segments: Array
    quantity: float
    unit: str
    capital: Amount
    running_per_year: Amount
    lifetime_years: Amount
    currency: str
    joined: tuple[tuple[int, int], ...] = ()
    """Rows of junctions between which there are new streets, or at which, twice the same, there are new places."""


@dataclasses.dataclass(frozen=True)
class Idle:
    """Why a measure does nothing on a day.

    Parameters
    ----------
    why
        In words that follow its name, such as "is for Fridays only".
    exactly
        Whether every number would be exactly the baseline's, not only those that the measure is about.
    by_itself
        Whether it may do something after another measure of its family.
    """

    why: str
    exactly: bool = True
    by_itself: bool = False


class Measure(BaseModel):
    """Base of all measures; a new one is one file with a subclass, and one line in the registry."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    displaces: ClassVar[str] = ""
    """Whom such measures may harm in a way that no indicator shows; every report says that it was not assessed."""
    follows: ClassVar[int] = 0
    """Those with a higher number are put on the streets later: they take what others leave, such as departures."""
    is_shock: ClassVar[bool] = False
    """Whether it befalls a city instead of being chosen; any case may then be tried under it."""
    powered: ClassVar[Literal["no", "light", "all"]] = "no"
    """What of it goes out with the current: nothing, its light, or its direct ratio on incidents too."""
    grows: ClassVar[str] = ""
    """What there is less of while only a part of it is there: the name of a lever, or `streets`; empty: it is there
    as a whole or not at all."""
    has_hours: ClassVar[bool] = False
    """Whether it holds in clock hours that may follow the sun of a date."""

    kind: str
    name: str = Field(min_length=1, max_length=200, description="what the report calls it")
    where: Area = Field(description='a selector such as "unlit park paths", or a table with selector, names, within')
    when: When | None = Field(
        None, description="dates, slow onset, decay, phases, months, kinds of day, dusk to dawn  [default: always, all]"
    )

    @model_validator(mode="after")
    def _when_fits(self) -> "Measure":
        if self.when is not None and self.when.is_partial and not self.grows:
            raise ValueError(
                "when: found a part of it on some dates, expected all or nothing, because such a measure is there or "
                "not; give begins, ends, phases of 0 or 1, days or months"
            )
        if self.when is not None and self.when.dusk_to_dawn and not self.has_hours:
            raise ValueError("when: found dusk_to_dawn, expected none, because this kind of measure has no such hours")
        return self

    @abstractmethod
    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Work out where on the chosen segments something is placed, and what it takes, from what is known before."""

    @property
    def evaluated(self) -> bool:
        """Whether outcomes of such measures were evaluated; if not, incidents get a break-even effect, no verdict."""
        return True

    def built_on(self, network: StreetNetwork, placement: Placement) -> StreetNetwork | None:
        """The city with streets or places that it adds behind those that there are; None where it adds none."""
        return None

    @property
    def observes(self) -> bool:
        """Whether it acts on what is recorded and counted (`Draw.observed`)."""
        return False

    @abstractmethod
    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """The streets with the measure, in one draw; what is not touched is the same object or bits."""

    def idle_on(self, date: datetime.date, *, network: StreetNetwork, placement: Placement) -> Idle | None:
        """Why nothing of it shows on the day from 04:00 of a date; None if it acts, as most do on every day."""
        return None

    def found(self, network: StreetNetwork, placement: Placement) -> str:
        """What it chose by itself that the case does not name, in words for `scenario explain`; empty for nothing."""
        return ""

    @abstractmethod
    def channels(self) -> tuple[str, ...]:
        """Through what it reaches the model, in plain words, for `scenario explain`."""

    @abstractmethod
    def evidence(self) -> tuple[str, ...]:
        """Names of the parameters that its effect and cost rest on."""

    def cost_evidence(self) -> tuple[str, ...]:
        """Those of them that its cost rests on, without what the user gave; they say how sure the cost is."""
        return ()


class Priced(Measure):
    """Base of measures that cost so much a unit: the user's own figures, else those of the evidence."""

    prices: ClassVar[tuple[str, str, str]] = ("", "", "")
    """Parameters for capital and running cost of a unit and for its lifetime; empty: no cost, or a year."""

    capital_each: float | None = Field(None, ge=0, description="your own cost of building a unit (currency)")
    running_each_year: float | None = Field(None, ge=0, description="your own cost of running a unit (currency a year)")
    lifetime_years: float | None = Field(None, gt=0, le=200, description="years over which capital is spread")
    currency: str | None = Field(
        None, min_length=1, max_length=8, description="currency of costs  [default: that of the city's country]"
    )

    def placed(self, network: StreetNetwork, segments: Array, quantity: float, unit: str) -> Placement:
        """So many units on some segments, at their price."""
        capital, running, lifetime = self.prices
        own = (self.capital_each, self.running_each_year, self.lifetime_years)
        missing = [name for name, given in zip((capital, running), own, strict=False) if name and given is None]
        currency, factor = currency_of(network.country, self.currency, missing=missing)
        return Placement(
            measure=self,
            segments=segments.astype(np.int32),
            quantity=float(quantity),
            unit=unit,
            capital=_price_of(capital, own[0], factor),
            running_per_year=_price_of(running, own[1], factor),
            lifetime_years=_price_of(lifetime, own[2], 1.0, otherwise=1.0),
            currency=currency,
        )

    def cost_evidence(self) -> tuple[str, ...]:
        """Prices that the case does not give itself."""
        own = (self.capital_each, self.running_each_year, self.lifetime_years)
        named = tuple(name for name, given in zip(self.prices, own, strict=True) if name and given is None)
        return (*named, "discount_rate") if self.prices[0] or self.capital_each else named


def _price_of(name: str, own: float | None, factor: float, otherwise: float = 0.0) -> Amount:
    if own is None and not name:
        return Amount(otherwise, otherwise, otherwise, "measured")
    return amount_of(name, own, factor)
