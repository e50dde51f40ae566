"""The workshop page: draw a measure on the street, run the night, and see whose city it becomes."""
