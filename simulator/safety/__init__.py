"""How a place feels and what may happen there: perception, view, reputation, risk, reporting, survey."""
