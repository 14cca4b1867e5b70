"""Tables as the text of a TOML file, laid out as a person would."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import tomli_w

WIDTH: Final = 100  # characters of a line that holds a list or a table
GROUPED_FROM: Final = 10_000  # from here on digits are grouped: 3_000_000
# Tables that hold others and nothing else, so that they have no header of their own.
_HOLDERS: Final = frozenset({"sources", "kpi", "lookup"})
# Inside a source or a lookup, these have a header however short they are.
_WITH_HEADER: Final = frozenset({"columns", "dimensions"})

Path = tuple[str, ...]


def text_of(tables: dict[str, Any]) -> str:
    """The text of a tree file with these tables, in their order, as a person would write it.

    tables: "tree", "calendar", "sources", "targets", "kpi", as schema.py has them: texts,
    numbers, booleans, dates, lists and dicts of them. Every table of the file has a header and a
    blank line before it; smaller ones (a target, thresholds) are written in one line if they fit.
    """
    return "\n".join(_blocks((), tables))


def inline(value: object) -> str:
    """One value in one line, as it would stand behind a key."""
    return _value(value, WIDTH)


def _blocks(path: Path, table: Mapping[str, Any]) -> Iterator[str]:
    """A table's header with its lines, and each table inside it that has a header."""
    apart = {key: value for key, value in table.items() if _stands_apart((*path, key), value)}
    lines = [_line(key, value) for key, value in table.items() if key not in apart]
    if path and (lines or not (apart or _holds_tables(path))):
        yield f"[{'.'.join(map(_key, path))}]\n" + "".join(lines)
    for key, value in apart.items():
        yield from _blocks((*path, key), value)


def _holds_tables(path: Path) -> bool:
    """[kpi], [sources], [sources.deals.lookup]: nothing stands there but the tables inside."""
    return path[-1] in _HOLDERS and len(path) % 2 == 1


def _stands_apart(path: Path, value: object) -> bool:
    """Whether a value is a table with a header of its own."""
    if not isinstance(value, Mapping):
        return False
    if len(path) == 1 or _holds_tables(path) or _holds_tables(path[:-1]):
        return True
    has_header = path[0] == "sources" and path[-1] in _WITH_HEADER
    return has_header or len(_line(path[-1], value)) > WIDTH


def _line(key: str, value: object) -> str:
    return f"{_key(key)} = {_value(value, WIDTH - len(key) - 3, top=True)}\n"


def _value(value: object, room: int, *, top: bool = False) -> str:
    """A value in one line; lists that do not fit, and texts of several lines, take several."""
    match value:
        case bool():
            return str(value).lower()
        case int() if abs(value) >= GROUPED_FROM:
            return f"{value:_}"
        case Mapping():
            pairs = (f"{_key(key)} = {_value(one, room)}" for key, one in value.items())
            return f"{{ {', '.join(pairs)} }}" if value else "{}"
        case list() | tuple():
            return _list(list(value), room, top=top)
        case str():
            return _text(value, several_lines=top)
        case _:
            return _written(value)


def _list(items: list[Any], room: int, *, top: bool) -> str:
    texts = [_value(item, room) for item in items]
    line = f"[{', '.join(texts)}]"
    if len(line) <= room or not top:
        return line
    return "[\n" + "".join(f"    {text},\n" for text in texts) + "]"


def _text(text: str, *, several_lines: bool) -> str:
    # A line break that is not \n would be read as one.
    several_lines = several_lines and "\n" in text and "\r" not in text
    return _written(text, several_lines=several_lines)


def _written(value: object, *, several_lines: bool = False) -> str:
    line = tomli_w.dumps({"x": value}, multiline_strings=several_lines)
    return line.removeprefix("x = ").removesuffix("\n")


def _key(key: str) -> str:
    return tomli_w.dumps({key: 0}).removesuffix(" = 0\n")
