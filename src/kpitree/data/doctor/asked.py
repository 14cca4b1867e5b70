"""What of a source is looked at: the columns that the tree reads, and what it reads them as."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

from kpitree.data.cube.plan import Plan
from kpitree.data.dialect import Expr as Compiled
from kpitree.data.request import CubeRequest
from kpitree.tree.expressions import Call, Expr, Name, names_in
from kpitree.tree.lookups import lookup_of, tied_to_lookups
from kpitree.tree.measures import Part
from kpitree.tree.model import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What is asked of one source.

    parts: all that the tree aggregates of it. timezone: the zone in which days begin, or None.
    override: another path than the source's own; "-" is standard input.
    """

    source: Source
    parts: tuple[Part, ...]
    timezone: str | None = None
    override: str | None = None

    def request(self) -> CubeRequest:
        """What has to be compiled: the parts, every dimension, and the columns with a range."""
        ranged = (range_of(column, self.source) for column in self.source.ranges)
        parts = dict.fromkeys((*self.parts, *ranged))
        return CubeRequest(
            source=self.source,
            parts={part: f"part{number}" for number, part in enumerate(parts)},
            dimensions=tuple(self.source.dimensions),
            timezone=self.timezone,
            override=self.override,
        )


def range_of(column: str, source: Source) -> Part:
    """A part that has a column with a range read as numbers."""
    return Part("max", Name(column), None, None, source.time)


def without_lookups(source: Source) -> Source:
    """Without all that needs another file, and without ranges, which need numbers."""
    tied = tied_to_lookups(source)

    def alone(column: str) -> bool:
        return column not in tied and lookup_of(source, column) is None

    columns = {name: expr for name, expr in source.columns.items() if alone(name)}
    dimensions = {name: column for name, column in source.dimensions.items() if alone(column)}
    return replace(source, columns=columns, dimensions=dimensions, ranges={}, lookups={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A column whose values are counted.

    roles: time, end, dimension, key, argument, condition: what the tree reads it as.
    missing: whether a row has no value. every: whether a row's value counts, None for all rows.
    expected: whether the tree says itself what a missing value means.
    """

    column: str
    roles: tuple[str, ...]
    missing: Compiled
    every: Compiled | None
    expected: bool


def looked_at(plan: Plan, parts: Iterable[Part]) -> list[Looked]:
    """Every column in use, each once. parts: of the tree."""
    source = plan.request.source
    expected = _expected(source, parts)
    found: dict[str, list[tuple[str, Compiled, Compiled | None]]] = {}
    for column, role, missing, every in _uses(plan, source, tuple(parts)):
        found.setdefault(column, []).append((role, missing, every))
    return [
        Looked(
            column=column,
            roles=tuple(dict.fromkeys(role for role, _, _ in uses)),
            missing=uses[0][1],
            every=_any(every for _, _, every in uses),
            expected=column in expected,
        )
        for column, uses in found.items()
    ]


def _any(conditions: Iterable[Compiled | None]) -> Compiled | None:
    """That one of them holds; None, for all rows, where one of them is about all rows."""
    known = list(conditions)
    some = [one for one in known if one is not None]
    return reduce(or_, some) if some and len(some) == len(known) else None


Use = tuple[str, str, Compiled, Compiled | None]  # column, role, whether missing, rows it is for


def _uses(plan: Plan, source: Source, parts: tuple[Part, ...]) -> Iterator[Use]:
    """Dates first, then dimensions, arguments and conditions, in the order of the file."""
    for time, moment in plan.moments.items():
        every = None if time == source.time else _any(_counted(plan, parts, time))
        yield time, "end" if time == source.until else "time", moment.expr.is_null(), every
    for name, text in plan.dimensions.items():
        yield source.dimensions[name], "dimension", text.is_null(), None
    for joined in plan.joined:
        yield from _named(plan, joined.lookup.on, "key", None)
    for part in parts:
        names = () if part.argument is None else names_in(part.argument)
        yield from _named(plan, names, "argument", plan.parts[part].every)
    for condition in (source.where, *(part.where for part in parts)):
        names = () if condition is None else names_in(condition)
        yield from _named(plan, names, "condition", None)


def _counted(plan: Plan, parts: Iterable[Part], time: str) -> Iterator[Compiled | None]:
    return (plan.parts[part].every for part in parts if part.time == time)


def _named(plan: Plan, names: Iterable[str], role: str, every: Compiled | None) -> Iterator[Use]:
    for name in names:
        value = plan.columns.find(name, "doctor")
        yield name, role, value.expr.is_null(), every


def _expected(source: Source, parts: Iterable[Part]) -> frozenset[str]:
    """The columns of which the tree says what a missing value means.

    By is_null(x), coalesce(x, …), or by counting values: count(x). And rows that last may go on.
    """
    told = set() if source.until is None else {source.until}
    expressions: list[Expr | None] = [source.where, *source.columns.values()]
    for part in parts:
        expressions += [part.where, part.argument]
        if part.function == "count" and isinstance(part.argument, Name):
            told.add(part.argument.id)
    for expr in expressions:
        if expr is not None:
            told |= set(_asked_for_null(expr))
    return frozenset(told)


def _asked_for_null(expr: Expr) -> Iterator[str]:
    match expr:
        case Call(name="is_null" | "coalesce"):
            yield from names_in(expr)
        case Call(args=args):
            for arg in args:
                yield from _asked_for_null(arg)
