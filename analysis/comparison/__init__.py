"""The paired comparison of scenarios with the baseline: differences, intervals, verdicts, gaps."""
