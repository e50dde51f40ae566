"""The city file (GeoPackage): what is in it, written and read with every fault told."""
