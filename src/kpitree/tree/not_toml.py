"""What tomllib says of a file that is not TOML, in words for someone who has never seen Python."""

import re
from pathlib import Path
from typing import Final

from kpitree.errors import TreeError
from kpitree.tree.excerpt import excerpt
from kpitree.tree.positions import ASSIGNMENT

_AT: Final = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_QUOTES: Final = 'texts need quotes, such as: label = "Revenue"'
_TABLE: Final = "such as: { at_risk = '1%' }, or a table of its own: [kpi.sales.thresholds]"
_NAMES: Final = 'names with spaces or letters beyond a-z need quotes, such as: [kpi."größe"]'
# The beginning of what tomllib says -> what is wrong, and what to try.
_SAID: Final[dict[str, tuple[str, str]]] = {
    "Invalid value": ("this is no value", _QUOTES),
    "Invalid statement": (
        "a line is a [table] or a key = value",
        'such as: [kpi.revenue], label = "Revenue"',
    ),
    "Invalid initial character": ("the name of a key or table is missing here", ""),
    "Expected '=' after a key": ("a '=' is missing after the key", 'such as: label = "Revenue"'),
    "Expected newline": (
        "something stands after the end of the value",
        "one value a key: a number such as 1500.25, or a text in quotes",
    ),
    "Expected ']": ("the bracket that closes the table's name is missing", "such as: [kpi.sales]"),
    "Cannot mutate": ("what is written as { } or [ ] cannot be added to later", ""),
    "Cannot redefine": ("this table is already written in another form", "keep one of them"),
    "Unclosed array": ("a ',' or the ']' that closes the list is missing here", ""),
    "Unclosed inline table": (
        "a ',' or the '}' that closes the table is missing here",
        "what stands in { } is written on one line",
    ),
    "Unterminated string": ("a text is not closed", "its closing quotes are missing"),
    "Unescaped '\\'": (
        "'\\' begins an escape in a text, and this is none",
        "write \\\\, or put the text in 'single quotes'",
    ),
    "Invalid hex": ("'\\u' needs four digits, '\\U' eight", "such as: \\u00e9"),
    "Escaped character": ("there is no character of this number", ""),
    "Invalid date": ("there is no such day or time", "such as: 2026-12-31"),
}


def not_toml(path: Path, text: str, said: str) -> TreeError:
    """The error to raise, with the line and a caret under the place.

    said: the message of a TOMLDecodeError about text.
    """
    lines = text.split("\n")
    row, column = _place(said, lines)
    what, hint = _in_words(_AT.sub("", said), lines, row, column)
    if "first on line" in what:  # tomllib points at the end of the second one
        column = len(lines[row]) - len(lines[row].lstrip())
    return TreeError(
        f"this is not TOML: {what}",
        where=f"{path}:{row + 1}",
        excerpt=excerpt(lines[row], column, column + 1),
        hint=hint,
    )


def too_many_digits(path: Path, text: str) -> TreeError:
    """The error for a whole number that Python does not read."""
    found = re.search(r"\d[\d_]{4299,}", text)
    line = text.count("\n", 0, found.start()) + 1 if found else 1
    return TreeError("this number is too large", where=f"{path}:{line}")


def _place(said: str, lines: list[str]) -> tuple[int, int]:
    found = _AT.search(said)
    if found and found[1]:
        return int(found[1]) - 1, int(found[2]) - 1
    filled = [row for row, line in enumerate(lines) if line.strip()]
    row = filled[-1] if filled else 0
    return row, len(lines[row])


def _in_words(said: str, lines: list[str], row: int, column: int) -> tuple[str, str]:
    here = lines[row][column:]
    if said.startswith(("Cannot declare", "Cannot overwrite")):
        return _twice(lines, row)
    if inline := re.match(r"Duplicate inline table key (.*)", said):
        return f"the key {inline[1]} stands twice in this table", "keep one of them"
    if illegal := re.match(r"(?:Illegal|Found invalid) character '(.*)'", said):
        if illegal[1] == r"\n":
            return "a text is not closed", "its closing quotes are missing on this line"
        return f"the character {illegal[1]} cannot stand here", "remove it"
    if word := re.match(r"(?i:true|false)\b", here):
        return f"{word[0]!r} is no value", f"write it small: {word[0].lower()}"
    if _is_odd_name(said, here):
        return "a name cannot be written so", _NAMES
    if said.startswith("Invalid initial") and not here.strip() and "{" in lines[row]:
        return "what stands in { } is written on one line", _TABLE
    if said.startswith("Invalid value") and lines[row].lstrip().startswith("["):
        return "this is no value", "is the ] of a list above missing?"
    for start, words in _SAID.items():
        if said.startswith(start):
            return words
    return said[:1].lower() + said[1:], ""


def _is_odd_name(said: str, here: str) -> bool:
    """Whether tomllib stopped amid a name for a space or a letter that needs quotes."""
    if said.startswith("Expected '=' after a key"):
        return "=" in here and here.strip()[:1].isalnum()
    return said.startswith(("Expected ']", "Invalid statement")) and here.strip()[:1].isalnum()


def _twice(lines: list[str], row: int) -> tuple[str, str]:
    """What stands twice, and on which line the first one is if it is plainly written."""
    name, kind = _named(lines[row])
    if not name:
        return "a key stands twice in the same table", "keep one of them"
    for above in range(row - 1, -1, -1):
        if _named(lines[above]) == (name, kind):
            where = f"first on line {above + 1}"
            return f"the {kind} {name} stands twice, {where}", "keep one of them"
        if kind == "key" and _named(lines[above])[1] == "table":
            break
    return f"the {kind} {name} is already written in another form", "keep one of them"


def _named(line: str) -> tuple[str, str]:
    """The table or key that a line begins with."""
    if line.lstrip().startswith("["):
        return line.partition("#")[0].strip(), "table"
    if assignment := ASSIGNMENT.match(line.lstrip()):
        return repr(assignment[1]), "key"
    return "", ""
