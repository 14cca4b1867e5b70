"""What can be done to a tree file's text. Everything that an edit is not about stays as it is.

text, in and out: of a tree file without mistakes, as it is in the file, with its line ends and its
byte order mark. What comes out has the data that went in, with the edit and nothing else; whether
that is still a tree is for read_tree() to say.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from kpitree.errors import UsageError, did_you_mean
from kpitree.tree.editing.expected import checked, with_changes
from kpitree.tree.editing.layout import layout_of
from kpitree.tree.editing.placing import new_key, new_table
from kpitree.tree.editing.removing import without
from kpitree.tree.editing.setting import value_at, with_value
from kpitree.tree.editing.spelling import dotted
from kpitree.tree.editing.text import Source
from kpitree.tree.positions import KeyPath


def add_kpi(text: str, name: str, table: Mapping[str, Any], *, after: str | None = None) -> str:
    """A new KPI, behind the block of another one.

    table: its keys, as in the file; they are written in the order of the docs, tables in { }.
    after: the KPI that it follows; default: the last one of the file.

    Raises UsageError: there is a KPI of this name already, or none called `after`.
    """
    data = Source(text).data()
    kpis = data.get("kpi", {})
    refuse_taken(name, kpis, "KPI", "to change it: kpitree set")
    if after is not None:
        refuse_unknown([after], kpis)
    return _added(text, data, ("kpi", name), table, None if after is None else ("kpi", after))


def add_source(text: str, name: str, table: Mapping[str, Any]) -> str:
    """A new source, behind the last one.

    table: its keys, as in the file; columns, dimensions and lookups get headers of their own.

    Raises UsageError: there is a source of this name already.
    """
    data = Source(text).data()
    refuse_taken(name, data.get("sources", {}), "source", "to change it: kpitree set")
    return _added(text, data, ("sources", name), table, None)


def set_keys(text: str, changes: Mapping[KeyPath, Any | None]) -> str:
    """Keys given values, or removed.

    changes: the path of a key, such as ("kpi", "revenue", "target") or ("calendar", "grain") ->
    its value; None removes the key, or the table. Tables that are missing are made. A value that
    spelling.typed() has read is written as it was typed.

    Raises UsageError: a path leads through a value that is no table, or there is no key to remove.
    """
    data = Source(text).data()
    new = text
    for path, value in changes.items():
        if value is None:
            _refuse_missing(data, path)
        new = without(new, path) if value is None else with_value(new, path, value)
    return checked(new, with_changes(data, changes))


def remove(text: str, names: Sequence[str]) -> str:
    """The KPIs removed, with the comments that are about them.

    Those are the comments between a KPI's keys and those directly above its header or below its
    last key. Comments set off by a blank line stay. Whoever names these KPIs is not looked for:
    see naming.py.

    Raises UsageError: there is no such KPI.
    """
    data = Source(text).data()
    refuse_unknown(names, data.get("kpi", {}))
    new = text
    for name in names:
        new = without(new, ("kpi", name))
    return checked(new, with_changes(data, {("kpi", name): None for name in names}))


def refuse_unknown(names: Sequence[str], known: Mapping[str, Any]) -> None:
    """Raises UsageError for the first name that is no KPI of the file."""
    for name in names:
        if name not in known:
            raise UsageError(f"there is no KPI {name!r}", hint=did_you_mean(name, known))


def refuse_taken(name: str, known: Mapping[str, Any], what: str, hint: str) -> None:
    """Raises UsageError where there is such a KPI or source."""
    if name in known:
        raise UsageError(f"there is a {what} {name!r} already", hint=hint)


def _refuse_missing(data: Mapping[str, Any], path: KeyPath) -> None:
    if value_at(data, path) is None:
        around = value_at(data, path[:-1])
        hint = did_you_mean(path[-1], around) if isinstance(around, dict) else ""
        message = f"there is no key {path[-1]!r} to remove"
        raise UsageError(message, where=f"[{dotted(path[:-1])}]", hint=hint)


def _added(
    text: str,
    data: dict[str, Any],
    path: KeyPath,
    table: Mapping[str, Any],
    after: KeyPath | None,
) -> str:
    source = Source(text)
    layout = layout_of(source.plain)
    braces = layout.key(path[:1])  # kpi = { ... } takes no headers beside it
    if braces is None:
        change = new_table(layout, path, table, after)
    else:
        change = new_key(layout, path, table)
    return checked(source.changed([change]), with_changes(data, {path: table}))
