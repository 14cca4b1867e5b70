"""Keys and values as they are typed behind `kpitree add` and `set`."""

import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from kpitree.cli.changing import TreeFile
from kpitree.errors import Notice, UsageError, did_you_mean
from kpitree.tree.editing.narrowed import narrowed, source_of_kpi
from kpitree.tree.editing.spelling import dotted, plain, typed
from kpitree.tree.editing.suggesting import suggested
from kpitree.tree.editing.typed import key_of, value_for
from kpitree.tree.model import Tree
from kpitree.tree.positions import KeyPath

_TABLES: Final = ("tree", "calendar", "targets")
_EXAMPLE: Final = "target=2_000"


def table_of_words(
    name: str, given: Iterable[tuple[str, str]], pairs: Iterable[str] | None
) -> dict[str, Any]:
    """The keys of a new KPI as its table: those given by options, and KEY=VALUE.

    Raises UsageError: one is given twice, or is not KEY=VALUE.
    """
    table: dict[str, Any] = {}
    for key, text in (*given, *_pairs(pairs)):
        *outer, last = key_of(key)
        place = table
        for one in outer:
            place = place.setdefault(one, {})
            if not isinstance(place, dict):
                raise UsageError(f"{one!r} is given as a whole and in parts", where=key)
        if last in place:
            raise UsageError(f"the key {key!r} is given twice")
        place[last] = value_for(("kpi", name, *outer, last), text)
    return table


def hints_for(
    table: KeyPath, given: Iterable[tuple[str, str]], pairs: Iterable[str] | None
) -> dict[str, str]:
    """Where a mistake may be found -> how the value is written that was probably meant."""
    hints = {}
    for key, text, option in (
        *((key, text, True) for key, text in given),
        *((key, text, False) for key, text in _pairs(pairs)),
    ):
        path = (*table, *key_of(key))
        ways = [
            f"--{key} {shlex.quote(one)}" if option else shlex.quote(f"{key}={one}")
            for one in suggested(path, text)
        ]
        if ways:
            place = f"[{dotted(table)}] {dotted(path[len(table) :])}"
            hints[place] = f"write: {', or '.join(ways)}"
    return hints


def with_lead(table: dict[str, Any], name: str) -> dict[str, Any]:
    """The table of a KPI that leads one more, each named once; what is no list stays as it is."""
    leads = plain(table.get("leads", []))
    if not isinstance(leads, list):
        return table
    named = [*leads, name]
    return table | {"leads": [one for at, one in enumerate(named) if one not in named[:at]]}


def _pairs(texts: Iterable[str] | None) -> Iterator[tuple[str, str]]:
    """KEY=VALUE, where the value may be the empty text."""
    for text in texts or ():
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"{text!r} is not KEY=VALUE", hint=f"such as {_EXAMPLE}")
        yield key.strip(), _as_in_a_file(value) if key.endswith(" ") else value


def _as_in_a_file(value: str) -> str:
    """Of `owner = "Ann"`, typed with the spaces of a tree file: a text without its quotes."""
    text = value.strip()
    if text[:1] not in ("'", '"'):
        return text
    try:
        found = plain(typed(text))
    except UsageError:
        return text
    return found if isinstance(found, str) else text


def named_table(file: TreeFile, name: str) -> KeyPath:
    """The path of the table that NAME means: tree, before a KPI of that name; sources.NAME.

    Any of them may be written as its header is, in brackets. Raises UsageError: there is none.
    """
    kpis, sources = file.tree.kpis, file.tree.sources
    plain = name[1:-1] if name.startswith("[") and name.endswith("]") else name
    kind, _dot, inner = plain.partition(".")
    if plain in _TABLES:
        return (plain,)
    if name in kpis:
        return "kpi", name
    of_kind: Mapping[str, Collection[str]] = {"kpi": kpis, "sources": sources}
    if kind in of_kind:
        path = (inner,) if inner in of_kind[kind] else key_of(inner)
        if len(path) == 1 and path[0] in of_kind[kind]:
            return kind, path[0]
    known = [*kpis, *_TABLES, *(f"sources.{one}" for one in sources)]
    what = f"source {inner!r}" if kind == "sources" and inner else f"KPI {name!r}"
    raise UsageError(f"there is no {what}", hint=did_you_mean(name, known))


def namesake(file: TreeFile, name: str) -> tuple[Notice, ...]:
    """Said where NAME is a table's name and a KPI's."""
    if name not in _TABLES or name not in file.tree.kpis:
        return ()
    message = f"{name!r} is the table [{name}] here; the KPI of that name is kpi.{name}"
    return (Notice(code="table_before_kpi", message=message, kpi=name),)


def changes_of_words(
    table: KeyPath, pairs: Iterable[str] | None, unset: Iterable[str] | None
) -> dict[KeyPath, Any]:
    """The keys of a table that get values, and those that go (None).

    Raises UsageError: none is given, one is given twice, or is not KEY=VALUE.
    """
    changes: dict[KeyPath, Any] = {}
    for key in unset or ():
        changes[(*table, *key_of(key))] = None
    for key, text in _pairs(pairs):
        path = (*table, *key_of(key))
        if path in changes:
            twice = "given twice" if changes[path] is not None else "set and removed"
            raise UsageError(f"the key {key!r} is {twice}")
        changes[path] = value_for(path, text)
    if not changes:
        raise UsageError("there is nothing to change", hint=f"such as {_EXAMPLE}, or --unset KEY")
    return changes


def among_some_rows(tree: Tree, name: str) -> tuple[Notice, ...]:
    """Said of a new KPI whose source leaves rows out."""
    source = source_of_kpi(tree.kpis[name])
    if source is None:
        return ()
    way_out = "a source of its own for the same file, without that where, has all rows"
    notice = narrowed(tree.sources[source], [name], way_out)
    return () if notice is None else (notice,)
