"""Compiled loops: arrays in, arrays out, importing nothing of ours outside this folder."""
