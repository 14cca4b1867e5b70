"""Real flights by their instants: New York's clock gives the days that flew, UTC does not."""

import json
import math
from pathlib import Path

import polars as pl
import pytest

import kpitree

ROOT = Path(__file__).parents[1]
EXPECTED = json.loads((ROOT / "tests/expected/nyc_flights.json").read_text("utf-8"))
KPIS = 6  # of trees/flights.toml
DAYS = 92  # October to December


def tree(folder: Path, time: str, zone: str) -> kpitree.LoadedTree:
    """trees/flights.toml with another time column and zone."""
    text = (ROOT / "trees" / "flights.toml").read_text("utf-8")
    for old, new in [
        ("../sample_data", str(ROOT / "sample_data")),
        ('time = "flight_date"', f'time = "{time}"'),
        ('timezone = "America/New_York"', f'timezone = "{zone}"'),
    ]:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path = folder / f"{time}.toml"
    path.write_text(text, "utf-8")
    return kpitree.load(path)


def every_day(of: kpitree.LoadedTree) -> pl.DataFrame:
    found = of.evaluate(period="2013-12-31", grain="day", last=DAYS, vs=["previous"]).kpis
    return found.select("kpi", "period", "value")


def test_instants_in_new_york_are_flight_dates_on_every_day_for_every_kpi(tmp_path: Path) -> None:
    """552 figures, exactly: to the last bit."""
    by_date = every_day(tree(tmp_path, "flight_date", "America/New_York"))
    by_instant = every_day(tree(tmp_path, "time_hour", "America/New_York"))
    assert by_date.height == DAYS * KPIS
    assert by_date["value"].null_count() == 0
    assert by_instant.equals(by_date)


def test_in_utc_most_days_are_wrong(tmp_path: Path) -> None:
    """Flights after 19 or 20 o'clock fall into the next day: it is seen, in all but some rates."""
    by_date = every_day(tree(tmp_path, "flight_date", "America/New_York"))
    in_utc = every_day(tree(tmp_path, "time_hour", "UTC"))
    both = by_date.join(in_utc, on=["kpi", "period"], suffix="_utc").filter(kpi="scheduled")
    assert both.height == DAYS
    assert both.filter(pl.col("value") != pl.col("value_utc")).height > DAYS / 2


@pytest.mark.parametrize("month", ["2013-10", "2013-11", "2013-12"])
def test_in_utc_the_months_are_the_wrong_ones_that_are_known(month: str, tmp_path: Path) -> None:
    """EXPECTED.json has what UTC gives, computed without kpitree, and every KPI of it differs."""
    wrong = EXPECTED["month_by_time_hour_in_utc"]["values"][month]
    right = EXPECTED["month_by_flight_date"]["values"][month]
    found = tree(tmp_path, "time_hour", "UTC").evaluate(period=month).kpis
    values = dict(found.select("kpi", "value").iter_rows())
    assert len(values) == KPIS
    for kpi, value in values.items():
        assert math.isclose(value, wrong[kpi], rel_tol=1e-9), kpi
        assert not math.isclose(value, right[kpi], rel_tol=1e-6), kpi
