"""The Mesa model by names: a city and a case, as `mesa.batch_run` varies them."""

import datetime
from collections.abc import Mapping

from experiments.runs import city_of
from scenarios import bind, load_scenario
from simulator.evidence.parameters import draw_parameters
from simulator.model import SafetyModel


class CaseModel(SafetyModel):
    """A city under a case, one minute a step; `SafetyModel` has the rest.

    Parameters
    ----------
    city, case
        Short names or files, as on the command line.
    agents, seed, date, settle_days, threads
        As `SafetyModel` takes them; the date may be a text (YYYY-MM-DD), and is the case's if none is given.
    quiet
        Show no bar while the city settles: `mesa.batch_run` has one of its own.
    values
        Parameters of the evidence in the place of their central values, by name.

    Raises
    ------
    AfterdarkError
        If the city or the case cannot be used, or do not fit.

    Examples
    --------
    >>> mesa.batch_run(
    ...     CaseModel, {"case": ["baseline", "light-the-park-paths"], "agents": 500}, max_steps=60
    ... )  # doctest: +SKIP
    """

    def __init__(
        self,
        *,
        city: str = "helsinki-centre",
        case: str = "baseline",
        agents: int = 2000,
        seed: int = 1,
        date: datetime.date | str | None = None,
        settle_days: int = 2,
        threads: int = 1,
        quiet: bool = True,
        values: Mapping[str, float] | None = None,
    ) -> None:
        network, scenario = city_of(city), load_scenario(case)
        day = datetime.date.fromisoformat(date) if isinstance(date, str) else date or scenario.date
        super().__init__(
            network,
            agents=agents,
            date=day,
            seed=seed,
            parameters=draw_parameters(seed, -1, values),
            placements=bind(scenario, network),
            settle_days=settle_days,
            threads=threads,
            quiet=quiet,
        )
