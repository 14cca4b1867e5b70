"""What the kept slices leave of a change, as one row."""

import math

import polars as pl

from kpitree.analysis.slices.cuts import (
    ABOVE,
    ABOVE_AFTER,
    ABOVE_BEFORE,
    AFTER,
    BASE,
    BASE_AFTER,
    BASE_BEFORE,
    BEFORE,
    Rate,
    Whole,
    surprise,
)


def rest_of(kept: pl.DataFrame, whole: Whole, change: float) -> pl.DataFrame:
    """The whole's figures less those of the kept slices (candidates() of cuts.py).

    Returns: one row with from, to, line, size, excess and surprise. The line is the change less
    the kept lines, so that all add up to it.
    """
    left = {
        name: math.fsum([value, *(-one for one in kept[name])])
        for name, value in whole.columns.items()
    }
    before, after = _states(left, whole)
    line = math.fsum([change, *(-one for one in kept["line"])])
    size = max(0.0, 1 - math.fsum(kept["size"]))
    return pl.select(
        pl.lit(before, pl.Float64).alias("from"),
        pl.lit(after, pl.Float64).alias("to"),
        pl.lit(line).alias("line"),
        pl.lit(size).alias("size"),
        pl.lit(line - change * size).alias("excess"),
        _surprise(left, whole).alias("surprise"),
    )


def _states(left: dict[str, float], whole: Whole) -> tuple[float | None, float | None]:
    if isinstance(whole, Rate):
        before = _rate(left[ABOVE_BEFORE], left[BASE_BEFORE])
        return before, _rate(left[ABOVE_AFTER], left[BASE_AFTER])
    return left[BEFORE], left[AFTER]


def _rate(above: float, base: float) -> float | None:
    return above / base if base else None


def _surprise(left: dict[str, float], whole: Whole) -> pl.Expr:
    shares = {name: _share(left[name], value) for name, value in whole.columns.items()}

    def told(before: str, after: str) -> pl.Expr:
        return surprise(pl.lit(shares[before]), pl.lit(shares[after]))

    return told(*ABOVE) + told(*BASE) if isinstance(whole, Rate) else told(BEFORE, AFTER)


def _share(left: float, whole: float) -> float:
    return min(1.0, abs(left / whole)) if whole else 0.0
