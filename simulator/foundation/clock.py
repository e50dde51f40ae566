"""The simulated day: 24 clock hours from 04:00 to 04:00, in milliseconds since midnight before it."""

HOURS = 24
FIRST_HOUR = 4
"""A simulated day runs from 04:00 to 04:00, so that a night out is one piece."""
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = HOURS * HOUR_MS
DAY_START_MS = FIRST_HOUR * HOUR_MS
DAY_END_MS = DAY_START_MS + DAY_MS
