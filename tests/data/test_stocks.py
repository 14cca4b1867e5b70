"""Rows that last, and values that hold: against what plain Python finds day by day."""

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.cubes import condition, part_of, source_of
from kpitree.calendar import Calendar, Grain, Span
from kpitree.data.cube.cube import Cube, CubeRequest, read_cube
from kpitree.errors import SourceError
from kpitree.tables import NONE, SPAN
from kpitree.tree.measures import Part

STAFF = """id,hired,left,team,pay
a,2026-01-05,,sales,10.10
b,2026-01-05,2026-02-10,sales,20.20
c,2026-01-20,2026-01-20,support,5
d,2026-02-01,2026-03-01,support,30.30
e,,2026-02-05,support,99
f,2026-03-15,9999-12-31,,7
"""


def stock(measure: str, over: str = "end") -> Part:
    """A part of the rows active at a time, as measures.parts_of() gives it."""
    return replace(part_of(measure, "hired"), over=over, until="left")


def started(measure: str) -> Part:
    return part_of(measure, "hired")


def ended(measure: str) -> Part:
    return part_of(measure, "left")


def cube_of(
    path: Path, parts: dict[str, Part], dimensions: tuple[str, ...] = (), **asked: Any
) -> Cube:
    """keys: of the source; request: of the CubeRequest."""
    request = asked.pop("request", {})
    keys = {"dimensions": {name: name for name in dimensions}} | asked
    source = source_of(path, time="hired", until="left", **keys)
    named = {part: name for name, part in parts.items()}
    return read_cube(CubeRequest(source=source, parts=named, dimensions=dimensions, **request))


def of_span(start: str, end: str) -> Span:
    """From the first day to the last, both included."""
    last = date.fromisoformat(end)
    return Span(date.fromisoformat(start), last + timedelta(days=1), f"{start}..{end}")


JANUARY = of_span("2026-01-01", "2026-01-31")
FEBRUARY = of_span("2026-02-01", "2026-02-28")
MARCH = of_span("2026-03-01", "2026-03-31")
APRIL = of_span("2026-04-01", "2026-04-30")
MONTHS = [JANUARY, FEBRUARY, MARCH, APRIL]


# --- by hand -------------------------------------------------------------------------------------


def test_what_is_there_at_the_end_and_at_the_start(csv: Callable[[str], Path]) -> None:
    """On 31 January a and b are there, on 28 February a and d, on 31 March a and f.

    c left on the day it came, e never came, and d left on 1 March: it is there on 28 February.
    """
    parts = {over: stock("sum(pay)", over) for over in ("end", "start")}
    found = cube_of(csv(STAFF), parts).roll_up(MONTHS)
    assert found.rows() == [
        (0, 10.10 + 20.20, 0.0),
        (1, 10.10 + 30.30, 10.10 + 20.20),
        (2, 10.10 + 7, 10.10 + 30.30),
        (3, 10.10 + 7, 10.10 + 7),
    ]


def test_what_came_and_what_went(csv: Callable[[str], Path]) -> None:
    parts = {"came": started("sum(pay)"), "went": ended("sum(pay)"), "left": ended("count()")}
    found = cube_of(csv(STAFF), parts).roll_up(MONTHS)
    assert found.rows() == [
        (0, 10.10 + 20.20 + 5, 5.0, 1.0),
        (1, 30.30, 20.20, 1.0),  # e went without having come: it is left out
        (2, 7.0, 30.30, 1.0),
    ]


def test_the_average_of_the_days(csv: Callable[[str], Path]) -> None:
    """January: a and b from the 5th on, 27 of 31 days each. February: a 28, b until the 9th, d 28.

    March: a 31 days, f from the 15th on, 17 of them. c was there on no day.
    """
    parts = {"heads": stock("count()", "average"), "pay": stock("mean(pay)", "average")}
    found = cube_of(csv(STAFF), parts).roll_up(MONTHS)
    heads = [(27 + 27) / 31, (28 + 9 + 28) / 28, (31 + 17) / 31, 2.0]
    assert found["heads"].to_list() == heads
    pay = [
        (27 * 10.10 + 27 * 20.20) / (27 + 27),
        (28 * 10.10 + 9 * 20.20 + 28 * 30.30) / (28 + 9 + 28),
        (31 * 10.10 + 17 * 7) / (31 + 17),
        (10.10 + 7) / 2,
    ]
    assert found["pay"].to_list() == pytest.approx(pay, rel=1e-14)


def test_segments_that_emptied_are_seen_as_long_as_something_moved(
    csv: Callable[[str], Path],
) -> None:
    """support has only c in January, who came and went: 0. From April on there is none of it."""
    found = cube_of(csv(STAFF), {"pay": stock("sum(pay)")}, ("team",)).roll_up(MONTHS, ("team",))
    assert found.rows() == [
        (0, "sales", 10.10 + 20.20),
        (0, "support", 0.0),
        (1, "sales", 10.10),
        (1, "support", 30.30),
        (2, NONE, 7.0),
        (2, "sales", 10.10),
        (2, "support", 0.0),
        (3, NONE, 7.0),
        (3, "sales", 10.10),
    ]


def test_a_stock_beside_flows_of_the_same_rows(csv: Callable[[str], Path]) -> None:
    parts = {"there": stock("count()"), "best": stock("max(pay)"), "came": started("count()")}
    found = cube_of(csv(STAFF), parts, ("team",)).roll_up([MARCH], ("team",))
    assert found.rows() == [
        (0, NONE, 1.0, 7.0, 1.0),
        (0, "sales", 1.0, 10.10, 0.0),
        (0, "support", 0.0, None, 0.0),
    ]


def test_the_conditions_of_rows_parts_and_questions(csv: Callable[[str], Path]) -> None:
    parts = {
        "dear": stock("count(where=pay > 15)"),
        "dear_mean": stock("mean(pay, where=pay > 15)"),
    }
    path = csv(STAFF)
    cube = cube_of(path, parts, ("team",), where="id != 'd'")
    assert cube.roll_up(MONTHS[:3]).rows() == [(0, 1.0, 20.20), (1, 0.0, None), (2, 0.0, None)]
    asked = {"where": condition("team == 'support'")}
    cube = cube_of(path, parts, ("team",), request=asked)
    assert cube.roll_up(MONTHS[:3]).rows() == [(0, 0.0, None), (1, 1.0, 30.30), (2, 0.0, None)]
    assert cube.coverage == (date(2026, 1, 5), date(2026, 3, 15))


def test_rows_without_a_value(csv: Callable[[str], Path]) -> None:
    """The sum of rows all of whose values are null is null; of none at all it is 0."""
    path = csv("hired,left,pay\n2026-01-05,2026-02-10,\n2026-02-20,2026-02-25,3\n")
    parts = {f"{over}": stock("sum(pay)", over) for over in ("start", "end", "average")}
    parts |= {"values": stock("count(pay)"), "rows": stock("count()")}
    found = cube_of(path, parts).roll_up(MONTHS[:3])
    assert found.rows() == [(0, 0.0, None, None, 0.0, 1.0), (1, None, 0.0, 15 / 28, 0.0, 0.0)]


def test_rows_without_a_start_are_counted_and_those_without_an_end_are_not(
    csv: Callable[[str], Path],
) -> None:
    cube = cube_of(csv(STAFF), {"n": stock("count()"), "unique": ended("n_unique(id)")})
    told = [(notice.code, notice.message) for notice in cube.notices]
    assert told[0] == ("null_dates", "1 row has no date in 'hired' and is left out")
    assert cube.roll_up(MONTHS)["unique"].to_list() == [1.0, 1.0, 1.0, 0.0]


def test_until_when_the_rows_are_known_must_be_said(csv: Callable[[str], Path]) -> None:
    """The last row starts on 15 March: whether April has begun, or March ended, nobody knows."""
    path = csv(STAFF.replace("e,,", "e,2026-01-01,"))
    parts = {"n": stock("count()")}
    (notice,) = cube_of(path, parts).notices
    assert notice.code == "covers_unknown"
    assert notice.message == (
        "the last row of 'data' starts on 2026-03-15, so it counts as known until then;"
        ' say what is true: covers = ["2026-01-01", "2026-03-31"]'
    )
    said = (date(2026, 1, 1), date(2026, 3, 20))
    cube = cube_of(path, parts, covers=said)
    assert (cube.coverage, cube.notices) == (said, ())
    # Of a question about other days it is nobody's concern, nor where a period ends on that day.
    assert cube_of(path, parts, request={"days": (JANUARY.start, FEBRUARY.end)}).notices == ()
    assert cube_of(path, parts, request={"grain": Grain.DAY}).notices == ()


def test_what_was_before_the_days_asked_for_counts(csv: Callable[[str], Path]) -> None:
    days = (MARCH.start, MARCH.end)
    parts = {"there": stock("sum(pay)"), "names": stock("n_unique(id)"), "came": started("count()")}
    cube = cube_of(csv(STAFF), parts, request={"days": days})
    assert cube.roll_up([MARCH]).rows() == [(0, 17.1, 2.0, 1.0)]


def test_numbers_that_are_not_finite_are_found_however_old(
    parquet: Callable[[dict[str, Any]], Path],
) -> None:
    path = parquet(
        {
            "hired": [date(2020, 1, 1), date(2026, 3, 2)],
            "left": [None, None],
            "pay": [float("nan"), 2.0],
        }
    )
    days = (MARCH.start, MARCH.end)
    cube = cube_of(path, {"pay": stock("sum(pay)")}, request={"days": days, "grain": Grain.DAY})
    assert [notice.code for notice in cube.notices] == ["non_finite"]
    assert cube.roll_up([MARCH]).rows() == [(0, 2.0)]


def test_an_end_that_stands_for_never(parquet: Callable[[dict[str, Any]], Path]) -> None:
    """No calendar has the year 9999, and no row of it is missed: it is active on every day."""
    path = parquet(
        {
            "hired": [datetime(2026, 1, 1, 8), datetime(2026, 1, 3)],
            "left": [datetime(9999, 12, 31, 23, 59), datetime(2026, 2, 1)],
        }
    )
    cube = cube_of(path, {"there": stock("count()"), "went": ended("count()")})
    assert cube.roll_up([JANUARY, FEBRUARY]).rows() == [(0, 2.0, 0.0), (1, 1.0, 1.0)]


def test_other_ways_to_write_dates_hold_for_both(csv: Callable[[str], Path]) -> None:
    path = csv("hired,left\n03.02.2026,05.03.2026\n04.02.2026,\n")
    cube = cube_of(path, {"there": stock("count()")}, time_format="%d.%m.%Y")
    assert cube.roll_up(MONTHS[:3])["there"].to_list() == [2.0, 1.0]


def test_instants_are_days_of_the_trees_zone(csv: Callable[[str], Path]) -> None:
    """23:30 UTC of 31 January is 1 February in Berlin, and 22:30 UTC still the same day.

    So the first came in February; the second went on 1 February, hence was there on 31 January.
    """
    path = csv("hired,left\n2026-01-31 23:30,\n2026-01-05 12:00,2026-01-31 23:30\n")
    parts = {
        "there": stock("count()"),
        "names": stock("n_unique(hired)"),
        "came": started("count()"),
    }
    zones: dict[str, Any] = {"time_zone": "UTC", "request": {"timezone": "Europe/Berlin"}}
    assert cube_of(path, parts, **zones).roll_up([JANUARY, FEBRUARY]).rows() == [
        (0, 1.0, 1.0, 1.0),
        (1, 1.0, 1.0, 1.0),
    ]
    assert cube_of(path, parts).roll_up([JANUARY, FEBRUARY]).rows() == [
        (0, 1.0, 1.0, 2.0),
        (1, 1.0, 1.0, 0.0),
    ]


def test_days_decide_whether_an_end_lies_before_its_start(csv: Callable[[str], Path]) -> None:
    """Within one day of the tree a row lasts no day, whichever of its two instants is earlier."""
    path = csv("hired,left\n2026-01-05 23:30,2026-01-05 22:10\n")
    parts = {"came": started("count()"), "there": stock("count()")}
    assert cube_of(path, parts).roll_up([JANUARY]).rows() == [(0, 1.0, 0.0)]
    # Four hours further east, where both are on the 6th, too; one hour east only the start is.
    for zone in ("Asia/Dubai", "UTC"):
        request = {"timezone": zone}
        found = cube_of(path, parts, time_zone="UTC", request=request).roll_up([JANUARY])
        assert found.rows() == [(0, 1.0, 0.0)]
    with pytest.raises(SourceError, match="ends on 2026-01-05 22:10, before it starts on"):
        cube_of(path, parts, time_zone="UTC", request={"timezone": "Europe/Berlin"})


# --- by brute force ------------------------------------------------------------------------------


class Row(NamedTuple):
    hired: date | None
    left: date | None
    team: str | None
    site: str | None
    cents: int | None

    def active(self, day: date) -> bool:
        """At the end of a day."""
        return self.hired is not None and self.hired <= day and not self.gone(day)

    def gone(self, day: date) -> bool:
        return self.left is not None and self.left <= day


FIRST = date(2025, 12, 20)
LENGTH = 60
TEAMS, SITES = ("red", "blue", None), ("x", None)
STOCKS = [
    *("count()", "count(pay)", "sum(pay)", "mean(pay)", "n_unique(pay)", "min(pay)", "max(pay)"),
    *("median(pay)", "std(pay)", "quantile(pay, 0.25)", "sum(pay, where=site == 'x')"),
]
AVERAGED = ["count()", "sum(pay)", "mean(pay)"]


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """Also without a start or an end, and such that end on the day on which they start."""
    started_on = draw(st.none() | st.integers(0, LENGTH), label="start")
    length = draw(st.none() | st.integers(0, LENGTH))
    hired = None if started_on is None else FIRST + timedelta(days=started_on)
    left = None if length is None else (hired or FIRST) + timedelta(days=length)
    cents = draw(st.none() | st.integers(-10_000, 100_000_00))
    return Row(hired, left, draw(st.sampled_from(TEAMS)), draw(st.sampled_from(SITES)), cents)


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    """Of any length from a day on, in any order, overlapping or apart."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        start = FIRST + timedelta(days=draw(st.integers(0, LENGTH)))
        length = draw(st.integers(1, 30))
        found.append(Span(start, start + timedelta(days=length), f"{start} + {length}"))
    return found


def written(path: Path, found: Sequence[Row]) -> Path:
    lines = ["hired,left,team,site,pay"]
    for row in found:
        pay = None if row.cents is None else row.cents / 100
        texts = ["" if each is None else str(each) for each in (*row[:4], pay)]
        lines.append(",".join(texts))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def exact(measure: str, found: Sequence[Row]) -> float | None:
    """One aggregate of some rows, in whole cents where it can be."""
    if "where" in measure:
        found = [row for row in found if row.site == "x"]
        measure = "sum(pay)"
    values = [row.cents / 100 for row in found if row.cents is not None]
    cents = [row.cents for row in found if row.cents is not None]
    match measure:
        case "count()":
            return float(len(found))
        case "count(pay)":
            return float(len(values))
        case "n_unique(pay)":
            return float(len(set(values)))
        case "sum(pay)":
            return sum(cents) / 100 if cents or not found else None
        case _ if not values:
            return None
        case "mean(pay)":
            return sum(cents) / 100 / len(cents)
        case "std(pay)":
            return statistics.stdev(values) if len(values) > 1 else None
        case "median(pay)":
            return statistics.median(values)
        case "quantile(pay, 0.25)":
            many = [*values, *values] if len(values) == 1 else values
            return statistics.quantiles(many, n=4, method="inclusive")[0]
        case _:
            return (min if measure == "min(pay)" else max)(values)


def average(measure: str, found: Sequence[Row], span: Span) -> float | None:
    """Of the ends of the span's days; a day whose rows have no value adds nothing to a sum."""
    days = [span.start + timedelta(days=n) for n in range(span.days)]
    there = [[row for row in found if row.active(day)] for day in days]
    if measure == "count()":
        return sum(map(len, there)) / span.days
    cents = [row.cents for many in there for row in many if row.cents is not None]
    if not cents:
        return None if measure == "mean(pay)" or any(there) else 0.0
    return sum(cents) / 100 / (len(cents) if measure == "mean(pay)" else span.days)


def by_segment(
    found: Sequence[Row], dimensions: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    keys = {tuple(getattr(row, name) or NONE for name in dimensions) for row in found}
    for key in sorted(keys):
        yield key, [r for r in found if tuple(getattr(r, n) or NONE for n in dimensions) == key]


def seen(found: Sequence[Row], span: Span) -> bool:
    """Whether anything was there when the span began, or came or went in it."""
    before = span.start - timedelta(days=1)
    dated = [row for row in found if row.hired is not None]
    moved = (day for row in dated for day in (row.hired, row.left) if day is not None)
    return any(row.active(before) for row in dated) or any(day in span for day in moved)


PARTS = (
    {f"{over} {text}": stock(text, over) for over in ("end", "start") for text in STOCKS}
    | {f"average {text}": stock(text, "average") for text in AVERAGED}
    | {"came": started("sum(pay)"), "went": ended("count()")}
)


def expected(name: str, found: Sequence[Row], span: Span) -> float | None:
    over, _, measure = name.partition(" ")
    match over:
        case "came":
            came = [row for row in found if row.hired is not None and row.hired in span]
            return exact("sum(pay)", came)
        case "went":
            went = [row for row in found if row.left is not None and row.left in span]
            return float(len([row for row in went if row.hired is not None]))
        case "average":
            return average(measure, found, span)
        case _:
            day = (span.end if over == "end" else span.start) - timedelta(days=1)
            return exact(measure, [row for row in found if row.active(day)])


def assert_same(cube: Cube, found: Sequence[Row], asked: list[Span], dims: tuple[str, ...]) -> None:
    rolled = {tuple(row[: 1 + len(dims)]): row for row in cube.roll_up(asked, dims).iter_rows()}
    names = list(PARTS)
    for place, span in enumerate(asked):
        for key, members in by_segment(found, dims):
            row = rolled.pop((place, *key), None)
            if not seen(members, span):
                assert row is None
                continue
            assert row is not None, (span, key)
            for name, value in zip(names, row[1 + len(dims) :], strict=True):
                truth = expected(name, members, span)
                same = value == truth if truth is None else value == pytest.approx(truth, abs=1e-9)
                assert same, (span, key, name, value, truth)
    assert not rolled


@given(
    found=st.lists(rows(), max_size=12),
    asked=spans(),
    dims=st.sampled_from([(), ("team",), ("team", "site")]),
    bounded=st.booleans(),
)
def test_stocks_are_what_plain_python_finds(
    found: list[Row],
    asked: list[Span],
    dims: tuple[str, ...],
    bounded: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = written(tmp_path_factory.mktemp("stocks") / "data.csv", found)
    days = (min(span.start for span in asked), max(span.end for span in asked))
    cube = cube_of(path, PARTS, ("team", "site"), request={"days": days} if bounded else {})
    assert_same(cube, found, asked, dims)


@given(found=st.lists(rows(), max_size=12), asked=spans())
def test_the_rows_that_a_question_keeps(
    found: list[Row], asked: list[Span], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = written(tmp_path_factory.mktemp("stocks") / "data.csv", found)
    where = condition("team == 'red' or is_null(site)")
    cube = cube_of(path, PARTS, ("team", "site"), request={"where": where})
    kept = [row for row in found if row.team == "red" or row.site is None]
    assert_same(cube, kept, asked, ("team",))


@given(
    found=st.lists(rows(), max_size=12),
    asked=spans(),
    zone=st.sampled_from(["Europe/Berlin", "America/St_Johns", "Pacific/Auckland"]),
    shift=st.integers(0, 24 * 60 - 1),
)
def test_instants_of_other_zones(
    found: list[Row],
    asked: list[Span],
    zone: str,
    shift: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Every row begins and ends at some minute of its days there; the file holds it in UTC."""

    def instant(day: date | None) -> datetime | None:
        if day is None:
            return None
        there = datetime(day.year, day.month, day.day, shift // 60, shift % 60)
        return there.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

    path = tmp_path_factory.mktemp("stocks") / "data.parquet"
    columns = {
        "hired": [instant(row.hired) for row in found],
        "left": [instant(row.left) for row in found],
        "team": [row.team for row in found],
        "site": [row.site for row in found],
        "pay": [None if row.cents is None else row.cents / 100 for row in found],
    }
    moment = pl.Datetime("us", "UTC")
    types: dict[str, pl.DataType | type[pl.DataType]] = {
        "hired": moment,
        "left": moment,
        "team": pl.String,
        "site": pl.String,
    }
    frame = pl.DataFrame(columns, schema_overrides=types | {"pay": pl.Float64})
    frame.write_parquet(path)
    cube = cube_of(path, PARTS, ("team", "site"), request={"timezone": zone})
    assert_same(cube, found, asked, ("team",))


CONSECUTIVE = st.lists(st.integers(1, 20), min_size=1, max_size=5)


@given(found=st.lists(rows(), min_size=1, max_size=30), lengths=CONSECUTIVE)
def test_what_there_is_was_there_came_and_has_not_gone(
    found: list[Row], lengths: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """To the cent, in every span, of the whole and of every segment; the next starts so."""
    path = written(tmp_path_factory.mktemp("stocks") / "data.csv", found)
    parts = {
        "start": stock("sum(pay)", "start"),
        "came": started("sum(pay)"),
        "went": ended("sum(pay)"),
        "end": stock("sum(pay)"),
    }
    cube = cube_of(path, parts, ("team",))
    starts = [FIRST + timedelta(days=sum(lengths[:n])) for n in range(len(lengths) + 1)]
    asked = [Span(start, end, f"{start}") for start, end in pairwise(starts)]
    for dims in ((), ("team",)):
        ends: dict[tuple[Any, ...], float] = {}
        for span, *key, start, came, went, end in cube.roll_up(asked, dims).iter_rows():
            cents = [round((value or 0.0) * 100) for value in (start, came, went, end)]
            assert cents[3] == cents[0] + cents[1] - cents[2]
            assert cents[0] == ends.get((span - 1, *key), cents[0])
            ends[span, *key] = cents[3]


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    """To the last bit, among amounts that no binary number holds exactly."""
    rng = Random(5)  # noqa: S311 - made-up rows need no secrecy
    found = []
    for _ in range(3_000):
        hired = FIRST + timedelta(days=int(rng.random() * 300))
        left = hired + timedelta(days=int(rng.random() * 200)) if rng.random() < 0.8 else None
        found.append(Row(hired, left, rng.choice(TEAMS), None, int(rng.random() * 1e7)))
    parts = {name: part for name, part in PARTS.items() if "pay" in name and "std" not in name}
    asked = [Calendar().shift(Calendar().period_of(FIRST, Grain.MONTH), n) for n in range(14)]
    results = set()
    for _ in range(3):
        cube = cube_of(written(tmp_path / "data.csv", found), parts, ("team",))
        results.add(tuple(cube.roll_up(asked, ("team",)).rows()))
        rng.shuffle(found)
    assert len(results) == 1


# --- values that hold until the next one is told -------------------------------------------------


class Told(NamedTuple):
    day: date
    team: str
    value: int | None


def carried(measure: str) -> Part:
    return replace(part_of(measure, "day"), over="carried")


def holding(found: Sequence[Told], span: Span, measure: str) -> float | None:
    """The first or last value of the span; the last one before it where there is none."""
    told = sorted((row.day, row.value) for row in found if row.value is not None)
    within = [(day, value) for day, value in told if day in span]
    if within and measure == "first(x)":
        return float(min(value for day, value in within if day == within[0][0]))
    known = [value for day, value in told if day < span.end]
    return float(known[-1]) if known else None


@given(
    found=st.lists(
        st.builds(
            Told,
            st.integers(0, LENGTH).map(lambda n: FIRST + timedelta(days=n)),
            st.sampled_from(["red", "blue"]),
            st.none() | st.integers(0, 9),
        ),
        min_size=1,
        max_size=8,
    ),
    asked=spans(),
    bounded=st.booleans(),
)
def test_values_are_carried_forward_within_their_segment(
    found: list[Told],
    asked: list[Span],
    bounded: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("carried") / "data.csv"
    lines = [f"{row.day},{row.team},{'' if row.value is None else row.value}" for row in found]
    path.write_text("\n".join(["day,team,x", *lines]) + "\n", encoding="utf-8")
    parts = {text: carried(text) for text in ("first(x)", "last(x)")}
    days = (min(span.start for span in asked), max(span.end for span in asked))
    cube = read_cube(
        CubeRequest(
            source=source_of(path, dimensions={"team": "team"}),
            parts={part: name for name, part in parts.items()} | {part_of("count()", "day"): "n"},
            dimensions=("team",),
            days=days if bounded else None,
        )
    )
    for dims in ((), ("team",)):
        rolled = cube.roll_up(asked, dims)
        told = {row[: 1 + len(dims)]: row[1 + len(dims) :] for row in rolled.iter_rows()}
        for place, span in enumerate(asked):
            for team in ("red", "blue") if dims else (None,):
                members = [row for row in found if team in (None, row.team)]
                rows_there = len([row for row in members if row.day in span])
                key = (place, team) if dims else (place,)
                truth = (*(holding(members, span, text) for text in parts), rows_there)
                assert told.get(key, (None, None, 0)) == truth
        assert rolled[SPAN].is_sorted()


def test_nothing_is_carried_unless_it_is_asked_for(csv: Callable[[str], Path]) -> None:
    path = csv("day,x\n2026-01-31,5\n2026-03-31,7\n")
    parts = {part_of("last(x)", "day"): "told", carried("last(x)"): "known"}
    cube = read_cube(CubeRequest(source=source_of(path), parts=parts))
    found = cube.roll_up(MONTHS)
    assert found["told"].to_list() == [5.0, None, 7.0, None]
    assert found["known"].to_list() == [5.0, 5.0, 7.0, 7.0]


def test_a_sum_of_what_is_gone_is_nothing(csv: Callable[[str], Path]) -> None:
    """Lower halves (aggregates.py) added up in another order leave 1e-17: it must not show."""
    lines = [f"2026-01-{n % 28 + 1:02},2026-02-{n % 27 + 1:02},{0.1 * n / 7}" for n in range(500)]
    path = csv("\n".join(["hired,left,pay", *lines]) + "\n")
    found = cube_of(path, {"pay": stock("sum(pay)")}).roll_up([FEBRUARY])
    assert math.copysign(1.0, found["pay"].item()) == 1.0
    assert found.rows() == [(0, 0.0)]
