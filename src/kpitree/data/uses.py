"""What each column of a source is used as, read off the expressions that name it.

A CSV file does not say what its columns are; how they are used does. A column that is summed is
read as numbers even where the first thousand rows are whole, and a column that is only compared
with texts stays text, so that "007" is not 7.
"""

from collections.abc import Iterable
from enum import StrEnum

from kpitree.tree.expressions import AGGREGATES, ROW, Call, Expr, Flag, Name, Number, Text
from kpitree.tree.measures import Part
from kpitree.tree.model import Source

Uses = dict[str, set["Use"]]


class Use(StrEnum):
    NUMBER = "n"
    TEXT = "t"
    DATE = "d"
    CONDITION = "c"
    ANY = "*"  # asked only whether it is there


_ALIKE = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "coalesce"})


def uses_of(
    source: Source, parts: Iterable[Part], dimensions: Iterable[str], where: Expr | None
) -> Uses:
    """The raw columns that a request reads, each with everything it is used as.

    where: the condition of --where, whose names may be dimensions or columns.
    """
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
    _condition(uses, where)
    for name, column in source.dimensions.items():
        if name != column and name in uses:
            uses.setdefault(column, set()).update(uses.pop(name))
    _condition(uses, source.where)
    # Backwards, because a later computed column may use an earlier one or shadow its own name.
    for name, expr in reversed(source.columns.items()):
        for use in uses.pop(name, {Use.ANY}):
            _walk(uses, expr, use)
    return uses


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
