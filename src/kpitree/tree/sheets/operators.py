"""How KPIs enter the formula of their parent, where a sheet says so with operators.

An operator is about its own row: how that enters its parent. Only the column `relation`, and
words such as sum or product, are about the KPIs under a row; so is the operator of a goal, which
enters nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from kpitree.errors import did_you_mean
from kpitree.tree.sheets.sheet import Notes, Row

SIGNS: Final = {
    **dict.fromkeys(("+", "plus", "add", "added"), "+"),
    **dict.fromkeys(("-", "−", "–", "minus", "less", "subtract", "subtracted"), "-"),
    **dict.fromkeys(("*", "×", "x", "·", "times", "multiply", "multiplied"), "*"),
    **dict.fromkeys(("/", "÷", ":", "divide", "divided", "divided by", "per"), "/"),
}
WHOLES: Final = {
    **dict.fromkeys(("sum", "total"), "+"),
    "difference": "-",
    "product": "*",
    **dict.fromkeys(("ratio", "quotient"), "/"),
}
_ALL: Final = SIGNS | WHOLES
_ELSEWHERE: Final = "an operator says how its row enters its parent; a column relation, the rest"

Operators = dict[tuple[str, str], str]


def operators_of(
    rows: Sequence[Row],
    parents: Mapping[str, tuple[str, ...]],
    below: Mapping[str, Sequence[Row]],
    notes: Notes,
) -> Operators:
    """(parent, child) -> how the child enters, + - * or /, where the sheet says so."""
    entering: dict[str, str] = {}
    combining: dict[str, str] = {}
    for row in rows:
        if relation := _read(row, "relation", _ALL, notes):
            combining[row.name] = relation
        text = _plain(row, "operator")
        if sign := _read(row, "operator", _ALL, notes):
            of_children = row.name in below and (text in WHOLES or not parents[row.name])
            (combining if of_children else entering).setdefault(row.name, sign)
    found: Operators = {}
    for parent, children in below.items():
        said = [child for child in children if child.name in entering]
        whole = combining.get(parent)
        if said and whole is not None and not _agree(whole, {entering[one.name] for one in said}):
            _contradicts(parent, rows, said, notes)
        found |= _entered(parent, children, entering, whole)
    return found


def _entered(
    parent: str, children: Sequence[Row], entering: Mapping[str, str], whole: str | None
) -> Operators:
    """What a child says itself goes before what is said of all of them."""
    found = {(parent, one.name): entering[one.name] for one in children if one.name in entering}
    if whole is None or found:
        return found
    first = "+" if whole in "+-" else "*"
    return {(parent, one.name): whole if at else first for at, one in enumerate(children)}


def _agree(whole: str, signs: set[str]) -> bool:
    return signs <= ({"+", "-"} if whole in "+-" else {"*", "/"})


def _contradicts(parent: str, rows: Sequence[Row], said: Sequence[Row], notes: Notes) -> None:
    row = next(one for one in rows if one.name == parent)
    column = "relation" if "relation" in row.cells else "operator"
    numbers = ", ".join(str(one.number) for one in said[:6])
    message = (
        f"{row.cells[column]!r} contradicts the operators of the KPIs under {parent!r}"
        f" (rows {numbers})"
    )
    notes.mistake(row, column, message, _ELSEWHERE)


def _plain(row: Row, column: str) -> str:
    return " ".join(row.cells.get(column, "").casefold().split())


def _read(row: Row, column: str, known: Mapping[str, str], notes: Notes) -> str | None:
    text = _plain(row, column)
    if not text:
        return None
    if text not in known:
        hint = did_you_mean(text, known) if len(text) > 2 else "one of: + - * /"
        notes.mistake(row, column, f"{row.cells[column][:60]!r} is no operator", hint)
    return known.get(text)
