"""The indicators: what is counted, in which unit, which direction is better, which change is material.

An indicator is one function with one decorator. The function gets the sums behind every cell of one run
(`CellSums`, arrays with one entry a cell) and returns one value a cell; NaN where it is not defined (nobody
walked).

The material margins are decisions, not evidence: a change whose whole interval lies inside the margin is
called "negligible". Each decorator gives its margin and the reason for it. To add an indicator, add a
function to the module of its subject.
"""

from analysis.indicators import affected, feelings_and_trips, incidents, treated_streets_and_cost, within_reach
from analysis.indicators.indicator import INDICATORS

__all__ = ["INDICATORS", "SUBJECTS"]

SUBJECTS = (affected, feelings_and_trips, incidents, within_reach, treated_streets_and_cost)
"""Modules whose indicators are registered by being imported, in this order, which is that of an answer."""
