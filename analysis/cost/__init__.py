"""Money: what is paid when, what a gain costs, what it is worth at given values, which idea is dominated."""
