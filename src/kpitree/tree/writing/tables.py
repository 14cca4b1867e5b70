"""A Tree as the tables of a tree file; what holds where nothing is written is left out."""

from typing import Any

from kpitree.calendar import Grain
from kpitree.tree.model import Tree
from kpitree.tree.read import WEEKDAYS
from kpitree.tree.writing.kpis import kpi_table
from kpitree.tree.writing.sources import source_table


def tables_of(tree: Tree) -> dict[str, Any]:
    """The tables of a tree file that this tree would be read from, in a person's order.

    The name and the root are always written: the text may be saved under another name, and get
    KPIs that feed no other. Paths are as the user wrote them, relative to tree.file's folder;
    so is a database that is a file, if it lies there or one folder up.
    """
    tables = {
        "tree": _tree(tree),
        "calendar": _calendar(tree),
        "sources": {
            name: source_table(source, tree.file.parent) for name, source in tree.sources.items()
        },
        "targets": {} if tree.targets is None else {"path": tree.targets.path},
        "kpi": {name: kpi_table(node, tree.grain) for name, node in tree.kpis.items()},
    }
    return {name: table for name, table in tables.items() if table}


def _tree(tree: Tree) -> dict[str, Any]:
    dimensions = dict.fromkeys(name for one in tree.sources.values() for name in one.dimensions)
    return {
        "name": tree.name,
        "root": tree.root,
        **({} if tree.currency is None else {"currency": tree.currency}),
        **({} if tree.segments == tuple(dimensions) else {"segments": list(tree.segments)}),
        **({"ignore": list(tree.ignore)} if tree.ignore else {}),
    }


def _calendar(tree: Tree) -> dict[str, Any]:
    calendar = tree.calendar
    keys = {
        "grain": (tree.grain.value, Grain.MONTH.value),
        "week_start": (WEEKDAYS[calendar.week_start], "monday"),
        "fiscal_year_start": (calendar.year_start, 1),
        "fiscal_year_name": (calendar.year_name, "end"),
        "pattern": (calendar.pattern, None),
        "timezone": (tree.timezone, None),
    }
    return {key: value for key, (value, default) in keys.items() if value != default}
