"""Which ways of OpenStreetMap can be walked, by their tags.

Rules (version in `RULES_VERSION`), applied to the tags of each way:

1. Ways made for walking are walkable: footway (sidewalks and crossings too), pedestrian, steps, path, track,
   living_street, bridleway, and piers (``man_made=pier``); cycleways as well, unless ``foot=no`` (in this city nearly
   all are shared or have a pavement).
2. Streets are walkable: residential, unclassified, road (whose class nobody has looked up yet, as in many informal
   settlements), and service except driveways, parking aisles, emergency access and tunnels (deliveries below ground).
3. Primary, secondary and tertiary roads (and their links) are walkable unless ``sidewalk`` (or ``sidewalk:both``,
   ``:left``, ``:right`` together) says no or separate, or their pavements are mapped as ways of their own: then at
   least half of the road's length has a way made for walking within 15 m, and the pavement is what people walk on.
4. Never: motorway and trunk (unless they have a pavement or foot=yes), trail, platform, proposed,
   construction, elevator, escalator, corridor, anything indoor, ``foot`` no/private/use_sidepath, ``access``
   no/private unless foot is yes, designated or permissive.
5. Squares (``area=yes``, or a multipolygon) are walked along their outline, and across (`squares`).
6. Nobody walks through a closed gate (``access`` or ``foot`` no or private, or ``locked=yes``, unless foot says
   otherwise): a way lacks what lies between its bends before and after one; but a square's outline runs past it. Gates,
   ways and parks that open by the hour (``opening_hours``, ``access:conditional``) are in the network; when they are
   closed is read by `way_hours`.

Ways that are not walked are counted by reason; words of ``highway`` that stand in none of these rules are told.
"""

from collections import Counter
from collections.abc import Iterable

from street_networks.ledger import Entry
from street_networks.sources.extract import Tags

RULES_VERSION = "7"
FOOT_CLASSES = frozenset({"footway", "pedestrian", "steps", "path", "track", "living_street", "cycleway"})
_SAME_AS = {"crossing": "footway", "road": "unclassified", "bridleway": "path"}
_STREETS = frozenset({"residential", "unclassified", "service"})
ROADS = frozenset({"primary", "secondary", "tertiary", "trunk", "motorway"})
_NO_SERVICE = frozenset({"driveway", "parking_aisle", "emergency_access"})
NEVER_WALKED = frozenset(
    {
        *("abandoned", "bus_guideway", "bus_stop", "busway", "construction", "corridor", "elevator", "emergency_bay"),
        *("escalator", "escape", "platform", "planned", "proposed", "raceway", "razed", "rest_area", "services"),
        *("trail", "via_ferrata"),
    }
)
"""Words of ``highway`` that are known and never walked."""
_FOOT_YES = frozenset({"yes", "designated", "permissive"})
_PAVED_BESIDE = frozenset({"yes", "both", "left", "right"})
GATES = frozenset(
    {"gate", "wicket_gate", "sliding_gate", "hampshire_gate", "door", "turnstile", "full-height_turnstile"}
)
_HOURS_KEYS = frozenset({"opening_hours", "access:conditional", "foot:conditional"})


def street_class(tags: Tags) -> str | None:
    """The class of a way that its tags allow to be walked, or None (rules 1, 2, 4; roads pass to rule 3)."""
    value = _word_of(tags)
    if _is_barred(tags):
        return None
    if value in ("trunk", "motorway"):
        invited = _sidewalk(tags) in _PAVED_BESIDE or tags.get("foot") in _FOOT_YES
        return "primary" if invited else None
    if value in ROADS:
        return None if _sidewalk(tags) in ("no", "none", "separate") else value
    if value == "service" and (
        tags.get("service") in _NO_SERVICE or tags.get("tunnel", "no") not in ("no", "building_passage")
    ):
        return None
    return value if value in FOOT_CLASSES | _STREETS else None


def may_be_walked(tags: Tags) -> bool:
    """Whether a way is a street, a path or a pier at all."""
    return "highway" in tags or tags.get("man_made") == "pier"


def _word_of(tags: Tags) -> str:
    """The word of ``highway`` that a way counts as."""
    value = tags.get("highway", "footway" if tags.get("man_made") == "pier" else "").removesuffix("_link")
    return _SAME_AS.get(value, value)


def _sidewalk(tags: Tags) -> str | None:
    """What ``sidewalk`` says, or the keys of its sides: yes, if any side has one along the road itself."""
    sides = [tags[key] for key in ("sidewalk:both", "sidewalk:left", "sidewalk:right") if key in tags]
    if "sidewalk" in tags or not sides:
        return tags.get("sidewalk")
    if "yes" in sides:
        return "yes"
    return "separate" if "separate" in sides else "no" if _all_sides(tags) else None


def _all_sides(tags: Tags) -> bool:
    return "sidewalk:both" in tags or {"sidewalk:left", "sidewalk:right"} <= tags.keys()


def _why_not_walked(tags: Tags) -> str:
    """In a few words, why a way without a class is none for walking."""
    value = _word_of(tags)
    if _is_barred(tags):
        return "closed to people on foot"
    if value in ROADS:
        return f"{value} without a pavement of its own"
    if value == "service":
        return "driveways, parking aisles and deliveries"
    return f"highway={tags['highway']}" if "highway" in tags else "piers"


def _is_barred(tags: Tags) -> bool:
    foot = tags.get("foot")
    private = tags.get("access") in ("no", "private") and foot not in _FOOT_YES
    return private or foot in ("no", "private", "use_sidepath") or tags.get("indoor", "no") not in ("no", "")


def is_closed_gate(tags: Tags) -> bool:
    """Whether nobody may walk through a node with these tags (rule 6)."""
    if tags.get("barrier") not in GATES:
        return False
    return _is_barred(tags) or (tags.get("locked") == "yes" and tags.get("foot") not in _FOOT_YES)


def has_hours(tags: Tags) -> bool:
    """Whether a gate, a way or a park opens by the hour."""
    return bool(_HOURS_KEYS & tags.keys()) or "@" in tags.get("access", "")


def ways_read(ways: Iterable[Tags]) -> Entry:
    """Of ways that are streets or paths, by their tags: how many are not walked, and why."""
    found = [tags for tags in ways if may_be_walked(tags)]
    known = {*ROADS, *_STREETS, *FOOT_CLASSES, *NEVER_WALKED}
    by_rule, unknown = Counter[str](), Counter[str]()
    for tags in found:
        if street_class(tags) is None and _word_of(tags) in known:
            by_rule[_why_not_walked(tags)] += 1
        elif street_class(tags) is None:
            unknown[f"{_why_not_walked(tags)}, which is not known"] += 1
    return Entry("streets and paths: ways", len(found), dict(sorted(unknown.items())), dict(sorted(by_rule.items())))
