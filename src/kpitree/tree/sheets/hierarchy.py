"""Where KPIs stand in a sheet without parents: by numbers such as 1.2, or by indentation.

Only what is certain is read: every row has a number, and some have several parts; or the rows
are indented by two spaces and more, each by as much as one above it, or further.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kpitree.tree.sheets.sheet import Notes

_NUMBER: Final = re.compile(r"(\d+(?:[.,]\d+)*)\.?")
_NUMBERED: Final = re.compile(r"(\d+(?:\.\d+)*)[.)]?\s+(\S.*)", re.DOTALL)
_LEAST: Final = 2  # spaces that are no slip of the hand


@dataclass(frozen=True, slots=True)
class Line:
    """A row before its KPI has a name. above: the number of the row that it stands under.

    indent: how many spaces stand before the KPI.
    """

    number: int
    cells: Mapping[str, str]
    indent: int = 0
    above: int | None = None


def placed(lines: Sequence[Line], notes: Notes) -> list[Line]:
    """The lines, each with the one that it stands under where the sheet says so without parents."""
    named = [line for line in lines if line.cells.get("kpi")]
    if any("parent" in line.cells for line in lines):
        _not_read(lines, "the column parent says where KPIs stand", notes)
        return list(lines)
    numbers = _numbers(named)
    if numbers is not None:
        found, how = _by_numbers(numbers, notes), "numbers"
        lines = [_without_number(line) for line in lines]
    elif any(line.indent >= _LEAST for line in named):
        found, how = _by_indents(named, notes), "indentation"
    else:
        _not_read(lines, "no KPI has a number such as 1.2", notes)
        return list(lines)
    notes.notice("hierarchy", f"where the KPIs stand is read from their {how}")
    return [replace(line, above=found.get(line.number)) for line in lines]


def _not_read(lines: Sequence[Line], why: str, notes: Notes) -> None:
    if any("number" in line.cells for line in lines):
        heading = notes.headings.get("number", "number")
        notes.notice("unknown_column", f"the column {heading!r} is not read: {why}")


def _numbers(lines: Sequence[Line]) -> dict[int, str] | None:
    """Row -> its number, of a column of its own, of the KPI's, or before the KPI."""
    if any("number" in line.cells for line in lines):
        found = {line.number: _part(_NUMBER, line.cells.get("number", "")) for line in lines}
    elif lines and all("label" in line.cells for line in lines):
        found = {line.number: _part(_NUMBER, line.cells["kpi"]) for line in lines}
    else:
        found = {line.number: _part(_NUMBERED, line.cells["kpi"]) for line in lines}
    several = any("." in number for number in found.values())
    return found if several and ("" not in found.values() or _has_column(lines)) else None


def _has_column(lines: Sequence[Line]) -> bool:
    return any("number" in line.cells for line in lines)


def _part(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.fullmatch(text)
    return match[1].replace(",", ".") if match else ""


def _without_number(line: Line) -> Line:
    """The KPI without the number before it, or under its label where it is a number alone."""
    text = line.cells.get("kpi", "")
    cells = {name: cell for name, cell in line.cells.items() if name != "number"}
    if "number" in line.cells:
        return replace(line, cells=cells)
    if "label" in cells and _NUMBER.fullmatch(text):
        label = cells.pop("label")
        return replace(line, cells={**cells, "kpi": label})
    match = _NUMBERED.fullmatch(text)
    return replace(line, cells={**cells, "kpi": match[2]}) if match else line


def _by_numbers(numbers: Mapping[int, str], notes: Notes) -> dict[int, int]:
    """Row -> the row above it: 1.2 stands under 1."""
    rows: dict[str, int] = {}
    column = "number" if "number" in notes.headings else "kpi"
    for row, number in numbers.items():
        if not number:
            hint = "number all KPIs, such as 1.2, or say where they stand in a column parent"
            notes.mistake(row, column, "the KPI has no number, and others have", hint)
        elif number in rows:
            notes.mistake(row, column, f"row {rows[number]} has the number {number}, too")
        else:
            rows[number] = row
    found = {}
    for number, row in rows.items():
        above = number.rpartition(".")[0]
        if above in rows:
            found[row] = rows[above]
        elif above:
            notes.mistake(row, column, f"no row has the number {above}, above {number}")
    return found


def _by_indents(lines: Sequence[Line], notes: Notes) -> dict[int, int]:
    """Row -> the nearest row before it that is indented less."""
    found: dict[int, int] = {}
    path: list[Line] = []
    for line in lines:
        left = [one for one in path if one.indent >= line.indent]
        path = [one for one in path if one.indent < line.indent]
        if left and left[0].indent > line.indent and (path or line.indent):
            hint = "indent rows of one level alike, or say where they stand in a column parent"
            message = f"the KPI is indented by {line.indent}, like none of those above it"
            notes.mistake(line.number, "kpi", message, hint)
        if path:
            found[line.number] = path[-1].number
        path.append(line)
    return found
