"""From a simulated day to the tables of a run: sums by group, hour and zone."""
