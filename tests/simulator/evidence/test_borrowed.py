"""Figures of another country are drawn wider, by the factor that is said, and only they are."""

import numpy as np
import pytest

from simulator.evidence.borrowed import countries_of, is_borrowed, origin, widened
from simulator.evidence.parameters import borrowed_figures, draw_parameters, load_evidence, nominal

FACTOR = nominal("transfer_ratio")


def test_each_figure_knows_its_country():
    assert countries_of("Great Britain 2022") == countries_of("England and Wales") == ("GB",)
    assert countries_of("anywhere") == countries_of("main roads (primary and secondary)") == ()
    assert {"FI", "DE"} <= set(countries_of("European Union"))
    assert "GB" not in countries_of("European Union")
    assert "GB" in countries_of("Europe")
    assert [origin(words) for words in ("Canada 2018", "European Union", "anywhere")] == ["CA", "European Union", ""]


def test_what_levels_hang_on_names_its_country():
    for name, row in load_evidence().items():
        if name.startswith(("harassment_", "robbery_", "assault_all", "unit_cost_", "taxi_fare_", "night_worker_")):
            assert countries_of(row.applies_to), name
        if name in ("reporting_harassment", "reporting_robbery", "reporting_assault"):
            assert countries_of(row.applies_to), name


def test_only_rates_shares_and_prices_of_elsewhere_are_borrowed():
    assert is_borrowed("England and Wales", "share/year", "FI")
    assert not is_borrowed("England and Wales", "share/year", "GB")
    assert not is_borrowed("England and Wales", "share/year", "")
    assert not is_borrowed("Glasgow and London", "rate ratio", "FI")
    assert not is_borrowed("anywhere", "share", "FI")
    assert {"harassment_women", "robbery_all", "unit_cost_robbery"} <= set(borrowed_figures("FI"))
    assert "taxi_fare_km" in set(borrowed_figures("GB")) - set(borrowed_figures("FI"))
    assert "unit_cost_harassment" in set(borrowed_figures("KE")) - set(borrowed_figures("FI"))
    assert not any(name.startswith(("feel_", "dark_odds_", "survey_")) for name in borrowed_figures("KE"))


def test_the_ends_of_a_range_move_out_by_the_factor_and_the_middle_stays():
    assert widened(10.0, 0.95, factor=1.5, unit="EUR") == pytest.approx(15.0)
    assert widened(10.0, 0.05, factor=1.5, unit="EUR") == pytest.approx(10.0 / 1.5)
    share = widened(0.9, 0.95, factor=1.5, unit="share")
    assert share / (1.0 - share) == pytest.approx(1.5 * 0.9 / 0.1)
    for unit in ("share", "EUR"):
        assert widened(0.3, 0.5, factor=1.5, unit=unit) == pytest.approx(0.3)


def test_draws_abroad_are_those_at_home_moved_out():
    home, abroad = (
        [draw_parameters(3, draw, country=country).as_dict() for draw in range(300)] for country in ("GB", "FI")
    )
    lent = set(borrowed_figures("FI")) ^ set(borrowed_figures("GB"))
    for name in load_evidence():
        same = [one[name] == other[name] for one, other in zip(home, abroad, strict=True)]
        if name not in lent and name not in borrowed_figures("FI"):
            assert all(same), name
    row = load_evidence()["robbery_all"]
    values = np.array([one["robbery_all"] for one in abroad])
    assert np.median(values) == pytest.approx(row.value, rel=0.05)
    assert np.quantile(values, [0.05, 0.95]) == pytest.approx(row.range_in("FI"), rel=0.1)
    assert row.range_in("FI")[1] == pytest.approx(FACTOR * row.high, rel=0.01)
    assert row.range_in("GB") == (row.low, row.high)
    assert all(0.0 < one["share_10_and_over"] < 1.0 for one in home)


def test_a_factor_of_ones_own_replaces_the_usual_one_and_central_values_never_move():
    plain = draw_parameters(3, 1, country="GB").robbery_all
    assert draw_parameters(3, 1, {"transfer_ratio": 1.0}, country="FI").robbery_all == pytest.approx(plain)
    assert draw_parameters(3, -1, country="FI").as_dict() == draw_parameters(3, -1).as_dict()
