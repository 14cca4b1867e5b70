"""A spreadsheet as the tables of a tree file.

What wins: a KPI's own formula, measure or value; then the KPIs that name it as their parent; then
a table of actuals, which is written beside the tree.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kpitree.calendar import Grain, Span
from kpitree.errors import Notice, TreeError, TreeErrors
from kpitree.tree.model import Tree
from kpitree.tree.read import read_tree
from kpitree.tree.sheets.actuals import SOURCE, Actual, Table, source_table, with_remark
from kpitree.tree.sheets.adding import without_sums
from kpitree.tree.sheets.cells import Cells
from kpitree.tree.sheets.formulas import read_formula, read_rows_of_data
from kpitree.tree.sheets.goal import check_parents, goal_of, operands_of
from kpitree.tree.sheets.naming import Names, rows_of
from kpitree.tree.sheets.sheet import Notes, Row, Sheet, listed
from kpitree.tree.sheets.structure import assumed, parents_of
from kpitree.tree.writing import tables_of, text_of

Keys = dict[str, dict[str, Any]]
_KEYS_IN_ORDER = (
    "label", "description", "formula", "measured", "measure", "value", "source", "where", "time",
    "at", "count_when", "carry", "unit", "decimals", "role", "direction", "range", "target",
    "thresholds", "benchmark", "owner", "department", "review", "deadline", "indicator", "leads",
    "level", "tags", "controllable", "driver", "missing", "counterweight", "rebaseline", "ignore",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the sheet itself does not say.

    name: of the tree. root: of its goal, or None. decimal: the mark in its numbers, or None.
    sources: [sources.NAME] tables. like: a tree whose sources, calendar and currency are meant.
    actuals: the path of the table of actuals, from the tree file. period: that they are for.
    """

    name: str
    root: str | None = None
    decimal: str | None = None
    sources: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    like: Tree | None = None
    actuals: str = "actuals.csv"
    period: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """text: of the tree file. actuals: lines of the table beside it, none where none is needed.

    kpis: how many there are. root: the goal.
    """

    text: str
    kpis: int
    root: str
    actuals: tuple[Actual, ...]
    notices: tuple[Notice, ...]


def import_sheet(sheet: Sheet, wishes: Wishes, file: Path) -> Imported:
    """The tree of a sheet, as the text of a file that has no mistakes. file: where it will be.

    Raises TreeErrors: every mistake, each with its row and column.
    """
    notes = Notes(shown=sheet.shown)
    rows = rows_of(sheet, notes)
    if not rows:
        notes.raise_any()
    names = Names(rows, notes)
    cells = Cells(notes, wishes.decimal)
    keys = {row.name: _keys(row, cells, names, notes) for row in rows}
    cells.tell_fractions()
    parents = parents_of(rows, names, notes)
    formulas = assumed(rows, keys, parents, cells.actuals, notes)
    for name, formula in formulas.items():
        keys[name]["formula"] = formula
    operands = operands_of(keys)
    check_parents(rows, keys, operands, parents, notes)
    rates = without_sums(rows, keys, notes)
    table = Table(wishes.actuals, wishes.period, cells.actuals, rates)
    actuals = table.lines(rows, keys, notes)
    like = None if wishes.like is None else wishes.like.root
    root = goal_of(names, keys, operands, wishes.root, like, notes)
    tables = _tables(root, rows, keys, cells, wishes, notes)
    notes.raise_any()
    actuals = _to_write(actuals, tables, wishes, notes)
    text = text_of(tables)
    if actuals:
        text = with_remark(text)
    _check(text, file, names, notes)
    return Imported(
        text=text,
        kpis=len(rows),
        root=tables["tree"]["root"],
        actuals=tuple(actuals),
        notices=tuple(notes.notices),
    )


def _keys(row: Row, cells: Cells, names: Names, notes: Notes) -> dict[str, Any]:
    keys = cells.keys(row)
    if "label" in row.cells:
        keys["label"] = row.cells["label"]
    keys |= read_rows_of_data(row, notes)
    if "formula" in row.cells:
        formula = read_formula(row, names, notes)
        keys |= {} if formula is None else {"formula": formula}
    if "leads" in row.cells:
        keys["leads"] = list(names.all_of(row, "leads", names.listed_in(row, "leads")))
    if "counterweight" in row.cells:
        for name in names.all_of(row, "counterweight", [row.cells["counterweight"]]):
            keys["counterweight"] = name
    return keys


def _tables(
    root: str, rows: Sequence[Row], keys: Keys, cells: Cells, wishes: Wishes, notes: Notes
) -> dict[str, Any]:
    like = {} if wishes.like is None else tables_of(wishes.like)
    tree = dict(like.get("tree", {}), name=wishes.name)
    if wishes.like is not None:
        tree["name"] = wishes.like.name
    tree["root"] = root
    if currency := _currency(cells, tree.get("currency"), notes):
        tree["currency"] = currency
    order = ("name", "root", "currency")
    tree = {
        key: tree[key]
        for key in (*order, *(one for one in tree if one not in order))
        if key in tree
    }
    tables = {
        "tree": tree,
        "calendar": like.get("calendar", {}) or _calendar(wishes.period),
        "sources": _sources(
            rows, keys, {**like.get("sources", {}), **wishes.sources}, wishes, notes
        ),
        "targets": like.get("targets", {}),
        "kpi": {name: _ordered(known) for name, known in keys.items()},
    }
    return {name: table for name, table in tables.items() if table}


def _calendar(period: Span | None) -> dict[str, Any]:
    """Values of a quarter make a tree of quarters."""
    if period is None or period.grain in (None, Grain.MONTH):
        return {}
    return {"grain": str(period.grain)}


def _ordered(keys: dict[str, Any]) -> dict[str, Any]:
    return {key: keys[key] for key in _KEYS_IN_ORDER if key in keys}


def _currency(cells: Cells, known: str | None, notes: Notes) -> str | None:
    """The one currency of the sheet."""
    found = list(cells.currencies)
    if known is not None and known not in found:
        found = [known, *found]
    if len(found) > 1:
        other = cells.currencies[found[1]]
        message = f"the sheet has several currencies: {', '.join(found)}; a tree has one"
        notes.mistake(other, "unit", message, "convert the numbers, or give others a unit in words")
    return found[0] if found else None


def _sources(
    rows: Sequence[Row], keys: Keys, declared: dict[str, Any], wishes: Wishes, notes: Notes
) -> dict[str, Any]:
    """The sources in use, or declared; one that is neither declared nor made is a mistake."""
    for row in rows:
        source = row.cells.get("source")
        if source is not None and source not in declared:
            hint = f"say where its rows are: --data {source}=FILE; or --like TREE that has it"
            notes.mistake(row, "source", f"there is no source {source!r}", hint)
    read = any(known.get("source") == SOURCE for known in keys.values())
    if read and SOURCE not in declared:
        return {**declared, SOURCE: source_table(wishes.actuals, wishes.period)}
    return declared


def _to_write(
    actuals: Sequence[Actual], tables: Mapping[str, Any], wishes: Wishes, notes: Notes
) -> list[Actual]:
    """The lines, unless the tree reads another table, which is the user's: then that is said."""
    path = tables.get("sources", {}).get(SOURCE, {}).get("path", wishes.actuals)
    if not actuals or path == wishes.actuals:
        return list(actuals)
    message = f"the source {SOURCE} is {path}, which is kept as it is"
    message += f": add lines for {listed(one.kpi for one in actuals)}"
    notes.notices = [one for one in notes.notices if one.code != "actuals"]
    notes.notice("actuals_kept", message)
    return []


_PLACE = re.compile(r"\[kpi\.([^\]]+)\](?: (\w+))?")


def _check(text: str, file: Path, names: Names, notes: Notes) -> None:
    """Everything else that keeps a tree file from being read, with the row it comes from."""
    try:
        read_tree(text, file)
    except TreeErrors as found:
        raise TreeErrors([_at_its_row(error, names, notes) for error in found.errors]) from None


def _at_its_row(error: TreeError, names: Names, notes: Notes) -> TreeError:
    place = _PLACE.search(error.where)
    row = names.rows.get(place[1]) if place else None
    if place is None or row is None:
        return TreeError(error.message, where=notes.shown, hint=error.hint)
    column = place[2] if place[2] in notes.headings else None
    return TreeError(error.message, where=notes.place(row, column), hint=error.hint)
