"""Fits of parameters to surveys."""
