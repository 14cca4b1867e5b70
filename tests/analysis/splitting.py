"""One driver or several, split from figures written out by segment, without files or attribution.

Parts are given by their measure: {"sum(amount)": {"north": 5.0, "south": 3.0}}; with several
dimensions a segment is a tuple. What is not given of a segment are no rows: it has no row.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from analysis.kpis import by_id
from kpitree.analysis.attribution.contract import Attribution, Line
from kpitree.analysis.segments import Convention, InSegments, Key, shapes_of, split
from kpitree.tables import SEGMENT
from kpitree.tree.expressions import Call, Number
from kpitree.tree.measures import Part
from kpitree.tree.model import Node, Source, Tree
from kpitree.tree.parsing import parse_measure

# By measure, then by segment. A mapping's keys are invariant, so these may be texts or tuples.
Figures = Mapping[str, Mapping[Any, float | None]]
PLAIN = Convention()


def tree_of(*kpis: Node, dimensions: Sequence[str] = ("region",)) -> Tree:
    """The first KPI is the root; all rows are of `sales`, which has the dimensions."""
    sales = Source(
        id="sales",
        path="sales.csv",
        location="sales.csv",
        time="day",
        dimensions=dict.fromkeys(dimensions, "column"),
    )
    found = by_id(*kpis)
    return Tree(
        name="test",
        root=kpis[0].id,
        file=Path("test.toml"),
        sources={"sales": sales},
        kpis=found,
    )


def part_of(measure: str) -> Part:
    call = parse_measure(measure)
    assert isinstance(call, Call)
    argument = call.args[0] if call.args else None
    level = call.args[1] if len(call.args) > 1 else None
    number = level.value if isinstance(level, Number) else None
    return Part(call.name, argument, number, call.where, "day")


def columns_of(*figures: Figures) -> dict[Key, str]:
    return {("sales", part_of(measure)): measure for one in figures for measure in one}


def in_segments(
    figures: Figures, dimensions: Sequence[str], whole: Mapping[str, float] | None = None
) -> InSegments:
    segments = list(dict.fromkeys(name for values in figures.values() for name in values))
    places = [name if isinstance(name, tuple) else (name,) for name in segments]
    columns: dict[str, pl.Series] = {
        SEGMENT + dimension: pl.Series([place[at] for place in places], dtype=pl.String)
        for at, dimension in enumerate(dimensions)
    }
    for measure, values in figures.items():
        given = [values.get(name, 0.0) for name in segments]
        columns[measure] = pl.Series(given, dtype=pl.Float64)
    sums = {
        measure: math.fsum(value for value in values.values() if value is not None)
        for measure, values in figures.items()
    }
    return InSegments(frame=pl.DataFrame(columns), whole=sums | dict(whole or {}))


def attribution_of(lines: Sequence[Line], gradients: Mapping[str, float]) -> Attribution:
    """Of a KPI called `root`, that went from what is left over to 100."""
    change = math.fsum(line.line for line in lines)
    return Attribution(
        kpi="root",
        label="Root",
        unit="number",
        vs="previous",
        method="path",
        from_label="2026-01",
        to_label="2026-02",
        before=100.0 - change,
        after=100.0,
        change=change,
        gross=math.fsum(abs(line.line) for line in lines),
        lines=tuple(lines),
        gradients=dict(gradients),
    )


def line_of(driver: str, before: float, after: float, gradient: float = 1.0) -> Line:
    return Line(
        kpi=driver,
        label=driver.capitalize(),
        effect="driver",
        before=before,
        after=after,
        line=gradient * (after - before),
    )


def refine(
    tree: Tree,
    values: Mapping[str, tuple[float, float]],
    before: Figures,
    after: Figures,
    *,
    gradients: Mapping[str, float] | None = None,
    dimensions: Sequence[str] = ("region",),
    convention: Convention = PLAIN,
    wholes: tuple[Mapping[str, float], Mapping[str, float]] | None = None,
) -> pl.DataFrame:
    """Split drivers with these values in the two states; a gradient is 1 where none is given."""
    slopes = dict.fromkeys(values, 1.0) | dict(gradients or {})
    lines = [line_of(one, *ends, slopes[one]) for one, ends in values.items()]
    first, last = wholes or (None, None)
    return split(
        attribution_of(lines, slopes),
        shapes_of(tree, values, dimensions),
        in_segments(before, dimensions, first),
        in_segments(after, dimensions, last),
        columns=columns_of(before, after),
        dimensions=dimensions,
        convention=convention,
    )


def effects(lines: pl.DataFrame, dimension: str = "region") -> dict[tuple[str | None, str], float]:
    """(segment, effect) -> line, of one driver."""
    rows = lines.select(SEGMENT + dimension, "effect", "line").rows()
    found = {(segment, effect): line for segment, effect, line in rows}
    assert len(found) == len(rows), "a segment has an effect once"
    return found


def total(lines: pl.DataFrame, effect: str) -> float:
    return math.fsum(lines.filter(pl.col("effect") == effect)["line"])
