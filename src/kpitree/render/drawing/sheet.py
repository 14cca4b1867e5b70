r"""`csv` and `tsv`: one row a KPI in the order of the file, to edit in a spreadsheet.

`kpitree import` reads it back. A text that a spreadsheet would run as a formula has an apostrophe
before it; control characters are shown as \x1b, in TSV tabs and line breaks too.
"""

from kpitree.render.columns import quoted
from kpitree.render.style import Style
from kpitree.render.words import visible
from kpitree.tree.model import Tree
from kpitree.tree.sheets.protected import protected
from kpitree.tree.sheets.rows import is_number, rows_of


def csv(tree: Tree, style: Style) -> str:
    """The header, and a line a KPI. A sheet has every KPI, however deep."""
    del style
    return _lines(tree, ",")


def tsv(tree: Tree, style: Style) -> str:
    """The same between tabs, nothing quoted."""
    del style
    return _lines(tree, "\t")


def _lines(tree: Tree, separator: str) -> str:
    columns, rows = rows_of(tree)
    lines = [
        columns,
        *([_field(name, row.get(name, ""), separator) for name in columns] for row in rows),
    ]
    return "".join(separator.join(line) + "\n" for line in lines)


def _field(column: str, cell: str, separator: str) -> str:
    text = cell if is_number(column, cell) else protected(cell)
    return quoted(visible(text, keep="\n\t")) if separator == "," else visible(text)
