"""Measures on streets and squares: frontage, markets, renewal, gates."""
