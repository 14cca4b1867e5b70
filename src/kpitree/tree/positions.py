"""Where each key and value stands in the text of a TOML file that tomllib has accepted.

tomllib tells no positions. Since it has refused whatever is not TOML, this need only find its
way: from key to value to the next key, past texts, comments, lists and inline tables.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

KeyPath = tuple[str, ...]

KEY: Final = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_DOTTED: Final = rf"{KEY}(?:[ \t]*\.[ \t]*{KEY})*"
_GAP: Final = re.compile(r"(?:[\s,]|#[^\n]*)*")
HEADER: Final = re.compile(rf"\[\[?[ \t]*({_DOTTED})[ \t]*\]\]?")
ASSIGNMENT: Final = re.compile(rf"({_DOTTED})[ \t]*=[ \t]*")
_TEXT: Final = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}'
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE: Final = re.compile(r"[^\s,\]}#]+(?: [0-9][^\s,\]}#]*)?")  # a date and a time: one space
# What one character of a text is written as: an escape, a line joined to the next, or itself.
_WRITTEN: Final = re.compile(
    r"\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\x[0-9a-fA-F]{2}|\\[ \t]*\n[ \t\n]*|\\.|.", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Spot:
    """Offsets in the file's text. value: where the key's value starts, or None for a table."""

    key: int
    value: int | None = None


def spots(text: str) -> dict[KeyPath, Spot]:
    """Where every table and key stands, those of inline tables included.

    text: accepted by tomllib, with plain line feeds. A table that only the keys within it
    name stands where the first of them does.
    """
    found: dict[KeyPath, Spot] = {}
    for path, spot in _walk(text):
        for size in range(1, len(path)):
            found.setdefault(path[:size], Spot(spot.key))
        found[path] = spot
    return found


def _walk(text: str) -> Iterator[tuple[KeyPath, Spot]]:
    table: KeyPath = ()
    open_values: list[tuple[str, KeyPath]] = []  # the lists "[" and tables "{" we are inside of
    at = after_gap(text, 0)
    while at < len(text):
        kind, path = open_values[-1] if open_values else ("", table)
        if kind and text[at] in "]}":
            open_values.pop()
            at += 1
        elif not kind and (header := HEADER.match(text, at)):
            table = parts(header[1])
            yield table, Spot(at)
            at = header.end()
        else:
            if kind != "[" and (assignment := ASSIGNMENT.match(text, at)):
                path += parts(assignment[1])
                yield path, Spot(at, assignment.end())
                at = assignment.end()
            if text[at] in "[{":
                open_values.append((text[at], path))
                at += 1
            else:
                at = after_value(text, at)
        at = after_gap(text, at)


def after_gap(text: str, at: int) -> int:
    """The offset past white space, commas and comments."""
    gap = _GAP.match(text, at)
    return gap.end() if gap else at


def after_value(text: str, at: int) -> int:
    """The offset past a text, number, date or truth value that stands at one."""
    value = _TEXT.match(text, at) or _BARE.match(text, at)
    assert value is not None, "tomllib accepts no such text"
    return value.end()


def parts(dotted: str) -> KeyPath:
    """The names of a dotted key."""
    return tuple(
        str(tomllib.loads(f"text = {key}")["text"]) if key[0] in "\"'" else key
        for key in re.findall(KEY, dotted)
    )


def characters(text: str, value: int) -> list[tuple[int, int]]:
    """The offsets between which each character of a text value is written, and of its end.

    value: where the text's opening quote stands.
    """
    found = _TEXT.match(text, value)
    assert found is not None, "only texts have characters"
    quotes = found[0][0] * (3 if found[0][:3] in ('"""', "'''") else 1)
    at, end = value + len(quotes), found.end() - len(quotes)
    if len(quotes) == 3 and text.startswith("\n", at):
        at += 1
    if quotes[0] == "'":
        return [(one, one + 1) for one in range(at, end + 1)]
    written = _WRITTEN.finditer(text, at, end)
    return [*(one.span() for one in written if not re.match(r"\\\s", one[0])), (end, end + 1)]
