"""Where the time goes, as the program itself writes it down (`simulator.foundation.stages`)."""

from simulator.foundation.stages import Table

DAY = ("people", "plan", "conditions", "routes", "choose", "walk", "learn")
"""Stages of a day and of setting up."""


def seconds_of(table: Table) -> dict[str, float]:
    """Seconds by stage."""
    return {stage: spent.seconds for stage, spent in table.items()}
