"""Public transport: timetables (GTFS), headway tables, access to stops."""
