"""Goal seek against closed forms, and what it says where nothing reaches the goal."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kpitree.analysis.seek import MOST, Found, Missed, Sample, seek

Curve = Callable[[float], float]


def no_pieces(_x: float) -> int:
    return 0


def seeking(
    curve: Curve,
    start: float,
    goal: float,
    piece: Callable[[float], int] = no_pieces,
    **bounds: float,
) -> tuple[Found | Missed | None, int]:
    """What is found, and how often the curve was asked; mathematics that fails has no value."""
    asked = 0

    def function(x: float) -> Sample:
        nonlocal asked
        asked += 1
        try:
            value = curve(x)
        except (ZeroDivisionError, ValueError, OverflowError):
            return Sample(None, piece(x))
        return Sample(value if math.isfinite(value) else None, piece(x))

    return seek(function, start, goal, **bounds), asked


@pytest.mark.parametrize(
    ("curve", "start", "goal", "at"),
    [
        pytest.param(lambda x: 3 * x, 10, 45, 15, id="product"),
        pytest.param(lambda x: 3 * x, 10, 45e6, 15e6, id="far away"),
        pytest.param(lambda x: 3 * x, 10, -45, -15, id="beyond 0"),
        pytest.param(lambda x: 3 * x + 1, 0, 46, 15, id="from 0"),
        pytest.param(lambda x: 3 * x, 1e-300, 6e-300, 2e-300, id="tiny"),
        pytest.param(lambda x: 100 / x, 10, 40, 2.5, id="ratio"),
        pytest.param(lambda x: (x - 4) / x, 10, 0.9, 40, id="margin"),
        pytest.param(lambda x: x * x, 1, 9, 3, id="the nearer of two"),
        pytest.param(lambda x: x * x, -1, 9, -3, id="the nearer of two, below"),
        pytest.param(lambda x: x * (10 - x), 3, 24, 4, id="uphill, not over the top"),
        pytest.param(lambda x: x * (10 - x), 7, 24, 6, id="downhill"),
        pytest.param(lambda x: x * (10 - x), 7, -11, 11, id="past the top"),
        pytest.param(math.sqrt, 1, 0, 0, id="at the edge of what has a value"),
        pytest.param(math.log, 1, -20, math.exp(-20), id="logarithm"),
        pytest.param(math.exp, 1, 1e200, math.log(1e200), id="exponential"),
        pytest.param(lambda x: min(x, 20), 10, 20, 20, id="just where it saturates"),
        pytest.param(lambda x: max(x, 20), 10, 30, 30, id="after a dead stretch"),
        pytest.param(lambda x: max(10 - x, 2), 1, 2, 8, id="the first of many"),
        pytest.param(lambda _: 7.5, 3, 7.5, 3, id="already there"),
    ],
)
def test_where(curve: Curve, start: float, goal: float, at: float) -> None:
    found, asked = seeking(curve, start, goal)
    assert isinstance(found, Found)
    assert found.at == pytest.approx(at, rel=1e-9, abs=1e-300)
    assert not found.jump
    assert curve(found.at) == pytest.approx(goal, rel=1e-9, abs=1e-12)
    assert asked < 1_500


@pytest.mark.parametrize(
    ("curve", "start", "goal", "closest", "flat"),
    [
        pytest.param(lambda x: min(x, 20), 10, 25, 20, False, id="saturated"),
        pytest.param(lambda x: max(x, 20), 10, 15, 20, False, id="a floor"),
        pytest.param(lambda _: 3, 10, 45, 3, True, id="flat"),
        pytest.param(lambda x: x * x, 1, -9, 0, False, id="below the bottom"),
        pytest.param(math.sqrt, 4, -1, 0, False, id="out of the domain"),
    ],
)
def test_nowhere(curve: Curve, start: float, goal: float, closest: float, flat: bool) -> None:
    found, _ = seeking(curve, start, goal)
    assert isinstance(found, Missed)
    assert found.closest == pytest.approx(closest, abs=1e-3)
    assert found.flat is flat


def test_flat_where_it_is_reached() -> None:
    found, _ = seeking(lambda x: (x - 1) ** 3, 4, 0)
    assert isinstance(found, Found)
    assert found.at == pytest.approx(1, abs=1e-4)
    assert (found.at - 1) ** 3 == pytest.approx(0, abs=1e-12)


def test_a_pole_is_no_crossing() -> None:
    """1 / (x - 5) goes from below to above -1..1 at 5 without being 0 there."""
    found, _ = seeking(lambda x: 1 / (x - 5), 3, 0)
    assert isinstance(found, Missed)


def test_a_crossing_beyond_a_pole() -> None:
    found, _ = seeking(lambda x: 1 / (x - 5), 3, 1)
    assert isinstance(found, Found)
    assert found.at == pytest.approx(6)


def test_a_pole_on_one_side_only() -> None:
    """Dead up to 5, beyond all bounds just after it, and at 3 a third further on."""
    found, _ = seeking(lambda x: 0.0 if x <= 5 else 1 / (x - 5), 4, 3)
    assert isinstance(found, Found)
    assert found.at == pytest.approx(5 + 1 / 3)
    assert not found.jump


@pytest.mark.parametrize(("start", "at"), [(10, 7), (11, 14)])
def test_the_nearer_of_two_sides(start: float, at: float) -> None:
    found, _ = seeking(lambda x: (x - 7) * (x - 14), start, 0)
    assert isinstance(found, Found)
    assert found.at == pytest.approx(at)


def test_a_jump_over_the_goal() -> None:
    """The bonus from 100 on doubles: 150 is never met, but passed."""
    found, _ = seeking(lambda x: x * (2 if x >= 100 else 1), 10, 150)
    assert found == Found(100.0, jump=True)


def test_bounds() -> None:
    below, _ = seeking(lambda x: 3 * x, 10, -45, lowest=0.0)
    assert isinstance(below, Missed)
    assert below.closest == 0
    at_the_bound, _ = seeking(lambda x: 3 * x, 10, 0, lowest=0.0)
    assert at_the_bound == Found(0.0)
    from_the_bound, _ = seeking(lambda x: 3 * x, 0, 45, lowest=0.0)
    assert isinstance(from_the_bound, Found)
    assert from_the_bound.at == pytest.approx(15)
    above, _ = seeking(lambda x: 3 * x, 10, 45, highest=12.0)
    assert isinstance(above, Missed)
    assert above.closest == 36
    outside, _ = seeking(lambda x: 3 * x, -1, 45, lowest=0.0)  # the start is what it is
    assert isinstance(outside, Found)


def test_a_start_without_a_value() -> None:
    assert seeking(lambda x: 1 / x, 0, 3)[0] is None


@given(
    slope=st.floats(0.01, 1e6) | st.floats(-1e6, -0.01),
    shift=st.floats(-1e6, 1e6),
    start=st.floats(-1e6, 1e6),
    at=st.floats(-1e6, 1e6),
)
def test_a_line(slope: float, shift: float, start: float, at: float) -> None:
    def line(x: float) -> float:
        return slope * x + shift

    assume(abs(line(at)) > 1e-3)
    found, asked = seeking(line, start, line(at))
    assume(not isinstance(found, Missed))  # more than 1e9 times the start away
    assert isinstance(found, Found)
    size = max(abs(line(at)), abs(slope * at), abs(shift))
    assert line(found.at) == pytest.approx(line(at), rel=1e-9, abs=1e-9 * size)
    assert asked < 400


@given(
    roots=st.lists(st.floats(0.5, 100), min_size=1, max_size=3, unique=True),
    start=st.floats(0.5, 100),
)
def test_nothing_nearer_is_overlooked(roots: list[float], start: float) -> None:
    """Crossings at least a third of their distance apart are all seen, so the nearest is found."""
    distances = sorted(abs(root - start) for root in roots)
    assume(all(far > 1.6 * near + 1e-6 for near, far in pairwise(distances)))
    assume(distances[0] > 1e-6)
    found, _ = seeking(lambda x: math.prod(x - root for root in roots), start, 0.0)
    assert isinstance(found, Found)
    assert abs(found.at - start) == pytest.approx(distances[0], rel=1e-6, abs=1e-9)


# --- nothing nearer ------------------------------------------------------------------------------

near = st.floats(0.5, 100)


@dataclass(frozen=True)
class Case:
    """A curve, where it is what at `start`, and all places where it gives the goal."""

    curve: Curve
    start: float
    goal: float
    places: tuple[float, ...]
    piece: Callable[[float], int] = no_pieces


@st.composite
def poles(draw: st.DrawFn) -> Case:
    """a / (b - x) = goal at b - a / goal."""
    a, b, start = draw(near), draw(near), draw(near)
    goal = draw(st.floats(1e-3, 1e9)) * draw(st.sampled_from((-1, 1)))
    assume(abs(b - start) > 1e-3)
    told = draw(st.booleans())  # of its pole
    piece = (lambda x: (x > b) - (x < b)) if told else no_pieces
    return Case(lambda x: a / (b - x), start, goal, (b - a / goal,), piece)


@st.composite
def even_poles(draw: st.DrawFn) -> Case:
    """a / (b - x)² = goal at b ± √(a / goal)."""
    a, b, start, goal = draw(near), draw(near), draw(near), draw(st.floats(1e-3, 1e9))
    assume(abs(b - start) > 1e-3)
    away = math.sqrt(a / goal)
    return Case(
        lambda x: a / (b - x) ** 2, start, goal, (b - away, b + away), lambda x: (x > b) - (x < b)
    )


@st.composite
def hills(draw: st.DrawFn) -> Case:
    """x (c - x) is c² / 4 - h² at c / 2 ± h."""
    c, start, away = draw(near), draw(near), draw(st.floats(1e-4, 100))
    goal = c * c / 4 - away * away
    return Case(lambda x: x * (c - x), start, goal, (c / 2 - away, c / 2 + away))


@st.composite
def valleys(draw: st.DrawFn) -> Case:
    """x² - c is goal at ± √(goal + c)."""
    c, start, at = draw(near), draw(near | st.floats(-100, -0.5)), draw(st.floats(1e-3, 100))
    return Case(lambda x: x * x - c, start, at * at - c, (-at, at))


@st.composite
def saturations(draw: st.DrawFn) -> Case:
    """a x / (b + x) = goal at b goal / (a - goal)."""
    a, b, start, part = draw(near), draw(near), draw(near), draw(st.floats(0.01, 0.999))
    goal = a * part
    return Case(lambda x: a * x / (b + x), start, goal, (b * goal / (a - goal),))


@st.composite
def limits(draw: st.DrawFn) -> Case:
    """min(max(x, low), high) is what is between the two just there."""
    low, goal, high = sorted(draw(st.tuples(near, near, near)))
    assume(low < goal < high)
    return Case(lambda x: min(max(x, low), high), draw(near), goal, (goal,))


@given(case=poles() | even_poles() | hills() | valleys() | saturations() | limits())
def test_the_nearest_is_found(case: Case) -> None:
    scale = abs(case.goal) + abs(case.curve(case.start))
    assume(abs(case.curve(case.start) - case.goal) > 1e-6 * scale)
    found, asked = seeking(case.curve, case.start, case.goal, case.piece)
    assert isinstance(found, Found)
    assert not found.jump
    beside = abs(case.curve(math.nextafter(found.at, case.start)) - case.curve(found.at))
    slack = max(1e-9 * max(abs(case.goal), abs(case.curve(case.start))), beside)
    assert case.curve(found.at) == pytest.approx(case.goal, rel=1e-9, abs=slack)
    nearest = min(abs(place - case.start) for place in case.places)
    assert abs(found.at - case.start) == pytest.approx(nearest, rel=1e-6, abs=1e-6)
    assert asked < MOST


@pytest.mark.parametrize("told", [False, True])
def test_the_worst_case_is_bounded(told: bool) -> None:
    """Hills without end that never reach it."""
    piece = (lambda x: math.floor(x * 10)) if told else no_pieces
    found, asked = seeking(lambda x: math.sin(x * 50) + 1, 3, 5, piece)
    assert isinstance(found, Missed)
    assert found.closest == pytest.approx(2)
    assert asked < MOST + 600
    assert seeking(lambda x: math.sin(x * 50) + 1, 3, 5, piece) == (found, asked)
