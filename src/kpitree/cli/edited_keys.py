"""Keys and values as they are typed behind `kpitree add` and `set`."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from kpitree.cli.changing import TreeFile
from kpitree.errors import UsageError, did_you_mean
from kpitree.tree.editing.typed import key_of, value_for
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


def _pairs(texts: Iterable[str] | None) -> Iterator[tuple[str, str]]:
    """KEY=VALUE, where the value may be the empty text."""
    for text in texts or ():
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"{text!r} is not KEY=VALUE", hint=f"such as {_EXAMPLE}")
        yield key.strip(), value


def named_table(file: TreeFile, name: str) -> KeyPath:
    """The path of the table that NAME means. Raises UsageError: there is none."""
    kpis, sources = file.tree.kpis, file.tree.sources
    kind, _dot, inner = name.partition(".")
    if name in kpis:
        return "kpi", name
    if kind == "kpi" and inner in kpis:
        return "kpi", inner
    if name in _TABLES:
        return (name,)
    if kind == "sources" and inner in sources:
        return "sources", inner
    known = [*kpis, *_TABLES, *(f"sources.{one}" for one in sources)]
    what = f"source {inner!r}" if kind == "sources" and inner else f"KPI {name!r}"
    raise UsageError(f"there is no {what}", hint=did_you_mean(name, known))


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
            raise UsageError(f"the key {key!r} is given twice")
        changes[path] = value_for(path, text)
    if not changes:
        raise UsageError("there is nothing to change", hint=f"such as {_EXAMPLE}, or --unset KEY")
    return changes
