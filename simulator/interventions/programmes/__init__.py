"""Programmes that people attend."""
