"""The KPIs over time as a table: rows of the outline, shared by table and markdown.

KPI        2024-11 – 2026-10             2024-11       2026-10         centre  ...  signal
Revenue    ▁▂▂▃▂▄▄▃▅▄▆▅▆▆▇▆█▇█▇▆▅▄▅   1,905,210.00  2,674,162.63  ...  2026-08: above the limits
                             ^ ^
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from kpitree.analysis.results.trend import Trend
from kpitree.numbers import Numbers
from kpitree.render import outlined
from kpitree.render.figures import Cell, Column, Label
from kpitree.render.kpis import numbers_of
from kpitree.render.outline import Entry, outline
from kpitree.render.outlined import kpi_label
from kpitree.render.segment import segment_words
from kpitree.render.sparkline import sparkline
from kpitree.render.style import Style
from kpitree.render.trend.rows import Point, Row, rows_of
from kpitree.render.words import visible

NOTHING: Final = Cell("")
MARK: Final = "^"
IMPLIED: Final = "*"
MOST_OF_A_SCREEN: Final = 3  # a line of values takes at most this part of a terminal's width
FEWEST_DRAWN: Final = 8


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: a KPI, a segment of one, the place of one drawn further up (row None).

    marks: the line below, that marks the signals.
    """

    entry: Entry
    row: Row | None
    marks: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """The lines in the order of the outline. drawn: how many of the latest values are drawn."""

    trend: Trend
    style: Style
    lines: tuple[Line, ...]
    drawn: int

    @property
    def rows(self) -> list[Row]:
        """Every KPI and segment once."""
        return [line.row for line in self.lines if line.row is not None and not line.marks]

    def periods(self) -> tuple[str, str]:
        """Labels of the first and the last one."""
        points = self.rows[0].points
        return visible(points[0].period), visible(points[-1].period)

    def numbers(self, row: Row, *, coarse: bool = False) -> Numbers:
        return numbers_of(row.kpi, self.style, coarse=coarse)

    @property
    def dash(self) -> str:
        return "-" if self.style.ascii else "–"


def view_of(trend: Trend, style: Style, *, marked: bool = True) -> View:
    """The outline of the KPIs shown. marked: with lines that mark the signals."""
    rows: dict[str, list[Row]] = {}
    for row in rows_of(trend):
        rows.setdefault(row.kpi.id, []).append(row)
    count = max((len(row.points) for many in rows.values() for row in many), default=0)
    if style.width is not None:
        count = min(count, max(FEWEST_DRAWN, style.width // MOST_OF_A_SCREEN))
    lines: list[Line] = []
    for entry in outline(trend.tree, rows.keys(), ascii_only=style.ascii):
        if entry.repeated:
            lines.append(Line(entry, None))
            continue
        for row in rows[entry.kpi]:
            lines.append(Line(entry, row))
            if marked and any(point.stands_out for point in row.points[-count:]):
                lines.append(Line(entry, row, marks=True))
    return View(trend, style, tuple(lines), count)


def heading(view: View) -> list[str]:
    """Tree, periods, how complete the last one is."""
    trend = view.trend
    first, last = view.periods() if view.rows else (visible(trend.period.span.label),) * 2
    what = [f"{first} {view.dash} {last}" if first != last else last]
    kpis = (row.kpi for row in view.rows)
    return outlined.heading(trend.tree, what, trend.period, trend.as_of, kpis)


def labels(view: View) -> tuple[Label, ...]:
    """The KPIs on their branches, segments below them."""
    return tuple(_label(view, line) for line in view.lines)


def _label(view: View, line: Line) -> Label:
    entry = line.entry
    if line.row is None:
        return kpi_label(view.trend.tree.kpis[entry.kpi], entry, view.style)
    stem = "|  " if view.style.ascii else "│  "
    below = entry.hang + (stem if entry.parent else "   ")
    if line.marks:
        return Label(text="", prefix=below if entry.parent else entry.hang)
    if line.row.segment:
        words = visible(segment_words(line.row.segment))
        return Label(text=words, prefix=below, hang=below + "  ", style="quiet")
    return kpi_label(line.row.kpi, entry, view.style)


# --- columns -------------------------------------------------------------------------------------


def columns(view: View, *, coarse: bool = False) -> list[Column]:
    """The figures, leaving out columns in which no row has anything."""
    if not view.lines:
        return []
    built = [_course(view), *_ends(view, coarse=coarse), *_limits(view, coarse=coarse)]
    return [column for column in built if any(cell.text for cell in column.cells)]


def _column(
    view: View,
    key: str,
    title: str,
    cell: Callable[[Row], Cell],
    *,
    group: str = "",
    right: bool = True,
) -> Column:
    cells = (NOTHING if line.row is None or line.marks else cell(line.row) for line in view.lines)
    return Column(key=key, title=title, cells=tuple(cells), group=group, right=right)


def _course(view: View) -> Column:
    def drawn(line: Line) -> Cell:
        if line.row is None:
            return NOTHING
        points = line.row.points[-view.drawn :]
        if line.marks:
            return Cell("".join(MARK if one.stands_out else " " for one in points), "warning")
        return Cell(sparkline([one.value for one in points], ascii_only=view.style.ascii))

    cells = tuple(map(drawn, view.lines))
    return Column(key="trend", title="trend", cells=cells, right=False)


def _ends(view: View, *, coarse: bool) -> Iterator[Column]:
    first, last = view.periods()

    def value(at: int) -> Callable[[Row], Cell]:
        def cell(row: Row) -> Cell:
            text = view.numbers(row, coarse=coarse).value(row.points[at].value)
            return Cell(text, "heading" if at and not row.segment else "")

        return cell

    def target(row: Row) -> Cell:
        if row.last.target is None:
            return NOTHING
        text = view.numbers(row, coarse=coarse).value(row.last.target)
        return Cell((IMPLIED if row.last.implied else "") + text)

    def extremes(row: Row) -> Cell:
        if not row.values:
            return Cell(view.numbers(row).none)
        return Cell(_range(view, row, min(row.values), max(row.values), coarse=coarse))

    if first != last:
        yield _column(view, "first", first, value(0))
    yield _column(view, "last", last, value(-1))
    yield _column(view, "target", "target", target)
    if first != last:
        title = f"lowest {view.dash} highest"
        yield _column(view, "extremes", title, extremes, group="extremes")


def _limits(view: View, *, coarse: bool) -> Iterator[Column]:
    def centre(row: Row) -> Cell:
        point = row.judged
        return NOTHING if point is None else Cell(_figure(view, row, point.centre, coarse=coarse))

    def limits(row: Row) -> Cell:
        point = row.judged
        if point is None or point.lower is None or point.upper is None:
            return Cell("too short", "quiet")
        return Cell(_range(view, row, point.lower, point.upper, coarse=coarse))

    def signal(row: Row) -> Cell:
        if row.judged is None:
            return NOTHING
        return Cell(said(row, short=coarse), "warning" if row.signals else "quiet")

    yield _column(view, "centre", "centre", centre, group="limits")
    yield _column(view, "limits", "limits", limits, group="limits")
    yield _column(view, "signal", "last signal", signal, group="signal", right=False)


def _figure(view: View, row: Row, value: float | None, *, coarse: bool) -> str:
    return view.numbers(row, coarse=coarse).value(value)


def _range(view: View, row: Row, low: float, high: float, *, coarse: bool) -> str:
    """Both ends with as many decimals."""
    numbers = view.numbers(row, coarse=coarse)
    alike = replace(numbers, decimals=numbers.places(low, high))
    return f"{alike.value(low)} {view.dash} {alike.value(high)}"


def said(row: Row, *, short: bool = False) -> str:
    """The latest signal in words, and, where there is room, how many there are before it."""
    if not row.signals:
        return "none"
    *earlier, last = row.signals
    if short:
        return f"{visible(last.period)} {last.said(short=True)}"
    more = f"; {len(earlier)} earlier" if earlier else ""
    return f"{visible(last.period)}: {last.said()}{more}"


def subject(row: Row) -> str:
    """A KPI or segment by name, for notes and charts."""
    label = visible(row.kpi.label)
    return f"{label}, {visible(segment_words(row.segment))}" if row.segment else label


def signal_points(view: View) -> list[Point]:
    """Every signal of every row."""
    return [point for row in view.rows for point in row.signals]
