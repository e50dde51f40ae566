"""What makes answers about a city doubtful or meaningless, each with its remedy; builds, inspections and runs ask here.

Nothing here looks at a scenario. A town without any gateway or stop is no fault: its residents still walk.
"""

import dataclasses

from simulator.city.network import StreetNetwork
from simulator.errors import CityError
from simulator.evidence.parameters import nominal
from street_networks.light.imputation import assumed_rows
from street_networks.local_data.totals import cannot_be_filled, fillable_jobs, jobs_of

_TABLE = "give a population table (`afterdark network build --zones FILE --population FILE`)"
_ALONG = "or spread residents along streets without mapped buildings (`--people-per-km N`)"
_WIDER = "build it again from a larger extract, or with a polygon (`--within`) at least 250 m inside the extract's edge"


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that makes answers about a city doubtful.

    Parameters
    ----------
    refuses
        Whether nothing can be answered, so that no run begins.
    found, remedy
        What was found and expected, and what to do about it; without a full stop at the end.
    """

    refuses: bool
    found: str
    remedy: str

    def __str__(self) -> str:
        """Both in one sentence."""
        return f"{self.found}; {self.remedy}"


def findings(network: StreetNetwork) -> tuple[Finding, ...]:
    """What is doubtful about a city, what refuses first; thresholds are assumptions that the evidence lists."""
    found = [*_residents(network), *_jobs(network), *_core(network), *_ways_in(network), *_light(network)]
    return tuple(sorted(found, key=lambda one: not one.refuses))


def check_sound(network: StreetNetwork) -> tuple[Finding, ...]:
    """The findings that a run must say, none of which refuses.

    Raises
    ------
    CityError
        If nothing can be answered about the city, with every reason and its remedy.
    """
    found = findings(network)
    refused = [str(one) for one in found if one.refuses]
    if refused:
        raise CityError(f"city {network.name}: nothing can be answered about it", refused)
    return found


def _residents(network: StreetNetwork) -> list[Finding]:
    residents = float(network.places.size[network.places_of("home")].sum())
    km = float(network.streets.length_m.sum()) / 1000.0
    here = residents / max(km, 1e-9)
    least, usual = nominal("residents_per_km_least"), nominal("residents_per_km_doubtful")
    told = f"{residents:.0f} residents on {km:.0f} km of streets, {here:.1f} a km"
    most = nominal("residents_per_km_most")
    if here > most:
        found = f"found {told}, more than the {most:g} a km of the densest quarters: are levels and floor areas right?"
        return [Finding(False, found, _TABLE)]
    if here >= usual:
        return []
    if here < least:
        found = f"found {told}, expected at least {least:g} a km: buildings are hardly mapped"
        return [Finding(True, found, f"{_TABLE}, {_ALONG}")]
    found = f"found only {told} (fewer than {usual:g} a km are rare in towns): are all buildings mapped?"
    return [Finding(False, found, f"if not, {_TABLE}, {_ALONG}")]


def _jobs(network: StreetNetwork) -> list[Finding]:
    if not cannot_be_filled(network):
        return []
    residents = float(network.places.size[network.places_of("home")].sum())
    found = (
        f"found {jobs_of(network):.0f} jobs beside {residents:.0f} residents, expected at most about "
        f"{fillable_jobs(network):.0f} with all who can come in"
    )
    return [Finding(False, found, "build the city again, which scales them, or mend the sizes of its places")]


def _core(network: StreetNetwork) -> list[Finding]:
    streets = network.streets
    km = float(streets.length_m[streets.in_core].sum()) / 1000.0
    if km <= 0:
        found = "found no street in the core, for which results are given: expected one at least 250 m from the edge"
        return [Finding(True, found, _WIDER)]
    least = nominal("core_km_doubtful")
    if km < least:
        found = f"found {km:.2f} km of streets in the core, for which results are given, expected at least {least:g} km"
        return [Finding(False, found, _WIDER)]
    return []


def _ways_in(network: StreetNetwork) -> list[Finding]:
    if network.places_of("gateway").size or network.places_of("stop").size:
        return []
    found = "found no gateway at the edge and no stop: nobody comes from outside, and residents stay inside"
    return [Finding(False, found, "if streets do lead out, build it from an extract that is cut across them")]


def share_of_guessed_light(network: StreetNetwork) -> float:
    """Share (0 to 1) of the core's street length for which no tag, lamp or assumption of its builder tells light."""
    streets = network.streets
    length = streets.length_m * streets.in_core
    guessed = streets.light_imputed & ~assumed_rows(network)
    return float((length * guessed).sum() / max(float(length.sum()), 1e-9))


def _light(network: StreetNetwork) -> list[Finding]:
    guessed = share_of_guessed_light(network)
    if guessed <= nominal("light_imputed_doubtful"):
        return []
    serious = guessed > nominal("light_imputed_serious")
    found = (
        f"for {guessed:.0%} of the street length in the core of {network.name} neither a tag nor a lamp says whether "
        "it is lit: light is guessed there, anew in each draw"
    )
    if serious:
        found += ", so that answers about light are hardly about this place"
    return [
        Finding(
            False,
            found,
            "`afterdark network inspect` shows where; `network build` takes your own list (`--lamps`) or what you know "
            "of a class of street (`--assume-lit`)",
        )
    ]
