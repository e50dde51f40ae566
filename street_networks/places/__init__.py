"""Where people live, work, go and pass: buildings, venues, stops, overlooking homes, waysides."""
