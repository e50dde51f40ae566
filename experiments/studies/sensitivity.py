"""Indices of designs that are made for them: Sobol' (saltelli) and Morris, by SALib, through the store.

Both take the mean over draws at each point, so that what is left of chance is the same at all points. Their confidence
is over base points (Sobol') or ways (Morris), as SALib has it.

Sources: Saltelli and others 2010, doi 10.1016/j.cpc.2009.09.018; Morris 1991, doi 10.2307/1269043; Campolongo and
others 2007, doi 10.1016/j.envsoft.2006.10.004 (mu*).
"""

from typing import Any

import numpy as np

from experiments.studies.answers import Answer
from experiments.studies.designs import problem_of, units_of
from experiments.studies.planning import Plan

CONFIDENCE = 0.90
"""As the intervals of all answers."""
_RESAMPLES = 400
"""For the confidence: its own error is then about 4 %."""
SOBOL = {
    "factor": "lever or uncertainty",
    "first": "share of the outcome's variance that it makes by itself (S1)",
    "first_low": "low end of the 90 % confidence interval",
    "first_high": "high end",
    "total": "share of the variance in which it has a part, by itself or with others (ST)",
    "total_low": "low end of the 90 % confidence interval",
    "total_high": "high end",
}
PAIRS = {
    "factor": "lever or uncertainty",
    "with": "another one",
    "together": "share of the variance that the two make only together (S2)",
    "together_low": "low end of the 90 % confidence interval",
    "together_high": "high end",
}
MORRIS = {
    "factor": "lever or uncertainty",
    "mu_star": "mean size of the change that moving it through its range makes (unit of the outcome)",
    "mu_star_low": "low end of the 90 % confidence interval",
    "mu_star_high": "high end",
    "mu": "mean change, with its sign: near zero beside a large mu_star means that it goes both ways",
    "sigma": "spread of that change: large beside mu_star means bends or a part with others",
}
"""Columns of the tables."""


def sobol_indices(plan: Plan, answer: Answer) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """First-order and total indices of each factor, and of pairs where the design has points for them.

    Parameters
    ----------
    plan
        Of a study whose design is `saltelli`.
    answer
        One of its outcomes.

    Returns
    -------
    tuple of list of dict
        Rows of `SOBOL` and of `PAIRS`; none where the outcome is the same at all points.
    """
    from SALib.analyze import sobol

    told, names = answer.differences.mean(axis=1), [factor.name for factor in plan.factors]
    if np.ptp(told) == 0.0:
        return [], []
    second = plan.study.design.second_order
    found = sobol.analyze(
        problem_of(len(names)),
        told,
        calc_second_order=second,
        num_resamples=_RESAMPLES,
        conf_level=CONFIDENCE,
        seed=_seed(plan),
    )
    rows = [
        {"factor": name, **_around("first", found, "S1", at), **_around("total", found, "ST", at)}
        for at, name in enumerate(names)
    ]
    pairs = [(one, other) for one in range(len(names)) for other in range(one + 1, len(names))] if second else []
    return rows, [
        {"factor": names[one], "with": names[other], **_around("together", found, "S2", (one, other))}
        for one, other in pairs
    ]


def _around(key: str, found: Any, index: str, at: Any) -> dict[str, float]:
    value, reach = float(found[index][at]), float(found[f"{index}_conf"][at])
    return {key: value, f"{key}_low": value - reach, f"{key}_high": value + reach}


def morris_measures(plan: Plan, answer: Answer) -> list[dict[str, Any]]:
    """What moving each factor through its range changes: rows of `MORRIS`.

    Parameters
    ----------
    plan
        Of a study whose design is `morris`.
    answer
        One of its outcomes.
    """
    from SALib.analyze import morris

    design, names = plan.study.design, [factor.name for factor in plan.factors]
    found = morris.analyze(
        problem_of(len(names)),
        units_of(design, len(names), plan.study.seed),
        answer.differences.mean(axis=1),
        num_levels=design.levels + design.levels % 2,
        num_resamples=_RESAMPLES,
        conf_level=CONFIDENCE,
        seed=_seed(plan),
    )
    return [
        {
            "factor": name,
            "mu_star": float(found["mu_star"][at]),
            "mu_star_low": max(float(found["mu_star"][at] - found["mu_star_conf"][at]), 0.0),
            "mu_star_high": float(found["mu_star"][at] + found["mu_star_conf"][at]),
            "mu": float(found["mu"][at]),
            "sigma": float(found["sigma"][at]),
        }
        for at, name in enumerate(names)
    ]


def _seed(plan: Plan) -> int:
    return int(plan.study.seed % 2**32)
