"""What columns seem to be: one row a nasty column, read as files are."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from kpitree.analysis.proposing.columns import Seems
from kpitree.analysis.proposing.goals import goals_of
from kpitree.analysis.proposing.likeliest import times
from kpitree.analysis.proposing.reading import Reading, TwoWays, reading_of
from kpitree.analysis.proposing.seeming import columns_of
from kpitree.analysis.proposing.times import grain_of
from kpitree.calendar import Grain
from kpitree.data.starting.looking import look_into
from kpitree.tables import FOUND_COLUMNS

ROWS = 120


def spread(*values: object) -> list[str]:
    """The values again and again."""
    return [str(values[at % len(values)]) for at in range(ROWS)]


def each(make: Callable[[int], object]) -> list[str]:
    return [str(make(at)) for at in range(ROWS)]


CASES = {
    "price": (spread("9.75", "12", "16.5"), Seems.MONEY),
    "unit_price": (each(lambda at: at / 7), Seems.MONEY),
    "UnitPrice": (each(lambda at: at / 7), Seems.MONEY),
    "Umsatz": (spread("1.250,00 €", "980,50 €"), Seems.MONEY),
    "paid": (spread(0, 1), Seems.DIMENSION),
    "invoice_total": (each(lambda at: at * 3), Seems.MONEY),
    "quantity": (spread(1, 2, 3), Seems.QUANTITY),
    "num_items": (spread(1, 2, 3), Seems.QUANTITY),
    "number_of_visits": (each(lambda at: at % 17), Seems.NUMBER),
    "hours": (each(lambda at: at % 9 + 0.5), Seems.NUMBER),
    "temperature": (each(lambda at: at % 9 - 4), Seems.RATE),
    "discount": (spread("5 %", "7.5 %"), Seems.RATE),
    "phone": (each(lambda at: f"+49 170 {1000000 + at}"), Seems.ID),
    "contact": (each(lambda at: 491701000000 + at), Seems.ID),
    "zip": (each(lambda at: f"{1000 + at:05d}"), Seems.ID),
    "plz": (spread("01067", "50667", "99084"), Seems.DIMENSION),
    "store_no": (spread(1, 2, 3), Seems.DIMENSION),
    "year": (spread(2024, 2025), Seems.DATE_PART),
    "season": (spread(2024, 2025), Seems.DATE_PART),
    "month": (spread(*range(1, 13)), Seems.DATE_PART),
    "order_id": (each(lambda at: 1000 + at // 2), Seems.ID),
    "sku": (each(lambda at: f"{at:06d}"), Seems.ID),
    "token": (each(lambda at: f"{at * 7919:08x}"), Seems.ID),
    "nothing": (spread(""), Seems.OTHER),
    "always": (spread(7), Seems.OTHER),
    "same": (spread("web"), Seems.OTHER),
    "region": (spread("EMEA", "APAC", ""), Seems.DIMENSION),
    "active": (spread("true", "false"), Seems.DIMENSION),
    "comment": (spread("good", "bad"), Seems.OTHER),
    "story": (spread("x" * 99, "y" * 99), Seems.OTHER),
    "clock": (spread("11:38:36", "12:00:01"), Seems.DIMENSION),
    "dep_time": (each(lambda at: 1300 + at % 60 + at // 60 * 100), Seems.OTHER),
    "ordered_on": (each(lambda at: f"2026-0{at % 9 + 1}-11"), Seems.TIME),
    "Datum": (each(lambda at: f"{at % 28 + 1:02d}.03.2026"), Seems.TIME),
    "stamp": (each(lambda at: f"2026-03-11T{at % 24:02d}:00:00Z"), Seems.TIME),
    "compact": (each(lambda at: f"202603{at % 28 + 1:02d}"), Seems.TIME),
    "cost_of": (spread("12", "abc", *range(40)), Seems.OTHER),
    "Customer": (each(lambda at: 100 + at % 90), Seems.ID),
    "customers": (each(lambda at: 100 + at % 90), Seems.NUMBER),
    "Lat": (each(lambda at: 48 + at / 7), Seems.OTHER),
    "Probability (%)": (each(lambda at: at % 70), Seems.RATE),
    "How likely? (0-10)": (spread(*range(11)), Seems.RATE),
    "size": (spread(*range(40, 60), "XL"), Seems.DIMENSION),
}


def looked(folder: Path, columns: dict[str, list[str]]) -> pl.DataFrame:
    path = folder / "data.csv"
    pl.DataFrame(columns).write_csv(path, separator=";")
    return look_into(str(path), "data.csv").columns


@pytest.mark.parametrize("name", CASES)
def test_what_a_column_seems_to_be(name: str, tmp_path: Path) -> None:
    values, seems = CASES[name]
    found = looked(tmp_path, {name: values, "beside": each(lambda at: f"word {at}")})
    assert columns_of(found)[0].seems == seems


def test_the_frame_is_as_described(tmp_path: Path) -> None:
    found = looked(tmp_path, {name: values for name, (values, _) in CASES.items()})
    assert found.schema == pl.Schema(FOUND_COLUMNS)
    assert found["column"].to_list() == list(CASES)


def test_typed_columns_of_parquet(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "day": pl.date_range(pl.date(2026, 1, 1), pl.date(2026, 4, 30), eager=True),
            "amount": [1.5] * 120,
            "flag": [True, False] * 60,
            "parts": [[1, 2]] * 120,
            "bytes": [b"\x00"] * 120,
            "empty": pl.Series([None] * 120, dtype=pl.Null),
            "kind": pl.Series(["a", "b"] * 60, dtype=pl.Categorical),
        }
    )
    frame.write_parquet(tmp_path / "data.parquet")
    found = columns_of(look_into(str(tmp_path / "data.parquet"), "data").columns)
    assert [one.seems for one in found] == [
        Seems.TIME,
        Seems.MONEY,
        Seems.DIMENSION,
        *[Seems.OTHER] * 3,
        Seems.DIMENSION,
    ]


READINGS = {
    "points": (["1.5", "2.25"], Reading()),
    "commas": (["1,5", "2,25"], Reading(decimal=",")),
    "german": (["1.250,00 €", "980,50 €"], Reading(decimal=",", clean=("a",))),
    "english": (["$1,250.00", "$80.50"], Reading(decimal=".", clean=("a",))),
    "english thousands": (["1,250,000", "2,350,000"], Reading(decimal=".", clean=("a",))),
    "two ways": (["1,250", "2,350"], TwoWays),
    "two ways, with a currency": (["1.250 €", "2.350 €"], TwoWays),
}


@pytest.mark.parametrize("name", READINGS)
def test_how_numbers_are_read(name: str, tmp_path: Path) -> None:
    values, wanted = READINGS[name]
    found = reading_of(columns_of(looked(tmp_path, {"a": spread(*values), "b": spread("x", "y")})))
    if wanted is TwoWays:
        assert isinstance(found, TwoWays)
        assert found.example == values[0]
    else:
        assert found == wanted


def test_one_column_tells_how_another_is_meant(tmp_path: Path) -> None:
    columns = {"a": spread("1.250", "2.350"), "b": spread("3,5", "4,75")}
    assert reading_of(columns_of(looked(tmp_path, columns))) == Reading(decimal=",", clean=("a",))


def test_a_reading_that_is_said(tmp_path: Path) -> None:
    columns = columns_of(looked(tmp_path, {"a": spread("1,250", "2,350"), "b": spread("x", "y")}))
    assert reading_of(columns, ".") == Reading(decimal=".", clean=("a",))
    assert reading_of(columns, ",") == Reading(decimal=",")


def test_which_time_comes_first(tmp_path: Path) -> None:
    day = each(lambda at: f"2026-03-{at % 28 + 1:02d}")
    found = looked(tmp_path, {"updated_at": day, "due": day, "order_date": day, "birthday": day})
    assert times(columns_of(found))[0].name == "order_date"


GRAINS = {
    Grain.DAY: [f"2026-03-{day:02d}" for day in range(1, 31)],
    Grain.WEEK: [f"2026-0{month}-{day:02d}" for month in (1, 2, 3) for day in range(1, 29)],
    Grain.MONTH: [f"2026-0{month}-{day:02d}" for month in range(1, 9) for day in range(1, 29, 2)],
    Grain.QUARTER: [f"{year}-{month:02d}-01" for year in (2024, 2025) for month in (1, 4, 7, 10)],
    Grain.YEAR: [f"{year}-12-31" for year in range(2015, 2026)],
}


@pytest.mark.parametrize("grain", GRAINS)
def test_which_grain_suits(grain: Grain, tmp_path: Path) -> None:
    days = GRAINS[grain]
    (column, _) = columns_of(looked(tmp_path, {"day": days, "n": ["1"] * len(days)}))
    assert grain_of(column) == grain


def test_months_are_months(tmp_path: Path) -> None:
    days = [f"2025-{month:02d}-01" for month in range(1, 13)]
    (column, _) = columns_of(looked(tmp_path, {"day": days, "n": ["1"] * len(days)}))
    assert grain_of(column) is Grain.MONTH


def test_goals_in_order(tmp_path: Path) -> None:
    columns = {
        "order_id": each(lambda at: f"A{at // 2}"),
        "cost": each(lambda at: at + 0.5),
        "quantity": spread(1, 2, 3),
        "unit_price": spread("2.50", "3.75"),
    }
    goals = goals_of(columns_of(looked(tmp_path, columns)))
    assert [goal.said for goal in goals][:5] == [
        "sum of quantity × unit_price",
        "sum of unit_price",
        "sum of cost",
        "different values of order_id",
        "number of rows",
    ]
    assert [goal.down for goal in goals][:3] == [False, False, True]
