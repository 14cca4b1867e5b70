"""The KPI and its levers as a table: rows of the outline, shared by table and markdown.

KPI               value         +1%  elasticity     needed       change        %        best ever
Revenue    2,674,162.63                          3,000,000  +325,837.37  +12.2 %
├─ Deals          1,911  +26,741.63        1.00      2,144         +233  +12.2 %  1,949 (2026-07)
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from kpitree.analysis.results.levers import Levers
from kpitree.numbers import Numbers
from kpitree.render import outlined
from kpitree.render.figures import Cell, Column, Label
from kpitree.render.kpis import numbers_of
from kpitree.render.levers.rows import Row, rows_of
from kpitree.render.outline import Entry, outline
from kpitree.render.outlined import kpi_label
from kpitree.render.style import Style
from kpitree.render.words import visible

NOTHING: Final = Cell("")
SMALL: Final = 0.005  # an elasticity that two decimals would show as none
REACHED: Final = {
    True: ("✓ yes", "+ yes", "good"),
    False: ("✗ never", "x never", "warning"),
}
FLAGS: Final = {
    "beyond_100": "would have to be beyond 100 %",
    "below_0": "would have to be below 0",
    "threshold": "a condition of a formula changes sides there, and the goal is passed",
    "indivisible": "looks at other periods, so it is one lever",
    "no_slope": "no effect can be told at this value: the formula has no slope there",
}


@dataclass(frozen=True, slots=True)
class View:
    """The rows in the order of the outline; a row is None for the KPI to be moved."""

    levers: Levers
    style: Style
    rows: tuple[tuple[Entry, Row | None], ...]

    @property
    def known(self) -> list[Row]:
        """The levers, each once."""
        return [row for entry, row in self.rows if row is not None and not entry.repeated]

    def numbers(self, row: Row | None = None, *, coarse: bool = False) -> Numbers:
        kpi = self.levers.tree.kpis[self.levers.kpi] if row is None else row.kpi
        return numbers_of(kpi, self.style, coarse=coarse)


def view_of(levers: Levers, style: Style) -> View:
    """The outline below the KPI to be moved, with its levers."""
    rows = {row.kpi.id: row for row in rows_of(levers)}
    tree = replace(levers.tree, root=levers.kpi)
    entries = outline(tree, {levers.kpi, *rows}, ascii_only=style.ascii)
    return View(levers, style, tuple((entry, rows.get(entry.kpi)) for entry in entries))


def heading(view: View) -> list[str]:
    """Tree, KPI, period, how complete it is."""
    levers = view.levers
    what = [f"levers of {visible(levers.tree.kpis[levers.kpi].label)}"]
    what.append(visible(levers.period.span.label))
    kpis = (row.kpi for row in view.known)
    return outlined.heading(levers.tree, what, levers.period, levers.as_of, kpis)


def labels(view: View) -> tuple[Label, ...]:
    """The KPIs on their branches."""
    kpis = view.levers.tree.kpis
    return tuple(kpi_label(kpis[entry.kpi], entry, view.style) for entry, _ in view.rows)


# --- columns -------------------------------------------------------------------------------


def columns(view: View, *, coarse: bool = False) -> list[Column]:
    """The figures, leaving out columns in which no row has anything."""
    built = [
        *_effects(view, coarse=coarse),
        *_needs(view, coarse=coarse),
        *_past(view, coarse=coarse),
    ]
    return [column for column in built if any(cell.text for cell in column.cells)]


def _column(
    view: View,
    key: str,
    title: str,
    of_lever: Callable[[Row], Cell],
    of_kpi: Cell = NOTHING,
    *,
    group: str = "",
    right: bool = True,
) -> Column:
    cells = (
        NOTHING if entry.repeated else of_kpi if row is None else of_lever(row)
        for entry, row in view.rows
    )
    return Column(key=key, title=title, cells=tuple(cells), group=group, right=right)


def _effects(view: View, *, coarse: bool) -> Iterator[Column]:
    moved = view.numbers(coarse=coarse)
    effects = [row.one_percent for row in view.known if row.one_percent is not None]
    places = moved.places(*effects)
    small = any(0 < abs(row.elasticity or 0.0) < SMALL for row in view.known)
    slopes = Numbers(unit="number", decimals=3 if small else 2, ascii=view.style.ascii)

    def value(row: Row) -> Cell:
        return Cell(view.numbers(row, coarse=coarse).value(row.value), "heading")

    def effect(row: Row) -> Cell:
        return Cell(moved.change(row.one_percent, places=places))

    own = Cell(moved.value(view.levers.value), "heading")
    yield _column(view, "value", "value", value, own)
    yield _column(view, "effect", "+1%", effect, group="effect")
    yield _column(
        view,
        "elasticity",
        "elasticity",
        lambda row: Cell(slopes.value(row.elasticity)),
        group="effect",
    )


def _needs(view: View, *, coarse: bool) -> Iterator[Column]:
    levers = view.levers
    goal, value = levers.goal.value, levers.value
    if goal is None:
        return
    own = view.numbers(coarse=coarse)
    gap = None if value is None else goal - value
    growth = gap / abs(value) if gap is not None and value else None

    def of(text: Callable[[Row], str]) -> Callable[[Row], Cell]:
        return lambda row: Cell(text(row)) if row.controllable else NOTHING

    def needed(row: Row) -> str:
        return view.numbers(row, coarse=coarse).value(row.needed)

    def change(row: Row) -> str:
        return view.numbers(row, coarse=coarse).change(row.change)

    if not any(row.controllable for row in view.known):
        return
    yield _column(
        view, "needed", "needed alone", of(needed), Cell(own.value(goal), "heading"), group="needed"
    )
    yield _column(view, "change", "change", of(change), Cell(own.change(gap)), group="needed")
    percent = of(lambda row: own.percent(row.percent))
    yield _column(view, "percent", "%", percent, Cell(own.percent(growth)), group="needed")


def _past(view: View, *, coarse: bool) -> Iterator[Column]:
    def best(row: Row) -> Cell:
        if row.best is None:
            return Cell(view.numbers(row).none)
        when = visible(row.best_period or "")
        return Cell(f"{view.numbers(row, coarse=coarse).value(row.best)} ({when})")

    def within(row: Row) -> Cell:
        if row.within is None:
            return NOTHING
        symbol, ascii_symbol, style = REACHED[row.within]
        return Cell(ascii_symbol if view.style.ascii else symbol, style)

    if any(row.best is not None for row in view.known):
        yield _column(view, "best", "best ever", best, group="past")
    yield _column(view, "within", "reached?", within, group="past", right=False)


# --- notes ---------------------------------------------------------------------------------


def notes(view: View) -> list[str]:
    """What the columns mean, and why figures are missing; only what occurs."""
    found: dict[str, list[str]] = {}
    for row in view.known:
        for said in _said_of(row, reachable=view.levers.goal.value is not None):
            # Reasons are for every format, so their numbers have the real minus sign.
            text = said.replace("−", "-") if view.style.ascii else said
            found.setdefault(text, []).append(visible(row.kpi.label))
    moved = visible(view.levers.tree.kpis[view.levers.kpi].label)
    told = [f"+1%: how far 1 % more of it moves {moved}"]
    if any(row.needed is not None for row in view.known):
        told.append("needed alone: the value that reaches the goal when all else stays")
    told += [f"{', '.join(names)}: {said}" for said, names in found.items()]
    if view.levers.history is not None:
        told.append(f"best ever: {_looked_at(view, *map(visible, view.levers.history))}")
    return told


def _looked_at(view: View, first: str, last: str) -> str:
    """The periods, and how much of each where the one shown is running."""
    period = view.levers.period
    named = first if first == last else f"{first} {'-' if view.style.ascii else '–'} {last}"
    return f"of {named}" + (
        "" if period.complete else f", the first {period.covered_days} days of each"
    )


def _said_of(row: Row, *, reachable: bool) -> Iterator[str]:
    """reachable: there is a goal; why there is none is said once, in the sentence."""
    if row.reason is not None:
        yield visible(row.reason)
    elif reachable and row.controllable and row.needed_reason is not None:
        yield visible(row.needed_reason)
    yield from (FLAGS[flag] for flag in row.flags)
