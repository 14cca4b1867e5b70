"""A KPI cut into slices by dimensions: what each slice holds of the change, and how large it is.

The measures are those of Adtributor (Bhagwan, Kumar, Ramjee, Varghese, Mohapatra, Manoharan and
Shah, "Adtributor: Revenue Debugging in Advertising Systems", NSDI 2014). Its explanatory power,
a slice's part of the change, is `line` here; its surprise is the slice's term of the
Jensen-Shannon divergence between the slices' shares of the whole before and after. Of a rate it
is the sum of the terms of what stands above and below the line, as there.

What differs: a rate's parts are its rate and mix effects (semantics.md 6), which add up to the
change, where Adtributor takes partial derivatives and scales them to 100 %; and the forecast is
the reference, whatever it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from kpitree.analysis.attribution.contract import CLOSING
from kpitree.analysis.segments.effects import Centre, Convention, rate_and_mix
from kpitree.tables import SEGMENT

BEFORE: Final = "before"
AFTER: Final = "after"
ABOVE_BEFORE: Final = "above_before"
ABOVE_AFTER: Final = "above_after"
BASE_BEFORE: Final = "base_before"
BASE_AFTER: Final = "base_after"
WEIGHT: Final = "weight"
ABOVE: Final = (ABOVE_BEFORE, ABOVE_AFTER)
BASE: Final = (BASE_BEFORE, BASE_AFTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A KPI that adds up over slices: its values in the two states, in its own unit."""

    before: float
    after: float

    @property
    def columns(self) -> dict[str, float]:
        """The figures of the whole, by the columns of a cut that add up to them."""
        return {BEFORE: self.before, AFTER: self.after}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A KPI that is one sum over another: its values, and what stands above and below the line.

    No base is 0.
    """

    before: float
    after: float
    above_before: float
    above_after: float
    base_before: float
    base_after: float

    @property
    def columns(self) -> dict[str, float]:
        """The figures of the whole, by the columns of a cut that add up to them."""
        return {
            ABOVE_BEFORE: self.above_before,
            ABOVE_AFTER: self.above_after,
            BASE_BEFORE: self.base_before,
            BASE_AFTER: self.base_after,
        }


Whole = Total | Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """All slices by one dimension, or by two.

    frame: one row per slice that is there in either state: SEGMENT columns of the dimensions, and
    the columns of the whole, Float64; null adds nothing to a sum.
    """

    dimensions: tuple[str, ...]
    frame: pl.DataFrame


def adds_up(cut: Cut, whole: Whole) -> bool:
    """Whether the slices together are the whole, to rounding, in every figure of both states."""
    names = list(whole.columns)
    sums = cut.frame.select(pl.col(names).sum()).row(0, named=True)
    gross = cut.frame.select(pl.col(names).abs().sum()).row(0, named=True)
    return all(
        abs(sums[name] - value) <= CLOSING * max(abs(value), gross[name])
        for name, value in whole.columns.items()
    )


def candidates(cuts: Sequence[Cut], whole: Whole) -> pl.DataFrame:
    """Every slice of every cut as a row.

    Returns: the dimensions' SEGMENT columns (null: any value), then as in SLICES of tables.py
    from, to, line, size and surprise; `weight`, the mean of the slice's shares before and after;
    and the figures of the cuts. With nothing in one of the states at all, shares of it are 0.
    """
    frames = [cut.frame for cut in cuts]
    if isinstance(whole, Rate):
        found = [_rates(frame, whole) for frame in frames]
    else:
        found = _totals(frames)
    keys = list(dict.fromkeys(SEGMENT + name for cut in cuts for name in cut.dimensions))
    return pl.concat(found, how="diagonal").select(
        *keys, "from", "to", "line", "size", "surprise", WEIGHT, *whole.columns
    )


def _totals(frames: list[pl.DataFrame]) -> list[pl.DataFrame]:
    """Where values have both signs, shares are of the sum of magnitudes in the finest cut."""
    before, after = (
        max((_gross(frame, name) for frame in frames), default=0.0) for name in (BEFORE, AFTER)
    )
    p, q = _share(pl.col(BEFORE), before), _share(pl.col(AFTER), after)
    return [
        frame.with_columns(pl.col(BEFORE).alias("from"), pl.col(AFTER).alias("to"))
        .with_columns(pl.col(BEFORE, AFTER).fill_null(0.0))
        .with_columns(
            (pl.col(AFTER) - pl.col(BEFORE)).alias("line"),
            p.alias("size"),
            ((p + q) / 2).alias(WEIGHT),
            surprise(p, q).alias("surprise"),
        )
        for frame in frames
    ]


def _share(value: pl.Expr, whole: float) -> pl.Expr:
    return value.abs() / whole if whole else pl.lit(0.0)


def surprise(p: pl.Expr, q: pl.Expr) -> pl.Expr:
    """The term of shares p and q in the Jensen-Shannon divergence, in bits: 0 to 0.5 each."""
    mean = (p + q) / 2

    def towards(share: pl.Expr) -> pl.Expr:
        return pl.when(share > 0).then(share * (share / mean).log(2)).otherwise(0.0)

    # Rounding may leave a term of equal shares a hair below 0.
    return pl.max_horizontal((towards(p) + towards(q)) / 2, pl.lit(0.0))


def _rates(frame: pl.DataFrame, whole: Rate) -> pl.DataFrame:
    """The line of a slice is its rate and mix effect, and what it has above the line alone.

    Mix is measured from halfway between the KPI's two values, which is the same in every cut:
    the line of a region is the sum of those of its cells.
    Its size is its mean share of the base in the two states: by that a rate that changes in all
    slices alike is spread, whatever happens to their shares.
    """
    states = frame.with_columns(pl.col(*whole.columns).fill_null(0.0)).with_columns(
        pl.col(BASE_BEFORE).truediv(whole.base_before).alias("share0"),
        pl.col(BASE_AFTER).truediv(whole.base_after).alias("share1"),
        _rate(ABOVE_BEFORE, BASE_BEFORE).alias("from"),
        _rate(ABOVE_AFTER, BASE_AFTER).alias("to"),
    )
    carried = states.with_columns(
        pl.coalesce("from", "to", 0.0).alias("rate0"), pl.coalesce("to", "from", 0.0).alias("rate1")
    )
    alone = carried.select(
        _without_base(ABOVE_BEFORE, BASE_BEFORE, whole.base_before).alias("before"),
        _without_base(ABOVE_AFTER, BASE_AFTER, whole.base_after).alias("after"),
    )
    apart = (float(alone["before"].sum()), float(alone["after"].sum()))
    size = (pl.col("share0") + pl.col("share1")) / 2
    above = surprise(*(_share(pl.col(one), _gross(frame, one)) for one in ABOVE))
    base = surprise(*(_share(pl.col(one), _gross(frame, one)) for one in BASE))
    return rate_and_mix(carried, Convention(centre=Centre.ENDS), apart).with_columns(
        (pl.col("rate") + pl.col("mix") + (alone["after"] - alone["before"])).alias("line"),
        size.alias("size"),
        size.abs().alias(WEIGHT),
        (above + base).alias("surprise"),
    )


def _rate(above: str, base: str) -> pl.Expr:
    return pl.when(pl.col(base) != 0).then(pl.col(above) / pl.col(base))


def _without_base(above: str, base: str, whole: float) -> pl.Expr:
    return pl.when(pl.col(base) == 0).then(pl.col(above) / whole).otherwise(0.0)


def _gross(frame: pl.DataFrame, column: str) -> float:
    return float(frame[column].abs().sum())
