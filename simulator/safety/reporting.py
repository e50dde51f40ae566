"""What gets recorded: expected incidents times the chance that somebody reports them, by gender and channel.

Recorded incidents are what institutions see. A measure that makes reporting easier raises them without anything
having got worse, so they stand beside expected incidents and are never judged.
"""

from typing import Any

import numpy as np

from simulator.evidence.parameters import Parameters
from simulator.foundation.categories import INCIDENTS

Array = np.ndarray[Any, Any]
CHANNELS = ("app", "venue_log", "phone", "in_person")
"""Ways in which an incident comes to be recorded; each works apart from the others, and one record is enough."""


def channel_rates(parameters: Parameters, factor: Array | None = None) -> Array:
    """Chance that an incident is recorded through each channel, by type and gender of the harmed (float64 (3, 3, C)).

    The chance R of being recorded at all is split by the share s of each channel as 1 - (1 - R)^s, so that channels
    that work apart from each other have R together.

    Parameters
    ----------
    factor
        What measures multiply each channel's chance by (C,).
    """
    mean = np.array([parameters[f"reporting_{kind}"] for kind in INCIDENTS])
    more = np.sqrt(parameters.reporting_women_over_men)
    women, men = np.minimum(mean * more, 0.99), np.minimum(mean / more, 0.99)
    mix = parameters.another_gender_mix
    at_all = np.stack([women, men, mix * women + (1.0 - mix) * men], axis=1)
    named = {name: parameters[f"reporting_share_{name}"] for name in CHANNELS if name != "phone"}
    phone = max(1.0 - sum(named.values()), 0.0)
    share = np.array([named.get(name, phone) for name in CHANNELS])
    share /= share.sum()
    rates = 1.0 - (1.0 - at_all[..., None]) ** share
    return np.minimum(rates * (1.0 if factor is None else factor), 1.0)


def recorded_share(parameters: Parameters, factor: Array | None = None) -> Array:
    """Chance that an incident is recorded at all, by type and gender (float64 (3, 3))."""
    return np.asarray(1.0 - np.prod(1.0 - channel_rates(parameters, factor), axis=-1))
