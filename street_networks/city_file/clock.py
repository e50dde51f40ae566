"""GDAL's clock, set: else a GeoPackage stamps the time of writing, and no two files of the same content are equal."""

from collections.abc import Iterator
from contextlib import contextmanager

import pyogrio


@contextmanager
def fixed_clock(date: str) -> Iterator[None]:
    """Write GeoPackages as of an instant such as 2026-01-01T00:00:00Z."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": date.replace("Z", ".000Z")})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
