"""What a file's data must be after an edit: every edit's text is held against it."""

import copy
from collections.abc import Mapping
from typing import Any

from kpitree.tree.editing.setting import alike
from kpitree.tree.editing.spelling import plain
from kpitree.tree.editing.text import Source
from kpitree.tree.positions import KeyPath


def checked(text: str, data: dict[str, Any]) -> str:
    """The text, which must hold these data; tables left empty make no difference."""
    assert alike(_full(Source(text).data()), _full(data)), "an edit has changed something else"
    return text


def with_changes(data: dict[str, Any], changes: Mapping[KeyPath, Any]) -> dict[str, Any]:
    """The data with values set, and removed where they are None."""
    data = copy.deepcopy(data)
    for path, value in changes.items():
        table: Any = data
        for name in path[:-1]:
            table = table.setdefault(name, {})
        if value is None:
            table.pop(path[-1], None)
        else:
            table[path[-1]] = plain(value)
    return data


def _full(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    pairs = ((key, _full(one)) for key, one in value.items())
    return {key: one for key, one in pairs if one != {}}
