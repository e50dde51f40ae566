"""Studies: many runs over levers and uncertainties, planned, worked off anywhere, and kept in one store."""
