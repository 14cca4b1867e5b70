"""Raw TOML tables against the types of schema.py: every wrong key and value, not just the first."""

import math
import re
from typing import Any, get_args

import msgspec

from kpitree.errors import did_you_mean
from kpitree.tree.mistakes import Mistakes
from kpitree.tree.schema import LATER
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
    "datetime": "a date with time",
}
_EXPECTED = re.compile(r"Expected `([^`]+)`(?:, got `([^`]+)`)?")


def read_table(
    raw: object, struct: type[msgspec.Struct], key: KeyPath, kind: str, mistakes: Mistakes
) -> dict[str, Any]:
    """The table's valid fields by name, defaults filled in; everything else becomes a mistake.

    kind: the LATER group whose keys are refused as "not supported yet".
    """
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    given = raw if isinstance(raw, dict) else {}
    if not isinstance(raw, dict):
        mistakes.add(key, "a table is needed here", f"write: [{'.'.join(key)}]")
    values = {name: _default(field) for name, field in fields.items()}
    for name, value in given.items():
        if name in fields:
            values[name] = _read_value(value, fields[name], (*key, name), mistakes)
        elif name in LATER.get(kind, {}):
            later(LATER[kind][name], (*key, name), mistakes)
        else:
            hint = did_you_mean(name, fields)
            mistakes.add((*key, name), f"there is no key {name!r} here", hint)
    return values


def read_tables(
    raw: object, struct: type[msgspec.Struct], key: KeyPath, kind: str, mistakes: Mistakes
) -> dict[str, dict[str, Any]]:
    """A table of tables: name -> valid fields."""
    if not isinstance(raw, dict):
        mistakes.add(key, "tables are needed here", f"write: [{key[0]}.name]")
        return {}
    return {
        name: read_table(table, struct, (*key, name), kind, mistakes) for name, table in raw.items()
    }


def later(what: str, key: KeyPath, mistakes: Mistakes) -> None:
    """Refuse what the design has and this version does not."""
    mistakes.add(key, f"{key[-1]!r}: {what} are not supported yet", "a later version will read it")


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return None if field.default is msgspec.NODEFAULT else field.default


def _read_value(
    value: object, field: msgspec.structs.FieldInfo, key: KeyPath, mistakes: Mistakes
) -> Any:
    if key[-1] == "target" and isinstance(value, dict) and (known := _later_target(value)):
        later(LATER["target"][known], (*key, known), mistakes)
        return None
    try:
        converted = msgspec.convert(value, field.type)
    except msgspec.ValidationError as error:
        mistakes.add(key, *_in_words(error, value, field.type))
        return _default(field)
    if bad := _not_finite(converted):
        mistakes.add(key, f"{bad} is not a number to work with")
        return _default(field)
    if isinstance(converted, msgspec.Struct):
        return converted
    return converted


def _later_target(table: dict[str, Any]) -> str | None:
    return next(
        (name for name in ("per", "by", "growth", "source", "value") if name in table), None
    )


def _not_finite(value: object) -> str | None:
    values = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    )
    bad = (one for one in values if isinstance(one, float) and not math.isfinite(one))
    return next((str(one) for one in bad), None)


def _in_words(error: msgspec.ValidationError, value: object, wanted: Any) -> tuple[str, str]:
    """msgspec's complaint as (message, hint) for someone who has never seen Python."""
    text = str(error)
    if choices := _choices(wanted):
        hint = did_you_mean(value, choices) if isinstance(value, str) else ""
        return f"{value!r} is not one of: {', '.join(choices)}", hint if "mean" in hint else ""
    inside = re.search(r"at `\$(?:\.|\[)([^`\]]+)\]?`", text)
    where = f" at {inside[1]}" if inside and inside[1] != "..." else ""
    if found := _EXPECTED.search(text):
        options = [_WORDS.get(part.strip(), part.strip()) for part in found[1].split("|")]
        options = [option for option in options if option != "nothing"]
        got = f", not {_WORDS.get(found[2], found[2])}" if found[2] else ""
        return f"{' or '.join(options)} is needed{where}{got}", ""
    if "unknown field" in text:
        return f"there is no such key: {text.split('`')[1]}", ""
    if "missing required field" in text:
        return f"the key {text.split('`')[1]!r} is missing", ""
    return text[:1].lower() + text[1:].replace("`", "'"), ""


def _choices(wanted: Any) -> list[str]:
    """The words of a Literal, also inside Annotated and Optional."""
    found: list[str] = []
    for part in get_args(wanted):
        if isinstance(part, str):
            found.append(part)
        elif get_args(part) and not isinstance(part, msgspec.Meta):
            found.extend(_choices(part))
    return found
