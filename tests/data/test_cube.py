"""The cube: coverage, conditions, several time columns, spans that overlap, one shared scan."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.cubes import condition, part_of, source_of
from kpitree.calendar import Calendar, Grain, Span
from kpitree.data.cube.compiling import make_plan
from kpitree.data.cube.cube import Cube, CubeRequest, read_cube
from kpitree.data.cube.scan import _collect, _queries
from kpitree.tables import SPAN

DEALS = """day,closed,stage,region,amount
2026-01-05,2026-01-20,won,EMEA,10
2026-01-06,2026-02-03,won,,20
2026-01-31,,open,EMEA,30
2026-02-10,2026-02-11,lost,APAC,40
2026-03-01,2026-03-02,won,APAC,50
,2026-03-02,won,APAC,60
"""
MEASURES: list[str | tuple[str, str]] = [
    "count()",
    "sum(amount)",
    "n_unique(region)",
    ("count(where=stage == 'won')", "closed"),
    ("median(amount)", "closed"),
]


def test_leaves_may_stand_in_time_by_different_columns(
    csv: Callable[[str], Path], read: Callable[..., Cube], months: Callable[..., list[Span]]
) -> None:
    cube = read(csv(DEALS), MEASURES, dimensions=("region",))
    assert cube.roll_up(months(2026, 4)).rows() == [
        (0, 3.0, 60.0, 1.0, 1.0, 10.0),
        (1, 1.0, 40.0, 1.0, 1.0, 30.0),
        (2, 1.0, 50.0, 1.0, 2.0, 55.0),
    ]
    assert cube.roll_up(months(2026, 2), ("region",)).rows() == [
        (0, "(none)", 1.0, 20.0, 0.0, 0.0, None),
        (0, "EMEA", 2.0, 40.0, 1.0, 1.0, 10.0),
        (1, "(none)", 0.0, 0.0, 0.0, 1.0, 20.0),
        (1, "APAC", 1.0, 40.0, 1.0, 0.0, 40.0),
    ]


def test_rows_without_a_date_are_counted_and_left_out(
    csv: Callable[[str], Path], read: Callable[..., Cube]
) -> None:
    told = [("null_dates", "1 row has no date in 'day' and is left out", "data")]
    path = csv(DEALS)
    for request in ({}, {"days": (date(2026, 1, 1), date(2026, 2, 1))}):
        cube = read(path, ["count()"], request=request)
        assert [(n.code, n.message, n.source) for n in cube.notices] == told
    # An open deal has no closing date; only what the leaf would count is missed.
    cube = read(path, ["count()", ("count(where=stage == 'won')", "closed")])
    assert [(n.code, n.message, n.source) for n in cube.notices] == told
    cube = read(path, [("count()", "closed")])
    assert [n.message for n in cube.notices][1] == "1 row has no date in 'closed' and is left out"


def test_coverage_is_of_the_source_not_of_the_question(
    csv: Callable[[str], Path], read: Callable[..., Cube]
) -> None:
    path = csv(DEALS)
    whole = (date(2026, 1, 5), date(2026, 3, 1))
    assert read(path, ["count()"]).coverage == whole
    assert read(path, ["count()"], where="region == 'APAC'").coverage == (
        date(2026, 2, 10),
        date(2026, 3, 1),
    )
    april = {"days": (date(2026, 4, 1), date(2026, 5, 1))}
    assert read(path, ["count()"], request=april).coverage == whole
    asked = {"where": condition("region == 'APAC'")}
    assert read(path, ["count()"], request=asked).coverage == whole
    assert read(path, [("count()", "closed")]).coverage == whole
    covers = (date(2025, 1, 1), date(2026, 12, 31))
    assert read(path, ["count()"], covers=covers).coverage == covers
    assert read(path, ["count()"], where="amount > 999").coverage is None


def test_no_rows_at_all(
    csv: Callable[[str], Path], read: Callable[..., Cube], months: Callable[..., list[Span]]
) -> None:
    for text in ("day,closed,stage,region,amount\n", DEALS.splitlines()[0] + "\n,,,,\n"):
        cube = read(csv(text), MEASURES, dimensions=("region",))
        assert cube.coverage is None
        for dimensions in ((), ("region",)):
            frame = cube.roll_up(months(2026, 2), dimensions)
            assert frame.height == 0
            assert frame.schema["count()"] == pl.Float64
            assert frame.schema[SPAN] == pl.Int32


def test_where_may_name_a_dimension_or_a_column(csv: Callable[[str], Path]) -> None:
    source = source_of(csv(DEALS), dimensions={"area": "region"})
    part = part_of("sum(amount)", "day")
    spans = [Span(date(2026, 1, 1), date(2026, 12, 31), "2026")]
    for text in ("area == 'APAC'", "region == 'APAC'", "is_null(area) == false and amount > 30"):
        request = CubeRequest(source=source, parts={part: "x"}, where=condition(text))
        assert read_cube(request).roll_up(spans)["x"].to_list() == [90.0]


def test_spans_may_overlap_and_need_not_be_periods(
    csv: Callable[[str], Path], read: Callable[..., Cube]
) -> None:
    calendar = Calendar()
    january = calendar.period_of(date(2026, 1, 1), Grain.MONTH)
    spans = [
        january,
        calendar.first_days(january, 6),
        Span(date(2026, 1, 31), date(2026, 2, 11), "some days"),
        calendar.period_of(date(2026, 1, 1), Grain.YEAR),
        january,
    ]
    cube = read(csv(DEALS), ["count()", "median(amount)", "n_unique(region)"])
    assert cube.roll_up(spans).rows() == [
        (0, 3.0, 20.0, 1.0),
        (1, 2.0, 15.0, 1.0),
        (2, 2.0, 35.0, 2.0),
        (3, 5.0, 30.0, 2.0),
        (4, 3.0, 20.0, 1.0),
    ]


def test_spans_beyond_the_days_read_are_refused(
    csv: Callable[[str], Path], read: Callable[..., Cube], months: Callable[..., list[Span]]
) -> None:
    days = (date(2026, 1, 1), date(2026, 3, 1))
    cube = read(csv(DEALS), ["count()", "n_unique(region)"], request={"days": days})
    assert cube.roll_up(months(2026, 2))["count()"].to_list() == [3.0, 1.0]
    with pytest.raises(ValueError, match="beyond the days read"):
        cube.roll_up(months(2026, 3))


@pytest.mark.parametrize("grain", list(Grain))
@pytest.mark.parametrize("year", [1985, 2024])
def test_distinct_counts_of_any_period(
    grain: Grain, year: int, parquet: Callable[..., Path], read: Callable[..., Cube]
) -> None:
    """The table of periods, the single queries beyond it, and plain Python agree."""
    days = pl.date_range(date(year, 1, 1), date(year + 1, 12, 31), eager=True).to_list()
    ids = [day.toordinal() * 7 % 11 for day in days]
    cube = read(parquet({"day": days, "id": ids}), ["n_unique(id)"], request={"grain": grain})
    calendar = Calendar()
    spans = [calendar.period_of(days[3], grain)]
    while spans[-1].end <= days[-1] and len(spans) < 60:
        spans.append(calendar.shift(spans[-1], 1))
    wanted = [
        len({n for day, n in zip(days, ids, strict=True) if span.start <= day < span.end})
        for span in spans
    ]
    assert cube.roll_up(spans)["n_unique(id)"].to_list() == wanted


def test_segments_named_none_and_null_are_one(
    parquet: Callable[..., Path], read: Callable[..., Cube], months: Callable[..., list[Span]]
) -> None:
    columns = {"day": [date(2026, 1, 1)] * 3, "g": [None, "(none)", "a"], "x": [1, 1, 2]}
    cube = read(parquet(columns), ["sum(x)", "n_unique(x)"], dimensions=("g",))
    found = cube.roll_up(months(2026, 1), ("g",)).rows()
    assert found == [(0, "(none)", 2.0, 1.0), (0, "a", 2.0, 1.0)]


def test_dimensions_are_text_whatever_the_column(
    parquet: Callable[..., Path], read: Callable[..., Cube], months: Callable[..., list[Span]]
) -> None:
    day = date(2026, 1, 1)
    columns: dict[str, Any] = {"day": [day, day], "n": [7, None], "flag": [True, None]}
    columns |= {"value": [date(2026, 5, 1), None]}
    cube = read(parquet(columns), ["count()", "n_unique(n)"], dimensions=("n", "flag", "value"))
    found = cube.roll_up(months(2026, 1), ("n", "flag", "value"))
    assert found.rows() == [
        (0, "(none)", "(none)", "(none)", 1.0, 0.0),
        (0, "7", "true", "2026-05-01", 1.0, 1.0),
    ]
    assert cube.roll_up(months(2026, 1), ("flag",)).rows() == [
        (0, "(none)", 1.0, 0.0),
        (0, "true", 1.0, 1.0),
    ]


def test_all_queries_share_one_scan(parquet: Callable[..., Path]) -> None:
    path = parquet({"day": [date(2026, 1, 1)], "x": [1.0], "g": ["a"]})
    source = source_of(path, dimensions={"g": "g"})
    parts = {part_of(text, "day"): text for text in ("sum(x)", "n_unique(x)", "median(x)")}
    plan = make_plan(CubeRequest(source=source, parts=parts, dimensions=("g",)))
    queries = _queries(plan)
    assert len(queries) > 2
    assert pl.explain_all(list(queries.values())).count("CACHE[id:") == len(queries)
    assert len(_collect(plan)) == len(queries)


def test_numbers_that_are_not_finite_are_found_by_whatever_column_places_them(
    parquet: Callable[[dict[str, Any]], Path], read: Callable[..., Cube]
) -> None:
    """The first row was opened before the days asked for, and closed within them."""
    path = parquet(
        {
            "day": [date(2025, 12, 1), date(2026, 1, 5)],
            "closed": [date(2026, 1, 6), date(2026, 1, 7)],
            "x": [float("nan"), 2.0],
        }
    )
    request = {"days": (date(2026, 1, 1), date(2026, 2, 1))}
    cube = read(path, ["sum(x)", ("mean(x)", "closed")], request=request)
    assert [notice.code for notice in cube.notices] == ["non_finite"]
    assert cube.roll_up([Calendar().parse("2026-01")]).rows() == [(0, 2.0, 2.0)]
