"""What is in a city file, how far it can be trusted, and what is wrong with it."""
