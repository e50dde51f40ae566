"""What all tests share: property tests are the same every time, and do not mind how long compiling takes."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "afterdark", deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("afterdark")
