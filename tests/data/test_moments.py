"""Days: text formats, zones, clock changes, and the flights sample on both its clocks."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpitree.calendar import Span
from kpitree.data.cube.cube import Cube
from kpitree.errors import SourceError

FLIGHTS = Path(__file__).parents[2] / "sample_data" / "nyc_flights" / "flights_2013q4.parquet"

# The scheduled flights of each month, by local date (sample_data/nyc_flights/SOURCE.md).
SCHEDULED = [(date(2013, 10, 1), 28_889), (date(2013, 11, 1), 27_268), (date(2013, 12, 1), 28_135)]
YEAR = [Span(date(2026, 1, 1), date(2027, 1, 1), "2026")]


def days(read: Callable[..., Cube], path: Path, **keys: Any) -> list[date]:
    """The days that have rows, in order."""
    cube = read(path, ["count()"], **keys)
    return cube.days[keys.get("time", "day")]["day:"].to_list()


READ = {
    "2026-01-31": {},
    " 2026-01-31 ": {},
    "2026-01-31 23:30": {},
    "2026-01-31T23:30:15": {},
    "2026-01-31T23:30:15.123456": {},
    "2026-01-31T23:30:15Z": {},
    "2026-01-31 23:30:15+01:00": {},
    "2026-01-31T23:30+0100": {},
    "31/01/2026": {"time_format": "%d/%m/%Y"},
    "01/31/26": {"time_format": "%m/%d/%y"},
    "20260131": {"time_format": "%Y%m%d"},
    "31. 1. 2026 23:59": {"time_format": "%d. %m. %Y %H:%M"},
    "31 Jan 2026": {"time_format": "%d %b %Y"},
    "2026-01-31 23:30 +01:00": {"time_format": "%Y-%m-%d %H:%M %z"},
}


@pytest.mark.parametrize("text", READ)
def test_texts_become_days(
    text: str, csv: Callable[[str], Path], read: Callable[..., Cube]
) -> None:
    path = csv(f'day,n\n"{text}",1\n,2\n')
    assert days(read, path, **READ[text]) == [date(2026, 1, 31)]


def test_dates_and_times_may_stand_in_one_column(
    csv: Callable[[str], Path], read: Callable[..., Cube]
) -> None:
    path = csv("day\n2026-01-31\n2026-02-01 10:00\n2026-02-02T10:00:00\n")
    assert days(read, path) == [date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 2)]


BERLIN = "Europe/Berlin"
NAIVE, ZONED, DATE = "2026-01-10 12:00", "2026-01-31T23:30:00Z", "2026-01-20"


@pytest.mark.parametrize(
    ("many", "one", "keys", "expected"),
    [
        (NAIVE, ZONED, {"request": {"timezone": BERLIN}}, [(1, 10), (2, 1)]),
        (ZONED, NAIVE, {"request": {"timezone": BERLIN}}, [(1, 10), (2, 1)]),
        (ZONED, DATE, {"request": {"timezone": BERLIN}}, [(1, 20), (2, 1)]),
        (DATE, ZONED, {"request": {"timezone": BERLIN}}, [(1, 20), (2, 1)]),
        (DATE, NAIVE, {"request": {"timezone": BERLIN}}, [(1, 10), (1, 20)]),
        (NAIVE, ZONED, {}, [(1, 10), (1, 31)]),
        (ZONED, NAIVE, {}, [(1, 10), (1, 31)]),
        (DATE, ZONED, {}, [(1, 20), (1, 31)]),
        (ZONED, "2026-01-10 23:30", {"time_zone": "UTC", "request": {"timezone": BERLIN}},
         [(1, 11), (2, 1)]),
        # A date is a day of the tree: New York's midnight, not that of UTC the evening before.
        (NAIVE, DATE, {"time_zone": "UTC", "request": {"timezone": "America/New_York"}},
         [(1, 10), (1, 20)]),
    ],
)  # fmt: skip
def test_a_form_is_read_wherever_it_stands(
    many: str, one: str, keys: dict[str, Any], expected: list[tuple[int, int]],
    csv: Callable[[str], Path], read: Callable[..., Cube],
) -> None:  # fmt: skip
    """Of 151 rows the odd one is first, in the middle and last: further on than any sample."""
    for place in (0, 75, 150):
        rows = [many] * 150
        rows.insert(place, one)
        found = days(read, csv("\n".join(["day", *rows, ""])), **keys)
        assert [(day.month, day.day) for day in found] == expected, place


FORMS = st.sampled_from(
    ["2026-03-29", "2026-03-29 02:30", "2026-10-25T02:30:15", "2026-10-25 00:30Z",
     "2026-10-25 01:30:00+00:00", "2026-10-24T23:30-0500", "2026-01-31T23:30:00Z", ""]
)  # fmt: skip


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(FORMS, min_size=2, max_size=8),
    runs=st.lists(st.sampled_from([1, 101]), min_size=8, max_size=8),
    seed=st.randoms(use_true_random=False),
    source=st.sampled_from([None, "UTC"]),
    tree=st.sampled_from([None, BERLIN, "America/New_York"]),
)
def test_the_order_of_rows_changes_no_value(
    texts: list[str], runs: list[int], seed: Random, source: str | None, tree: str | None,
    csv: Callable[[str], Path], read: Callable[..., Cube],
) -> None:  # fmt: skip
    rows = [f"{text},1" for text, run in zip(texts, runs, strict=False) for _ in range(run)]
    shuffled = seed.sample(rows, len(rows))
    keys = {"request": {"timezone": tree}} | ({"time_zone": source} if source else {})
    hours = "sum(hours_between('2026-01-01T00:00Z', day))"
    cubes = []
    for order in (rows, rows[::-1], shuffled):
        cube = read(csv("\n".join(["day,n", *order, ""])), ["count()", hours], **keys)
        cubes.append((cube.coverage, cube.notices, cube.roll_up(YEAR).rows()))
    assert cubes[0] == cubes[1] == cubes[2]


def test_a_text_of_no_form_is_refused_however_many_forms_there_are(
    csv: Callable[[str], Path], read: Callable[..., Cube]
) -> None:
    path = csv("\n".join(["day", *[DATE] * 150, NAIVE, ZONED, "soon", ""]))
    with pytest.raises(SourceError, match="line 154, column 'day': the text 'soon' is no date"):
        read(path, ["count()"], request={"timezone": BERLIN})


def test_a_month_stands_for_its_first_day(
    csv: Callable[[str], Path], read: Callable[..., Cube]
) -> None:
    path = csv("day,n\n2026-01,1\n2026-02,1\n")
    assert days(read, path, time_format="%Y-%m") == [date(2026, 1, 1), date(2026, 2, 1)]


@pytest.mark.parametrize(
    ("text", "timezone", "day"),
    [
        ("2026-01-31T23:30:00Z", "Europe/Berlin", date(2026, 2, 1)),
        ("2026-01-31T23:30:00Z", "America/New_York", date(2026, 1, 31)),
        ("2026-02-01T03:30:00+00:00", "America/New_York", date(2026, 1, 31)),
        ("2026-02-01T03:30:00+09:00", "UTC", date(2026, 1, 31)),
        ("2026-01-31T23:30:00", "Asia/Tokyo", date(2026, 1, 31)),
    ],
)
def test_instants_become_days_of_the_trees_zone(
    text: str, timezone: str, day: date, csv: Callable[[str], Path], read: Callable[..., Cube]
) -> None:
    assert days(read, csv(f"day\n{text}\n"), request={"timezone": timezone}) == [day]


def test_naive_instants_are_given_the_sources_zone(
    csv: Callable[[str], Path], read: Callable[..., Cube]
) -> None:
    path = csv("day\n2026-01-31 23:30\n")
    request = {"timezone": "Europe/Berlin"}
    assert days(read, path, time_zone="UTC", request=request) == [date(2026, 2, 1)]
    assert days(read, path, time_zone="Europe/Berlin", request=request) == [date(2026, 1, 31)]
    assert days(read, path, time_zone="UTC") == [date(2026, 1, 31)]


def test_clock_changes_take_the_earlier_of_two_and_skip_over_a_gap(
    csv: Callable[[str], Path], value: Callable[..., Any]
) -> None:
    path = csv("day,gap,twice\n2026-06-01 00:00,2026-03-29 02:30,2026-10-25 02:30\n")
    keys = {"time_zone": "Europe/Berlin", "request": {"timezone": "UTC"}}
    # 02:30 is skipped: 03:30 CEST = 01:30 UTC; 02:30 is shown twice: the first is CEST = 00:30 UTC
    assert value(path, "sum(hours_between('2026-03-29T00:00', gap))", **keys) == 1.5
    assert value(path, "sum(hours_between('2026-10-25T00:00', twice))", **keys) == 0.5


def test_days_pushed_into_the_scan_are_the_days_read(
    tmp_path: Path, read: Callable[..., Cube]
) -> None:
    """Whatever the column is, [first, end) is cut at the midnights of the tree's zone."""
    utc = pl.datetime_range(
        pl.datetime(2026, 3, 27), pl.datetime(2026, 4, 1), "30m", time_zone="UTC", eager=True
    )
    frame = pl.DataFrame({"utc": utc}).with_columns(
        berlin=pl.col("utc").dt.convert_time_zone("Europe/Berlin"),
        naive=pl.col("utc").dt.replace_time_zone(None),
        day=pl.col("utc").dt.convert_time_zone("Europe/Berlin").dt.date(),
        text=pl.col("utc").dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    frame.write_parquet(tmp_path / "a.parquet")
    span = Span(date(2026, 3, 28), date(2026, 3, 30), "two days")  # 24 + 23 hours
    for time in ("utc", "berlin", "naive", "text", "day"):
        cube = read(
            tmp_path / "a.parquet",
            ["count()", "n_unique(utc)"],
            time=time,
            time_zone="UTC",
            request={"timezone": "Europe/Berlin", "days": (span.start, span.end)},
        )
        assert cube.roll_up([span]).rows() == [(0, 94.0, 94.0)], time
        assert cube.coverage == (date(2026, 3, 27), date(2026, 4, 1)), time


def test_flights_by_utc_hour_are_those_by_local_date(
    read: Callable[..., Cube], months: Callable[..., list[Span]]
) -> None:
    spans = [span for span in months(2013, 12) if span.start >= date(2013, 10, 1)]
    new_york = {"timezone": "America/New_York"}
    by_date = read(FLIGHTS, ["count()", "sum(arr_delay)"], time="flight_date").roll_up(spans)
    by_hour = read(FLIGHTS, ["count()", "sum(arr_delay)"], time="time_hour", request=new_york)
    assert by_hour.roll_up(spans).equals(by_date)
    assert by_date["count()"].to_list() == [count for _, count in SCHEDULED]
    assert by_hour.coverage == (date(2013, 10, 1), date(2013, 12, 31))
    in_utc = read(FLIGHTS, ["count()"], time="time_hour")
    assert in_utc.coverage == (date(2013, 10, 1), date(2014, 1, 1))
    assert in_utc.roll_up(spans)["count()"].to_list() != by_date["count()"].to_list()
