"""One person's night with measures and without, as eight pictures that can be read without reading."""
