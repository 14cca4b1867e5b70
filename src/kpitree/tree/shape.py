"""Raw TOML tables against the types of schema.py: every wrong key and value, not just the first."""

import math
import re
from collections.abc import Callable, Iterable
from datetime import datetime, time
from difflib import get_close_matches
from functools import cache
from typing import Any, Final, get_args, get_origin

import msgspec

from kpitree.errors import did_you_mean
from kpitree.tree.mistakes import Mistakes
from kpitree.tree.positions import KeyPath

_WORDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "null": "nothing",
    "date": "a date",
}
MAX_SHOWN: Final = 60  # characters of a text shown in a message
MAX_NUMBER: Final = 1e18  # shown digit by digit
_EXPECTED = re.compile(r"Expected `([^`]+)`")


def read_table(
    raw: object, struct: type[msgspec.Struct], key: KeyPath, mistakes: Mistakes
) -> dict[str, Any]:
    """The table's valid fields by name, defaults filled in; everything else becomes a mistake."""
    fields = _fields(struct)
    values = _defaults(struct)
    if not isinstance(raw, dict):
        mistakes.add(key, f"a table is needed here, not {_kind(raw)}", f"write: [{'.'.join(key)}]")
        return values
    for name, value in raw.items():
        if name in fields:
            values[name] = _read_value(value, fields[name], (*key, name), mistakes)
        else:
            unknown_key(name, key, fields, mistakes)
    return values


def read_tables(
    raw: object, struct: type[msgspec.Struct], key: KeyPath, kind: str, mistakes: Mistakes
) -> dict[str, dict[str, Any]]:
    """A table of tables: name -> valid fields, of those that are tables."""
    example = {"source": "sales", "lookup": "customer"}.get(kind, "revenue")
    such_as = f"such as: [{'.'.join(key)}.{example}]"
    if not isinstance(raw, dict):
        mistakes.add(key, f"tables are needed here, not {_kind(raw)}", such_as)
        return {}
    tables = {}
    for name, table in raw.items():
        if isinstance(table, dict):
            tables[name] = read_table(table, struct, (*key, name), mistakes)
        else:
            what = "KPI" if kind == "kpi" else kind
            message = f"each {what} is a table of its own, and this is {_kind(table)}"
            mistakes.add((*key, name), message, such_as)
    return tables


def unknown_key(name: str, key: KeyPath, known: Iterable[str], mistakes: Mistakes) -> None:
    """Refuse a key, and excuse the one that was probably meant from being missing."""
    meant = get_close_matches(name.lower(), known, n=1)
    hint = f"did you mean {meant[0]!r}?" if meant else did_you_mean(name, known)
    what = f"there is no key {name!r} here" if key else "there is no such table"
    mistakes.add((*key, name), what, hint)
    for one in meant:
        mistakes.explain((*key, one))


@cache  # of one class for each kind of table, looked up for every table
def _fields(struct: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    """The fields by the names that they have in a file; resolving their types takes time."""
    return {field.encode_name: field for field in msgspec.structs.fields(struct)}


def _defaults(struct: type[msgspec.Struct]) -> dict[str, Any]:
    fixed, made = _kinds_of_default(struct)
    return fixed | {name: make() for name, make in made.items()} if made else dict(fixed)


@cache
def _kinds_of_default(
    struct: type[msgspec.Struct],
) -> tuple[dict[str, Any], dict[str, Callable[[], Any]]]:
    """Every field's default, in their order; and what makes those that are made anew each time."""
    fields = _fields(struct)
    made = {
        name: field.default_factory
        for name, field in fields.items()
        if field.default_factory is not msgspec.NODEFAULT
    }
    fixed = {name: None if name in made else _default(field) for name, field in fields.items()}
    return fixed, made


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return None if field.default is msgspec.NODEFAULT else field.default


def _read_value(
    value: object, field: msgspec.structs.FieldInfo, key: KeyPath, mistakes: Mistakes
) -> Any:
    if isinstance(value, dict) and (struct := _struct(field.type)):
        if _of_tables(field.type):
            return read_tables(value, struct, key, key[-1], mistakes)
        return _read_inner(value, struct, key, mistakes)
    try:
        converted = msgspec.convert(value, field.type)
    except msgspec.ValidationError as error:
        _complain(value, field.type, key, str(error), mistakes)
        return _default(field)
    if bad := _not_finite(converted):
        mistakes.add(key, f"{bad} is not a number to work with")
        return _default(field)
    return converted


def read_numbers(value: dict[str, Any], key: KeyPath, mistakes: Mistakes) -> dict[str, float]:
    """A table of numbers by any names; {} where an entry is something else."""
    try:
        return msgspec.convert(value, dict[str, float])
    except msgspec.ValidationError as error:
        _complain(value, dict[str, float], key, str(error), mistakes)
        return {}


def _read_inner(
    value: dict[str, Any], struct: type[msgspec.Struct], key: KeyPath, mistakes: Mistakes
) -> msgspec.Struct | None:
    """A table within a KPI's, such as thresholds; None if there is a mistake in it."""
    before = len(mistakes.found)
    values = read_table(value, struct, key, mistakes)
    for name, field in _fields(struct).items():
        if field.required and name not in value and not mistakes.about((*key, name)):
            mistakes.add(key, f"the key {name!r} is missing")
    return struct(**values) if len(mistakes.found) == before else None


@cache
def _struct(wanted: Any) -> type[msgspec.Struct] | None:
    """The inner table's type, also inside Annotated and Optional."""
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        return wanted
    return next((found for part in get_args(wanted) if (found := _struct(part))), None)


def _of_tables(wanted: Any) -> bool:
    """Whether the inner tables have names of the user's own."""
    return get_origin(wanted) is dict or any(_of_tables(part) for part in get_args(wanted))


def _complain(value: object, wanted: Any, key: KeyPath, said: str, mistakes: Mistakes) -> None:
    """Note what is wrong with a value; with each entry of a table, if it is one."""
    if not isinstance(value, dict) or "[...]" not in said:
        message, hint = _in_words(said, value, wanted)
        mistakes.add(key, message, hint or _advice(wanted))
        return
    for name, entry in value.items():
        try:
            msgspec.convert({name: entry}, wanted)
        except msgspec.ValidationError as error:
            mistakes.add((*key, name), *_in_words(str(error), entry, wanted))


def _not_finite(value: object) -> str | None:
    values = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    )
    bad = (one for one in values if isinstance(one, float) and not math.isfinite(one))
    return next((str(one) for one in bad), None)


def _in_words(said: str, value: object, wanted: Any) -> tuple[str, str]:
    """msgspec's complaint as (message, hint) for someone who has never seen Python."""
    if choices := _choices(wanted):
        hint = did_you_mean(value.lower(), choices) if isinstance(value, str) else ""
        plain = all(re.search(r"\w", choice) for choice in choices)
        listed = ", ".join(dict.fromkeys(choices if plain else map(repr, choices)))
        listed = f"{_shown(value)} is not one of: {listed}"
        return listed, hint if "mean" in hint else ""
    entry = re.search(r"at `\$\[(\d+)\]`", said)
    if entry and isinstance(value, list):
        value, which = value[int(entry[1])], f" as entry {int(entry[1]) + 1}"
    else:
        which = ""
    if "out of range" in said:
        return "this number is too large", ""
    if bounds := re.search(r"Expected `int` (<=|>=) (-?\d+)", said):
        limit = "at most" if bounds[1] == "<=" else "at least"
        return f"{_shown(value)} is not {limit} {bounds[2]}", ""
    if "RFC3339" in said:
        return f"{_shown(value)} is not a date", "such as: 2026-12-31"
    found = _EXPECTED.search(said)
    options = found[1].split("|") if found else []
    words = [_WORDS.get(option.strip(), option.strip()) for option in options]
    needed = " or ".join(word for word in words if word != "nothing")
    got = _shown(value) if needed == "a whole number" else _kind(value)
    return f"{needed} is needed{which}, not {got}", ""


def _advice(wanted: Any) -> str:
    """The hint that a field brings along for whatever is wrong with it."""
    extras = (part.extra or {} for part in get_args(wanted) if isinstance(part, msgspec.Meta))
    return next((extra["hint"] for extra in extras if "hint" in extra), "")


def _kind(value: object) -> str:
    """What a TOML value is, in a word."""
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case dict():
            return "a table"
        case list():
            return "a list"
        case datetime() | time():
            return "a time"
        case _:
            return "a date"


def _shown(value: object) -> str:
    """A short value as it is, a long one by its kind."""
    if isinstance(value, str) and len(value) <= MAX_SHOWN:
        return repr(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value) if abs(value) < MAX_NUMBER else "this number"
    return _kind(value)


def _choices(wanted: Any) -> list[str]:
    """The words of a Literal, also inside Annotated and Optional."""
    found: list[str] = []
    for part in get_args(wanted):
        if isinstance(part, str):
            found.append(part)
        elif get_args(part) and not isinstance(part, msgspec.Meta):
            found.extend(_choices(part))
    return found
