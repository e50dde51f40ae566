"""Who is there: margins, strata, weights, given persons, walking speeds, and the set that Mesa's users see."""
