"""Parts into leaves: which cells there are, and what no rows mean."""

from collections.abc import Sequence
from datetime import date

import polars as pl
import pytest

from kpitree.analysis.leaves import LeafPlan, SourceParts, grid, leaf_values
from kpitree.analysis.moments import Coverage
from kpitree.calendar import Calendar
from kpitree.tables import MOMENT, NONE, SPAN
from kpitree.tree.expressions import Call, Name

CALENDAR = Calendar()
SPANS = [CALENDAR.parse(label) for label in ("2026-01", "2026-02", "2026-03")]
YEAR = Coverage(date(2026, 1, 1), date(2026, 12, 31))
REGION = "segment:region"
RATE = LeafPlan("rate", "sales", Call("/", (Name("0"), Name("1"))), (), ("won", "all"))


def source(
    frame: dict[str, Sequence[object]],
    coverage: Coverage = YEAR,
    no_rows: dict[str, float | None] | None = None,
) -> SourceParts:
    kinds = {SPAN: pl.Int32, "won": pl.Float64, "all": pl.Float64, "seen": pl.Float64}
    overrides = {name: kind for name, kind in kinds.items() if name in frame}
    parts = pl.DataFrame(frame, schema_overrides=overrides)
    return SourceParts(parts, coverage, {"won": 0.0, "all": 0.0} if no_rows is None else no_rows)


def test_the_grid_has_every_segment_in_every_span() -> None:
    one = source({SPAN: [0, 0, 2], REGION: ["south", NONE, "south"], "won": [1, 2, 3]})
    other = source({SPAN: [1], REGION: ["north"], "seen": [9]}, no_rows={"seen": 0.0})
    cells = grid({"sales": one, "visits": other}, 2, ["region"])
    assert cells.columns == [SPAN, REGION]
    assert cells.rows() == [
        (0, "north"),
        (1, "north"),
        (0, "south"),
        (1, "south"),
        (0, NONE),
        (1, NONE),
    ]


def test_the_grid_of_the_whole_needs_no_rows() -> None:
    assert grid({}, 2, []).rows() == [(0,), (1,)]
    assert grid({}, 2, ["region"]).rows() == []


def test_no_rows_where_the_source_speaks_and_where_it_does_not() -> None:
    late = Coverage(date(2026, 1, 1), date(2026, 2, 27))  # the last day of February lacks
    parts = source({SPAN: [0, 2], "won": [3, 1], "all": [4, 2]}, late)
    values = leaf_values(grid({}, 3, []), SPANS, {"sales": parts}, [RATE])
    assert values["won"].to_list() == [3, None, None]
    assert values["rate"].to_list() == [0.75, None, None]
    whole = source({SPAN: [0, 2], "won": [3, 1], "all": [4, 2]})
    values = leaf_values(grid({}, 3, []), SPANS, {"sales": whole}, [RATE])
    assert values.columns == [MOMENT, "won", "all", "rate"]
    assert values["won"].to_list() == [3, 0, 1]
    assert values["rate"].to_list() == [0.75, None, 0.5]  # 0 / 0 has no value


@pytest.mark.parametrize(("no_rows", "expected"), [(0.0, [5, 0, 7]), (None, [5, None, 7])])
def test_what_a_part_is_of_no_rows(no_rows: float | None, expected: list[float | None]) -> None:
    parts = source({SPAN: [0, 2], "won": [5, 7]}, no_rows={"won": no_rows})
    leaf = LeafPlan("k", "sales", Name("0"), (), ("won",))
    values = leaf_values(grid({}, 3, []), SPANS, {"sales": parts}, [leaf])
    assert values["k"].to_list() == expected


def test_rows_without_a_value_stay_without_one() -> None:
    parts = source({SPAN: [0], "won": [None]}, no_rows={"won": 0.0})
    leaf = LeafPlan("k", "sales", Name("0"), (), ("won",))
    values = leaf_values(grid({}, 2, []), SPANS, {"sales": parts}, [leaf])
    assert values["k"].to_list() == [None, 0]


def test_two_sources_of_different_days() -> None:
    sales = source({SPAN: [0, 1], "won": [1, 2]}, no_rows={"won": 0.0})
    visits = source(
        {SPAN: [1], "seen": [8]},
        Coverage(date(2026, 1, 15), date(2026, 3, 31)),
        no_rows={"seen": 0.0},
    )
    leaves = [
        LeafPlan("won_leaf", "sales", Name("0"), (), ("won",)),
        LeafPlan("seen_leaf", "visits", Name("0"), (), ("seen",)),
    ]
    cells = grid({}, 3, [])
    values = leaf_values(cells, SPANS, {"sales": sales, "visits": visits}, leaves)
    assert values["won_leaf"].to_list() == [1, 2, 0]
    assert values["seen_leaf"].to_list() == [None, 8, 0]


def test_a_leaf_may_be_called_span() -> None:
    parts = source({SPAN: [0, 1], "won": [1, 2]}, no_rows={"won": 0.0})
    leaf = LeafPlan("span", "sales", Name("0"), (), ("won",))
    values = leaf_values(grid({}, 2, []), SPANS, {"sales": parts}, [leaf])
    assert values["span"].to_list() == [1, 2]
    assert values[MOMENT].to_list() == [0, 1]
