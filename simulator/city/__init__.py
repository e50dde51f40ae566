"""The place: streets, places, opening hours, sun, supply of transit, zones, audits, conditions by hour."""
