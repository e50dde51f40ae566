"""Results as files for other programs: layers with geometry, units, descriptions and styles."""
