"""Lines without segments, and the many made few."""

import math
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.splitting import attribution_of, line_of
from kpitree.analysis.segments import driver_lines, merge_top
from kpitree.analysis.segments.lines import split_schema


def lines_of(amounts: list[float], share: float | None = None) -> pl.DataFrame:
    lines = [
        replace(line_of(f"k{at}", 0.0, amount), share=share, factor=2.0)
        for at, amount in enumerate(amounts)
    ]
    return driver_lines(attribution_of(lines, {}))


def test_an_attributions_own_lines() -> None:
    line = replace(
        line_of("deals", 4.0, 6.0, 2.5), share=0.5, flags=("carried",), factor=1.5, error=0.1
    )
    crossed = replace(line_of("fee", 0.0, 1.0), effect="threshold", before=None, after=None)
    found = driver_lines(attribution_of([line, crossed], {}))
    assert dict(found.schema) == split_schema()
    assert found.rows() == [
        ("deals", "Deals", "driver", 4.0, 6.0, 5.0, 0.5, ["carried"], None, 1.5, 0.1),
        ("fee", "Fee", "threshold", None, None, 1.0, None, [], None, None, None),
    ]


def test_the_largest_stay_and_all_others_are_the_rest() -> None:
    found = merge_top(lines_of([1.0, -5.0, 2.0, 5.0, -0.5], share=0.1), 2, "root")
    assert found.select("driver", "label", "effect", "line", "factor").rows() == [
        ("k1", "K1", "driver", -5.0, 2.0),
        ("k3", "K3", "driver", 5.0, 2.0),
        ("root", "rest", "rest", 2.5, 8.0),
    ]
    assert found["share"].to_list() == pytest.approx([0.1, 0.1, 0.3])
    assert found.rows(named=True)[-1]["flags"] == []
    assert found.rows(named=True)[-1]["error"] is None


def test_the_rest_has_no_share_where_its_lines_have_none() -> None:
    assert merge_top(lines_of([1.0, 2.0]), 1, "root")["share"].to_list() == [None, None]


@pytest.mark.parametrize("top", [3, 4])
def test_no_rest_where_nothing_is_left_over(top: int) -> None:
    found = merge_top(lines_of([1.0, -3.0, 2.0]), top, "root")
    assert found["driver"].to_list() == ["k1", "k2", "k0"]


def test_everything_can_be_the_rest() -> None:
    assert merge_top(lines_of([1.0, 2.0]), 0, "root").select("driver", "line").rows() == [
        ("root", 3.0)
    ]
    assert merge_top(lines_of([]), 0, "root").is_empty()


def test_the_rest_keeps_the_dimension_columns() -> None:
    segment = pl.Series("segment:region", ["north", "south"])
    lines = lines_of([1.0, 2.0]).insert_column(2, segment)
    found = merge_top(lines, 1, "root")
    assert dict(found.schema) == split_schema(["region"])
    assert found["segment:region"].to_list() == ["south", None]


@given(amounts=st.lists(st.floats(-1e15, 1e15), max_size=20), top=st.integers(0, 20))
def test_merging_is_exact(amounts: list[float], top: int) -> None:
    found = merge_top(lines_of(amounts), top, "root")
    assert len(found) == min(len(amounts), top + 1)
    kept = sorted(amounts, key=abs, reverse=True)
    assert [abs(line) for line in found["line"][:top]] == [abs(amount) for amount in kept[:top]]
    if len(amounts) > top:
        others = list(amounts)
        for line in found["line"][:top]:
            others.remove(line)
        assert found["line"][-1] == math.fsum(others)
