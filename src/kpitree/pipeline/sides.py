"""The rows that fulfil a condition, set against all others of the same period."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import polars as pl

from kpitree.analysis.attribution.contract import State
from kpitree.data.cube.cube import Cube
from kpitree.errors import SourceError, UsageError, did_you_mean
from kpitree.pipeline.figures import read_cubes
from kpitree.pipeline.plan import condition
from kpitree.pipeline.states import SIDE, Moments, Pair, Place, figures_of
from kpitree.tables import MOMENT, NONE, SEGMENT
from kpitree.tree.expressions import Call, Expr, Name, Text, replace_names
from kpitree.tree.model import Source, Tree

INSIDE, OUTSIDE = "fulfils it", "does not"
_CONDITION: Final = re.compile(r"[=<>(\"'\s]")  # what no word and no period label has


def is_condition(vs: str) -> bool:
    """Whether a reference is a condition on rows rather than a word or a period."""
    return _CONDITION.search(vs) is not None


def with_sides(tree: Tree, vs: str) -> Tree:
    """The tree whose sources have one more dimension: on which side of the condition a row is.

    A row for which the condition is neither true nor false does not fulfil it.
    """
    expr = condition(vs, "--vs")
    sources = {name: _with_side(source, expr) for name, source in tree.sources.items()}
    return replace(tree, sources=sources)


def _with_side(source: Source, expr: Expr) -> Source:
    by_column = replace_names(
        expr, lambda name: Name(source.dimensions.get(name.id, name.id), name.at)
    )
    side = Call("if_else", (by_column, Text(INSIDE), Text(OUTSIDE)))
    return replace(
        source,
        columns=source.columns | {SIDE: side},
        dimensions=source.dimensions | {SIDE: SIDE},
    )


def sides(read: Moments, vs: str) -> Pair:
    """The rows that fulfil a condition (after) against all others (before) of the same period.

    Raises SourceError where one of the sides has no rows.
    """
    span = read.periods.times.position(read.periods.shown[-1])
    found = {
        row[SEGMENT + SIDE]: figures_of(row, (SIDE,))
        for row in read.frame.filter(pl.col(MOMENT) == span).iter_rows(named=True)
    }
    _must_have_rows(read, vs)
    return Pair(
        tree=read.plan.tree,
        vs="rest",
        before=State(label="rest", values=found[OUTSIDE]),
        after=State(label=vs, values=found[INSIDE]),
        places=(Place(span=read.main, side=OUTSIDE), Place(span=read.main, side=INSIDE)),
    )


def _must_have_rows(read: Moments, vs: str) -> None:
    if not read.cubes:
        raise UsageError("nothing here is read from rows that could be set apart", where="--vs")
    there = _segments(read, read.cubes, SIDE)
    label = read.periods.shown[-1].period.label
    if INSIDE not in there:
        hint = _known_segments(read, condition(vs, "--vs"))
        raise SourceError(f"no row of {label} fulfils {vs}", where="--vs", hint=hint)
    if OUTSIDE not in there:
        raise SourceError(f"every row of {label} fulfils {vs}: there is no rest", where="--vs")


def _segments(read: Moments, cubes: Mapping[str, Cube], dimension: str) -> list[str]:
    """The segments that the period asked for has rows of."""
    found = (
        cube.roll_up([read.main], (dimension,))[SEGMENT + dimension].to_list()
        for cube in cubes.values()
        if dimension in cube.request.dimensions
    )
    return sorted({segment for many in found for segment in many})


def _known_segments(read: Moments, expr: Expr) -> str:
    """For `dimension == 'segment'`: which segments there are. Reads the data once more."""
    match expr:
        case Call(name="==", args=(Name(id=dimension), Text(value=segment))):
            sources = read.plan.tree.sources.items()
            by = {name: (dimension,) * (dimension in one.dimensions) for name, one in sources}
            if not any(by.values()):
                return ""
            if segment == NONE:
                return f"rows without a value are found with: is_null({dimension})"
            cubes = read_cubes(read.plan, read.question, by)
            return did_you_mean(segment, _segments(read, cubes, dimension))
    return ""
