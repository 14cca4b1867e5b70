"""What each segment adds to a driver's change, in the driver's own unit.

AMOUNTS, one row per segment and effect, segments in the order of the cells:

    row     position of the segment among the cells; null: no segment
    effect  driver, rate, mix, no_base, overlap
    from, to, amount  Float64; amount is what the effect adds to the driver's change
    seen    position in EXISTENCE: whether the segment exists in both states
"""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from kpitree.analysis.segments.algebra import Key
from kpitree.analysis.segments.cells import AFTER, BEFORE, Cells, WholeError
from kpitree.analysis.segments.effects import Convention, Weights, rate_and_mix
from kpitree.analysis.segments.shape import DISTINCT, Distinct, Ratio
from kpitree.errors import UsageError

EXISTENCE: Final = ((), ("lost",), ("new",))  # the flags that tell in which states a segment is
SEEN, LOST, NEW = range(len(EXISTENCE))
AMOUNTS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "row": pl.UInt32,
    "effect": pl.String,
    "from": pl.Float64,
    "to": pl.Float64,
    "amount": pl.Float64,
    "seen": pl.Int8,
}


def amounts_of_total(parts: Mapping[Key, float], cells: Cells) -> pl.DataFrame:
    """The change of each segment. Those with nothing in both states are left out.

    Raises WholeError where a segment has a value in one state and none in the other, or where
    distinct counts among the parts do not add up.
    """
    _must_add_up(parts, cells)
    return _changes(parts, cells)


def amounts_of_distinct(shape: Distinct, cells: Cells) -> pl.DataFrame:
    """The change of each segment, and `overlap`: what is counted in several of them, once more."""
    changes = _changes({shape.part: shape.number}, cells)
    overlaps = [
        shape.number * (cells.whole({shape.part: 1.0}, at) - cells.over_segments(shape.part, state))
        for at, state in enumerate((BEFORE, AFTER))
    ]
    if not any(overlaps):
        return changes
    before, after = overlaps
    overlap = [(None, "overlap", before, after, after - before, SEEN)]
    return pl.concat([changes, pl.DataFrame(overlap, schema=AMOUNTS, orient="row")])


def _changes(parts: Mapping[Key, float], cells: Cells) -> pl.DataFrame:
    values = cells.frame.select(
        pl.row_index("row"),
        cells.weighted(parts, BEFORE).alias("from"),
        cells.weighted(parts, AFTER).alias("to"),
        nothing=cells.is_nothing(parts, BEFORE) & cells.is_nothing(parts, AFTER),
    ).filter(~pl.col("nothing"))
    _must_have_values(values, ("from", "to"), cells)
    return values.select(
        "row",
        pl.lit("driver").alias("effect"),
        "from",
        "to",
        (pl.col("to") - pl.col("from")).alias("amount"),
        pl.lit(SEEN, dtype=pl.Int8).alias("seen"),
    )


def amounts_of_ratio(
    shape: Ratio, driver: str, cells: Cells, convention: Convention
) -> pl.DataFrame:
    """Rate and mix of each segment (effects.py), and what it has above the line without a base.

    A segment exists in a state where it has something below the line. Its rate is carried from
    the other state where it does not, and told as null there.

    driver: its label, for messages. Raises WholeError where a segment that exists has no value
    above the line, where the whole has nothing below it, or where distinct counts do not add
    up; UsageError for negative rates and shares under logarithmic weights.
    """
    _must_add_up(shape.above | shape.below, cells)
    states = _shares_and_rates(shape, cells)
    existing = states.filter(pl.col("rate0").is_not_null() | pl.col("rate1").is_not_null())
    existing = existing.with_columns(
        pl.col("rate0").alias("from"),
        pl.col("rate1").alias("to"),
        pl.coalesce("rate0", "rate1").alias("rate0"),
        pl.coalesce("rate1", "rate0").alias("rate1"),
    )
    if convention.weights is Weights.LOGARITHMIC:
        _must_be_positive(existing, driver, cells)
    apart = (float(states["baseless0"].sum()), float(states["baseless1"].sum()))
    split = rate_and_mix(existing, convention, apart)
    seen = pl.when(pl.col("from").is_null()).then(NEW).when(pl.col("to").is_null()).then(LOST)
    split = split.with_columns(seen.otherwise(SEEN).cast(pl.Int8).alias("seen"))
    no_base = states.filter((pl.col("baseless0") != 0.0) | (pl.col("baseless1") != 0.0))
    effects = [
        _amounts(split, "rate", "from", "to", pl.col("rate")),
        _amounts(split, "mix", "share0", "share1", pl.col("mix")),
        _amounts(
            no_base.with_columns(pl.lit(SEEN, dtype=pl.Int8).alias("seen")),
            "no_base",
            "baseless0",
            "baseless1",
            pl.col("baseless1") - pl.col("baseless0"),
        ),
    ]
    return pl.concat(effects).sort("row", maintain_order=True)


def _amounts(
    frame: pl.DataFrame, effect: str, before: str, after: str, amount: pl.Expr
) -> pl.DataFrame:
    return frame.select(
        "row",
        pl.lit(effect).alias("effect"),
        pl.col(before).alias("from"),
        pl.col(after).alias("to"),
        amount.alias("amount"),
        "seen",
    )


def _shares_and_rates(shape: Ratio, cells: Cells) -> pl.DataFrame:
    """One row per segment, in both states 0 and 1.

    share: 0 where the segment does not exist; rate: null there; baseless: what a segment that
    has something above the line and nothing below it adds to the whole's ratio.
    """
    columns: list[pl.Expr] = [pl.row_index("row")]
    for at, state in enumerate((BEFORE, AFTER)):
        columns.append(cells.weighted(shape.above, state).alias(f"above{at}"))
        columns.append(cells.weighted(shape.below, state).alias(f"below{at}"))
        columns.append(cells.is_nothing(shape.above, state).alias(f"nothing{at}"))
    frame = cells.frame.select(columns)
    for at in range(2):
        whole = cells.whole(shape.below, at)
        if not whole:
            raise WholeError(f"division by zero in {cells.labels[at]}")
        above, below, nothing = (pl.col(f"{name}{at}") for name in ("above", "below", "nothing"))
        exists = (below != 0.0).fill_null(value=False)
        bare = pl.when(exists | nothing)
        frame = frame.with_columns(
            pl.when(exists).then(below / whole).otherwise(0.0).alias(f"share{at}"),
            pl.when(exists).then(above / below).alias(f"rate{at}"),
            bare.then(0.0).otherwise(above / whole).alias(f"baseless{at}"),
            pl.when(exists | ~nothing).then(above + below).otherwise(0.0).alias(f"known{at}"),
        )
    _must_have_values(frame, ("known0", "known1"), cells)
    return frame


def _must_have_values(frame: pl.DataFrame, names: Sequence[str], cells: Cells) -> None:
    for label, name in zip(cells.labels, names, strict=True):
        lacking = frame.filter(pl.col(name).is_null())["row"]
        if len(lacking):
            raise WholeError(f"{cells.segment(lacking[0])} has no value in {label}")


def _must_add_up(parts: Mapping[Key, float], cells: Cells) -> None:
    for key in parts:
        if key[1].function != DISTINCT:
            continue
        for at, state in enumerate((BEFORE, AFTER)):
            if cells.over_segments(key, state) != cells.whole({key: 1.0}, at):
                over = " and ".join(cells.dimensions)
                raise WholeError(f"distinct counts do not add up over {over}")


def _must_be_positive(frame: pl.DataFrame, driver: str, cells: Cells) -> None:
    negative = pl.any_horizontal(pl.col("share0", "share1", "rate0", "rate1") < 0.0)
    found = frame.filter(negative)["row"]
    if len(found):
        raise UsageError(
            f"the method log takes no negative rates and shares: {driver} has one in"
            f" {cells.segment(found[0])}",
            hint="use --method path",
        )
