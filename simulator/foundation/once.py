"""What follows from a city alone is worked out once for it, however many draws and arms there are."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
City = TypeVar("City")
T = TypeVar("T")


def once_a_city(function: Callable[Concatenate[City, P], T]) -> Callable[Concatenate[City, P], T]:
    """Keep what a function of a city, and of numbers or words, gives; it lives as long as the city."""

    @functools.wraps(function)
    def known(city: City, /, *args: P.args, **kwargs: P.kwargs) -> T:
        kept: dict[Any, Any] = city.__dict__.setdefault("_kept", {})
        key = (function.__module__, function.__qualname__, args, tuple(sorted(kwargs.items())))
        if key not in kept:
            kept[key] = function(city, *args, **kwargs)
        found: T = kept[key]
        return found

    return known
