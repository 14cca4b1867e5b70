"""`kpitree show`: the tree drawn without data, as an outline or as a graph to paste."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from rich.text import Text

from kpitree.errors import UsageError
from kpitree.numbers import Numbers, machine_text
from kpitree.render.figures import Cell, Column, Label
from kpitree.render.grid import FITTINGS, Fitting, Grid, roomiest
from kpitree.render.kpis import ABOVE, ASCII_ABOVE
from kpitree.render.outline import Entry, outline
from kpitree.render.paint import painted, words
from kpitree.render.style import Style
from kpitree.render.words import visible
from kpitree.tree.model import (
    Branch,
    Constant,
    DataTarget,
    GrowthTarget,
    Leaf,
    Node,
    PathTarget,
    PeriodTargets,
    PlainTarget,
    SpreadTarget,
    Tree,
)
from kpitree.tree.unparsing import spelled

LEAVING: Final = ("owner", "name", "unit", "target")  # on a narrow terminal, in this order


def draw(tree: Tree, form: str, style: Style) -> str:
    """The tree as `table`, `mermaid` or `dot`. Raises UsageError for another form."""
    if form not in FORMS:
        raise UsageError(f"there is no format {form!r}", hint=f"formats: {', '.join(FORMS)}")
    return FORMS[form](tree, style)


# --- outline -------------------------------------------------------------------------------


def _outline(tree: Tree, style: Style) -> str:
    """KPIs on their branches with name, unit, target and owner, and what they are made of.

    What they are made of stands in a column of its own where there is room, else below.
    """
    entries = outline(tree, depth=style.depth, ascii_only=style.ascii)
    grid = _grid(tree, style, entries, (), FITTINGS[0], below=False)
    if style.width is not None and grid.label_width + grid.figures_width > style.width:
        below = partial(_grid, tree, style, entries, below=True)
        _, grid = roomiest(below, LEAVING, style.width)
    blocks = [words(visible(tree.name), "heading"), Text(), *grid.blocks(style.width)]
    return painted(blocks, color=style.color, width=style.width)


def _grid(
    tree: Tree,
    style: Style,
    entries: list[Entry],
    gone: Sequence[str],
    fitting: Fitting,
    *,
    below: bool,
) -> Grid:
    rows = list(_rows(tree, style, entries, below=below))
    built = [
        _column("name", rows, lambda node: node.id),
        _column("unit", rows, lambda node: unit_of(tree, node)),
        _column("target", rows, lambda node: _target(node, style), right=True),
        _column("owner", rows, lambda node: node.owner or ""),
        *([] if below else [_column("made of", rows, definition)]),
    ]
    columns = tuple(
        each for each in built if each.key not in gone and any(cell.text for cell in each.cells)
    )
    labels = tuple(label for label, _ in rows)
    return Grid(title="KPI", labels=labels, columns=columns, fitting=fitting)


def _column(
    title: str,
    rows: list[tuple[Label, Node | None]],
    text: Callable[[Node], str],
    *,
    right: bool = False,
) -> Column:
    cells = (Cell(visible(text(node)) if node else "") for _, node in rows)
    return Column(key=title, title=title, cells=tuple(cells), right=right)


def _rows(
    tree: Tree, style: Style, entries: list[Entry], *, below: bool
) -> Iterator[tuple[Label, Node | None]]:
    """Labels, each with the KPI whose figures stand beside it, if any do."""
    above, stem = (ASCII_ABOVE, "| ") if style.ascii else (ABOVE, "│ ")
    for entry in entries:
        node = tree.kpis[entry.kpi]
        name = visible(node.label) + (f" {above}" if entry.repeated else "")
        quiet = "quiet" if entry.repeated else ""
        label = Label(text=name, prefix=entry.prefix, hang=entry.hang, style=quiet)
        yield label, None if entry.repeated else node
        if below and not entry.repeated:
            hang = entry.hang + (stem if entry.parent else "  ")
            text = definition(node)
            yield Label(text=text, prefix=hang, hang=hang + "  ", style="quiet", wide=True), None


def unit_of(tree: Tree, node: Node) -> str:
    """The unit as a reader knows it: the tree's currency by its code, nothing for numbers."""
    if node.unit == "currency" and tree.currency:
        return tree.currency
    return "" if node.unit == "number" else node.unit


def definition(node: Node) -> str:
    """What a KPI is made of: its formula, its measure and where that comes from, its value."""
    match node:
        case Branch(formula=formula):
            return visible(f"= {spelled(formula)}")
        case Leaf(measure=measure, source=source, where=where):
            condition = "" if where is None else f" where {spelled(where)}"
            return visible(f"{spelled(measure)} from {source}{condition}")
        case Constant(value=value):
            if isinstance(value, dict):
                return visible(f"by period: {', '.join(value)}")
            return f"= {machine_text(value)}"


def _target(node: Node, style: Style) -> str:
    """The target as the tree file has it; a table of targets is not read for a drawing."""
    numbers = Numbers(unit=node.unit, decimals=node.decimals, ascii=style.ascii)
    match node.target:
        case PlainTarget(value=value):
            return numbers.value(value)
        case SpreadTarget(value=value, per=per):
            return f"{numbers.value(value)} a {per}"
        case PathTarget(value=value, by=by):
            return f"{numbers.value(value)} by {by.isoformat()}"
        case GrowthTarget(growth=growth, over=over):
            before = "last year" if over == "last_year" else "the period before"
            return f"{numbers.percent(growth)} over {before}"
        case DataTarget(plan=plan):
            return f"from {visible(plan.source)}"
        case PeriodTargets():
            return "by period"
        case None:
            return ""


# --- graphs --------------------------------------------------------------------------------


def _mermaid(tree: Tree, style: Style) -> str:
    """A flowchart for Markdown; operands stand below what is computed from them."""
    names, edges = _graph(tree, style)
    lines = [
        "flowchart TD",
        *(f'    {name}["{_mermaid_text(tree.kpis[kpi].label)}"]' for kpi, name in names.items()),
        *(f"    {names[kpi]} --> {names[operand]}" for kpi, operand in edges),
    ]
    return "\n".join(lines) + "\n"


def _mermaid_text(text: str) -> str:
    """Everything that could mean something to mermaid or HTML as a character code."""
    return re.sub(r"[^\w .,:/%+-]", lambda found: f"#{ord(found[0])};", visible(text))


def _dot(tree: Tree, style: Style) -> str:
    """A digraph for Graphviz."""
    names, edges = _graph(tree, style)
    lines = [
        "digraph {",
        '    node [shape=box, fontname="sans-serif"]',
        *(f'    {name} [label="{_dot_text(tree.kpis[kpi].label)}"]' for kpi, name in names.items()),
        *(f"    {names[kpi]} -> {names[operand]}" for kpi, operand in edges),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _dot_text(text: str) -> str:
    return visible(text).replace("\\", "\\\\").replace('"', '\\"')


def _graph(tree: Tree, style: Style) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Names for the KPIs drawn (their own could be words of the language), and the edges."""
    entries = outline(tree, depth=style.depth)
    names = {entry.kpi: f"k{at}" for at, entry in enumerate(entries) if not entry.repeated}
    edges = [(kpi, operand) for kpi in names for operand in tree.operands(kpi) if operand in names]
    return names, edges


FORMS: Final[dict[str, Callable[[Tree, Style], str]]] = {
    "table": _outline,
    "mermaid": _mermaid,
    "dot": _dot,
}
