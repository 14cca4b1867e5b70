"""The tree with its figures: rows and columns, shared by table and markdown.

Rows are the outline's KPIs, each followed by its segments; columns are only those that have
something to show. Nothing here knows how wide a terminal is, except that `coarse` figures are
narrower.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from kpitree.analysis.results.evaluation import Evaluation
from kpitree.numbers import Numbers
from kpitree.render.evaluation.facts import (
    Comparison,
    Fact,
    facts,
    histories,
    reference_keys,
)
from kpitree.render.figures import Cell, Column, Label
from kpitree.render.kpis import numbers_of, status_cell
from kpitree.render.outline import Entry, outline
from kpitree.render.outlined import kpi_label
from kpitree.render.segment import Segment, segment_words
from kpitree.render.signals import said_of
from kpitree.render.sparkline import sparkline
from kpitree.render.style import Style
from kpitree.render.words import visible
from kpitree.tree.model import Node

TREND_POINTS: Final = 12
NOTHING: Final = Cell("")
TITLES: Final = {"last-year": "last year"}
NOISE, IMPLIED = "~", "*"


@dataclass(frozen=True, slots=True)
class Row:
    """A KPI, one of its segments, or the place of a KPI that is drawn further up.

    facts: period label -> what is known; empty for a repeated KPI.
    """

    entry: Entry
    kpi: Node
    segment: Segment
    facts: dict[str, Fact]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything above the drivers. keys: the references compared, in order."""

    evaluation: Evaluation
    style: Style
    rows: tuple[Row, ...]
    keys: tuple[str, ...]

    @property
    def period(self) -> str:
        return self.evaluation.period.span.label

    def main_facts(self) -> Iterator[Fact]:
        """The facts of the main period, in the order of the rows."""
        period = self.period
        for row in self.rows:
            if period in row.facts:
                yield row.facts[period]

    def numbers(self, kpi: Node, *, coarse: bool = False) -> Numbers:
        return numbers_of(kpi, self.style, coarse=coarse)


def overview(evaluation: Evaluation, style: Style) -> Overview:
    """The rows of the outline with what is known of each."""
    known: dict[tuple[str, Segment], dict[str, Fact]] = {}
    found = facts(evaluation)
    for fact in found:
        known.setdefault((fact.kpi.id, fact.segment), {})[fact.period] = fact
    segments: dict[str, list[Segment]] = {}
    for kpi_id, segment in known:
        segments.setdefault(kpi_id, []).append(segment)
    rows: list[Row] = []
    for entry in outline(
        evaluation.tree, segments.keys(), depth=style.depth, ascii_only=style.ascii
    ):
        kpi = evaluation.tree.kpis[entry.kpi]
        if entry.repeated:
            rows.append(Row(entry, kpi, (), {}))
            continue
        if () not in segments[entry.kpi]:
            rows.append(Row(entry, kpi, (), {}))
        rows += [Row(entry, kpi, part, known[entry.kpi, part]) for part in segments[entry.kpi]]
    return Overview(evaluation, style, tuple(rows), tuple(reference_keys(found)))


# --- labels --------------------------------------------------------------------------------


def labels(view: Overview) -> tuple[Label, ...]:
    """The first column: KPIs on their branches, segments below them."""
    return tuple(_label(view, row) for row in view.rows)


def _label(view: Overview, row: Row) -> Label:
    entry = row.entry
    if row.segment:
        stem = "|  " if view.style.ascii else "│  "
        hang = entry.hang + (stem if entry.parent else "   ")
        words = visible(segment_words(row.segment))
        return Label(text=words, prefix=hang, hang=hang + "  ", style="quiet")
    return kpi_label(row.kpi, entry, view.style)


# --- columns -------------------------------------------------------------------------------


def columns(view: Overview, *, coarse: bool = False) -> list[Column]:
    """The figures, leaving out columns in which no row has anything."""
    built = [
        *_values(view, coarse=coarse),
        _target(view, coarse=coarse),
        *_target_change(view, coarse=coarse),
        *(_reference(view, key, coarse=coarse) for key in view.keys if key != "target"),
        _status(view),
        _trend(view),
        _limits(view, coarse=coarse),
    ]
    return [column for column in built if column is not None]


def _column(
    view: Overview,
    key: str,
    title: str,
    cell: Callable[[Row, Fact], Cell],
    *,
    group: str = "",
    right: bool = True,
) -> Column:
    """A column of the main period; rows without facts (references upward) stay empty."""
    period = view.period
    cells = (cell(row, row.facts[period]) if period in row.facts else NOTHING for row in view.rows)
    return Column(key=key, title=title, cells=tuple(cells), right=right, group=group)


def _values(view: Overview, *, coarse: bool) -> Iterator[Column]:
    def value(row: Row, label: str) -> Cell:
        if label not in row.facts:
            return NOTHING
        numbers = view.numbers(row.kpi, coarse=coarse)
        return Cell(numbers.value(row.facts[label].value), "" if row.segment else "heading")

    periods = [period.span.label for period in view.evaluation.periods]
    for label in periods:
        main = label == view.period
        title = "actual" if len(periods) == 1 else visible(label)
        cells = tuple(value(row, label) for row in view.rows)
        yield Column(key="actual" if main else f"period {label}", title=title, cells=cells)


def _target(view: Overview, *, coarse: bool) -> Column | None:
    def goal(row: Row, fact: Fact) -> Cell:
        numbers = view.numbers(row.kpi, coarse=coarse)
        return Cell((IMPLIED if fact.goal_is_implied else "") + numbers.value(fact.goal))

    if all(fact.goal is None for fact in view.main_facts()):
        return None
    return _column(view, "target", "target", goal)


def _target_change(view: Overview, *, coarse: bool) -> Iterator[Column]:
    def change(row: Row, fact: Fact) -> Cell:
        numbers = view.numbers(row.kpi, coarse=coarse)
        found = fact.against("target")
        return _change_cell(found, numbers.change(found.change if found else None))

    def percent(row: Row, fact: Fact) -> Cell:
        found = fact.against("target")
        text = view.numbers(row.kpi).percent(found.percent if found else None)
        return Cell(text, _change_style(found))

    if _is_compared(view, "target"):
        yield _column(view, "vs target", "vs target", change, group="target")
        yield _column(view, "vs target %", "%", percent, group="target")


def _reference(view: Overview, key: str, *, coarse: bool) -> Column | None:
    def change(row: Row, fact: Fact) -> Cell:
        found = fact.against(key)
        numbers = view.numbers(row.kpi, coarse=coarse)
        if found is None or found.change is None or row.kpi.unit == "percent":
            return _change_cell(found, numbers.change(found.change if found else None))
        # From a base of 0 there is no percentage; the change itself says what happened.
        growth = found.percent
        text = numbers.change(found.change) if growth is None else numbers.percent(growth)
        return _change_cell(found, text)

    if not _is_compared(view, key):
        return None
    return _column(view, key, title_of(key), change, group="references")


def _is_compared(view: Overview, key: str) -> bool:
    found = (fact.against(key) for fact in view.main_facts())
    return any(comparison and comparison.change is not None for comparison in found)


def _change_cell(found: Comparison | None, text: str) -> Cell:
    noise = found is not None and found.signal == "noise" and found.change is not None
    return Cell((NOISE if noise else "") + text, _change_style(found))


def _change_style(found: Comparison | None) -> str:
    if found is None or found.favourable is None or found.signal == "noise":
        return "quiet"
    return "good" if found.favourable else "bad"


def _status(view: Overview) -> Column | None:
    def status(_row: Row, fact: Fact) -> Cell:
        return status_cell(fact.status, view.style)

    if all(fact.status == "no_target" for fact in view.main_facts()):
        return None
    return _column(view, "status", "status", status, group="status", right=False)


def _trend(view: Overview) -> Column | None:
    known = histories(view.evaluation)

    def trend(row: Row, _fact: Fact) -> Cell:
        values = known.get((row.kpi.id, row.segment), [])[-TREND_POINTS:]
        return Cell(sparkline(values, ascii_only=view.style.ascii))

    if all(len(values) < 2 for values in known.values()):
        return None
    return _column(view, "trend", "trend", trend, group="trend", right=False)


def _limits(view: Overview, *, coarse: bool) -> Column | None:
    """Where the value would lie if nothing had changed, and why it is a signal."""

    def limits(row: Row, fact: Fact) -> Cell:
        if fact.lower is None or fact.upper is None:
            return Cell(view.numbers(row.kpi).none)
        between = view.numbers(row.kpi, coarse=coarse).between(fact.lower, fact.upper)
        return Cell(f"{between}, {_told(fact)}" if fact.rule else between, "quiet")

    if all(fact.lower is None for fact in view.main_facts()):
        return None
    return _column(view, "limits", "natural limits", limits, group="limits", right=False)


def _told(fact: Fact) -> str:
    assert fact.rule is not None
    assert fact.value is not None
    assert fact.centre is not None
    return said_of(fact.rule, fact.value, fact.centre).beside


def title_of(key: str) -> str:
    """A reference as a column's title."""
    return TITLES.get(key, visible(key))
