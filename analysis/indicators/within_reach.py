"""Indicators: what residents have within reach of home, by day, after dark and at 02:00, and visits by night.

Proxies of indicators of the Sustainable Development Goals are told with what they leave out. Rows without stops,
departures, open spaces or venues in the city are left out: nothing is known there, which is not the same as none.
"""

from typing import Any

import numpy as np

from analysis.indicators.indicator import (
    SHARE_OF_ALL_RESIDENTS,
    SHARE_OF_AREA,
    SHARE_OF_KINDS,
    SHARE_OF_OUT,
    Array,
    CellSums,
    indicator,
    once,
    ratio,
)

_REACH: dict[str, Any] = {
    "unit": SHARE_OF_ALL_RESIDENTS,
    "better": +1,
    "margin": 0.005,
    "margin_reason": "half a point: a survey of a thousand could not see less",
    "tag": "product",
    "earliest": "as soon as the measure is in use: what there is, not what people do, is compared",
    "label": "proxy",
    "breakdown": "once",
    "itinerary": "living",
    "groupings": ("lives_in",),
}


@indicator("sdg_11_2_1_proxy", title="Residents with a stop near home (SDG 11.2.1 proxy)", **_REACH)
def sdg_11_2_1_proxy(sums: CellSums) -> Array:
    """Share of residents with a bus or tram stop within 500 m, or a train, metro or ferry within 1 km, along streets.

    Without steps for wheelchair users. Left out: fares, room, reliability, whether vehicles and stops can be used.
    """
    return ratio(sums.living["home_stop"], sums.living["home_stop_known"])


@indicator(
    "sdg_11_2_1_night_proxy",
    title="Residents with a stop served after 22:00 near home (SDG 11.2.1 proxy, night)",
    **_REACH,
)
def sdg_11_2_1_night_proxy(sums: CellSums) -> Array:
    """Share of residents with such a stop that is served between 22:00 and 04:00 on the simulated day.

    One departure is enough; how often and how late a stop is served is not told.
    """
    return ratio(sums.living["home_stop_late"], sums.living["home_late_known"])


@indicator(
    "sdg_11_7_1_share_proxy",
    title="Open space for public use (SDG 11.7.1 proxy)",
    **_REACH | {"unit": SHARE_OF_AREA, "breakdown": "total", "groupings": (), "margin_reason": "half a point"},
)
def sdg_11_7_1_share_proxy(sums: CellSums) -> Array:
    """Share of the core's area that is park, square or other open space for public use, as mapped.

    A figure of the city, which no measure changes here. 11.7.1 also counts the land of streets, and takes the built-up
    area of the whole city; that is left out.
    """
    return once(sums, "sdg_11_7_1_share_proxy")


@indicator("sdg_11_7_1_access_proxy", title="Residents with an open space near home (SDG 11.7.1 proxy)", **_REACH)
def sdg_11_7_1_access_proxy(sums: CellSums) -> Array:
    """Share of residents with a park, square or other open space within 400 m along streets, at noon.

    Size, quality and whom it is open to are left out.
    """
    return ratio(sums.living["home_space"], sums.living["home_space_known"])


@indicator(
    "sdg_11_7_1_night_proxy",
    title="Residents with an open space near home at 21:00 (SDG 11.7.1 proxy, night)",
    **_REACH,
)
def sdg_11_7_1_night_proxy(sums: CellSums) -> Array:
    """Share of residents with an open space within 400 m that is open at 21:00, by streets that are open then.

    Whether it feels safe there is not asked.
    """
    return ratio(sums.living["home_space_dark"], sums.living["home_space_known"])


@indicator("open_at_02", title="Residents who reach something open at 02:00", **_REACH)
def open_at_02(sums: CellSums) -> Array:
    """Share of residents with a shop, health, care, leisure, culture or nightlife place open at 02:00 in 15 minutes.

    On foot at their own speed. By tagged hours, else those usual for the kind. Toilets do not count here.
    """
    return ratio(sums.living["home_open_at_02"], sums.living["home_venue_known"])


@indicator("transit_at_02", title="Residents who reach a stop that is served at 02:00", **_REACH)
def transit_at_02(sums: CellSums) -> Array:
    """Share of residents with a stop within 15 minutes on foot that something leaves between 02:00 and 03:00.

    In the night that follows the simulated day.
    """
    return ratio(sums.living["home_transit_at_02"], sums.living["home_late_known"])


@indicator(
    "reach_safe_15min",
    title="Kinds of place within 15 minutes by streets that feel safe",
    **_REACH
    | {
        "unit": "kinds of place, of nine",
        "margin": 0.05,
        "margin_reason": "one kind more for one person in twenty",
        "tag": "impact",
        "earliest": "three months after the measure is in use: people have to notice it first",
    },
)
def reach_safe_15min(sums: CellSums) -> Array:
    """Kinds of place open at 21:00 that a resident of 16 and over reaches in 15 minutes after dark, feeling safe.

    Of care, shops, leisure, culture, nightlife, worship, health, open spaces and stops, by streets on which that person
    is likelier than not to feel safe alone in full darkness. Any street below that bars the way, however short it is.
    """
    return ratio(sums.living["home_kinds_safe"], sums.living["home_asked"])


@indicator(
    "reach_safe_share",
    title="Of the kinds of place within 15 minutes, those reached feeling safe",
    **_REACH
    | {
        "unit": SHARE_OF_KINDS,
        "tag": "impact",
        "earliest": "three months after the measure is in use: people have to notice it first",
    },
)
def reach_safe_share(sums: CellSums) -> Array:
    """Kinds of place reached after dark by streets that feel safe, over those reached by any street: the rest is lost.

    To fear alone: hours, distance and steps are the same in both.
    """
    return ratio(sums.living["home_kinds_safe"], sums.living["home_kinds"])


@indicator(
    "toilet_in_reach",
    title="Time outdoors with an open public toilet in reach",
    unit=SHARE_OF_OUT,
    better=+1,
    margin=0.005,
    margin_reason="half a point: 18 seconds of an hour outdoors",
    tag="product",
    earliest="as soon as the measure is in use",
    label="proxy",
)
def toilet_in_reach(sums: CellSums) -> Array:
    """Share of the time walked, waited at stops and stayed on streets from which an open toilet is at most 300 m away.

    On foot, with steps. By tagged hours, else those usual for toilets. Fees, cleanness and whether one can be used with
    a wheelchair are left out; so are toilets of venues. That somebody goes out because of it is not in the model.
    """
    return ratio(sums.realised["toilet_near_s"], sums.realised["toilet_known_s"])


_VISITS: dict[str, Any] = {
    "unit": "person-hours per day",
    "better": 0,
    "margin": 0.0,
    "margin_reason": "never judged: more hours out are not better or worse by themselves",
    "tag": "product",
    "earliest": "as soon as the measure is in use",
    "breakdown": "once",
}


@indicator("night_hours_nightlife", title="Hours of customers in nightlife, 20:00 to 06:00", **_VISITS)
def night_hours_nightlife(sums: CellSums) -> Array:
    """Person-hours that customers stay in bars, clubs and the like in the core: what a closing hour takes or moves."""
    return np.asarray(sums.realised["night_nightlife_s"] / 3600.0)


@indicator("night_hours_leisure", title="Hours of customers in leisure and culture, 20:00 to 06:00", **_VISITS)
def night_hours_leisure(sums: CellSums) -> Array:
    """Person-hours that customers stay in places of leisure, food and culture in the core."""
    return np.asarray(sums.realised["night_leisure_s"] / 3600.0)


@indicator("night_hours_shop", title="Hours of customers in shops, 20:00 to 06:00", **_VISITS)
def night_hours_shop(sums: CellSums) -> Array:
    """Person-hours that customers stay in shops in the core."""
    return np.asarray(sums.realised["night_shop_s"] / 3600.0)


@indicator("night_hours_work", title="Hours of night shifts, 20:00 to 06:00", **_VISITS)
def night_hours_work(sums: CellSums) -> Array:
    """Person-hours that people are at work in the core by night, in whatever trade.

    No measure takes a shift from anybody here: an earlier closing hour costs jobs that are not counted.
    """
    return np.asarray(sums.realised["night_work_s"] / 3600.0)
