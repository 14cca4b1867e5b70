"""Conditions that hold for rows whose number is null, though not where it is NaN or infinite.

Such a number counts as null. Whether any is there is asked of the rows that conditions leave; a
condition that leaves one out for what it is before it is null would hide it. Almost none does:
only what asks for null itself can hold for it and not for every number in its place.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from kpitree.tree.expressions import Call, Expr, Name
from kpitree.tree.lookups import lookup_of
from kpitree.tree.model import Source

_ASK_FOR_NULL: Final = frozenset({"is_null", "coalesce"})
_Seen = set[tuple[str, bool]]


def guarded(source: Source, conditions: Sequence[Expr], times: Sequence[str]) -> frozenset[str]:
    """Columns whose numbers have to be finite before the rows are chosen.

    conditions: those that choose rows. times: the columns by which rows are placed in time.
    """
    seen: _Seen = set()
    asked = [*conditions, *(Name(time) for time in times)]
    found = {name for each in asked for name in _of(each, source, seen, asks=False)}
    for key in source.unique_by:  # rows without one are not known to repeat others
        found |= set(_of(Name(key), source, seen, asks=True))
    return frozenset(found)


def _of(expr: Expr, source: Source, seen: _Seen, *, asks: bool) -> Iterator[str]:
    """asks: whether null is asked for around the expression."""
    match expr:
        case Name(id=name):
            yield from _of_name(name, source, seen, asks=asks)
        case Call(name="if_else", args=(condition, *branches)):
            yield from _of(condition, source, seen, asks=True)
            for branch in branches:
                yield from _of(branch, source, seen, asks=asks)
        case Call(name=name, args=args):
            for arg in args:
                yield from _of(arg, source, seen, asks=asks or name in _ASK_FOR_NULL)


def _of_name(name: str, source: Source, seen: _Seen, *, asks: bool) -> Iterator[str]:
    if (name, asks) in seen:
        return
    seen.add((name, asks))
    if asks:
        yield name
    if name in source.columns:  # which may name a column of the files that is called the same
        yield from _of(source.columns[name], source, seen, asks=asks)
    elif (of := lookup_of(source, name)) is not None:
        for key in of[0].on:
            yield from _of_name(key, source, seen, asks=asks)
