"""Rate and mix: a ratio's change taken apart by segment, under each convention.

A ratio is R = sum of w r over segments, w a segment's share of what stands below the line and r
its own ratio. What the change of w explains is the mix, what the change of r explains the rate.
Source: Kitagawa, Components of a Difference Between Two Rates (1955); with logarithmic weights
Ang, The LMDI approach to decomposition analysis (2005); one after the other as in price-volume-
mix analysis.
"""

from dataclasses import dataclass
from enum import StrEnum

import polars as pl


class Weights(StrEnum):
    """At which state the one effect is weighed while the other is at work."""

    AVERAGE = "average"  # both states alike: for path, shapley, levels
    LOGARITHMIC = "logarithmic"  # for log
    MIX_FIRST = "mix first"  # sequential: mix at the old rates, then rate at the new shares
    RATE_FIRST = "rate first"  # sequential: rate at the old shares, then mix at the new rates


class Centre(StrEnum):
    """The common rate R* that mix is measured from, under average weights.

    The two differ by a quarter of the sum of change of share x change of rate.
    """

    SEGMENTS = "segments"  # sum of mean share x mean rate: semantics.md 6
    ENDS = "ends"  # halfway between the ratio's two values, as published figures have it


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """centred: a segment that grows has a mix effect by how far its rate is from the common one
    (--mix-reference average), not by all of its rate (none), as in many published tables. It
    changes how mix spreads over the segments, not its total. centre: on what; by default as
    `kpitree drivers` does it.
    """

    weights: Weights = Weights.AVERAGE
    centred: bool = True
    centre: Centre = Centre.ENDS


def rate_and_mix(
    frame: pl.DataFrame, convention: Convention, apart: tuple[float, float] = (0.0, 0.0)
) -> pl.DataFrame:
    """Add the Float64 columns `rate` and `mix`, in the ratio's own unit.

    apart: what segments with nothing below the line add to the ratio before and after; the
        common rate is that of the whole, which they are part of, so it is the same in every cut.

    frame: one row per segment, Float64, never null: share0, share1 (fractions, 0 where the
        segment does not exist) and rate0, rate1 (carried from the other state where it does not).

    A segment with a share of 0 in one state has no rate effect; one whose ratio has not moved
    has exactly 0. rate and mix add up to share1 rate1 - share0 rate0 in the sum over segments,
    where the shares add up to 1; uncentred ones also segment by segment.

    average: rate = mean share x change of rate; mix = change of share x (mean rate - R*), with
    R* by Centre. Sequential: mix at the old rates (R* = sum of old share
    x old rate), rate at the new shares; or rate at the old shares, mix at the new rates (R* = sum
    of old share x new rate). logarithmic: rate = L(share1 rate1, share0 rate0) x ln(rate1 /
    rate0), mix likewise with ln(share1 / share0), L(a, b) = (a - b) / ln(a / b); a rate of 0 in
    one state takes all, as its limit does; centred on R* = L of the ratio's two values.
    """
    share0, share1, rate0, rate1 = (pl.col(name) for name in ("share0", "share1", "rate0", "rate1"))
    rate, mix, common = _effects(convention, share0, share1, rate0, rate1, apart)
    off = (share1 - share0) * common if convention.centred else pl.lit(0.0)
    return frame.with_columns(rate=rate, mix=mix - off)


def _effects(
    convention: Convention,
    share0: pl.Expr,
    share1: pl.Expr,
    rate0: pl.Expr,
    rate1: pl.Expr,
    apart: tuple[float, float],
) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """The rate effect, the mix effect uncentred, and what to centre it on."""
    moved, shifted = rate1 - rate0, share1 - share0
    before, after = (share0 * rate0).sum() + apart[0], (share1 * rate1).sum() + apart[1]
    match convention.weights:
        case Weights.AVERAGE:
            share, rate = (share0 + share1) / 2.0, (rate0 + rate1) / 2.0
            ends = convention.centre is Centre.ENDS
            common = (before + after) / 2.0 if ends else (share * rate).sum()
            return share * moved, shifted * rate, common
        case Weights.MIX_FIRST:
            return share1 * moved, shifted * rate0, before
        case Weights.RATE_FIRST:
            return share0 * moved, shifted * rate1, (share0 * rate1).sum()
        case Weights.LOGARITHMIC:
            rate, mix = _logarithmic(share0, share1, rate0, rate1)
            return rate, mix, log_mean(before, after)


def _logarithmic(
    share0: pl.Expr, share1: pl.Expr, rate0: pl.Expr, rate1: pl.Expr
) -> tuple[pl.Expr, pl.Expr]:
    before, after = share0 * rate0, share1 * rate1
    weight = log_mean(before, after)
    appears = (share0 == 0.0) | (share1 == 0.0)
    all_rate = ((rate0 == 0.0) | (rate1 == 0.0)) & ~appears
    change = after - before
    rate = pl.when(appears).then(0.0).when(all_rate).then(change)
    mix = pl.when(appears).then(change).when(all_rate).then(0.0)
    return (
        rate.otherwise(weight * log_ratio(rate0, rate1)),
        mix.otherwise(weight * log_ratio(share0, share1)),
    )


def log_mean(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """The logarithmic mean of two columns of numbers that are not negative; 0 where either is 0.

    For columns what attribution/factors.py:log_mean is for two numbers: the same definition,
    and as exact. Symmetric to the last digit.
    """
    low, high = _in_order(one, other)
    return (
        pl.when(low == 0.0)
        .then(0.0)
        .when(low == high)
        .then(low)
        .otherwise((high - low) / _distance(low, high))
    )


def log_ratio(before: pl.Expr, after: pl.Expr) -> pl.Expr:
    """ln(after / before) of columns above 0, exact for close numbers and for falls to nearly 0.

    The other way round it is the same with the other sign, to the last digit.
    """
    return (after - before).sign() * _distance(*_in_order(before, after))


def _in_order(one: pl.Expr, other: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The smaller and the larger; NaN, which polars takes for the largest, is kept."""
    rises = one < other
    return pl.when(rises).then(one).otherwise(other), pl.when(rises).then(other).otherwise(one)


def _distance(low: pl.Expr, high: pl.Expr) -> pl.Expr:
    """ln(high / low), by how much larger the one is: log1p loses no digit of that."""
    above = (high - low) / low
    return pl.when(above.is_infinite()).then(high.log() - low.log()).otherwise(above.log1p())
