"""A formula with one more operand."""

from collections.abc import Mapping
from typing import Any, Final

from kpitree.errors import UsageError
from kpitree.tree.editing.edits import refuse_unknown
from kpitree.tree.editing.expected import checked, with_changes
from kpitree.tree.editing.layout import layout_of
from kpitree.tree.editing.text import Change, Source
from kpitree.tree.expressions import Call
from kpitree.tree.parsing import parse_formula
from kpitree.tree.positions import characters
from kpitree.tree.spellings import plain

OPERATORS: Final = ("+", "-", "*", "/")


def add_operand(text: str, parent: str, operator: str, name: str) -> str:
    """The parent's formula becomes `old operator name`; a sum is put in parentheses for * and /.

    operator: one of OPERATORS. What the formula says already keeps its spelling.

    Raises UsageError: there is no such parent, or it has no formula.
    """
    source = Source(text)
    data = source.data()
    refuse_unknown([parent], data.get("kpi", {}))
    formula = _formula_of(data, parent)
    start, end = _ends(formula)
    left, right = ("(", ")") if operator in "*/" and _is_sum(formula) else ("", "")
    added = f"{right} {operator} {name}"
    key = layout_of(source.plain).key(("kpi", parent, "formula"))
    assert key is not None, "the data have it"
    places = characters(source.plain, key.value.start)
    first, last = places[start][0], places[end - 1][1]
    new = source.changed([Change(first, first, left), Change(last, last, added)])
    longer = formula[:start] + left + formula[start:end] + added + formula[end:]
    return checked(new, with_changes(data, {("kpi", parent, "formula"): longer}))


def _formula_of(data: Mapping[str, Any], parent: str) -> str:
    table = data["kpi"][parent]
    if "formula" in table:
        return str(table["formula"])
    kind = "measure" if "measure" in table else "value"
    raise UsageError(
        f"{parent!r} has a {kind}, so nothing can be put under it with an operator",
        hint="without --op the new KPI leads it; or give it a formula first",
    )


def _ends(formula: str) -> tuple[int, int]:
    """Where the expression itself begins and ends: past white space, before comments."""
    _line, masked = plain(formula)
    return len(masked) - len(masked.lstrip(" ")), len(masked.rstrip(" "))


def _is_sum(formula: str) -> bool:
    match parse_formula(formula):
        case Call(name="+"):
            return True
        case _:
            return False
