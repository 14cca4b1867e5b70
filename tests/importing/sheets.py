"""Sheets written in a test as CSV, read by Python's own reader."""

import csv
from inspect import cleandoc
from io import StringIO
from pathlib import Path

from kpitree.tree.model import Tree
from kpitree.tree.read import read_tree
from kpitree.tree.sheets.importing import Imported, Wishes, import_sheet
from kpitree.tree.sheets.sheet import Sheet

FILE = Path("folder/shop.toml")


def sheet(text: str, separator: str = ",") -> Sheet:
    """The table of a text, whose rows are counted as a spreadsheet counts them."""
    lines = list(csv.reader(StringIO(cleandoc(text)), delimiter=separator))
    rows = [(at, tuple(cell.strip() for cell in line)) for at, line in enumerate(lines, start=1)]
    return Sheet(
        shown="kpis.csv", headings=rows[0][1], rows=tuple(row for row in rows[1:] if any(row[1]))
    )


def imported(text: str, wishes: Wishes | None = None) -> Imported:
    """What is made of a table."""
    return import_sheet(sheet(text), wishes or Wishes(name="Shop"), FILE)


def tree(text: str, wishes: Wishes | None = None) -> Tree:
    """The tree that is made of a table."""
    return read_tree(imported(text, wishes).text, FILE)
