"""Tables of measured days as those of a mean day."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from simulator.results.schema import SUMMARY_KEYS


def mean_summary(days: list[pd.DataFrame]) -> pd.DataFrame:
    """Mean a day over measured days; a group absent on a day counts as nothing done by it that day."""
    if len(days) == 1:
        return days[0]
    whole = pd.concat(days, ignore_index=True)
    mean = whole.groupby(list(SUMMARY_KEYS), sort=False, as_index=False).sum()
    rows = whole.groupby(list(SUMMARY_KEYS), sort=False).size().to_numpy()
    for name in mean.columns.difference(list(SUMMARY_KEYS)):
        per = rows if name in ("agents", "population") else len(days)
        mean[name] = mean[name] / per
    mean["agents"] = mean["agents"].round().astype("int64")
    return mean


def mean_segments(days: list[pd.DataFrame]) -> pd.DataFrame:
    """The same for segments."""
    mean = days[0].copy()
    for name in ("footfall_people", "walking_s", "safe_s"):
        mean[name] = np.mean([day[name].to_numpy() for day in days], axis=0)
    return mean


def mean_of(days: Sequence[Any]) -> Any:
    """Numbers of nested dicts and lists as those of a mean day; what is None on a day is None."""
    first = days[0]
    if isinstance(first, dict):
        return {key: mean_of([day[key] for day in days]) for key in first}
    if isinstance(first, list):
        return [mean_of(numbers) for numbers in zip(*days, strict=True)]
    if any(number is None for number in days):
        return None
    return first if len(days) == 1 or len(set(days)) == 1 else sum(days) / len(days)
