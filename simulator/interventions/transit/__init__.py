"""Measures on public transport, stops and rides home."""
