"""The few errors that users meet; each message says where, what was found, what was expected and what to do.

Every class is also a subclass of a built-in, so that code which knows nothing of ours can still catch them.
"""

from collections.abc import Sequence


class AfterdarkError(Exception):
    """Base of every error that this project raises on purpose."""


class InputError(AfterdarkError, ValueError):
    """Something that the user gave cannot be used (exit status 2).

    Parameters
    ----------
    message
        One sentence: where, what was found, what was expected, what to do.
    faults
        Every fault found, one line each, when there may be several; they are shown below the message.
    """

    def __init__(self, message: str, faults: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.faults = tuple(faults)

    def __str__(self) -> str:
        """Return the message with one indented line a fault."""
        return "\n".join([self.message, *(f"  {fault}" for fault in self.faults)])

    def __reduce__(self) -> tuple[type["InputError"], tuple[str, tuple[str, ...]]]:
        """Keep the faults when the error crosses from a worker process."""
        return type(self), (self.message, self.faults)


class CityError(InputError):
    """A city file cannot be found, read or believed."""


class ScenarioError(InputError):
    """A scenario file cannot be found, read or applied to the city."""


class ResultsError(InputError):
    """A folder of results cannot be found, read or compared."""


class DownloadError(AfterdarkError, RuntimeError):
    """Data cannot be had from the network now (exit status 1); the message names the way without it."""
