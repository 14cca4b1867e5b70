"""A KPI over time drawn with characters: its values, targets and process limits.

3,000,000.00 ┤╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
             │          ⢀⠔⠢⡀   ●
2,400,000.00 ┤·······⢠⠃  ⠑⠤⠊·····
             │     ⡠⠎
1,800,000.00 ┤⠤⠤⠔⠊
             └2024-11       2026-10

The values are dots of braille joined by lines, drawn by plotille; on a screen for ASCII they are
letters. Targets and limits change from period to period and are drawn as steps, cell by cell.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kpitree.numbers import Numbers
from kpitree.render.kpis import numbers_of
from kpitree.render.style import Style
from kpitree.render.trend.rows import Point, Row
from kpitree.render.words import visible

HEIGHT: Final = 11  # cells
WIDEST: Final = 100  # cells of a whole line
OFF_A_TERMINAL: Final = 80
NARROWEST: Final = 16  # cells that the drawing itself keeps on any terminal
STILL: Final = 1e-9  # of the largest figure: what moves less is drawn as a level
EMPTY: Final = "\u2800"  # a cell of braille without a dot

Piece = tuple[str, str]  # text, style


@dataclass(frozen=True, slots=True)
class Marks:
    """What things are drawn with."""

    signal: str
    target: str
    limit: str
    value: str
    tick: str
    side: str
    corner: str
    anew: str


UNICODE: Final = Marks("●", "╌", "·", "⠤", "┤", "│", "└", "┊")
ASCII: Final = Marks("@", "-", ".", "*", "+", "|", "+", ":")


@dataclass(frozen=True, slots=True)
class _Field:
    """Where on the drawing a value of a period stands, in cells and in the dots of braille.

    low, high: the values of the lowest and the highest dot, in any unit; low < high.
    """

    width: int
    low: float
    high: float
    count: int

    def across(self, at: int, dots: int = 2) -> int:
        """From the left edge, with so many dots a cell."""
        last = self.width * dots - 1
        return last if self.count == 1 else round(at * last / (self.count - 1))

    def up(self, value: float, dots: int = 4) -> int:
        """From the bottom."""
        part = (value / 2 - self.low / 2) / (self.high / 2 - self.low / 2)
        return min(int(part * HEIGHT * dots), HEIGHT * dots - 1)


def chart(row: Row, style: Style) -> Iterator[tuple[Piece, ...]]:
    """The lines of a chart, each as pieces of text and their styles; no wider than the terminal.

    Without any value: one line that says why.
    """
    marks = ASCII if style.ascii else UNICODE
    numbers = numbers_of(row.kpi, style, coarse=True)
    if not row.values:
        yield ((visible(row.last.reason or "no value"), "quiet"),)
        return
    low, high = _ends(row.points)
    scale = [numbers.value(value) for value in (high, low / 2 + high / 2, low)]
    margin = max(map(len, scale))
    room = min(style.width or OFF_A_TERMINAL, WIDEST) - margin - 2
    field = _Field(max(room, NARROWEST), low, high, len(row.points))
    named = dict(zip((0, HEIGHT // 2, HEIGHT - 1), scale, strict=True))
    for at, cells in enumerate(_drawn(row.points, field, marks)):
        label = named.get(at, "").rjust(margin)
        yield ((f"{label} {marks.tick if at in named else marks.side}", "quiet"), *cells)
    yield ((f"{' ' * margin} {marks.corner}{_dates(row.points, field.width)}", "quiet"),)
    yield from _legend(row, numbers_of(row.kpi, style), marks, style)


def _ends(points: Sequence[Point]) -> tuple[float, float]:
    """The lowest and highest of all that is drawn; apart where nothing moves."""
    figures = [
        figure
        for point in points
        for figure in (point.value, point.target, point.lower, point.upper)
        if figure is not None
    ]
    low, high = min(figures), max(figures)
    largest = max(abs(low), abs(high))
    # Halved before subtracting: the ends may be as far apart as floats reach.
    if high / 2 - low / 2 > largest * STILL:
        return low, high
    around = largest / 10 or 1.0
    return low - around, high + around


# --- the drawing ---------------------------------------------------------------------------------


def _drawn(points: Sequence[Point], field: _Field, marks: Marks) -> Iterator[list[Piece]]:
    """The lines from the top; what is said first lies above what is said later."""
    layers = [
        (_signals(points, field, marks), "warning"),
        (_values(points, field, marks), ""),
        (_steps([one.target for one in points], field, marks.target), "good"),
        (_steps([one.upper for one in points], field, marks.limit), "quiet"),
        (_steps([one.lower for one in points], field, marks.limit), "quiet"),
        (_baselines(points, field, marks), "quiet"),
    ]
    for up in reversed(range(HEIGHT)):
        cells = (
            next(((layer[x, up], style) for layer, style in layers if (x, up) in layer), (" ", ""))
            for x in range(field.width)
        )
        yield list(_joined(cells))


def _joined(cells: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours of one style as one piece."""
    text, style = "", ""
    for char, own in cells:
        if own != style and text:
            yield text, style
            text = ""
        text, style = text + char, own
    yield text, style


def _signals(points: Sequence[Point], field: _Field, marks: Marks) -> dict[tuple[int, int], str]:
    return {
        (field.across(at) // 2, field.up(point.value) // 4): marks.signal
        for at, point in enumerate(points)
        if point.stands_out and point.value is not None
    }


def _values(points: Sequence[Point], field: _Field, marks: Marks) -> dict[tuple[int, int], str]:
    """Dots at the values, joined where neighbours are known."""
    from plotille import Canvas  # noqa: PLC0415 - only a chart needs it

    canvas = Canvas(field.width, HEIGHT, 0, 0, field.width * 2, HEIGHT * 4)
    known = [
        None if point.value is None else (field.across(at), field.up(point.value))
        for at, point in enumerate(points)
    ]
    for place in known:
        if place is not None:
            canvas.point(*place)
    for before, after in pairwise(known):
        if before is not None and after is not None:
            canvas.line(*before, *after)
    lines = canvas.plot(linesep="\n").split("\n")
    return {
        (x, HEIGHT - 1 - y): marks.value if marks is ASCII else char
        for y, line in enumerate(lines)
        for x, char in enumerate(line)
        if char != EMPTY
    }


def _steps(figures: Sequence[float | None], field: _Field, mark: str) -> dict[tuple[int, int], str]:
    """A level from half-way after the period before to half-way before the next."""
    found: dict[tuple[int, int], str] = {}
    places = [field.across(at) // 2 for at in range(len(figures))]
    for at, figure in enumerate(figures):
        if figure is None:
            continue
        first = 0 if at == 0 else (places[at - 1] + places[at]) // 2 + 1
        last = field.width - 1 if at == len(places) - 1 else (places[at] + places[at + 1]) // 2
        for x in range(min(first, places[at]), last + 1):
            found[x, field.up(figure) // 4] = mark
    return found


def _baselines(points: Sequence[Point], field: _Field, marks: Marks) -> dict[tuple[int, int], str]:
    """From top to bottom where values start to be judged anew."""
    return {
        (field.across(at) // 2, up): marks.anew
        for at, point in enumerate(points)
        if point.new_baseline
        for up in range(HEIGHT)
    }


# --- the words around it -------------------------------------------------------------------------


def _dates(points: Sequence[Point], width: int) -> str:
    """The first and the last period below their places."""
    first, last = visible(points[0].period), visible(points[-1].period)
    if len(points) == 1:
        return last.rjust(width)
    gap = width - len(first) - len(last)
    return f"{first}{' ' * gap}{last}" if gap > 0 else last.rjust(width)


def _legend(row: Row, numbers: Numbers, marks: Marks, style: Style) -> Iterator[tuple[Piece, ...]]:
    """What is drawn, with the figures of the last period; as many lines as it takes."""
    dash = "-" if style.ascii else "–"
    last, judged = row.last, row.judged
    known = [f"{marks.value} {visible(last.period)}: {numbers.value(last.value)}"]
    if last.target is not None:
        implied = " (implied)" if last.implied else ""
        known.append(f"{marks.target} target{implied}: {numbers.value(last.target)}")
    if judged is not None:
        limits = f"{numbers.value(judged.lower)} {dash} {numbers.value(judged.upper)}"
        known.append(f"{marks.limit} limits: {limits}")
    else:
        known.append("too short for limits")
    known += [
        f"{marks.anew} judged anew from {visible(point.period)} on"
        for point in row.points
        if point.new_baseline
    ]
    if row.signals:
        signal = row.signals[-1]
        known.append(f"{marks.signal} last signal: {visible(signal.period)}, {signal.said()}")
    line = known[0]
    for part in known[1:]:
        if len(line) + 3 + len(part) > (style.width or WIDEST):
            yield ((line, "quiet"),)
            line = part
        else:
            line = f"{line}   {part}"
    yield ((line, "quiet"),)
