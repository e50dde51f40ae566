"""Streets by hour: light, darkness, open frontages, overlooking homes, nightlife, and what measures change.

Arrays are float32 (24, S) by local clock hour unless said otherwise.
"""

import dataclasses
import datetime
from typing import Any, NamedTuple

import numpy as np

from simulator.city.audit_estimates import signs
from simulator.city.frontage import fronts_of
from simulator.city.imputed_light import lit_in_draw
from simulator.city.network import PLACE_KINDS, StreetNetwork
from simulator.city.opening_hours import places_open, ways_closed
from simulator.city.stays import Stays
from simulator.city.sun import DARK_FROM, darkness, solar_elevation
from simulator.city.transit import Supply
from simulator.evidence.parameters import Parameters
from simulator.foundation.categories import GENDERS
from simulator.foundation.clock import HOURS

Array = np.ndarray[Any, Any]
HAZARDS = ("harassment", "robbery", "assault")
"""Types of incident, in the order of their index."""
GUARDIANS = ("host", "staff", "patrol")
"""Who may be there to look after others: mediating hosts and ambassadors; staff of transit and parks; foot patrols."""
_RATED = {"visibility": ("openness", "visibility"), "condition": ("walk_path",)}
FRONTAGE_KINDS = ("shop", "leisure", "culture", "nightlife")
_FRONTS = (FRONTAGE_KINDS, ("nightlife",))
_NEARLY_FULL = 0.9
"""Share of a full front from which it no longer tells exactly how many fronts it stands for."""


class Observed(NamedTuple):
    """What a city could know of its baseline by counting: never true risk."""

    recorded_a_day: Array  # float64 (24, S): incidents that are recorded, expected a day
    people: Array  # float64 (24, S): mean number of people


class Draw(NamedTuple):
    """In which city, draw and day a measure is put on the streets."""

    network: StreetNetwork
    parameters: Parameters
    date: datetime.date
    observed: Observed | None = None


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """How streets look and who looks on, by hour."""

    light_min_lx: Array
    light_mean_lx: Array
    frontage: Array
    nightlife: Array
    overlooking: Array
    visibility: Array
    condition: Array
    guardians: Array
    eased: Array


@dataclasses.dataclass(frozen=True)
class Offers:
    """What is offered to people on their way, by clock hour of departure; nothing unless a measure offers it.

    Parameters
    ----------
    taxi_paid
        Share of a taxi's fare that somebody else pays, by hour and gender (float64 (24, G)).
    shift_paid
        Further share of the fare that is paid on the ways to work and back, by clock hour and gender (float64 (24, G)).
    company
        Share of tours for which company on foot is to be had that otherwise would have none (float64 (24,)).
    taxi_nearer
        Share of the wait for a taxi that is saved from each place (float64 (24, P)); without columns where none is.
    reassured
        Share of those who would feel unsafe in a vehicle who do not, by clock hour and gender (float64 (24, G)).
    """

    taxi_paid: Array
    shift_paid: Array
    company: Array
    taxi_nearer: Array
    reassured: Array

    @classmethod
    def none(cls) -> "Offers":
        """Nothing beyond what there is."""
        by_gender = (HOURS, len(GENDERS))
        return cls(np.zeros(by_gender), np.zeros(by_gender), np.zeros(HOURS), np.zeros((HOURS, 0)), np.zeros(by_gender))

    @property
    def any(self) -> bool:
        """Whether anything is offered that people choose by."""
        chosen_by = (self.taxi_paid, self.shift_paid, self.company, self.taxi_nearer)
        return any(bool(one.any()) for one in chosen_by)


@dataclasses.dataclass(frozen=True)
class Gathering:
    """People whom a measure brings out without a trip of their own: hosts, traders, those who take part.

    Parameters
    ----------
    stays
        Where they are, when and how many.
    genders, from_age, until_age
        Who they may be; each is felt and met as by somebody like that.
    """

    stays: Stays
    genders: tuple[str, ...] = ()
    from_age: int = 18
    until_age: int = 120


@dataclasses.dataclass(frozen=True)
class Conditions(Surroundings):
    """What a street is like, hour by hour, before anybody walks on it.

    Parameters
    ----------
    light_min_lx, light_mean_lx
        Horizontal illuminance from lamps after dark (24, S); the sun is in `dark`.
    frontage, nightlife
        Share (0 to 1) of a full open frontage and of a full nightlife frontage (24, S).
    overlooking
        Share (0 to 1) of full overlooking by homes (S,).
    visibility, condition
        What audits say of sight lines and of the pavement, -1 (poor) to 1 (good), 0 where nobody audited (S,).
    guardians
        Share of the time in which a guardian of each kind is in view (3, 24, S); none unless a measure puts one there.
    eased
        Log-odds of feeling safe that measures add as their case states (24, S); 0 unless one does.
    hazard_ratio
        Direct ratio of measures on the hazard by type (3, 24, S).
    dark
        Darkness (24,) from 0 by day to 1 by night.
    treated
        Segments that a measure touches, bool (S,).
    reporting_factor
        What measures multiply the chance by that an incident is recorded through each channel (see
        `simulator.safety.reporting.CHANNELS`), float64 (C,); None where none does.
    supply
        Stops, lines and departures of public transport.
    open_at
        Whether each place is open, bool (24, P).
    closed
        Whether nobody may walk along a street, bool (24, S); None where every street is open at every hour.
    gatherings
        People whom measures bring out.
    offers
        What measures offer to people on their way.
    wait_factor
        What measures multiply the weight of a minute at each stop by, float64 (stops,); None where none does.
    visitors
        How many times as many visitors come as usual.
    log
        What institutions did and why.
    """

    hazard_ratio: Array
    dark: Array
    treated: Array
    supply: Supply
    open_at: Array
    reporting_factor: Array | None = None
    closed: Array | None = None
    gatherings: tuple[Gathering, ...] = ()
    offers: Offers = dataclasses.field(default_factory=Offers.none)
    wait_factor: Array | None = None
    visitors: float = 1.0
    log: tuple[str, ...] = ()

    @property
    def dark_hours(self) -> Array:
        """Hours (bool (24,)) whose period is `dark`."""
        return self.dark >= DARK_FROM


def conditions_of(network: StreetNetwork, parameters: Parameters, date: datetime.date) -> Conditions:
    """The streets as they are, in one draw: where the light is imputed the draw decides whether a street is lit."""
    streets = network.streets
    sun = solar_elevation(network.latitude, network.longitude, network.timezone, date)
    dark = darkness(sun, begins_deg=parameters.dark_begins_deg, complete_deg=parameters.dark_complete_deg)
    lit = _lit(network, parameters)
    audited: dict[str, Any] = {
        name: signs(network, rated, prior_audits=parameters.prior_audits) for name, rated in _RATED.items()
    }
    shape = (HOURS, len(streets))
    light_min, light_mean = (_light_by_hour(network, lit, word) for word in ("min", "mean"))
    open_now = places_open(network, date)
    venues = _open_venues_per_100m(network, open_now, FRONTAGE_KINDS, parameters.frontage_reach_m)
    nightlife = _open_venues_per_100m(network, open_now, ("nightlife",), parameters.frontage_reach_m)
    return Conditions(
        light_min_lx=light_min,
        light_mean_lx=light_mean,
        frontage=_saturating(venues, parameters.frontage_venues_100m).astype(np.float32),
        nightlife=_saturating(nightlife, parameters.frontage_venues_100m).astype(np.float32),
        overlooking=_saturating(streets.overlooking_residents, parameters.overlooking_residents_100m).astype(
            np.float32
        ),
        **audited,
        guardians=np.zeros((len(GUARDIANS), *shape), np.float32),
        eased=np.zeros(shape, np.float32),
        hazard_ratio=np.ones((len(HAZARDS), *shape), np.float32),
        dark=dark,
        treated=np.zeros(len(streets), bool),
        supply=Supply(network.stops, network.lines, network.headways),
        open_at=open_now,
        closed=ways_closed(network, date),
    )


def with_streets(conditions: Conditions, network: StreetNetwork, open_at: Array) -> Conditions:
    """The streets with those that a city has further on: lit, without fronts, homes, guardians or direct ratios.

    Places that it has further on are open as `open_at` (bool (24, P)) says; at stops that it has further on nothing
    runs unless a measure says so.
    """
    streets, known = network.streets, conditions.treated.size
    further = len(streets) - known
    more: dict[str, Any] = {}
    for name in (*(field.name for field in dataclasses.fields(Surroundings)), "hazard_ratio", "treated", "closed"):
        column = getattr(conditions, name)
        if column is not None:
            value = 1.0 if name == "hazard_ratio" else 0.0
            block = np.full((*column.shape[:-1], further), value, column.dtype)
            more[name] = np.concatenate([column, block], axis=-1)
    more["light_min_lx"][:, known:] = streets.lit_min_lx[known:]
    more["light_mean_lx"][:, known:] = streets.lit_mean_lx[known:]
    known_places = conditions.open_at.shape[1]
    more["open_at"] = np.concatenate([conditions.open_at, open_at[:, known_places:]], axis=1)
    known_offers = conditions.offers.taxi_nearer
    if known_offers.shape[1]:
        wider = np.pad(known_offers, ((0, 0), (0, open_at.shape[1] - known_places)))
        more["offers"] = dataclasses.replace(conditions.offers, taxi_nearer=wider)
    if conditions.wait_factor is not None:
        beyond = len(network.stops) - conditions.wait_factor.size
        more["wait_factor"] = np.concatenate([conditions.wait_factor, np.ones(beyond)])
    return dataclasses.replace(conditions, **more)


def with_venues(
    conditions: Conditions, parameters: Parameters, venues: Array, nightlife: Array | None = None
) -> Conditions:
    """The streets with more or fewer open venues per 100 m (float64 (24, S), differences); the same bits where none.

    Parameters
    ----------
    venues, nightlife
        Differences in open venues of all kinds, and in open nightlife.
    """
    changed: dict[str, Any] = {"frontage": _with_more(conditions.frontage, venues, parameters)}
    if nightlife is not None:
        changed["nightlife"] = _with_more(conditions.nightlife, nightlife, parameters)
    return dataclasses.replace(conditions, **changed)


def _with_more(share: Array, more: Array, parameters: Parameters) -> Array:
    """A saturating share (0 to 1) after a difference in the amount that it stands for."""
    scale = parameters.frontage_venues_100m
    full = np.minimum(share.astype(np.float64), 1.0 - 1e-12)
    amount = np.maximum(-scale * np.log1p(-full) + more, 0.0)
    return np.where(more == 0.0, share, _saturating(amount, scale).astype(np.float32))


def with_open_places(
    conditions: Conditions, network: StreetNetwork, parameters: Parameters, open_at: Array
) -> Conditions:
    """The streets with other places open (bool (24, P)): fronts, nightlife, and where people can go."""
    shut = (conditions.open_at & ~open_at).astype(float)
    fewer = [_open_venues_per_100m(network, shut, kinds, parameters.frontage_reach_m) for kinds in _FRONTS]
    opened = (open_at & ~conditions.open_at).astype(float)
    more = [_open_venues_per_100m(network, opened, kinds, parameters.frontage_reach_m) for kinds in _FRONTS]
    venues, nightlife = (one - other for one, other in zip(more, fewer, strict=True))
    changed = with_venues(conditions, parameters, venues, nightlife)
    exact: dict[str, Any] = {}
    for name, kinds, lost in zip(("frontage", "nightlife"), _FRONTS, fewer, strict=True):
        share = getattr(conditions, name)
        if ((share > _NEARLY_FULL) & (lost > 0)).any():
            was, left = (
                _saturating(
                    _open_venues_per_100m(network, by_hour, kinds, parameters.frontage_reach_m),
                    parameters.frontage_venues_100m,
                ).astype(np.float32)
                for by_hour in (conditions.open_at, open_at)
            )
            told = (share > _NEARLY_FULL) & (lost > 0) & (share == was)
            exact[name] = np.where(told, left, getattr(changed, name))
    return dataclasses.replace(changed, open_at=open_at, **exact)


def _lit(network: StreetNetwork, parameters: Parameters) -> Array:
    """Whether each segment is lit: by numbers that neighbours share, or without a draw by what is likelier."""
    streets = network.streets
    if parameters.draw < 0:
        return np.asarray(streets.lit_probability >= 0.5)
    return lit_in_draw(
        streets.lit_probability,
        streets.segment_id,
        midpoints(network),
        seed=parameters.seed,
        draw=parameters.draw,
        correlation_m=parameters.light_correlation_length,
        nugget=parameters.light_nugget,
        common=parameters.light_common,
    )


def midpoints(network: StreetNetwork) -> Array:
    """Middle vertex of every segment (float64 (S, 2), projected metres), or the middle between two."""
    first, last = network.vertex_start[:-1], network.vertex_start[1:] - 1
    low, high = (first + last) // 2, (first + last + 1) // 2
    return (network.vertices[low] + network.vertices[high]) / 2


def _open_venues_per_100m(network: StreetNetwork, open_now: Array, kinds: tuple[str, ...], reach_m: float) -> Array:
    """Open venues per 100 m of each segment (float64 (24, S)), each shared over the streets that it fronts."""
    rows = np.flatnonzero(np.isin(network.places.kind, [PLACE_KINDS.index(kind) for kind in kinds]))
    fronts = fronts_of(network, rows, reach_m)
    fronting = open_now[:, rows[fronts.venue]] * fronts.per_100m
    return np.array([np.bincount(fronts.segment, hour, minlength=len(network.streets)) for hour in fronting])


def _saturating(amount: Array, scale: float) -> Array:
    return 1.0 - np.exp(-amount / scale)


def _light_by_hour(network: StreetNetwork, lit: Array, word: str) -> Array:
    """Minimum or mean illuminance (24, S): the usual one, and in some hours what `light_hours` says."""
    streets, hours = network.streets, network.light_hours
    name_if_lit, name_if_not = f"lit_{word}_lx", f"unlit_{word}_lx"
    usual = np.where(lit, getattr(streets, name_if_lit), getattr(streets, name_if_not)).astype(np.float32)
    light = np.broadcast_to(usual, (HOURS, len(streets)))
    if len(hours):
        light = light.copy()
        clock = np.arange(HOURS)[:, None]
        hour, row = np.nonzero((clock >= hours.from_h) & (clock < hours.until_h))
        then = np.where(lit[hours.segment], getattr(hours, name_if_lit), getattr(hours, name_if_not))
        light[hour, hours.segment[row]] = then[row]
    return light
