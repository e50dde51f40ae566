"""The workshop page: draw a measure on the street, live the night with it and without, and read whose city it becomes."""
