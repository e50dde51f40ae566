"""The page needs its extra; without it there is nothing to test."""

import pytest

pytest.importorskip("nicegui")
