"""From ways on a map to street segments: which can be walked, cut and placed in a frame."""
