"""Mean gradients: of drivers that moved and of those that did not, where there are any."""

import math

import pytest

from attribution.trees import Values, explain, grow, lines


@pytest.mark.parametrize(
    ("formula", "before", "after", "expected"),
    [
        ("a * b + c", {"a": 1, "b": 5, "c": 2}, {"a": 3, "b": 5, "c": 2}, {"a": 5, "b": 2, "c": 1}),
        # Nothing moved: the slopes where all stand.
        (
            "a * b / c",
            {"a": 6, "b": 5, "c": 2},
            {"a": 6, "b": 5, "c": 2},
            {"a": 2.5, "b": 3, "c": -7.5},
        ),
        ("a * sqrt(u)", {"a": 1, "u": 0}, {"a": 2, "u": 0}, {"a": 0}),
        ("sqrt(a + u)", {"a": 0, "u": 0}, {"a": 4, "u": 0}, {"a": 0.5, "u": 0.5}),
        ("a / (a + u)", {"a": 0, "u": 0}, {"a": 3, "u": 0}, {"a": 0}),  # -1 / a by u diverges
        # Corners: no slope to tell from the two of each side.
        ("a + abs(u)", {"a": 0, "u": 0}, {"a": 3, "u": 0}, {"a": 1}),
        (
            "a + max(u, v, w)",
            {"a": 0, "u": 2, "v": 2, "w": 1},
            {"a": 3, "u": 2, "v": 2, "w": 1},
            {"a": 1, "w": 0},
        ),
        (
            "a + max(u, v)",
            {"a": 0, "u": 3, "v": 2},
            {"a": 3, "u": 3, "v": 2},
            {"a": 1, "u": 1, "v": 0},
        ),
        # u matters for as long as a has not reached it.
        ("max(a, u)", {"a": 0, "u": 1}, {"a": 4, "u": 1}, {"a": 0.75, "u": 0.25}),
        ("if_else(a > 3, u, 5 * u)", {"a": 0, "u": 2}, {"a": 4, "u": 2}, {"a": 0, "u": 4}),
        ("a * b / a", {"a": 1, "b": 3}, {"a": 7, "b": 3}, {"a": 0, "b": 1}),
    ],
)
def test_gradients(formula: str, before: Values, after: Values, expected: dict[str, float]) -> None:
    tree = grow({"r": formula})
    found = explain(tree, before, after, gradients=True)
    assert found.gradients == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert found.lines == explain(tree, before, after).lines
    assert not found.warnings or "0 / 0" in found.warnings[0].message


def test_a_large_driver_that_hardly_moved() -> None:
    """Its line is lost beside the others' rounding; what a segment of it did is not."""
    before, after = {"a": 1e6, "b": 1.0, "c": 3.0}, {"a": 1e6 + 1e-3, "b": 800.0, "c": 5.0}
    found = explain(grow({"r": "a * c / b"}), before, after, gradients=True)
    # The mean of (3 + 2 t) / (1 + 799 t)
    mean = 2 / 799 + (3 - 2 / 799) * math.log(800) / 799
    assert found.gradients["a"] == pytest.approx(mean, rel=1e-11)


def test_many_at_once_do_not_disturb_each_other() -> None:
    tree = grow({"r": "a * (x + sqrt(u)) + y * a / (a + v) + z"})
    values = {"x": 3, "u": 0, "y": 2, "v": 0, "z": 1e-9}
    found = explain(tree, {"a": 0, **values}, {"a": 2, **values}, gradients=True)
    # By y it is the mean of a / a; by v that of -y / a, which diverges; by u there is none.
    assert found.gradients == pytest.approx({"a": 3, "x": 1, "y": 1, "z": 1}, rel=1e-9)
    assert lines(found)["a"] == pytest.approx(6)


def test_a_kpi_that_is_not_split() -> None:
    found = explain(
        grow({"r": "q * c", "q": "a / b"}),
        {"a": 1, "b": -1, "c": 4},
        {"a": 1, "b": 1, "c": 4},
        gradients=True,
    )
    assert found.gradients == pytest.approx({"q": 4, "c": 0})
    alone = explain(grow({"r": "a / b"}), {"a": 1, "b": -1}, {"a": 1, "b": 1}, gradients=True)
    assert alone.gradients == {"r": 1.0}
