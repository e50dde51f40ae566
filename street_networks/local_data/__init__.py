"""Tables that a city brings along: zones, population, persons, safety audits."""
