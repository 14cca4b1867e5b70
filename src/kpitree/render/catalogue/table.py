"""`table`: departments and lists on a screen; off a terminal nothing is cut. See single.py."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from rich.text import Text

from kpitree.catalogue.answers import Departments, Listing, Overview
from kpitree.catalogue.entry import Entry
from kpitree.render.blocks import heading
from kpitree.render.catalogue.facts import shown_unit
from kpitree.render.catalogue.steps import steps
from kpitree.render.figures import Cell, Column, Label
from kpitree.render.grid import FITTINGS, Fitting, Grid, roomiest
from kpitree.render.paint import Rows as Lines
from kpitree.render.paint import cell_len, hanging, painted, words
from kpitree.render.style import Style
from kpitree.render.words import visible

Blocks = Iterator[Text | Lines]
# On a narrow terminal, in this order.
LEAVING: Final = ("level", "department", "rhythm", "indicator", "unit", "better", "name")


def render(answer: Departments | Overview | Listing, style: Style) -> str:
    """The screen of an answer."""
    match answer:
        case Departments():
            return _painted(_departments(answer, style), style)
        case Overview():
            return _painted(_overview(answer, style), style)
        case Listing():
            return _painted(_listing(answer, style), style)


def _painted(blocks: Iterable[Text | Lines], style: Style) -> str:
    return painted(blocks, color=style.color, width=style.width)


# --- departments ----------------------------------------------------------------------------


def _departments(answer: Departments, style: Style) -> Blocks:
    total = f"{len(answer.catalogue.entries)} KPIs"
    yield from heading("KPI catalogue", [total], style)
    yield Text()
    widest = max(map(cell_len, answer.counts))
    for name, count in answer.counts.items():
        yield words(f"{name}{' ' * (widest - cell_len(name))}  {count:>3}")
    yield Text()
    yield from steps([("the KPIs of one", "kpitree catalog --department finance")], style)


def _overview(answer: Overview, style: Style) -> Blocks:
    total = f"{len(answer.catalogue.entries)} KPIs"
    yield from heading("KPI catalogue", [total], style)
    for department, entries in answer.entries.items():
        yield Text()
        yield words(f"{department} ({len(entries)})", "heading")
        names = ", ".join(visible(entry.label) for entry in entries)
        yield hanging(names, style.width, prefix="  ")
    yield Text()
    commands = [
        ("one KPI in full", "kpitree catalog churn rate"),
        ("a department", "kpitree catalog --department finance"),
    ]
    yield from steps(commands, style)


# --- lists ----------------------------------------------------------------------------------


def _listing(answer: Listing, style: Style) -> Blocks:
    entries = answer.entries
    count = "1 KPI" if len(entries) == 1 else f"{len(entries)} KPIs"
    yield from heading("KPI catalogue", [visible(answer.title), count], style)
    yield Text()
    grid = _grid(entries, (), FITTINGS[0], below=False)
    if style.width is not None and grid.label_width + grid.figures_width > style.width:
        _, grid = roomiest(partial(_grid, entries, below=True), LEAVING, style.width)
    yield from grid.blocks(style.width)
    yield Text()
    yield from steps([("one in full", f"kpitree catalog {entries[0].id}")], style)


def _grid(entries: Sequence[Entry], gone: Sequence[str], fitting: Fitting, *, below: bool) -> Grid:
    """A KPI a row; its meaning in a column of its own where there is room, else below it.

    Its name, where that has no column, stands behind the label: it is what is typed next.
    """
    labels = []
    for entry in entries:
        label = f"{entry.label} ({entry.id})" if "name" in gone else entry.label
        labels.append(Label(text=visible(label), hang="  "))
        if below:
            meaning = visible(entry.description)
            labels.append(Label(text=meaning, prefix="  ", hang="  ", style="quiet", wide=True))
    columns = {
        "name": [entry.id for entry in entries],
        "unit": [shown_unit(entry) for entry in entries],
        "better": [entry.better for entry in entries],
        "indicator": [entry.indicator for entry in entries],
        "level": [entry.level for entry in entries],
        "rhythm": [entry.rhythms[0] for entry in entries],
        "department": [entry.departments[0] for entry in entries],
    }
    if not below:
        columns["meaning"] = [entry.description for entry in entries]
    built = (
        _column(name, texts, below=below) for name, texts in columns.items() if name not in gone
    )
    kept = tuple(column for column in built if any(cell.text for cell in column.cells))
    return Grid(title="KPI", labels=tuple(labels), columns=kept, fitting=fitting)


def _column(name: str, texts: Sequence[str], *, below: bool) -> Column:
    cells = (Cell(visible(text)) for text in texts)
    spaced = (one for cell in cells for one in ((cell, Cell("")) if below else (cell,)))
    return Column(key=name, title=name, cells=tuple(spaced), right=False)
