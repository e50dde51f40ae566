"""Reads streets out of files: OpenStreetMap extracts, GraphML, layers of lines."""
