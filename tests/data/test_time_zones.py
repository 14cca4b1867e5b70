"""Days of 23 and 25 hours, midnights that there are not, a day that was skipped: through files.

What is true comes from the standard library's zoneinfo, instant by instant.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from kpitree.calendar import Calendar, Grain, Span
from kpitree.data.cube.cube import Cube

ReadCube = Callable[..., Cube]

# A zone, and the day around which its clock changes
CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),  # 02:00 -> 03:00: 23 hours
    ("Europe/Berlin", date(2026, 10, 25)),  # 03:00 -> 02:00: 25 hours
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),  # and a month begins with 25 hours
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # by half an hour
    ("America/Sao_Paulo", date(2018, 11, 4)),  # 00:00 -> 01:00: there is no midnight
    ("America/Sao_Paulo", date(2018, 2, 18)),  # 00:00 -> 23:00: the day before has 25 hours
    ("America/Asuncion", date(2017, 10, 1)),  # no midnight, and a month begins
    ("America/Havana", date(2018, 11, 4)),  # 01:00 -> 00:00: two midnights
    ("Pacific/Apia", date(2011, 12, 30)),  # a day that was skipped
    ("Asia/Kathmandu", date(2026, 1, 1)),  # never changes, 5 h 45 min from UTC
]
HOURS = {  # of the day, and of the one after it
    ("Europe/Berlin", date(2026, 3, 29)): (23, 24),
    ("Europe/Berlin", date(2026, 10, 25)): (25, 24),
    ("America/New_York", date(2026, 3, 8)): (23, 24),
    ("America/New_York", date(2026, 11, 1)): (25, 24),
    ("America/Sao_Paulo", date(2018, 11, 4)): (23, 24),
    ("Pacific/Apia", date(2011, 12, 30)): (0, 24),
}
COLUMNS = ("utc", "there", "tokyo", "text", "offset")


def instants(around: date) -> list[datetime]:
    """Every quarter of an hour from three days before to three days after."""
    first = datetime(around.year, around.month, around.day, tzinfo=UTC) - timedelta(days=3)
    return [first + timedelta(minutes=15) * n for n in range(7 * 24 * 4)]


def true_days(found: list[datetime], zone: str) -> dict[date, float]:
    return dict(Counter(one.astimezone(ZoneInfo(zone)).date() for one in found))


def written(path: Path, found: list[datetime], zone: str) -> Path:
    """One file with the same instants in every way a column can say them."""
    frame = pl.DataFrame({"utc": found}, schema={"utc": pl.Datetime("us", "UTC")}).with_columns(
        there=pl.col("utc").dt.convert_time_zone(zone),
        tokyo=pl.col("utc").dt.convert_time_zone("Asia/Tokyo"),
        text=pl.col("utc").dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        offset=pl.Series([one.astimezone(ZoneInfo(zone)).isoformat() for one in found]),
        naive=pl.col("utc").dt.replace_time_zone(None),
    )
    if path.suffix == ".parquet":
        frame.write_parquet(path)
    else:
        frame.select("text", "offset", "naive").write_csv(path)
    return path


def by_day(cube: Cube, days: list[date]) -> dict[date, float]:
    spans = [Calendar().period_of(day, Grain.DAY) for day in days]
    parts = cube.roll_up(spans)
    return {days[row["span"]]: row["count()"] for row in parts.iter_rows(named=True)}


@pytest.mark.parametrize(("zone", "around"), CHANGES)
@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_days_are_those_of_the_clock_on_the_wall(
    zone: str, around: date, ending: str, tmp_path: Path, read: ReadCube
) -> None:
    found = instants(around)
    true = true_days(found, zone)
    path = written(tmp_path / f"data.{ending}", found, zone)
    for column in COLUMNS if ending == "parquet" else ("text", "offset"):
        cube = read(path, ["count()"], time=column, request={"timezone": zone})
        assert by_day(cube, list(true)) == true, column
        assert cube.coverage == (min(true), max(true)), column
    naive = read(path, ["count()"], time="naive", time_zone="UTC", request={"timezone": zone})
    assert by_day(naive, list(true)) == true


@pytest.mark.parametrize(("zone", "around"), CHANGES)
@pytest.mark.parametrize("column", [*COLUMNS, "naive"])
def test_a_day_asked_for_is_cut_at_its_own_midnights(
    zone: str, around: date, column: str, tmp_path: Path, read: ReadCube
) -> None:
    """Days pushed down to the file: each of those around the change, also one that there is not."""
    found = instants(around)
    true = true_days(found, zone)
    path = written(tmp_path / "data.parquet", found, zone)
    for n in (-1, 0, 1):
        day = around + timedelta(days=n)
        span = Span(day, day + timedelta(days=1), "day")
        cube = read(
            path, ["count()", "median(1)"], time=column, time_zone="UTC",
            request={"timezone": zone, "days": (span.start, span.end), "grain": Grain.DAY},
        )  # fmt: skip
        counted = cube.roll_up([span])["count()"].to_list()
        assert (counted or [0]) == [true.get(day, 0)], day


@pytest.mark.parametrize(("zone", "around"), HOURS)
def test_hours_of_days(zone: str, around: date, tmp_path: Path, read: ReadCube) -> None:
    path = written(tmp_path / "data.parquet", instants(around), zone)
    cube = read(path, ["count()"], time="utc", request={"timezone": zone})
    days = [around, around + timedelta(days=1)]
    found = by_day(cube, days)
    assert tuple(found.get(day, 0) / 4 for day in days) == HOURS[zone, around]


@pytest.mark.parametrize(("zone", "around"), CHANGES)
def test_naive_local_times_become_the_instants_that_zoneinfo_knows(
    zone: str, around: date, tmp_path: Path, read: ReadCube
) -> None:
    """Every quarter of an hour of the wall clock, skipped and doubled ones too: none gets lost.

    zoneinfo reads a skipped time as not put forward, and a doubled one as the first: so do we.
    """
    first = datetime(around.year, around.month, around.day) - timedelta(days=2)
    local = [first + timedelta(minutes=15) * n for n in range(4 * 24 * 4)]
    true = dict(Counter(
        one.replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("Asia/Tokyo")).date()
        for one in local
    ))  # fmt: skip
    for path in (tmp_path / "data.csv", tmp_path / "data.parquet"):
        frame = pl.DataFrame({"day": local})
        frame.write_csv(path) if path.suffix == ".csv" else frame.write_parquet(path)
        cube = read(path, ["count()"], time_zone=zone, request={"timezone": "Asia/Tokyo"})
        assert by_day(cube, sorted(true)) == true
        assert cube.notices == ()


def test_months_and_weeks_of_changing_clocks(tmp_path: Path, read: ReadCube) -> None:
    """March 2026 in Berlin has 743 hours, October 745; so has each its week."""
    first = datetime(2026, 1, 1, tzinfo=UTC) - timedelta(days=1)
    hours = [first + timedelta(hours=n) for n in range(24 * 367)]
    path = tmp_path / "data.parquet"
    pl.DataFrame({"day": hours}).write_parquet(path)
    calendar = Calendar()
    spans = [calendar.parse(label) for label in ("2026-03", "2026-10", "2026-W13", "2026-W43")]
    cube = read(path, ["count()"], request={"timezone": "Europe/Berlin"})
    assert cube.roll_up(spans)["count()"].to_list() == [743, 745, 167, 169]


def test_hours_between_count_the_hours_that_passed(tmp_path: Path, read: ReadCube) -> None:
    """From noon to noon over the change: 23 hours in spring, 25 in autumn, one calendar day."""
    path = tmp_path / "data.csv"
    path.write_text(
        "day,until\n2026-03-28T12:00,2026-03-29T12:00\n2026-10-24T12:00,2026-10-25T12:00\n", "utf-8"
    )
    measures = ["sum(hours_between(day, until))", "sum(days_between(day, until))"]
    keys = {"time_zone": "Europe/Berlin", "request": {"timezone": "Europe/Berlin"}}
    cube = read(path, measures, **keys)
    spans = [Calendar().parse(label) for label in ("2026-03", "2026-10")]
    assert cube.roll_up(spans).select(measures).rows() == [(23.0, 1.0), (25.0, 1.0)]
