"""What a KPI is made of where a sheet has no formula: of the KPIs that have it as their parent.

How they make it is said by the column `operator`, or told from their units, and then checked
against their targets. What was assumed is noted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Final

from kpitree.errors import did_you_mean
from kpitree.tree.graph import first_loop
from kpitree.tree.sheets.naming import Names
from kpitree.tree.sheets.sheet import Notes, Row, listed

_OPERATORS: Final = {
    **dict.fromkeys(("+", "sum", "plus", "add", "added", "total"), "+"),
    **dict.fromkeys(("-", "−", "–", "minus", "less", "subtract"), "-"),
    **dict.fromkeys(("*", "×", "x", "·", "product", "times", "multiply", "multiplied"), "*"),
    **dict.fromkeys(("/", "÷", ":", "divide", "divided by", "ratio", "per"), "/"),
}
_FAR: Final = 0.05  # an assumed formula misses the target by more than this
ADD_A_COLUMN: Final = "add a column formula, or a column operator with + - * or / for each"

Keys = Mapping[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """A KPI in the formula of its parent. operator: + - * or /, how it enters."""

    name: str
    operator: str


def parents_of(rows: Sequence[Row], names: Names, notes: Notes) -> dict[str, tuple[str, ...]]:
    """KPI -> the KPIs it stands under; unknown ones and circles are mistakes."""
    found = {}
    for row in rows:
        texts = [row.cells["parent"]] if "parent" in row.cells else []
        texts += row.cells.get("also_under", "").replace(",", " ").split()
        known = list(names.all_of(row, "parent", texts))
        if row.name in known:
            notes.mistake(row, "parent", f"{row.name!r} is its own parent")
        found[row.name] = tuple(dict.fromkeys(name for name in known if name != row.name))
    without = {
        row.name: tuple(name for name in found[row.name] if "formula" not in names.rows[name].cells)
        for row in rows
    }
    if loop := first_loop(without):
        row = names.rows[loop[0]]
        notes.mistake(row, "parent", f"the parents go round in a circle: {' -> '.join(loop)}")
    return found


def assumed(
    rows: Sequence[Row], keys: Keys, parents: Mapping[str, tuple[str, ...]], notes: Notes
) -> tuple[dict[str, str], set[str]]:
    """KPI -> the formula made of the KPIs under it, for those that say nothing else; and prices.

    Prices are the factors in the unit of their product: an amount for each of the others.
    """
    below: dict[str, list[Row]] = {}
    for row in rows:
        for parent in parents[row.name]:
            below.setdefault(parent, []).append(row)
    operators = _operators(rows, below, notes)
    formulas: dict[str, str] = {}
    prices: set[str] = set()
    for row in rows:
        if {"formula", "measure", "value"} & row.cells.keys() or row.name not in below:
            continue
        parts = _parts(row, below[row.name], keys, operators, notes)
        if parts:
            formulas[row.name] = _written(parts)
            prices |= _prices(row, parts, keys)
            _compare(row, parts, keys, notes)
    return formulas, prices


def _operators(
    rows: Sequence[Row], below: Mapping[str, list[Row]], notes: Notes
) -> dict[tuple[str, str], str]:
    """(parent, child) -> how the child enters, where the sheet says so.

    The column is about how a row enters its parent's formula; in a sheet in which only rows with
    others under them have it, it is about those.
    """
    told: dict[str, str] = {}
    for row in rows:
        text = " ".join(row.cells.get("operator", "").casefold().split())
        if text and text not in _OPERATORS:
            hint = did_you_mean(text, _OPERATORS) if len(text) > 2 else "one of: + - * /"
            notes.mistake(row, "operator", f"{text[:60]!r} is no operator", hint)
        elif text:
            told[row.name] = _OPERATORS[text]
    of_parents = all(name in below for name in told)
    found = {}
    for parent, children in below.items():
        for at, child in enumerate(children):
            if not of_parents and child.name in told:
                found[parent, child.name] = told[child.name]
            elif of_parents and parent in told:
                first = "+" if told[parent] in "+-" else "*"
                found[parent, child.name] = told[parent] if at else first
    return found


def _parts(
    row: Row,
    children: Sequence[Row],
    keys: Keys,
    operators: Mapping[tuple[str, str], str],
    notes: Notes,
) -> list[Part]:
    """How the children make the row's KPI; empty with a mistake noted where that is unknown."""
    said = [operators.get((row.name, child.name), "") for child in children]
    names = [child.name for child in children]
    if any(said):
        return _said(row, names, said, notes)
    unit = _unit(keys, row.name)
    units = [_unit(keys, name) for name in names]
    of = listed(names)
    if len(names) == 1 or all(one == unit for one in units):
        what = "has one KPI under it" if len(names) == 1 else f"and all under it are in {_in(unit)}"
        message = (
            f"{row.name} {what}: assumed to be {'it' if len(names) == 1 else 'their sum'} ({of})"
        )
        notes.notice("assumed_sum", message, row.name)
        return [Part(name, "+") for name in names]
    if _multiplies(units, unit):
        message = (
            f"{row.name} is in {_in(unit)}, to which the units under it multiply out: assumed to be"
            f" their product ({of})"
        )
        notes.notice("assumed_product", message, row.name)
        return [Part(name, "*") for name in names]
    under = ", ".join(f"{name} in {_in(one)}" for name, one in zip(names, units, strict=True))
    message = f"how {row.name!r} (in {_in(unit)}) is made of {under} is not known"
    notes.mistake(row, None, message, ADD_A_COLUMN)
    return []


def _said(row: Row, names: Sequence[str], said: Sequence[str], notes: Notes) -> list[Part]:
    known = {operator for operator in said if operator}
    sums, products = known <= {"+", "-"}, known <= {"*", "/"}
    if not sums and not products:
        message = f"the KPIs under {row.name!r} are both added and multiplied"
        notes.mistake(row, "operator", message, "write it out in a column formula")
        return []
    usual = "+" if sums else "*"
    parts = [Part(name, one or usual) for name, one in zip(names, said, strict=True)]
    if products and all(part.operator == "/" for part in parts):
        message = f"all KPIs under {row.name!r} are divided by, and nothing is divided"
        notes.mistake(row, "operator", message, "the first one has: *")
        return []
    return sorted(parts, key=lambda part: part.operator in "-/")


def _written(parts: Iterable[Part]) -> str:
    first, *rest = parts
    text = f"-{first.name}" if first.operator == "-" else first.name
    return text + "".join(f" {part.operator} {part.name}" for part in rest)


def _unit(keys: Keys, name: str) -> str:
    return str(keys[name].get("unit", "number"))


def _in(unit: str) -> str:
    return "plain numbers" if unit == "number" else unit


def _prices(row: Row, parts: Sequence[Part], keys: Keys) -> set[str]:
    unit = _unit(keys, row.name)
    if unit == "number" or all(part.operator in "+-" for part in parts):
        return set()
    return {part.name for part in parts if _unit(keys, part.name) == unit}


def _multiplies(units: Sequence[str], unit: str) -> bool:
    """Counts and rates times something in the parent's unit; rates of a count are a count."""
    real = [one for one in units if one not in ("number", "percent")]
    if unit == "percent":
        return False  # a rate of counts is a quotient, and nobody can see which way
    if unit == "number":
        return not real and "number" in units
    return real == [unit]


def _compare(row: Row, parts: Sequence[Part], keys: Keys, notes: Notes) -> None:
    """Whether the formula holds for the targets, where all have plain ones."""
    goal = keys[row.name].get("target")
    targets = [keys[part.name].get("target") for part in parts]
    plain = [one for one in targets if isinstance(one, int | float)]
    if not isinstance(goal, int | float) or len(plain) < len(targets):
        return
    made = _made(parts, plain)
    if made is None or abs(made - goal) > _FAR * abs(goal):
        shown = "no number" if made is None else f"{made:,.6g}"
        message = (
            f"the target of {row.name} is {goal:,.6g}, and {_written(parts)} makes {shown} of the"
            " targets: is the formula meant otherwise?"
        )
        notes.notice("targets_do_not_add_up", message, row.name)


def _made(parts: Sequence[Part], values: Sequence[float]) -> float | None:
    pairs = list(zip(parts, values, strict=True))
    if parts[0].operator in "+-":
        return sum(-value if part.operator == "-" else value for part, value in pairs)
    below = prod(value for part, value in pairs if part.operator == "/")
    above = prod(value for part, value in pairs if part.operator == "*")
    return above / below if below else None
