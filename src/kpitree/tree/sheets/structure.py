"""What a KPI is made of where a sheet has no formula: of the KPIs that have it as their parent.

How they make it is said by operators, or told from their units, and then checked against their
targets and actual values. Every formula that is made is noted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Final

from kpitree.tree.graph import first_loop
from kpitree.tree.sheets.naming import Names
from kpitree.tree.sheets.operators import Operators, operators_of
from kpitree.tree.sheets.sheet import Notes, Row, listed

_FAR: Final = 0.05  # an assumed formula misses the target by more than this
_OFF: Final = 0.005  # and the actual value, of which it is to be the whole
_TOTALS: Final = ("total", "totals", "subtotal", "gesamt", "summe")
_MOST: Final = 2_000  # operands of one formula, as many as are read
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
    by_number = {row.number: row.name for row in rows}
    for row in rows:
        texts = [row.cells["parent"]] if "parent" in row.cells else []
        known = [by_number[row.above]] if row.above in by_number else []
        known += names.all_of(row, "parent", texts)
        known += names.all_of(row, "also_under", names.listed_in(row, "also_under"))
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
    rows: Sequence[Row],
    keys: Keys,
    parents: Mapping[str, tuple[str, ...]],
    actuals: Mapping[str, float],
    notes: Notes,
) -> dict[str, str]:
    """KPI -> the formula made of the KPIs under it, for those that say nothing else.

    actuals: KPI -> its value in the column actual, which an assumed formula is held against.
    """
    below: dict[str, list[Row]] = {}
    for row in rows:
        for parent in parents[row.name]:
            below.setdefault(parent, []).append(row)
    operators = operators_of(rows, parents, below, notes)
    formulas: dict[str, str] = {}
    for row in rows:
        if {"formula", "measure", "value"} & row.cells.keys() or row.name not in below:
            continue
        if (count := len(below[row.name])) > _MOST:
            message = f"{count:,} KPIs stand under {row.name!r}; at most {_MOST:,} can"
            notes.mistake(row, "kpi", message, "put KPIs between them that sum up some of them")
            continue
        parts = _parts(row, below[row.name], keys, operators, notes)
        if parts:
            _tell_totals(row, parts, notes)
            formulas[row.name] = _written(parts)
            _compare(row, parts, keys, notes)
            if not all(operators.get((row.name, one.name)) for one in below[row.name]):
                _compare_actuals(row, parts, actuals, notes)
    return formulas


def _tell_totals(row: Row, parts: Sequence[Part], notes: Notes) -> None:
    """A row of totals beside what it is the total of counts everything twice."""
    totals = [part.name for part in parts if part.name.split("_")[0] in _TOTALS]
    if totals and len(parts) > 2 and parts[0].operator in "+-":
        message = (
            f"{listed(totals)} is added to the others under {row.name}: if it is their total, they"
            " count twice; remove the row"
        )
        notes.notice("totals", message, row.name)


def _parts(
    row: Row,
    children: Sequence[Row],
    keys: Keys,
    operators: Operators,
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
    parts = sorted(parts, key=lambda part: part.operator in "-/")
    message = f"{row.name} is made as the operators say: {_shown(parts)}"
    if silent := [name for name, one in zip(names, said, strict=True) if not one]:
        message += f" (without an operator, taken as {usual}: {listed(silent)})"
    notes.notice("formula_of_operators", message, row.name)
    return parts


def _written(parts: Iterable[Part]) -> str:
    first, *rest = parts
    text = f"-{first.name}" if first.operator == "-" else first.name
    return text + "".join(f" {part.operator} {part.name}" for part in rest)


def _shown(parts: Sequence[Part], most: int = 12) -> str:
    more = f" … ({len(parts)} KPIs)" if len(parts) > most else ""
    return _written(parts[:most]) + more


def _unit(keys: Keys, name: str) -> str:
    return str(keys[name].get("unit", "number"))


def _in(unit: str) -> str:
    return "plain numbers" if unit == "number" else unit


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
        shown = "no number" if made is None else _digits(made)
        message = (
            f"the target of {row.name} is {_digits(goal)}, and {_shown(parts)} makes {shown} of the"
            " targets: is the formula meant otherwise?"
        )
        notes.notice("targets_do_not_add_up", message, row.name)


def _compare_actuals(
    row: Row, parts: Sequence[Part], actuals: Mapping[str, float], notes: Notes
) -> None:
    """Whether what was assumed makes the actual value, where all KPIs of the formula have one."""
    goal = actuals.get(row.name)
    values = [actuals[part.name] for part in parts if part.name in actuals]
    if goal is None or len(values) < len(parts):
        return
    made = _made(parts, values)
    if made is not None and _agree(made, goal):
        return
    shown = "no number" if made is None else _digits(made)
    message = (
        f"the actual value of {row.name} is {_digits(goal)}, and {_shown(parts)} makes"
        f" {shown} of the actual values: add an operator column with + - * or / for each"
    )
    if less := _subtracted(parts, values, goal):
        message += f" (with - for {less}, it makes {_digits(goal)})"
    notes.notice("actuals_do_not_add_up", message, row.name)


def _agree(made: float, goal: float) -> bool:
    return abs(made - goal) <= max(_OFF * abs(goal), 1e-9)


def _subtracted(parts: Sequence[Part], values: Sequence[float], goal: float) -> str:
    """The one KPI of a sum that has to be taken off for it to come out; else nothing."""
    if any(part.operator != "+" for part in parts):
        return ""
    made = sum(values)
    found = [
        part.name
        for part, value in zip(parts, values, strict=True)
        if _agree(made - 2 * value, goal)
    ]
    return found[0] if len(found) == 1 else ""


def _digits(value: float) -> str:
    """All digits that people read: 1,140,000 and 0.597."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.6g}"


def _made(parts: Sequence[Part], values: Sequence[float]) -> float | None:
    pairs = list(zip(parts, values, strict=True))
    if parts[0].operator in "+-":
        return sum(-value if part.operator == "-" else value for part, value in pairs)
    below = prod(value for part, value in pairs if part.operator == "/")
    above = prod(value for part, value in pairs if part.operator == "*")
    return above / below if below else None
