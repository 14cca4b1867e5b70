"""Which way is good, as sheets say it: by a heading, or by a word under one."""

import pytest

from importing.sheets import imported, tree
from kpitree.errors import TreeErrors


@pytest.mark.parametrize(
    ("heading", "cell", "expected"),
    [
        ("Higher is better", "yes", "up"),
        ("Higher is better", "no", "down"),
        ("Higher is better?", "FALSE", "down"),
        ("Lower is better", "x", "down"),
        ("lower-is-better", "no", "up"),
        ("Lower is better", "higher", "up"),
        ("Good when", "lower", "down"),
        ("Good when", "up", "up"),
        ("Good when", "falling", "down"),
        ("Direction", "Higher is better", "up"),
    ],
)
def test_which_way_is_good(heading: str, cell: str, expected: str) -> None:
    text = f"KPI,Value,Target,{heading}\na,1,2,{cell}"
    assert tree(text).kpis["a"].direction == expected
    assert all(one.code != "unknown_column" for one in imported(text).notices)


@pytest.mark.parametrize(
    ("heading", "cell"), [("Good when", "yes"), ("Higher is better", "-"), ("Direction", "no")]
)
def test_what_says_neither(heading: str, cell: str) -> None:
    with pytest.raises(TreeErrors, match=f"column '{heading}': '{cell}' is not known here"):
        tree(f"KPI,Value,{heading}\na,1,{cell}")


@pytest.mark.parametrize(
    "heading", ["Good", "Better if higher", "Which is better", "Up is good?!x"]
)
def test_a_heading_near_it(heading: str) -> None:
    (notice,) = imported(f"KPI,Value,{heading}\na,1,yes").notices
    assert notice.message.endswith("is not read; did you mean 'direction'?")
