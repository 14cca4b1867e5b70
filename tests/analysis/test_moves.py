"""How a stock goes on, by hand."""

import pytest

from kpitree.analysis.moves import Move, usual_move


def test_what_is_above_0_moves_by_its_size() -> None:
    move = usual_move([(100, 110), (200, 200), (50, 60)])
    assert move is not None
    assert move.middle == pytest.approx(1.1)
    assert (move.relative, move.periods) == (True, 3)
    assert move.of(1_000) == pytest.approx(1_100)
    assert move.of(1_000, 2) == pytest.approx(1_210)
    assert move.of(0) == 0


@pytest.mark.parametrize("seen", [[(-10, 5), (10, 15)], [(0, 10), (10, 20)]])
def test_what_is_not_moves_by_differences(seen: list[tuple[float, float]]) -> None:
    move = usual_move(seen)
    assert move == Move(10, relative=False, periods=2)
    assert move is not None
    assert (move.of(-3), move.of(-3, 3)) == (7, 27)


def test_what_has_no_value_shows_nothing() -> None:
    assert usual_move([(None, 1), (1, None)]) is None
    assert usual_move([(None, 1), (2, 1)]) == Move(0.5, relative=True, periods=1)


def test_what_is_too_large_is_none() -> None:
    assert Move(1e300, relative=True, periods=1).of(1e300) is None
    assert Move(1e300, relative=True, periods=1).of(1, 9) is None
    assert Move(1.7e308, relative=False, periods=1).of(1.7e308) is None
