"""The model held against surveys and counts, and answers held against other ways to compute them."""
