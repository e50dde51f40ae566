"""Measures of communities and police: patrols, walking groups."""
