"""What lies along the streets beside open venues: vacant fronts, car repair, stands, parking, walls, police.

Safety audits on foot note such things as what draws people or makes them uneasy. How much each of them weighs is not
known: nothing in perception or risk reads this table yet.
"""

import dataclasses
from typing import Any, ClassVar

import numpy as np

from simulator.errors import InputError
from simulator.foundation.columns import Table, column

WAYSIDE_CLASSES = ("attractor", "unease", "neutral")
"""What a kind of wayside is assumed to do to people on foot, in the order of the codes."""
LONGEST_KIND = 40

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class Waysides(Table):
    """One thing beside one street; a thing at a corner or along several streets has a row for each.

    Raises
    ------
    InputError
        As every table; also if a kind has no word, or is of two classes.
    """

    title: ClassVar[str] = "waysides"
    wayside_id: Array = column("int64", unit="key", meaning="stable key of the thing beside this street", unique=True)
    thing: Array = column("int64", unit="key", meaning="key of the thing, the same in each of its rows")
    kind: Array = column("U40", unit="text", meaning="what it is, a word of the table of kinds")
    wayside_class: Array = column("int8", unit="code", meaning="what the kind is assumed to do", words=WAYSIDE_CLASSES)
    x_m: Array = column("float64", unit="m", meaning="easting in the city's projected CRS, of its side to the street")
    y_m: Array = column("float64", unit="m", meaning="northing in the city's projected CRS")
    segment: Array = column("int32", unit="index", meaning="the segment along which it lies", refers="streets", low=0)
    share: Array = column("float64", unit="things", meaning="share of the thing on this segment", low=0, high=1)
    alongside_m: Array = column("float64", unit="m", meaning="length of the segment that it lies along", low=0)

    def __post_init__(self) -> None:
        """Check the columns, and that each kind has a word and one class."""
        super().__post_init__()
        faults = []
        if (np.char.strip(self.kind) == "").any():
            faults.append("waysides.kind: empty, expected what the thing is, such as car repair")
        for kind in np.unique(self.kind):
            classes = np.unique(self.wayside_class[self.kind == kind])
            if classes.size > 1:
                found = " and ".join(WAYSIDE_CLASSES[code] for code in classes)
                faults.append(f"waysides.wayside_class: kind {kind} is {found}, expected one class for all of a kind")
        if faults:
            raise InputError("the waysides table cannot be used", faults)


def waysides_on(waysides: Waysides, segments: int, *, kind: str | None = None, of_class: str | None = None) -> Array:
    """How many things lie along each segment (float64 (segments,)); one at a corner counts in parts.

    Parameters
    ----------
    waysides
        The city's table.
    segments
        Number of segments.
    kind, of_class
        Count only this kind, or kinds of this word of `WAYSIDE_CLASSES`.

    Raises
    ------
    InputError
        If there is no such class.
    """
    rows = np.ones(len(waysides), bool)
    if of_class is not None:
        if of_class not in WAYSIDE_CLASSES:
            raise InputError(f"class {of_class!r} of waysides: expected one of {', '.join(WAYSIDE_CLASSES)}")
        rows &= waysides.wayside_class == WAYSIDE_CLASSES.index(of_class)
    if kind is not None:
        rows &= waysides.kind == kind
    return np.bincount(waysides.segment[rows], waysides.share[rows], minlength=segments)
