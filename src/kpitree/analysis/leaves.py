"""From parts to leaves: which cells there are, what no rows mean, and the last arithmetic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import polars as pl

from kpitree.analysis.alike import formula_values
from kpitree.analysis.moments import Coverage
from kpitree.calendar import Span
from kpitree.tables import MOMENT, NONE, SEGMENT, SPAN
from kpitree.tree.expressions import Expr
from kpitree.tree.measures import Part, with_part_names


@dataclass(frozen=True, slots=True)
class SourceParts:
    """What one source gave: PARTS, the days it speaks for, and which parts are in it.

    no_rows: part column -> its value where the source is covered but has no rows (0.0 or None).
    """

    frame: pl.DataFrame
    coverage: Coverage
    no_rows: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class LeafPlan:
    """A leaf's arithmetic over its parts. kpi: its id; columns: the parts' columns in order."""

    kpi: str
    source: str
    arithmetic: Expr
    parts: tuple[Part, ...]
    columns: tuple[str, ...]

    @property
    def over_columns(self) -> Expr:
        return with_part_names(self.arithmetic, self.columns)


def grid(
    sources: Mapping[str, SourceParts],
    spans: int,
    dimensions: Sequence[str],
    more: Sequence[tuple[str, ...]] = (),
) -> pl.DataFrame:
    """Every segment x every span, so that a cell without rows is a row too.

    more: segments that are there whether or not any span has rows of them.
    Returns: `span` and the dimension columns; segments by name, (none) last; spans in order.
    Without dimensions: one row a span.
    """
    moments = pl.DataFrame({SPAN: range(spans)}, schema={SPAN: pl.Int32})
    if not dimensions:
        return moments
    columns = [SEGMENT + dimension for dimension in dimensions]
    frames = [one.frame.select(columns) for one in sources.values()]
    named = pl.DataFrame(more, schema=dict.fromkeys(columns, pl.String), orient="row")
    segments = pl.concat([*frames, named]).unique()
    order = [key for name in columns for key in (pl.col(name) == NONE, pl.col(name))]
    return segments.sort(order).join(moments, how="cross").select(SPAN, *columns)


def leaf_values(
    cells: pl.DataFrame,
    spans: Sequence[Span],
    sources: Mapping[str, SourceParts],
    leaves: Sequence[LeafPlan],
) -> pl.DataFrame:
    """Compute the leaves for every cell.

    Args:
        cells: from grid().
        spans: what the numbers in `span` stand for.

    Returns:
        The cells in their order (`span` as MOMENT, see tables.py), with one Float64 column per
        part and per leaf. A part is null
        where its source does not cover the whole span; inside, no rows give its no_rows value.
        A leaf is null where a part of it is, or where its arithmetic has no value.
    """
    keys = cells.columns
    filled = reduce(
        lambda frame, source: _joined(frame, source, spans, keys), sources.values(), cells
    )
    formulas = {leaf.kpi: leaf.over_columns for leaf in leaves}
    return filled.rename({SPAN: MOMENT}).hstack(formula_values(filled, formulas))


def _joined(
    cells: pl.DataFrame, source: SourceParts, spans: Sequence[Span], keys: Sequence[str]
) -> pl.DataFrame:
    there, covered = "there:", "covered:"
    speaks = pl.DataFrame(
        {SPAN: range(len(spans)), covered: [source.coverage.covers(span) for span in spans]},
        schema={SPAN: pl.Int32, covered: pl.Boolean},
    )
    found = source.frame.with_columns(pl.lit(value=True).alias(there))
    joined = cells.join(speaks, on=SPAN, how="left", maintain_order="left").join(
        found, on=list(keys), how="left", maintain_order="left"
    )
    by_value: dict[float | None, list[str]] = {}
    for part, value in source.no_rows.items():
        by_value.setdefault(value, []).append(part)
    parts = (
        pl.when(pl.col(covered)).then(
            pl.when(pl.col(there)).then(pl.col(alike)).otherwise(pl.lit(value, pl.Float64))
        )
        for value, alike in by_value.items()
    )
    return joined.with_columns(parts).drop(there, covered)
