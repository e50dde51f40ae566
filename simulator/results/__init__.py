"""The result schema: tables of one run with units, and how files are written whole or not at all."""
