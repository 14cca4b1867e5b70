"""One key given a value, wherever and however its table is written."""

from collections.abc import Mapping
from typing import Any

from kpitree.tree.editing.layout import Layout, layout_of
from kpitree.tree.editing.placing import new_key
from kpitree.tree.editing.removing import without
from kpitree.tree.editing.spelling import plain, spelled
from kpitree.tree.editing.text import Change, Source
from kpitree.tree.positions import KeyPath


def with_value(text: str, path: KeyPath, value: Any) -> str:
    """The text with this value at a path, which it replaces or where it is new.

    A value that is there already stays as it is spelled. A table that is spread over lines is
    changed key by key. Raises UsageError: what should hold the key is no table.
    """
    source = Source(text)
    layout = layout_of(source.plain)
    now = value_at(source.data(), path)
    if alike(now, plain(value)):
        return text
    if (key := layout.key(path)) is not None:
        return source.changed([Change(key.value.start, key.value.end, spelled(value))])
    if not _in_pieces(layout, path):
        return source.changed([new_key(layout, path, value)])
    if not isinstance(value, Mapping):
        return with_value(without(text, path), path, value)
    assert isinstance(now, dict)
    for name in now:
        if name not in value:
            text = without(text, (*path, name))
    for name, one in value.items():
        text = with_value(text, (*path, str(name)), one)
    return text


def _in_pieces(layout: Layout, path: KeyPath) -> bool:
    """Whether it is a table with a header, or of dotted keys."""
    size = len(path)
    return any(section.path[:size] == path for section in layout.sections) or any(
        key.path[:size] == path for key in layout.all_keys()
    )


def value_at(data: Mapping[str, Any], path: KeyPath) -> Any:
    """The value at a path, or None."""
    found: Any = data
    for name in path:
        if not isinstance(found, Mapping) or name not in found:
            return None
        found = found[name]
    return found


def alike(one: Any, other: Any) -> bool:
    """Whether two values of TOML are the same, also in kind: 1 is neither 1.0 nor true.

    What is no number is the same as itself here: nan.
    """
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return bool(one == other) or bool(one != one and other != other)  # noqa: PLR0124 - nan
