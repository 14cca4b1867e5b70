"""What someone typed for a key, as the value that its type asks for."""

import re
from typing import Any, Final, Literal, get_args, get_origin

import msgspec

from kpitree.errors import UsageError
from kpitree.tree.editing.spelling import typed
from kpitree.tree.forms import TOLD_BY
from kpitree.tree.positions import KEY, KeyPath, parts
from kpitree.tree.schema import File

_WORD: Final = re.compile(r"[\w-]+")
_DOTTED: Final = re.compile(rf"{KEY}(?:\.{KEY})*")


def key_of(text: str) -> KeyPath:
    """A dotted key as it was typed: thresholds.at_risk, dimensions."Sales region"."""
    return parts(text) if _DOTTED.fullmatch(text) else tuple(text.split("."))


def value_for(path: KeyPath, text: str) -> Any:
    """The value of a key: where it takes only a text, the text as it is; else a value of TOML.

    What is no value of TOML is taken as a text, which the key takes or whose own message says
    what it needs. One word for a list of texts is a list of that word.

    Raises UsageError: it holds bytes that are no text.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{text!r} is not UTF-8 text", where=".".join(path)) from None
    kinds = types_of(path)
    if _takes_only_texts(kinds):
        return text
    try:
        return typed(text)
    except UsageError:
        return [text] if kinds == [list[str]] and _WORD.fullmatch(text) else text


def types_of(path: KeyPath) -> list[Any]:
    """The types that the value at a path may have; [Any] where there is no such key."""
    found: list[Any] = [File]
    for name in path:
        found = [inner for one in found for inner in _inside(one, name)]
    if not found and path[0] == "kpi" and path[2:3] == ("target",):
        found = [inner for form in TOLD_BY for inner in _inside(form, path[-1])]
    return found


def _inside(kind: Any, name: str) -> list[Any]:
    """The types of a key of tables of this type, each apart."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        fields = {one.encode_name: one.type for one in msgspec.structs.fields(kind)}
        return _each(fields[name]) if name in fields else []
    if get_origin(kind) is dict and get_args(kind)[1] is not Any:
        return _each(get_args(kind)[1])
    return []


def _each(kind: Any) -> list[Any]:
    """The members of a union, without what is only said about them, and without none."""
    if get_origin(kind) in (None, dict, list, Literal):
        return [] if kind is type(None) else [kind]
    members = [one for one in get_args(kind) if not isinstance(one, msgspec.Meta)]
    return [inner for one in members for inner in _each(one)]


def _takes_only_texts(kinds: list[Any]) -> bool:
    return bool(kinds) and all(one is str or get_origin(one) is Literal for one in kinds)
