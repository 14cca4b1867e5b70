"""Columns that rows have from elsewhere: whose they are, and in what order they can be had.

A looked-up column is named lookup.column. Computed columns are had in the order of the file, and
each lookup just before the first of them that names one of its columns, or after them all: its
key may be a computed column, a column of an earlier lookup, or one of the data.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches

from kpitree.errors import did_you_mean
from kpitree.tree.draft import Draft, Mistake
from kpitree.tree.expressions import Expr, ExpressionError, Name, names_in, walk
from kpitree.tree.graph import first_loop
from kpitree.tree.model import DataTarget, Lookup, Source, Tree
from kpitree.tree.positions import KeyPath


def lookup_of(source: Source, name: str) -> tuple[Lookup, str] | None:
    """The lookup of a looked-up column, and the column's name there; None for any other name."""
    before, dot, column = name.partition(".")
    lookup = source.lookups.get(before)
    return None if lookup is None or not dot else (lookup, column)


def steps_of(source: Source) -> list[str | Lookup]:
    """Computed columns, by their names, and lookups: each after everything that it needs."""
    steps: list[str | Lookup] = []
    for column, expr in source.columns.items():
        for lookup in _lookups_for(source, names_in(expr)):
            if lookup not in steps:
                steps.append(lookup)
        steps.append(column)
    for name in source.lookups:
        steps += [each for each in _lookups_for(source, [f"{name}."]) if each not in steps]
    return steps


def _lookups_for(source: Source, names: Iterable[str]) -> list[Lookup]:
    """The lookups that columns are of, each after those that have its key."""
    found: dict[str, Lookup] = {}
    met: set[str] = set()

    def visit(name: str) -> None:
        of = lookup_of(source, name)
        if of is not None and of[0].name not in met:
            met.add(of[0].name)
            for key in of[0].on:
                visit(key)
            found[of[0].name] = of[0]

    for name in names:
        visit(name)
    return list(found.values())


def tied_to_lookups(source: Source) -> frozenset[str]:
    """The computed columns that need a lookup, themselves or through another."""
    tied: set[str] = set()
    for column, expr in source.columns.items():
        names = [name for name in names_in(expr) if name != column]
        if any(name in tied or lookup_of(source, name) for name in names):
            tied.add(column)
    return frozenset(tied)


def names_of_lookups(tree: Tree) -> list[str]:
    """What --source calls the lookups: deals.lookup.account."""
    return [one.rows.id for source in tree.sources.values() for one in source.lookups.values()]


def with_other_lookups(tree: Tree, given: Mapping[str, str]) -> Tree:
    """The tree with other files in place of some lookups. given: their names -> paths."""
    if not given.keys() & set(names_of_lookups(tree)):
        return tree
    sources = {name: _with_files(source, given) for name, source in tree.sources.items()}
    return replace(tree, sources=sources)


def _with_files(source: Source, given: Mapping[str, str]) -> Source:
    lookups = {
        name: replace(one, rows=_at(one.rows, given[one.rows.id])) if one.rows.id in given else one
        for name, one in source.lookups.items()
    }
    return replace(source, lookups=lookups)


def _at(rows: Source, path: str) -> Source:
    return replace(rows, path=path, location=path, table=None, query=None, connection=None)


def keys_of(source: Source, expr: Expr) -> dict[str, str]:
    """The source's own columns by which an expression's looked-up columns are found -> lookup."""
    lookups = _lookups_for(source, names_in(expr))
    keys = {key: lookup.name for lookup in lookups for key in lookup.on}
    return {key: name for key, name in keys.items() if lookup_of(source, key) is None}


def computed_columns_come_before_use(draft: Draft) -> Iterator[Mistake]:
    """A computed column may use earlier ones, and a column of the data that it stands for."""
    for source in draft.sources.values():
        key: KeyPath = ("sources", source.id, "columns")
        keys = {column: keys_of(source, expr) for column, expr in source.columns.items()}
        uses = {
            column: tuple(name for name in (*names_in(expr), *keys[column]) if name != column)
            for column, expr in source.columns.items()
        }
        if found := next((column for column in keys if column in keys[column]), None):
            lookup = keys[found][found]
            hint = f"give it another name than that of the key, such as: {found}_2"
            message = f"{found!r} is computed from the lookup {lookup!r}, which is found by it"
            yield Mistake((*key, found), message, hint)
        elif loop := first_loop(uses):
            message = f"the columns go round in a circle: {' -> '.join(loop)}"
            yield Mistake((*key, loop[0]), message)
        else:
            yield from _out_of_order(key, uses, keys)


def _out_of_order(
    key: KeyPath, uses: dict[str, tuple[str, ...]], keys: dict[str, dict[str, str]]
) -> Iterator[Mistake]:
    names = list(uses)
    for at, column in enumerate(names):
        for used in dict.fromkeys(uses[column]):
            if used in names[at + 1 :]:
                lookup = keys[column].get(used)
                what = (
                    f"the lookup {lookup!r}, whose key {used!r}" if lookup else f"{used!r}, which"
                )
                message = f"{column!r} uses {what} is computed later"
                yield Mistake((*key, column), message, f"write {used!r} first")


def lookups_come_before_use(draft: Draft) -> Iterator[Mistake]:
    """The key of a lookup may be a column of an earlier one."""
    for source in draft.sources.values():
        names = list(source.lookups)
        for at, lookup in enumerate(source.lookups.values()):
            place: KeyPath = ("sources", source.id, "lookup", lookup.name)
            for key in lookup.on:
                of = lookup_of(source, key)
                if of is None:
                    continue
                other = of[0].name
                if other == lookup.name:
                    message = f"the key {key!r} is a column of this lookup itself"
                    yield Mistake((*place, "on"), message, "a key is known before it is looked up")
                elif other in names[at:]:
                    message = f"the key {key!r} is a column of a later lookup"
                    hint = f"write [sources.{source.id}.lookup.{other}] first"
                    yield Mistake((*place, "on"), message, hint)


def looked_up_columns_have_a_lookup(draft: Draft) -> Iterator[Mistake]:
    """What stands before the dot of a column is a lookup of its source."""
    for key, expr, source in _expressions(draft):
        for node in walk(expr):
            if isinstance(node, Name) and node.lookup and node.lookup not in source.lookups:
                message = f"{source.id!r} has no lookup {node.lookup!r}"
                error = ExpressionError(message, node.at, _hint(source, node))
                yield Mistake(key, inside=error)
    for key, expr in _inside_lookups(draft):
        for node in walk(expr):
            if isinstance(node, Name) and node.lookup:
                hint = "look it up in the source itself, and compute the column there"
                error = ExpressionError("a lookup has no lookups of its own", node.at, hint)
                yield Mistake(key, inside=error)
    yield from _misspelled_keys(draft)


def _hint(source: Source, node: Name) -> str:
    column = node.id.removeprefix(f"{node.lookup}.")
    if node.lookup == source.id:
        return f"the source's own columns stand alone: {column}"
    if source.lookups:
        return did_you_mean(node.lookup, source.lookups)
    place = f"[sources.{source.id}.lookup.{node.lookup}]"
    return f"declare it: {place}; a column with a dot in its name is: col({node.id!r})"


def _expressions(draft: Draft) -> Iterator[tuple[KeyPath, Expr, Source]]:
    """Every row expression and measure, with the key it stands at and its source."""
    for source in draft.sources.values():
        place: KeyPath = ("sources", source.id)
        if source.where is not None:
            yield (*place, "where"), source.where, source
        for column, expr in source.columns.items():
            yield (*place, "columns", column), expr, source
    for name, field, leaf in draft.leaves():
        if leaf.source in draft.sources:
            source = draft.sources[leaf.source]
            yield ("kpi", name, field), leaf.measure, source
            if leaf.where is not None:
                yield ("kpi", name, "where"), leaf.where, source
    for name, kpi in draft.kpis.items():
        match kpi.target:
            case DataTarget(plan=plan) if plan.source in draft.sources:
                source, at = draft.sources[plan.source], ("kpi", name, "target")
                yield (*at, "measure"), plan.measure, source
                if plan.where is not None:
                    yield (*at, "where"), plan.where, source


def _inside_lookups(draft: Draft) -> Iterator[tuple[KeyPath, Expr]]:
    for source in draft.sources.values():
        for lookup in source.lookups.values():
            for column, expr in lookup.rows.columns.items():
                yield ("sources", source.id, "lookup", lookup.name, "columns", column), expr


def _misspelled_keys(draft: Draft) -> Iterator[Mistake]:
    """A name alone may be a column of the data with a dot in it, unless it is nearly a lookup's."""
    for key, name, source in _names(draft):
        before, dot, column = name.partition(".")
        unknown = dot and before not in source.lookups
        if unknown and (close := get_close_matches(before, source.lookups, n=1)):
            message = f"{source.id!r} has no lookup {before!r}"
            yield Mistake(key, message, f"did you mean '{close[0]}.{column}'?")


def _names(draft: Draft) -> Iterator[tuple[KeyPath, str, Source]]:
    """Every column that a key names, with its key and its source."""
    for source in draft.sources.values():
        place: KeyPath = ("sources", source.id)
        own = "time" if source.until is None else "from"
        yield (*place, own), source.time, source
        if source.until is not None:
            yield (*place, "to"), source.until, source
        for dimension, column in source.dimensions.items():
            yield (*place, "dimensions", dimension), column, source
        for column in source.unique_by:
            yield (*place, "unique_by"), column, source
        for column in source.ranges:
            yield (*place, "ranges", column), column, source
        for lookup in source.lookups.values():
            for column in lookup.on:
                yield (*place, "lookup", lookup.name, "on"), column, source
    for name, _, leaf in draft.leaves():
        if leaf.time is not None and leaf.source in draft.sources:
            yield ("kpi", name, "time"), leaf.time, draft.sources[leaf.source]
