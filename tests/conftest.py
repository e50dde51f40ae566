"""What all tests share: property tests are the same every time, and do not mind how long compiling takes."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# GDAL need not wait until the disk has what tests write (hundreds of small city files)
os.environ.setdefault("OGR_SQLITE_SYNCHRONOUS", "OFF")

settings.register_profile(
    "afterdark", deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("afterdark")

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium; tests are skipped where it is not installed."""
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed")
    with playwright.sync_playwright() as play:
        found = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield found
        found.close()
