"""SDG 11.2.1 without a simulated day: the share of residents with a stop near home, by gender, age and disability.

People are drawn as a run draws them, at central values, on the darkest working day. Nothing is lived: who has
a stop near depends on homes, streets and timetable alone, by the same rule as the indicator `sdg_11_2_1_proxy`.
"""

import numpy as np
import pandas as pd

from analysis.indicators.cells import MIN_AGENTS
from simulator.accounting.access import Homes, stops_near
from simulator.city.network import StreetNetwork
from simulator.city.sun import darkest_working_day
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import AGE_BAND_FROM, AGE_BANDS, DISABILITIES, GENDERS
from simulator.simulation import Simulation

AGENTS = 8000
COLUMNS = {
    "by": "gender, age, disability, or all",
    "group": "which group of residents of the core",
    "agents": "simulated people behind it",
    "near": "share with a bus or tram stop within 500 m, or a train, metro or ferry within 1 km, along streets",
    "near_late": "share with such a stop that is served between 22:00 and 04:00",
}
"""Shares are empty where fewer than 30 agents stand behind them, or where the city has no stops or no timetable."""


def residents_near_stops(network: StreetNetwork, *, agents: int = AGENTS, seed: int = 1) -> pd.DataFrame:
    """Shares of the residents of a city's core, a row a group, with `COLUMNS`.

    Parameters
    ----------
    agents
        How many agents stand for the population.
    seed
        Of the people that are drawn.
    """
    day = darkest_working_day(network.latitude)
    arm = Simulation.baseline(network, draw_parameters(seed, -1), agents=agents, date=day, threads=1)
    homes = Homes.of(arm)
    people, rows, found = arm.setting.people, homes.rows, stops_near(homes)
    weight = people.weight[rows]
    band = np.searchsorted(np.array(AGE_BAND_FROM), people.age[rows], side="right") - 1
    groups = [("all", "everybody", np.ones(rows.size, bool))]
    for by, words, code in (
        ("gender", GENDERS, people.gender[rows]),
        ("age", AGE_BANDS, band),
        ("disability", DISABILITIES, people.disability[rows]),
    ):
        groups += [(by, word, code == number) for number, word in enumerate(words)]
    told = []
    for by, word, here in groups:
        count = int(here.sum())
        shares = []
        for name, known in (("home_stop", "home_stop_known"), ("home_stop_late", "home_late_known")):
            behind = float(weight[here] @ found[known][here])
            enough = behind > 0.0 and (count >= MIN_AGENTS or by == "all")
            shares.append(float(weight[here] @ found[name][here]) / behind if enough else float("nan"))
        if count:
            told.append((by, word, count, *shares))
    return pd.DataFrame(told, columns=list(COLUMNS))
