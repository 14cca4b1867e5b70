"""The goal of a sheet, and the KPIs that do not lead to it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from kpitree.tree.expressions import names_in
from kpitree.tree.parsing import parse_formula
from kpitree.tree.sheets.naming import Names
from kpitree.tree.sheets.sheet import Notes, Row, listed

Keys = Mapping[str, dict[str, Any]]
Operands = Mapping[str, tuple[str, ...]]
_MOST: Final = 20  # KPIs named in a line


def operands_of(keys: Keys) -> dict[str, tuple[str, ...]]:
    """KPI -> the KPIs that its formula names, for those that have one."""
    return {
        name: names_in(parse_formula(known["formula"]))
        for name, known in keys.items()
        if "formula" in known
    }


def check_parents(
    rows: Sequence[Row],
    keys: Keys,
    operands: Operands,
    parents: Mapping[str, tuple[str, ...]],
    notes: Notes,
) -> None:
    """A parent that has a formula, or values of its own, need not be made of what is under it."""
    for row in rows:
        for parent in parents[row.name]:
            if parent in operands and row.name not in operands[parent]:
                message = f"{row.name} stands under {parent}, whose formula does not name it"
                notes.notice("parent_without", message, row.name)
            elif parent not in operands and {"measure", "value"} & keys[parent].keys():
                message = (
                    f"{row.name} stands under {parent}, which has a measure or value of its own"
                )
                notes.notice("parent_without", message, row.name)


def goal_of(
    names: Names, keys: Keys, operands: Operands, wanted: str | None, like: str | None, notes: Notes
) -> str:
    """--root, or the goal of --like; else the only KPI that feeds no other, or the only kgi.

    KPIs that do not lead to it are told; where a parent may have been forgotten, that is a mistake.
    """
    if wanted is not None:
        return _wanted(names, wanted, keys, operands, notes)
    if like is not None and like in keys:
        _tell_outside(like, keys, operands, notes)
        return like
    rows = list(names.rows.values())
    fed = {name for operand in operands.values() for name in operand}
    tops = [row for row in rows if row.name not in fed]
    goals = [row for row in rows if keys[row.name].get("role") == "kgi"]
    for found in (tops, goals):
        if len(found) == 1:
            _refuse_forgotten(found[0], tops, keys, notes)
            _tell_outside(found[0].name, keys, operands, notes)
            return found[0].name
    if not notes.mistakes and tops:  # else another mistake says why; or a circle, found at the end
        _ask(goals or tops, operands, notes, by_role=bool(goals))
    return rows[0].name


def _wanted(names: Names, wanted: str, keys: Keys, operands: Operands, notes: Notes) -> str:
    found = names.found(wanted)
    if found is None:
        message = f"no row is the goal {wanted!r}"
        if several := names.several(wanted):
            message = f"several rows are called {wanted!r}: {several}"
        notes.mistake(None, None, message, "name it as in the sheet: --root")
        return ""
    _tell_outside(found, keys, operands, notes)
    return found


def _ask(rows: Sequence[Row], operands: Operands, notes: Notes, *, by_role: bool) -> None:
    several = listed(f"{row.name} (row {row.number})" for row in rows)
    what = "have the role kgi" if by_role else "feed no other KPI"
    hint = f"say it: --root {rows[0].name}"
    if not operands and not by_role:
        hint = (
            "say what each KPI belongs to in a column parent (or with numbers: 1, 1.1, 1.2);"
            f" or only which one is the goal: --root {rows[0].name}"
        )
    notes.mistake(None, None, f"which KPI is the goal? {several} {what}", hint)


def _refuse_forgotten(goal: Row, tops: Sequence[Row], keys: Keys, notes: Notes) -> None:
    """Cells that were merged, or left empty below each other, say the parent only once."""
    if "parent" not in notes.headings:
        return
    guards = {known.get("counterweight") for known in keys.values()}
    forgotten = [
        row
        for row in tops
        if row.name != goal.name
        and "parent" not in row.cells
        and not keys[row.name].get("leads")
        and keys[row.name].get("role") != "guardrail"
        and row.name not in guards
    ]
    if len(forgotten) > 1:
        rows = listed(f"{row.name} (row {row.number})" for row in forgotten)
        message = f"no parent is said of {rows}: they would stand outside the tree of {goal.name}"
        hint = f"fill in their parent (merged cells have it once); or --root {goal.name}"
        notes.mistake(forgotten[0], "parent", message, hint)


def _tell_outside(goal: str, keys: Keys, operands: Operands, notes: Notes) -> None:
    reached, waiting = {goal}, [goal]
    while waiting:
        for name in operands.get(waiting.pop(), ()):
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    outside = [name for name in keys if name not in reached]
    if outside:
        beside = "stands" if len(outside) == 1 else "stand"
        message = f"{listed(outside, _MOST)} {beside} outside the tree: no formula leads to {goal}"
        notes.notice("outside", message)
