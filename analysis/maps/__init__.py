"""Maps and figures as pictures."""
