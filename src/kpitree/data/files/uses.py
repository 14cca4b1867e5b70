"""What each column of a source is used as, read off the expressions that name it.

A CSV file does not say what its columns are; how they are used does. A column that is summed is
read as numbers even where the first thousand rows are whole, and a column that is only compared
with texts stays text, so that "007" is not 7.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kpitree.tree.expressions import (
    AGGREGATES,
    ROW,
    Call,
    Expr,
    Flag,
    Name,
    Number,
    Text,
    replace_names,
)
from kpitree.tree.lookups import lookup_of, steps_of, tied_to_lookups
from kpitree.tree.measures import Part
from kpitree.tree.model import Lookup, Source

Uses = dict[str, set["Use"]]


class Use(StrEnum):
    NUMBER = "n"
    TEXT = "t"
    DATE = "d"
    CONDITION = "c"
    ANY = "*"  # asked only whether it is there


_ALIKE = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "coalesce"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is asked of one lookup.

    columns: its columns that are asked for by name. computed: its computed ones that are needed.
    raw: those of its files that this takes, with those of its key.
    """

    lookup: Lookup
    columns: Uses
    computed: tuple[str, ...]
    raw: Uses


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What a request reads of a source.

    raw: the columns of its own files, each with everything it is used as. read: those of them that
    the answer depends on; a computed column that nothing asks for needs the others to be there.
    asked: what they are used as for the answer.
    steps: the computed columns (by name) and the lookups to be had, each after what it needs.
    """

    raw: Uses
    asked: Uses
    steps: tuple[str | Sought, ...]

    @property
    def read(self) -> tuple[str, ...]:
        return tuple(self.asked)


def uses_of(
    source: Source, parts: Iterable[Part], dimensions: Iterable[str], where: Expr | None
) -> Uses:
    """Used.raw of used_by()."""
    return used_by(source, parts, dimensions, where).raw


def used_by(
    source: Source, parts: Iterable[Part], dimensions: Iterable[str], where: Expr | None
) -> Used:
    """Everything that a request reads.

    where: the condition of --where, whose names may be dimensions or columns.
    """
    uses = _asked_for(source, parts, dimensions, where)
    idle: Uses = {}  # what only computed columns use that nothing asks for
    tied = tied_to_lookups(source)
    steps: list[str | Sought] = []
    # Backwards, because a later computed column may use an earlier one or shadow its own name.
    for step in reversed(steps_of(source)):
        if isinstance(step, Lookup):
            if sought := _sought(source, step, uses):
                steps.append(sought)
            continue
        asked = uses.pop(step, set())
        also = idle.pop(step, set()) if asked or step in tied else idle.pop(step, {Use.ANY})
        for use in asked:
            _walk(uses, source.columns[step], use)
        for use in also:
            _walk(idle, source.columns[step], use)
        if asked or step not in tied:
            steps.append(step)
    raw = {name: uses.get(name, set()) | idle.get(name, set()) for name in {**uses, **idle}}
    return Used(raw=raw, asked=uses, steps=tuple(reversed(steps)))


def _sought(source: Source, lookup: Lookup, uses: Uses) -> Sought | None:
    """What is asked of a lookup, which is taken out of `uses`; its key is added to them."""
    columns: Uses = {}
    for name in tuple(uses):
        of = lookup_of(source, name)
        if of is not None and of[0] is lookup:
            columns[of[1]] = uses.pop(name)
    if not columns:
        return None
    raw = {name: set(use) for name, use in columns.items()}
    for own, there in lookup.on.items():
        _note(uses, own, Use.TEXT)  # "007" is not 7
        _note(raw, there, Use.TEXT)
    computed = []
    for name, expr in reversed(lookup.rows.columns.items()):
        if name in raw:
            computed.append(name)
            for use in raw.pop(name):
                _walk(raw, expr, use)
    return Sought(lookup=lookup, columns=columns, computed=tuple(computed[::-1]), raw=raw)


def _asked_for(
    source: Source, parts: Iterable[Part], dimensions: Iterable[str], where: Expr | None
) -> Uses:
    """The columns that are named, before computed ones are taken apart."""
    uses: Uses = {}
    _note(uses, source.time, Use.DATE)
    if source.until is not None:
        _note(uses, source.until, Use.DATE)
    for dimension in dimensions:
        _note(uses, source.dimensions[dimension], Use.TEXT)
    for part in parts:
        _note(uses, part.time, Use.DATE)
        if part.argument is not None:
            _walk(uses, part.argument, _wanted(part.function))
        _condition(uses, part.where)
    _condition(uses, by_column(where, source))
    _condition(uses, source.where)
    for column in source.unique_by:
        _note(uses, column, Use.ANY)
    return uses


def by_column(where: Expr | None, source: Source) -> Expr | None:
    """The condition of --where with the names of dimensions exchanged for their columns."""
    if where is None:
        return None
    return replace_names(where, lambda name: Name(source.dimensions.get(name.id, name.id), name.at))


def _wanted(function: str) -> Use:
    if function == "n_unique":
        return Use.TEXT
    return Use(AGGREGATES[function].takes[0])


def _condition(uses: Uses, expr: Expr | None) -> None:
    if expr is not None:
        _walk(uses, expr, Use.CONDITION)


def _note(uses: Uses, column: str, use: Use) -> None:
    uses.setdefault(column, set()).add(use)


def _walk(uses: Uses, expr: Expr, wanted: Use) -> None:
    match expr:
        case Name(id=column):
            _note(uses, column, wanted)
        case Call(name="if_else", args=(condition, *branches)):
            _walk(uses, condition, Use.CONDITION)
            _walk_alike(uses, branches, wanted)
        case Call(name=name, args=args) if name in _ALIKE:
            _walk_alike(uses, args, wanted if name == "coalesce" else Use.ANY)
        case Call(name=name, args=args):
            takes = ROW[name].takes
            for position, arg in enumerate(args):
                _walk(uses, arg, Use(takes[min(position, len(takes) - 1)]))


def _walk_alike(uses: Uses, args: Iterable[Expr], wanted: Use) -> None:
    """Arguments that must be of one kind: what one shows, the others are."""
    args = tuple(args)
    shown = [kind for arg in args if (kind := _shown(arg)) is not Use.ANY]
    kind = shown[0] if shown else wanted
    for arg in args:
        _walk(uses, arg, kind)


def _shown(expr: Expr) -> Use:
    match expr:
        case Number():
            return Use.NUMBER
        case Text():
            return Use.TEXT
        case Flag():
            return Use.CONDITION
        case Call(name="if_else", args=(_, *branches)):
            return next((kind for arg in branches if (kind := _shown(arg)) != Use.ANY), Use.ANY)
        case Call(name="coalesce", args=args):
            return next((kind for arg in args if (kind := _shown(arg)) != Use.ANY), Use.ANY)
        case Call(name=name):
            return Use(ROW[name].gives)
        case _:
            return Use.ANY
