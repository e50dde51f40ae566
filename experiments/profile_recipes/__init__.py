"""Recipes that write the tables of `simulator/evidence/profiles` again from raw data."""
