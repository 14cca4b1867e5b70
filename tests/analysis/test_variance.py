"""change, percent, favourable, attainment and status, against figures worked out by hand."""

import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.kpis import absolute, leaf, relative
from kpitree.analysis.variance import facts, with_status, with_variance
from kpitree.tree.model import Thresholds

Range = tuple[float, float] | None

VARIANCE = {
    "kpi": pl.String,
    "value": pl.Float64,
    "reference": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


def compare(
    value: float | None, reference: float | None, direction: str = "up", good: Range = None
) -> dict[str, Any]:
    low, high = good or (None, None)
    pairs = pl.DataFrame([("k", value, reference, low, high)], schema=VARIANCE, orient="row")
    return with_variance(pairs, facts([leaf("k", direction=direction)])).row(0, named=True)


def judge(
    value: float | None,
    target: float | None,
    direction: str = "up",
    good: Range = None,
    thresholds: Thresholds | None = None,
) -> dict[str, Any]:
    low, high = good or (None, None)
    schema = {"kpi": pl.String, "value": pl.Float64, "held_to": pl.Float64}
    schema |= {"low": pl.Float64, "high": pl.Float64}
    rows = pl.DataFrame([("k", value, target, low, high)], schema=schema, orient="row")
    kpi = leaf("k", direction=direction, thresholds=thresholds or Thresholds())
    return with_status(rows, facts([kpi])).row(0, named=True)


@pytest.mark.parametrize(
    ("value", "reference", "change", "percent"),
    [
        (110.0, 100.0, 10.0, 0.1),
        (90.0, 100.0, -10.0, -0.1),
        (-50.0, -100.0, 50.0, 0.5),  # a loss halved: + 50, and + 50 % of the loss's size
        (-150.0, -100.0, -50.0, -0.5),
        (20.0, -100.0, 120.0, 1.2),
        (5.0, 0.0, 5.0, None),  # no growth percentage from a base of 0
        (0.0, 0.0, 0.0, None),
        (0.0, 8.0, -8.0, -1.0),
        (None, 100.0, None, None),
        (100.0, None, None, None),
    ],
)
def test_change_and_percent(
    value: float | None, reference: float | None, change: float | None, percent: float | None
) -> None:
    found = compare(value, reference)
    assert found["change"] == change
    assert found["percent"] == (None if percent is None else pytest.approx(percent))


@pytest.mark.parametrize(
    ("value", "reference", "direction", "good", "favourable"),
    [
        (2.0, 1.0, "up", None, True),
        (1.0, 2.0, "up", None, False),
        (2.0, 1.0, "down", None, False),
        (1.0, 2.0, "down", None, True),
        (1.0, 1.0, "up", None, None),
        (None, 1.0, "up", None, None),
        (1.0, None, "down", None, None),
        (0.5, 0.2, "range", (0.9, 1.1), True),  # 0.4 below instead of 0.7
        (1.5, 1.3, "range", (0.9, 1.1), False),  # 0.4 above instead of 0.2
        (0.8, 1.3, "range", (0.9, 1.1), True),  # 0.1 below instead of 0.2 above
        (0.95, 1.05, "range", (0.9, 1.1), None),  # both inside
        (1.1, 0.9, "range", (0.9, 1.1), None),  # on its ends is inside
        (None, 1.3, "range", (0.9, 1.1), None),
        (1.3, 0.5, "range", None, None),  # the range does not hold here
    ],
)
def test_favourable(
    value: float | None,
    reference: float | None,
    direction: str,
    good: Range,
    favourable: bool | None,
) -> None:
    assert compare(value, reference, direction, good)["favourable"] is favourable


@pytest.mark.parametrize(
    ("value", "target", "direction", "attainment"),
    [
        (90.0, 100.0, "up", 0.9),
        (90.0, 100.0, "down", 100 / 90),
        (125.0, 100.0, "down", 0.8),
        (5.0, 0.0, "up", None),
        (0.0, 5.0, "down", None),
        (5.0, 0.0, "down", 0.0),
        (None, 100.0, "up", None),
        (90.0, None, "up", None),
        (90.0, 100.0, "range", None),
        (80.0, -100.0, "up", None),
        (-80.0, 100.0, "up", -0.8),
        (-5.0, 10.0, "down", None),
        (5.0, -10.0, "down", None),
    ],
)
def test_attainment(
    value: float | None, target: float | None, direction: str, attainment: float | None
) -> None:
    found = judge(value, target, direction, (0.0, 1.0) if direction == "range" else None)
    assert found["attainment"] == (None if attainment is None else pytest.approx(attainment))


FIVE = relative(0.0, 0.05)  # the default
LENIENT = relative(0.02, 0.10)
POINTS = absolute(0.0, 0.02)  # at_risk = "0pp", off_track = "2pp"
UNITS = absolute(3, 10)


@pytest.mark.parametrize(
    ("value", "target", "direction", "thresholds", "status"),
    [
        # up: below the target is the bad side
        (100.0, 100.0, "up", FIVE, "on_track"),
        (250.0, 100.0, "up", FIVE, "on_track"),
        (99.999, 100.0, "up", FIVE, "at_risk"),
        (95.0, 100.0, "up", FIVE, "at_risk"),  # beyond 5 % is off track, 5 % is not
        (94.999, 100.0, "up", FIVE, "off_track"),
        (98.0, 100.0, "up", LENIENT, "on_track"),  # within at_risk is on track
        (97.999, 100.0, "up", LENIENT, "at_risk"),
        (90.0, 100.0, "up", LENIENT, "at_risk"),
        (89.999, 100.0, "up", LENIENT, "off_track"),
        # down: above the target is the bad side
        (100.0, 100.0, "down", FIVE, "on_track"),
        (3.0, 100.0, "down", FIVE, "on_track"),
        (100.001, 100.0, "down", FIVE, "at_risk"),
        (105.0, 100.0, "down", FIVE, "at_risk"),
        (105.001, 100.0, "down", FIVE, "off_track"),
        # a target of 0 has no percent to fall short by
        (0.0, 0.0, "up", FIVE, "on_track"),
        (-0.001, 0.0, "up", FIVE, "off_track"),
        (0.0, 0.0, "down", FIVE, "on_track"),
        (1.0, 0.0, "down", FIVE, "off_track"),
        (1.0, 0.0, "down", UNITS, "on_track"),
        (4.0, 0.0, "down", UNITS, "at_risk"),
        # a negative target: its size counts
        (-100.0, -100.0, "up", FIVE, "on_track"),
        (-90.0, -100.0, "up", FIVE, "on_track"),
        (-104.0, -100.0, "up", FIVE, "at_risk"),
        (-106.0, -100.0, "up", FIVE, "off_track"),
        (-96.0, -100.0, "down", FIVE, "at_risk"),
        (-94.0, -100.0, "down", FIVE, "off_track"),
        # percentage points and units
        (0.60, 0.62, "up", POINTS, "at_risk"),
        (0.5999, 0.62, "up", POINTS, "off_track"),
        (0.6199, 0.62, "up", POINTS, "at_risk"),
        (0.62, 0.62, "up", POINTS, "on_track"),
        (97.0, 100.0, "up", UNITS, "on_track"),
        (96.0, 100.0, "up", UNITS, "at_risk"),
        (90.0, 100.0, "up", UNITS, "at_risk"),
        (89.0, 100.0, "up", UNITS, "off_track"),
        # rounding of floats is no miss
        (0.3, 0.1 + 0.2, "up", FIVE, "on_track"),
        (0.1 + 0.2, 0.3, "down", FIVE, "on_track"),
        # nothing to say
        (None, 100.0, "up", FIVE, "no_data"),
        (None, None, "up", FIVE, "no_data"),
        (5.0, None, "up", FIVE, "no_target"),
        (5.0, None, "down", FIVE, "no_target"),
    ],
)
def test_status(
    value: float | None,
    target: float | None,
    direction: str,
    thresholds: Thresholds,
    status: str,
) -> None:
    assert judge(value, target, direction, thresholds=thresholds)["status"] == status


@pytest.mark.parametrize(
    ("value", "good", "thresholds", "status"),
    [
        (1.0, (0.9, 1.1), FIVE, "on_track"),
        (0.9, (0.9, 1.1), FIVE, "on_track"),
        (1.1, (0.9, 1.1), FIVE, "on_track"),
        (0.86, (0.9, 1.1), FIVE, "at_risk"),  # 0.04 off 0.9 is 4.4 %
        (0.85, (0.9, 1.1), FIVE, "off_track"),  # 5.6 %
        (1.15, (0.9, 1.1), FIVE, "at_risk"),  # 4.5 % of 1.1
        (1.16, (0.9, 1.1), FIVE, "off_track"),  # 5.5 %
        (1.0, (1.0, 1.0), FIVE, "on_track"),
        (-0.5, (0.0, 2.0), FIVE, "off_track"),
        (-4.0, (0.0, 2.0), UNITS, "at_risk"),
        (13.0, (0.0, 2.0), UNITS, "off_track"),
        (None, (0.9, 1.1), FIVE, "no_data"),
        (1.0, None, FIVE, "no_target"),  # the range does not hold in this period
    ],
)
def test_status_of_a_range(
    value: float | None, good: Range, thresholds: Thresholds, status: str
) -> None:
    assert judge(value, None, "range", good, thresholds)["status"] == status


numbers = st.floats(-1e6, 1e6).map(lambda number: round(number, 3))


@given(numbers, numbers, st.sampled_from(["up", "down"]))
def test_the_two_directions_mirror_each_other(value: float, target: float, direction: str) -> None:
    other = "down" if direction == "up" else "up"
    assert judge(value, target, direction)["status"] == judge(-value, -target, other)["status"]
    ours = compare(value, target, direction)["favourable"]
    theirs = compare(value, target, other)["favourable"]
    assert (ours is None) == (theirs is None) == (value == target)
    assert ours is None or ours is not theirs


@given(numbers, numbers, numbers)
def test_a_better_value_never_has_a_worse_status(one: float, other: float, target: float) -> None:
    order = ["off_track", "at_risk", "on_track"]
    worse, better = sorted((one, other))
    statuses = [order.index(judge(value, target)["status"]) for value in (worse, better)]
    assert statuses == sorted(statuses)


@given(numbers, numbers)
def test_a_comparison_swapped_changes_its_sign(one: float, other: float) -> None:
    ours, theirs = compare(one, other), compare(other, one)
    assert math.isclose(ours["change"], -theirs["change"], abs_tol=0.0)
    assert ours["favourable"] is None or ours["favourable"] is not theirs["favourable"]


def test_rows_keep_their_order_and_their_own_kpi() -> None:
    rows = pl.DataFrame(
        {
            "kpi": ["b", "a", "b"],
            "value": [9.0, 9.0, None],
            "held_to": [10.0, 10.0, 10.0],
            "low": [None] * 3,
            "high": [None] * 3,
        },
        schema_overrides={"low": pl.Float64, "high": pl.Float64},
    )
    about = facts([leaf("a", direction="down"), leaf("b")])
    found = with_status(rows, about)
    assert found.columns == [*rows.columns, "attainment", "status"]
    assert found["status"].to_list() == ["off_track", "on_track", "no_data"]
    assert found["attainment"].to_list() == [0.9, pytest.approx(10 / 9), None]
