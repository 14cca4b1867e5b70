"""The tree before and after as a table: rows of the outline, shared by table and markdown.

KPI                  before         after       change       %     target  status
Revenue        2,674,162.63  2,817,578.28  +143,415.65  +5.4 %  3,000,000  ✗ off track
├─ Deals              1,911         1,911                           2,000  ! at risk
├─ Close rate        55.9 %       =58.9 %      +3.0 pp  +5.4 %     62.0 %  ✗ off track
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from kpitree.analysis.results.whatif import WhatIf
from kpitree.render import outlined
from kpitree.render.change.ledger import Ledger
from kpitree.render.change.remarks import METHODS
from kpitree.render.figures import Cell, Column, Label
from kpitree.render.kpis import ABOVE, ASCII_ABOVE, numbers_of, status_cell
from kpitree.render.outline import Entry, outline
from kpitree.render.outlined import kpi_label
from kpitree.render.style import Style
from kpitree.render.whatif.rows import Row, rows_of
from kpitree.render.words import visible

NOTHING: Final = Cell("")
GIVEN: Final = "="
ARROW, ASCII_ARROW = "→", "->"


@dataclass(frozen=True, slots=True)
class View:
    """The rows in the order of the outline."""

    answer: WhatIf
    style: Style
    rows: tuple[tuple[Entry, Row], ...]

    @property
    def known(self) -> list[Row]:
        """The KPIs, each once."""
        return [row for entry, row in self.rows if not entry.repeated]


def view_of(answer: WhatIf, style: Style) -> View:
    """The outline of the tree."""
    rows = {row.kpi.id: row for row in rows_of(answer, style)}
    entries = outline(answer.tree, set(rows), depth=style.depth, ascii_only=style.ascii)
    return View(answer, style, tuple((entry, rows[entry.kpi]) for entry in entries))


def heading(view: View) -> list[str]:
    """Tree, period, how complete it is."""
    answer = view.answer
    what = ["what if", visible(answer.period.span.label)]
    kpis = (row.kpi for row in view.known)
    return outlined.heading(answer.tree, what, answer.period, answer.as_of, kpis)


def labels(view: View) -> tuple[Label, ...]:
    """The KPIs on their branches."""
    return tuple(
        kpi_label(row.kpi, entry, view.style, quiet=not row.moved) for entry, row in view.rows
    )


# --- columns -------------------------------------------------------------------------------


def columns(view: View, *, coarse: bool = False) -> list[Column]:
    """The figures, leaving out columns in which no row has anything."""

    def column(key: str, cell: Callable[[Row], Cell], group: str = "") -> Column:
        cells = tuple(NOTHING if entry.repeated else cell(row) for entry, row in view.rows)
        return Column(key=key, title=key, cells=cells, group=group, right=key != "status")

    def amount(value: float | None, row: Row) -> str:
        return numbers_of(row.kpi, view.style, coarse=coarse).value(value)

    def change(row: Row) -> Cell:
        if not row.moved:
            return NOTHING
        text = numbers_of(row.kpi, view.style, coarse=coarse).change(row.change)
        return Cell(text, _style(row))

    def percent(row: Row) -> Cell:
        if not row.moved:
            return NOTHING
        return Cell(numbers_of(row.kpi, view.style).percent(row.percent), _style(row))

    built = [
        column("before", lambda row: Cell(amount(row.before, row))),
        column(
            "after",
            lambda row: Cell((GIVEN if row.given else "") + amount(row.after, row), "heading"),
        ),
        column("change", change, "change"),
        column("%", percent, "change"),
    ]
    if any(row.target is not None for row in view.known):
        built.append(column("target", lambda row: Cell(amount(row.target, row)), "target"))
    if any(row.after_status != "no_target" for row in view.known):
        built.append(column("status", lambda row: _status(row, view.style), "status"))
    return [each for each in built if any(cell.text for cell in each.cells)]


def _style(row: Row) -> str:
    if row.favourable is None:
        return "quiet"
    return "good" if row.favourable else "bad"


def _status(row: Row, style: Style) -> Cell:
    """The status after; with the one before where it is another."""
    after = status_cell(row.after_status, style)
    if row.before_status == row.after_status:
        return after
    before = status_cell(row.before_status, style)
    arrow = ASCII_ARROW if style.ascii else ARROW
    return Cell(f"{before.text} {arrow} {after.text}", after.style)


# --- notes ---------------------------------------------------------------------------------


def notes(view: View) -> list[str]:
    """What the marks mean, and why figures are missing; only what occurs."""
    reasons: dict[str, list[str]] = {}
    for row in view.known:
        for said in {row.before_reason, row.after_reason} - {None}:
            reasons.setdefault(visible(said or ""), []).append(visible(row.kpi.label))
    told = [f"{GIVEN} set; what depends on it follows, all else stays"]
    if any(entry.repeated for entry, _ in view.rows):
        told.append(f"{ASCII_ABOVE if view.style.ascii else ABOVE} drawn further up")
    none = numbers_of(view.answer.tree.kpis[view.answer.kpi], view.style).none
    return told + [f"{none} {reason} ({', '.join(names)})" for reason, names in reasons.items()]


def method_note(ledger: Ledger) -> Iterator[str]:
    """How the lines are come by, where another way than the usual one was asked for."""
    method = ledger.change.attribution.method
    if method != "path":
        yield f"lines: {METHODS.get(method, visible(method))}"
