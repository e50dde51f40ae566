"""How trips are made: modes, routes, transit rides, order of trips, and the walk through one day."""
