"""The answer in words, tables and one report."""
