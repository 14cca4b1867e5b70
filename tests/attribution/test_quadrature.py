"""The rules are exact where they should be, and the adaptive integral settles by component."""

import math
from collections.abc import Callable

import pytest

from kpitree.analysis.attribution.quadrature import (
    END,
    START,
    WHOLE,
    Panel,
    Point,
    between,
    by_rule,
    gauss_legendre,
    integrate,
    points,
)


@pytest.mark.parametrize("order", [1, 2, 3, 5, 8, 16, 32])
def test_rules_are_exact_up_to_their_degree(order: int) -> None:
    for degree in range(2 * order):
        found = by_rule(power(degree), WHOLE, order)
        assert found == pytest.approx([1 / (degree + 1)], rel=1e-13)


def power(degree: int) -> Callable[[Point], list[float]]:
    return lambda point: [point.from_start**degree]


def test_the_two_point_rule_is_the_textbook_one() -> None:
    nodes = [node for node, _ in gauss_legendre(2)]
    assert nodes == pytest.approx([-1 / math.sqrt(3), 1 / math.sqrt(3)], rel=1e-15)
    assert [weight for _, weight in gauss_legendre(2)] == pytest.approx([1.0, 1.0], rel=1e-14)


def test_points_mirror_each_other() -> None:
    there = points(Panel(START, Point(0.25, 0.75)), 8)
    back = points(Panel(Point(0.75, 0.25), END), 8)
    assert [point.from_start for point in there] == [point.from_end for point in reversed(back)]


def test_distances_stay_exact_near_both_ends() -> None:
    assert between(START, Point(1e-200, 1.0)).from_start == 5e-201
    last = Panel(Point(1.0, 1e-200), END)
    assert last.width == 1e-200
    assert last.halves()[1].width == 5e-201


def whole(panel: Panel) -> list[Panel]:
    return [panel]


def test_every_component_settles_by_itself() -> None:
    # The first two cancel in the sum at any precision, so a sum would tell nothing.
    found = integrate(
        lambda point: [
            100 / (1 + 99 * point.from_start),
            -100 / (1 + 99 * point.from_start),
            1e-6 * math.sqrt(point.from_start),
        ],
        3,
        whole,
    )
    line = 100 / 99 * math.log(100)
    assert found.values == pytest.approx([line, -line, 2e-6 / 3], rel=1e-10)
    assert max(found.errors) < 1e-8


@pytest.mark.parametrize("near", ["from_start", "from_end"])
def test_an_integrable_end_settles(near: str) -> None:
    found = integrate(lambda point: [0.5 / math.sqrt(getattr(point, near))], 1, whole)
    assert found.values == pytest.approx([1.0], rel=1e-10)


def test_a_root_within_the_path_settles_from_afar() -> None:
    """Where it is cut, distances are no longer exact; no point may come too near."""
    seen: list[float] = []

    def root(point: Point) -> list[float]:
        seen.append(abs(point.from_start - 0.3))
        return [0.5 / math.sqrt(seen[-1])]

    cut = Point(0.3, 0.7)

    def halves(panel: Panel) -> list[Panel]:
        return [Panel(START, cut), Panel(cut, END)] if panel == WHOLE else [panel]

    found = integrate(root, 1, halves)
    assert found.values == pytest.approx([math.sqrt(0.3) + math.sqrt(0.7)], rel=1e-11)
    assert min(seen) > 1e-7


def test_points_stay_within_their_panel() -> None:
    start = Point(0.6, 0.4)
    panel = Panel(start, Point(math.nextafter(0.6, 1.0), math.nextafter(0.4, 0.0)))
    for point in points(panel, 16):
        assert start.from_start <= point.from_start <= panel.end.from_start
        assert panel.end.from_end <= point.from_end <= start.from_end


def test_a_divergent_one_says_so() -> None:
    found = integrate(lambda point: [1 / point.from_start, 1.0], 2, whole)
    assert found.errors[0] > 1e-6
    assert found.errors[1] < 1e-9


def test_a_pole_whose_halves_cancel_is_not_overlooked() -> None:
    def odd(point: Point) -> list[float]:
        x = point.from_start - 0.25  # in the middle of the first half that is looked at
        return [1 / x**3 if x else math.nan]

    assert integrate(odd, 1, whole).errors[0] > 1e-3
