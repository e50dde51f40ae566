"""What all tests share: property tests are the same every time, and do not mind how long compiling takes."""

import os

from hypothesis import HealthCheck, settings

# GDAL need not wait until the disk has what tests write (hundreds of small city files)
os.environ.setdefault("OGR_SQLITE_SYNCHRONOUS", "OFF")

settings.register_profile(
    "afterdark", deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("afterdark")
