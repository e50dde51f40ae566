"""Shocks: what befalls a city, and what measures can still do under it."""
