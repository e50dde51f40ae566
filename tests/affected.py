"""Runs of which a part of everybody is affected, for tests of what is told of them."""

import pandas as pd


def with_affected(run, after: float, *, trips: float = 2.0):
    """A run with a tenth of everybody affected: of their walking time `after` feels safe, and half of it before.

    `trips` times as many trips as with it were not made before.
    """
    realised = run.summary[run.summary["itinerary"] == "realised"]
    there = realised[realised["zone"] == "core"].copy()
    numbers = ["population", "walking_s", "trips_planned", "trips_not_made"]
    there[numbers] = there[numbers] / 10.0
    there["safe_s"] = after * there["walking_s"]
    there["people_affected"] = there["population"] * (there["hour"] == 21)
    before = there.assign(itinerary="affected_before", safe_s=0.5 * there["walking_s"])
    before["trips_not_made"] = trips * before["trips_not_made"]
    told = [run.summary, there.assign(itinerary="affected"), before]
    return run._replace(summary=pd.concat(told, ignore_index=True))
