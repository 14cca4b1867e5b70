"""Bars start and end where their values are, to the cell."""

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.render.bars import Axis, axis_through, bar, with_zero

amounts = st.floats(-1e12, 1e12) | st.floats(-1e-3, 1e-3) | st.floats(-1e307, 1e307)


def edges(drawn: str) -> tuple[float, float]:
    """The cells at which a drawing starts and ends, a cell at most too wide."""
    return len(drawn) - len(drawn.lstrip(" ")), len(drawn)


@given(
    start=amounts,
    lines=st.lists(amounts, min_size=1, max_size=12),
    cells=st.integers(12, 60),
    ascii_only=st.booleans(),
)
def test_each_bar_starts_where_the_last_ended_within_a_cell(
    start: float, lines: list[float], cells: int, ascii_only: bool
) -> None:
    totals = list(accumulate(lines, initial=start))
    axis = axis_through(totals, 0.01)
    drawn = [bar(a, b, axis, cells, ascii_only=ascii_only) for a, b in pairwise(totals)]
    for (before, after), text in zip(pairwise(totals), drawn, strict=True):
        if before == after:
            assert text == ""
            continue
        left, right = sorted((axis.at(before, cells), axis.at(after, cells)))
        first, last = edges(text)
        assert 0 <= first < last <= cells
        assert abs(first - left) <= 1
        assert abs(last - right) <= 1


@given(points=st.lists(amounts, min_size=1), step=st.sampled_from([0.0001, 0.01, 1.0]))
def test_an_axis_holds_every_point(points: list[float], step: float) -> None:
    axis = axis_through(points, step)
    assert axis.low < axis.high
    assert axis.low <= min(points)
    assert max(points) <= axis.high
    assert axis.base in (0.0, axis.low, axis.high)
    assert axis.low <= axis.base <= axis.high


@pytest.mark.parametrize(
    ("points", "base"),
    [
        ([2_790_150.0, 2_886_483.0, 2_802_480.0], 2_760_000.0),
        ([-2_790_150.0, -2_886_483.0], -2_760_000.0),
        ([100.0, 160.0], 0.0),
        ([100.0, -1.0], 0.0),
        ([100.0, 100.0], 0.0),
        ([0.0], 0.0),
        ([0.6012, 0.6013], 0.601),  # nothing finer is printed
    ],
)
def test_an_axis_is_cut_where_changes_would_not_be_seen(points: list[float], base: float) -> None:
    axis = axis_through(points, 0.001)
    assert axis.base == pytest.approx(base)
    assert axis.cut == (base != 0.0)


UNIT = Axis(low=0.0, high=8.0, base=0.0)


@pytest.mark.parametrize(
    ("start", "end", "blocks", "ascii_blocks"),
    [
        (0.0, 8.0, "████████", "########"),
        (0.0, 2.5, "██▌", "##"),
        (0.0, 1.125, "█▏", "#"),
        (2.0, 4.0, "  ██", "  ##"),
        (4.0, 2.0, "  ██", "  ##"),
        (2.5, 4.75, "  ▐█▊", "  ###"),
        (2.5, 3.0, "  ▐", "  #"),
        (3.01, 3.02, "   ▏", "   #"),
        (3.98, 3.99, "   ▕", "   #"),
        (7.99, 8.0, "       ▕", "       #"),
        (3.0, 3.0, "", ""),
    ],
)
def test_drawings(start: float, end: float, blocks: str, ascii_blocks: str) -> None:
    assert bar(start, end, UNIT, 8) == blocks
    assert bar(start, end, UNIT, 8, ascii_only=True) == ascii_blocks


@pytest.mark.parametrize(
    ("drawn", "axis", "told"),
    [
        ("", Axis(low=-4.0, high=4.0, base=0.0), "    │"),
        ("██", Axis(low=-4.0, high=4.0, base=0.0), "██  │"),
        ("     ██", Axis(low=-4.0, high=4.0, base=0.0), "    │██"),
        ("   ███", Axis(low=-4.0, high=4.0, base=0.0), "   ███"),
        ("██", UNIT, "██"),
    ],
)
def test_zero_is_marked_where_it_lies_inside(drawn: str, axis: Axis, told: str) -> None:
    assert with_zero(drawn, axis, 8) == told
    assert with_zero(drawn.replace("█", "#"), axis, 8, ascii_only=True).isascii()
