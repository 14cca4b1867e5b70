"""What is printed adds up to what is printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.analysis.attribution.rounding import shown


@pytest.mark.parametrize(
    ("lines", "total", "decimals", "printed"),
    [
        ([1 / 3, 1 / 3, 1 / 3], 1.0, 0, [1.0, 0.0, 0.0]),  # a tie: the earliest
        ([0.4, 0.4, 0.2], 1.0, 0, [1.0, 0.0, 0.0]),
        ([33.333, 33.333, 33.334], 100.0, 1, [33.3, 33.3, 33.4]),
        ([-94_340.0, -71_560.0, -31_620.0], -197_520.0, -3, [-94e3, -72e3, -32e3]),
        ([-0.4, -0.4, -0.2], -1.0, 0, [0.0, -1.0, 0.0]),
        ([2.5], 2.5, 0, [2.0]),  # half to even, as Python prints it
        ([3.5], 3.5, 0, [4.0]),
        ([1.3, 0.0, -1.3], 0.0, 0, [1.0, 0.0, -1.0]),
        ([0.7, 0.0, 0.8], 1.5, 0, [1.0, 0.0, 1.0]),
        ([0.25, 0.75], 1.0, 2, [0.25, 0.75]),
        ([], 0.0, 2, []),
        ([1e-300, 1.0], 1.0, 2, [0.0, 1.0]),
        ([-1e-300, 1.0], 1.0, 2, [0.0, 1.0]),
        ([1.2, 1.2], 5.0, 0, [3.0, 2.0]),  # lines that do not add up still print as if
    ],
)
def test_largest_remainder(
    lines: list[float], total: float, decimals: int, printed: list[float]
) -> None:
    assert shown(lines, total, decimals) == printed


amounts = st.floats(-1e9, 1e9)


@given(lines=st.lists(amounts, min_size=1, max_size=8), decimals=st.integers(-2, 3))
def test_printed_lines_add_up_and_stay_near(lines: list[float], decimals: int) -> None:
    total = sum(lines)
    step = 10.0**-decimals
    printed = shown(lines, total, decimals)
    assert round(sum(printed) / step) == round(float(f"{round(total, decimals)}") / step)
    if any(lines):
        for line, text in zip(lines, printed, strict=True):
            assert abs(text - line) <= step * 1.0001
            assert text == 0 or line != 0
