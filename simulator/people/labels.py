"""A label of the user's own on persons: results are told by it, and nothing in the model reads it."""

from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]
UNLABELLED = -1


class Labels(NamedTuple):
    """Which label each given person has; kept apart from the people, so that it cannot be a cause of anything."""

    person_id: Array
    """Keys of the persons in order (int64)."""
    code: Array
    """Row of `words`, or `UNLABELLED` (int64)."""
    words: tuple[str, ...]

    def of(self, person_id: Array) -> Array:
        """Code of each of some people (int64); `UNLABELLED` for who is not among the given persons."""
        if not self.person_id.size:
            return np.full(person_id.size, UNLABELLED)
        at = np.searchsorted(self.person_id, person_id).clip(0, self.person_id.size - 1)
        return np.where(self.person_id[at] == person_id, self.code[at], UNLABELLED)
