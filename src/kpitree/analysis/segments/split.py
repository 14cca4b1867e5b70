"""From what each segment adds to a driver to lines in the unit of the KPI explained."""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import polars as pl

from kpitree.analysis.attribution.contract import CLOSING, Attribution, Line
from kpitree.analysis.attribution.factors import log_mean
from kpitree.analysis.attribution.scope import CARRIED
from kpitree.analysis.segments.algebra import Key
from kpitree.analysis.segments.amounts import (
    AMOUNTS,
    EXISTENCE,
    SEEN,
    amounts_of_distinct,
    amounts_of_ratio,
    amounts_of_total,
)
from kpitree.analysis.segments.cells import (
    Cells,
    InSegments,
    WholeError,
    segment_columns,
    side_by_side,
)
from kpitree.analysis.segments.effects import Convention
from kpitree.analysis.segments.lines import split_schema
from kpitree.analysis.segments.shape import Distinct, Ratio, Shape, Total, Unsplittable

__all__ = ["InSegments", "split"]


def split(
    attribution: Attribution,
    shapes: Mapping[str, Shape],
    before: InSegments,
    after: InSegments,
    *,
    columns: Mapping[Key, str],
    dimensions: Sequence[str],
    convention: Convention,
    exceptions: Mapping[str, Convention] = MappingProxyType({}),
) -> pl.DataFrame:
    """Split the lines of an attribution among segments (semantics.md 6).

    attribution: made with gradients=True; of one with a reason, which has no lines, there are
        none here either.
    shapes: driver -> shape_of(tree, driver, dimensions), for every line of effect "driver".
    columns: (source id, part) -> its column in the frames and in `whole`, for parts_needed.
    exceptions: driver -> its own convention.
    dimensions: at least one; several make cells, one for each combination.

    Returns:
        SPLIT of tables.py with the dimension columns after `label`: what each segment adds to a
        driver (its count or sum, or its rate and its mix), times the driver's mean gradient.
        Drivers in the attribution's order; within one, segments by name, (none) last; then what
        belongs to no segment: `overlap`, and `rest` for what the segments lack to the driver's
        line, or all of it with the reason. Lines of other effects stay as they are. `from` and
        `to` of a rate are null in a state where the segment does not exist. Segments with
        nothing in both states are left out.

    Raises UsageError for negative rates or shares under logarithmic weights.
    """
    labels = (attribution.from_label, attribution.to_label)
    cells = side_by_side(before, after, columns, labels, dimensions)
    pieces = [
        _refined(
            line, attribution, shapes, cells, exceptions.get(line.kpi, convention)
        ).with_columns(pl.lit(number, dtype=pl.UInt32).alias("number"))
        for number, line in enumerate(attribution.lines)
    ]
    if not pieces:
        return pl.DataFrame(schema=split_schema(dimensions))
    return _in_words(pl.concat(pieces), attribution, cells)


# --- one driver ----------------------------------------------------------------------------------


def _refined(
    line: Line,
    attribution: Attribution,
    shapes: Mapping[str, Shape],
    cells: Cells,
    convention: Convention,
) -> pl.DataFrame:
    """One line as AMOUNTS with `line` (in the explained KPI's unit) and `reason` beside them."""
    if line.effect != "driver":
        return _unsplit(line, line.effect, line.line)
    try:
        gradient = _gradient(line, attribution)
        amounts = _amounts(line, shapes[line.kpi], cells, convention)
        lines = amounts.with_columns(
            (pl.col("amount") * gradient + 0.0).alias("line"),  # -0.0 becomes 0.0
            pl.lit(None, dtype=pl.String).alias("reason"),
        )
        return _closed(lines, line, gradient)
    except WholeError as error:
        return _unsplit(line, "rest", line.line, error.reason)


def _gradient(line: Line, attribution: Attribution) -> float:
    if CARRIED in line.flags:
        raise WholeError("it has no value of its own in one of the states")
    gradient = attribution.gradients.get(line.kpi)
    if gradient is None:
        raise WholeError(f"the method {attribution.method} gives no gradient of it")
    return gradient


def _amounts(line: Line, shape: Shape, cells: Cells, convention: Convention) -> pl.DataFrame:
    match shape:
        case Total(parts=parts):
            return amounts_of_total(parts, cells)
        case Distinct():
            return amounts_of_distinct(shape, cells)
        case Ratio():
            return amounts_of_ratio(shape, line.label, cells, convention)
        case Unsplittable(reason=reason):
            raise WholeError(reason)


def _closed(lines: pl.DataFrame, line: Line, gradient: float) -> pl.DataFrame:
    """The lines and, where they do not add up to the driver's line, what they lack to it."""
    if lines.is_empty():
        return _unsplit(line, "rest", line.line, "no segment has anything of it")
    found, gross = lines.select(
        pl.col("line").sum(), pl.col("line").abs().sum().alias("gross")
    ).row(0)
    if math.isnan(gross):
        raise WholeError("the changes of its segments are not all numbers")
    if math.isinf(gross):
        raise WholeError("the changes of its segments are too large for a number")
    gap = line.line - found
    moved = max(abs(line.before or 0.0), abs(line.after or 0.0)) * abs(gradient)
    if abs(gap) <= CLOSING * max(abs(line.line), gross, moved):
        return lines
    return pl.concat([lines, _unsplit(line, "rest", gap, "its segments do not add up to it")])


def _unsplit(line: Line, effect: str, value: float, reason: str | None = None) -> pl.DataFrame:
    row = (None, effect, line.before, line.after, None, SEEN, value, reason)
    schema = AMOUNTS | {"line": pl.Float64, "reason": pl.String}
    return pl.DataFrame([row], schema=schema, orient="row")


# --- all of them ---------------------------------------------------------------------------------


def _in_words(lines: pl.DataFrame, attribution: Attribution, cells: Cells) -> pl.DataFrame:
    """SPLIT: positions of lines and segments exchanged for what they stand for."""
    of = attribution.lines
    flags = [[*line.flags, *more] for line in of for more in EXISTENCE]
    errors = [line.error / abs(line.line) if line.error and line.line else None for line in of]
    number = pl.col("number")
    return lines.select(
        _looked_up([line.kpi for line in of], pl.String, number).alias("driver"),
        _looked_up([line.label for line in of], pl.String, number).alias("label"),
        *(
            pl.lit(cells.frame[name]).gather(pl.col("row")).alias(name)
            for name in segment_columns(cells.dimensions)
        ),
        "effect",
        "from",
        "to",
        "line",
        _share(attribution).alias("share"),
        _looked_up(flags, pl.List(pl.String), number * len(EXISTENCE) + pl.col("seen")).alias(
            "flags"
        ),
        "reason",
        _factor(attribution).alias("factor"),
        (pl.col("line").abs() * _looked_up(errors, pl.Float64, number)).alias("error"),
    )


def _looked_up(
    values: Sequence[object], dtype: pl.DataType | type[pl.DataType], at: pl.Expr
) -> pl.Expr:
    return pl.lit(pl.Series(values, dtype=dtype)).gather(at)


def _share(attribution: Attribution) -> pl.Expr:
    """Where the attribution's lines have shares, of the same change."""
    if all(line.share is None for line in attribution.lines):
        return pl.lit(None, dtype=pl.Float64)
    return pl.col("line") / attribution.change


def _factor(attribution: Attribution) -> pl.Expr:
    """exp(line / log mean of the two states), where the attribution's lines have factors."""
    before, after = attribution.before, attribution.after
    if before is None or after is None or all(line.factor is None for line in attribution.lines):
        return pl.lit(None, dtype=pl.Float64)
    return (pl.col("line") / log_mean(before, after)).exp()
