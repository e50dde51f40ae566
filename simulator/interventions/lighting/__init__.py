"""Measures on lamps: new ones, hours, repairs."""
