"""Rows sorted into classes by what conditions ask give the figures of a plain look at each."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from data.cubes import part_of, source_of
from kpitree.calendar import Span
from kpitree.data.cube import classes
from kpitree.data.cube.compiling import make_plan
from kpitree.data.cube.cube import CubeRequest, read_cube
from kpitree.tree.parsing import parse_condition

FIRST = date(2026, 1, 1)
MEASURES = [
    "count({})",
    "sum(x{})",
    "mean(x{})",
    "min(x{})",
    "max(n{})",
    "std(x{})",
    "count(x{})",
    "first(n{})",
    "last(x{})",
    "sum(n * 2{})",
]
CONDITIONS = st.recursive(
    st.sampled_from(
        [
            "stage == 'won'",
            "stage != 'lost'",
            "stage in ['open', 'won']",
            "is_null(stage)",
            "n > 1",
            "n <= 2",
            "x >= 0.5",
            "n == 3",
            "starts_with(stage, 'o')",
            "x > n",
        ]
    ),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda both: f"({both[0]} and {both[1]})"),
        st.tuples(inner, inner).map(lambda both: f"({both[0]} or {both[1]})"),
        inner.map(lambda one: f"(not {one})"),
    ),
    max_leaves=4,
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "day": st.none() | st.integers(0, 3).map(lambda n: FIRST + timedelta(days=n)),
            "stage": st.sampled_from([None, "open", "won", "lost"]),
            "region": st.sampled_from([None, "EMEA", "AMER"]),
            "n": st.none() | st.integers(0, 4),
            "x": st.none() | st.sampled_from([0.25, 0.5, 1e6, -3.75, float("nan"), float("inf")]),
        }
    ),
    min_size=1,
    max_size=30,
)
SCHEMA = {"day": pl.Date, "stage": pl.String, "region": pl.String, "n": pl.Int64, "x": pl.Float64}
SPANS = [
    Span(FIRST, FIRST + timedelta(days=2), "two days"),
    Span(FIRST, FIRST + timedelta(days=9), "all"),
]


def figures(path: Path, conditions: list[str]) -> pl.DataFrame:
    measures = dict.fromkeys(
        measure.format(where if "()" in measure else f", {where}").replace("(, ", "(")
        for condition in conditions
        for where in [f"where={condition}"]
        for measure in MEASURES
    )
    source = source_of(path, dimensions={"region": "region"})
    parts: dict[Any, str] = {part_of(text, "day"): text for text in measures}
    cube = read_cube(CubeRequest(source=source, parts=parts, dimensions=("region",)))
    return pl.concat([cube.roll_up(SPANS, ("region",)), cube.roll_up(SPANS)], how="diagonal")


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, conditions=st.lists(CONDITIONS, min_size=1, max_size=4, unique=True))
def test_classes_give_what_a_plain_look_gives(
    rows: list[dict[str, Any]], conditions: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("classes") / "data.parquet"
    pl.DataFrame(rows, schema=SCHEMA).write_parquet(path)
    found = {}
    for worth_it in (1, 1_000_000):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(classes, "_WORTH_IT", worth_it)
            if worth_it == 1:
                patch.setattr(classes, "_MOST", 10**9)
            found[worth_it] = figures(path, conditions)
    assert_frame_equal(found[1], found[1_000_000], rel_tol=1e-9, abs_tol=1e-12)


def test_a_hundred_leaves_are_asked_for_in_classes_and_three_are_not(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    pl.DataFrame({"day": [FIRST], "stage": ["won"], "x": [1.5]}).write_parquet(path)

    def sorted_into_classes(measures: list[str]) -> bool:
        parts: dict[Any, str] = {part_of(text, "day"): text for text in measures}
        return bool(make_plan(CubeRequest(source=source_of(path), parts=parts)).classes)

    assert sorted_into_classes([f"sum(x, where=x > {n} and stage == 'won')" for n in range(100)])
    assert not sorted_into_classes([f"sum(x, where=x > {n})" for n in range(3)])
    # More classes than rows of most days: the conditions are asked one by one.
    assert not sorted_into_classes(
        [f"sum(x, where=x > {n} and stage == '{m}')" for n in range(99) for m in range(99)]
    )


@pytest.mark.parametrize(
    ("conditions", "most"),
    [
        (["stage == 'won'"], 3),  # won, another, none
        (["stage == 'won'", "stage in ['won', 'lost']", "stage != 'open'"], 5),
        (["x > 1"], 4),  # below, 1, above, none
        (["x > 1", "x == 1", "x <= 2"], 6),
        (["stage == 'won'", "x > 1"], 12),
        (["is_null(stage)"], 3),
        (["x > n"], 3),
    ],
)
def test_classes_are_counted_from_what_is_asked(conditions: list[str], most: int) -> None:
    asked = [parse_condition(text) for text in conditions]
    assert classes._classes_at_most(asked) == most
