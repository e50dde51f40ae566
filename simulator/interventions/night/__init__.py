"""Measures of night governance: hosts, opening hours, charters, reporting."""
