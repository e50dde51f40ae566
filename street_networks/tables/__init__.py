"""Reads other people's tables: rows, cells, columns with other names, tables of tags."""
