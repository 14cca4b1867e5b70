"""Values, keys and tables as a person would write them."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import tomlkit
from tomlkit.exceptions import ParseError
from tomlkit.items import Item

from kpitree.errors import UsageError

# The order in which the documentation tells of a KPI's keys; unknown ones come last.
ORDER: Final = (
    *("label", "description"),
    *("formula", "measure", "value", "measured"),
    *("source", "where", "time", "at", "count_when", "carry", "driver", "missing"),
    *("unit", "decimals", "role", "level", "direction", "range"),
    *("target", "thresholds", "benchmark", "owner", "department", "review", "deadline"),
    *("indicator", "leads", "counterweight", "controllable", "tags", "rebaseline", "ignore"),
)


def typed(text: str) -> Any:
    """A value of TOML as someone typed it; its numbers and texts are spelled so later: `2_000`.

    Raises UsageError: it is none.
    """
    try:
        tomllib.loads(f"value = {text.strip()}")  # tomlkit also takes what TOML 1.0 does not know
        return tomlkit.value(text.strip())
    except (ParseError, ValueError, RecursionError):
        hint = 'such as: 2_000, true, 2026-12-31, "a text", ["a", "b"], { value = 5, per = "year" }'
        raise UsageError(f"{text!r} is no value", hint=hint) from None


def plain(value: Any) -> Any:
    """The value alone, without the spelling it may have been given."""
    match value:
        case Item():
            return value.unwrap()
        case Mapping():
            return {str(key): plain(one) for key, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
        case _:
            return value


def spelled(value: Any) -> str:
    """A value on one line: tables in { }, texts with quotes in them in 'single quotes'."""
    match value:
        case Item() if not isinstance(value, Mapping | Sequence) or isinstance(value, str):
            return str(value.as_string())
        case str():
            return _text(value)
        case Mapping():
            pairs = ", ".join(f"{key_text(key)} = {spelled(one)}" for key, one in value.items())
            return f"{{ {pairs} }}" if pairs else "{}"
        case Sequence():
            return f"[{', '.join(map(spelled, value))}]"
        case _:
            return str(tomlkit.item(value).as_string())


def _text(value: str) -> str:
    if re.search(r'["\\]', value) and "'" not in value and value.isprintable():
        return f"'{value}'"
    return tomlkit.string(value).as_string()


def key_text(name: str) -> str:
    """One name of a key: bare where TOML allows it."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else tomlkit.string(name).as_string()


def dotted(path: Sequence[str]) -> str:
    """Several names, as in a header."""
    return ".".join(map(key_text, path))


def _lines(table: Mapping[str, Any]) -> str:
    return "".join(f"{key_text(key)} = {spelled(value)}\n" for key, value in table.items())


def block_of(path: Sequence[str], table: Mapping[str, Any]) -> str:
    """A table under a header of its own; a source's named tables under headers below it."""
    table = _in_order(table) if path[0] == "kpi" else table
    below = {key: value for key, value in table.items() if _has_headers(path, key, value)}
    own = {key: value for key, value in table.items() if key not in below}
    blocks = [f"[{dotted(path)}]\n{_lines(own)}"] if own or not below else []
    for key, value in below.items():
        blocks.append(block_of((*path, key), value))
    return "\n".join(blocks)


def _in_order(table: Mapping[str, Any]) -> dict[str, Any]:
    known = [key for key in ORDER if key in table]
    return {key: table[key] for key in (*known, *(key for key in table if key not in ORDER))}


def _has_headers(path: Sequence[str], key: str, value: Any) -> bool:
    return isinstance(value, Mapping) and has_header((*path, key))


def has_header(path: Sequence[str]) -> bool:
    """Whether a person gives the table at this path a header, rather than { }."""
    match path:
        case [_] | ["kpi" | "sources", _]:
            return True
        case ["sources", _, "columns" | "dimensions" | "lookup"] | ["sources", _, "lookup", _]:
            return True
        case ["sources", _, "lookup", _, "columns"]:
            return True
        case _:
            return False
