"""What stands in each row of a change, and under which label."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from kpitree.analysis.results.change import Change
from kpitree.render.amounts import printed_residual
from kpitree.render.change.rows import Row, residual_of
from kpitree.render.figures import Label
from kpitree.render.kpis import numbers_of
from kpitree.render.names import effect_notes, line_name
from kpitree.render.segment import segment_words
from kpitree.render.style import Style
from kpitree.render.words import visible

INDENT: Final = "  "


@dataclass(frozen=True, slots=True)
class State:
    """The KPI before or after, from which or to which the lines lead."""

    value: float


@dataclass(frozen=True, slots=True)
class Header:
    """A driver whose lines by segment stand below."""

    driver: str


@dataclass(frozen=True, slots=True)
class Residual:
    """What the lines leave, where it is large enough to be printed."""

    line: float


Entry = State | Header | Row | Residual


def placed_entries(change: Change, rows: list[Row], style: Style) -> Iterator[tuple[Entry, Label]]:
    """The state before, the lines, the residual if it can be seen, the state after."""
    found = change.attribution
    numbers = numbers_of(change.tree.kpis[found.kpi], style)
    yield State(found.before or 0.0), _state_label(found.label, found.from_label)
    yield from _placed_rows(change, rows)
    if residual := printed_residual(residual_of(change, rows), numbers):
        yield Residual(residual), _label("residual")
    yield State(found.after or 0.0), _state_label(found.label, found.to_label)


def _label(text: str, level: int = 1) -> Label:
    return Label(text=text, prefix=INDENT * level, hang=INDENT * (level + 1))


def _state_label(kpi: str, state: str) -> Label:
    return Label(text=f"{visible(kpi)} {visible(state)}", hang=INDENT * 2, style="heading")


def _placed_rows(change: Change, rows: list[Row]) -> Iterator[tuple[Entry, Label]]:
    """Lines of one driver below its name, where all of them stand together."""
    runs = [(driver, list(run)) for driver, run in groupby(rows, lambda row: row.driver)]
    together = len(runs) == len({driver for driver, _ in runs}) and not any(map(_merged, rows))
    if change.dimensions and [driver for driver, _ in runs] == [change.attribution.kpi]:
        # The KPI is its own driver, and stands above as the state before.
        yield from ((row, _label(_name_below(row))) for row in rows)
        return
    for driver, run in runs:
        if not together or not change.dimensions or len(run) == 1:
            yield from ((row, _label(_name(row))) for row in run)
            continue
        yield Header(driver), _label(visible(change.tree.kpis[driver].label))
        yield from ((row, _label(_name_below(row), 2)) for row in run)


def _merged(row: Row) -> bool:
    """What --top leaves over: then a driver's lines are not all there."""
    return row.effect == "rest" and row.reason is None


def _notes(row: Row) -> list[str]:
    unsplit = ["not split"] if row.effect == "rest" and row.reason else []
    return [*effect_notes(row.effect), *unsplit, *row.flags]


def _name(row: Row) -> str:
    return line_name(row.label, row.segment, _notes(row))


def _name_below(row: Row) -> str:
    """Without the driver's own name, which stands above; what is its own is not a segment."""
    if not row.segment:
        return _name(row)
    return line_name(segment_words(row.segment), (), _notes(row))
