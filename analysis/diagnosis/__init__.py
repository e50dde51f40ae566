"""A city before any measure: who is out, who stays in, what stands in the way of feeling safe, what is in reach."""
