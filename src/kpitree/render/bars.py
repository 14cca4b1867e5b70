"""Horizontal bars on a common axis, in eighths of a character where the terminal can.

A bar is drawn in the line of its figures: blanks up to its start, then blocks up to its end.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

FULL, RIGHT_HALF, RIGHT_EIGHTH, ASCII_FULL = "█", "▐", "▕", "#"
ZERO = "│"
LEFT_EIGHTHS: Final = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
ROOM_BELOW: Final = 0.3  # of what is seen, between the lowest point and where a cut axis begins
CUT_BELOW: Final = 0.25  # the movement as a share of the values, under which the axis is cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The values at the left and right edge of the drawing, in any unit; low < high.

    base: where bars of whole values begin: 0, or the edge nearest to it where the axis is cut.
    """

    low: float
    high: float
    base: float

    @property
    def cut(self) -> bool:
        return self.base != 0.0

    def at(self, value: float, cells: int) -> float:
        """Cells from the left edge; values beyond an edge stand on it."""
        # Halved before subtracting: the extremes may be as far apart as floats reach.
        part = (value / 2 - self.low / 2) / (self.high / 2 - self.low / 2)
        return min(max(part, 0.0), 1.0) * cells


def axis_through(points: Iterable[float], step: float) -> Axis:
    """An axis on which these values and 0 have room, or without 0 where it would hide changes.

    points: at least one, all finite. step: the smallest difference that is printed; where a cut
    axis begins is a multiple of it.
    """
    points = list(points)
    low, high = min(points), max(points)
    moved = high / 2 - low / 2
    if low * high > 0 and 0 < moved < CUT_BELOW * max(abs(low), abs(high)) / 2:
        room = moved * 2 * ROOM_BELOW
        if low > 0:
            start = _round_down(low - room, 2 * moved, step)
            return Axis(low=start, high=high, base=start)
        end = -_round_down(-high - room, 2 * moved, step)
        return Axis(low=low, high=end, base=end)
    low, high = min(low, 0.0), max(high, 0.0)
    return Axis(low=low, high=high if high / 2 > low / 2 else low + 1.0, base=0.0)


def _round_down(value: float, movement: float, step: float) -> float:
    """To a multiple of 1, 2 or 5 times a power of 10 that is small beside the movement."""
    finest = movement * ROOM_BELOW
    power = 10.0 ** math.floor(math.log10(finest))
    round_step = max(factor * power for factor in (1.0, 2.0, 5.0) if factor * power <= finest)
    round_step = max(round_step, step)
    return max(math.floor(value / round_step) * round_step, 0.0)


def bar(start: float, end: float, axis: Axis, cells: int, *, ascii_only: bool = False) -> str:
    """The line between two values, whichever is larger; nothing where they are the same.

    At most `cells` characters wide, without trailing blanks; at least a sliver is seen. Edges
    are off by at most half a cell.
    """
    if start == end:
        return ""
    left, right = sorted((axis.at(start, cells), axis.at(end, cells)))
    return _ascii_bar(left, right, cells) if ascii_only else _block_bar(left, right, cells)


def with_zero(drawn: str, axis: Axis, cells: int, *, ascii_only: bool = False) -> str:
    """The bar with a stroke where 0 is, if 0 is inside the axis and its cell is free."""
    if axis.low >= 0.0 or axis.high <= 0.0:
        return drawn
    cell = min(math.floor(axis.at(0.0, cells)), cells - 1)
    padded = drawn.ljust(cell + 1)
    if padded[cell] != " ":
        return drawn
    return padded[:cell] + ("|" if ascii_only else ZERO) + padded[cell + 1 :]


def _ascii_bar(left: float, right: float, cells: int) -> str:
    first, beyond = round(left), round(right)
    if first == beyond:
        first = min(math.floor((left + right) / 2), cells - 1)
        beyond = first + 1
    return " " * first + ASCII_FULL * (beyond - first)


def _block_bar(left: float, right: float, cells: int) -> str:
    """There are blocks for every eighth from the left, but only for a half from the right."""
    halves, eighths = round(left * 2), round(right * 8)
    if halves * 4 >= eighths:
        return _sliver(left, right, cells)
    first, half = divmod(halves, 2)
    full, more = divmod(eighths, 8)
    if half and full == first:
        return " " * first + RIGHT_HALF
    blocks = (RIGHT_HALF if half else "") + FULL * (full - first - half)
    return " " * first + blocks + LEFT_EIGHTHS[more]


def _sliver(left: float, right: float, cells: int) -> str:
    middle = (left + right) / 2
    cell = min(math.floor(middle), cells - 1)
    return " " * cell + (LEFT_EIGHTHS[1] if middle - cell < 0.5 else RIGHT_EIGHTH)
