"""The only rooms that use the network: downloads of OpenStreetMap for a named area."""
