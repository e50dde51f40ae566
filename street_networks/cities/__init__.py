"""Cities that come with the project, one GeoPackage each, and the recipes that make them."""
