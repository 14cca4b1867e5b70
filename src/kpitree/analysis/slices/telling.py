"""Which slices tell most of a change: few, none within another, with what is left as `rest`.

**What makes a slice telling.** Were the change spread evenly, each slice would hold as much of it
as its size. What it holds beyond is its excess, e = line - size x change. Excess alone prefers
large slices, excess against size tiny ones; the score in between is

    e^2 / (w (1 - w)),    w = the mean of the slice's shares before and after.

It has two well-known readings. (1) It is the part of the variance of growth, weighted by size,
that is gone once the slice has a growth rate of its own beside everything else: the criterion by
which regression trees split (Breiman, Friedman, Olshen and Stone, "Classification and Regression
Trees", 1984). (2) It is, to second order and times a constant, the Jensen-Shannon divergence of
"inside or outside the slice" between before and after, that is Adtributor's surprise (cuts.py) of
the slice and its complement together. Adtributor adds the surprise of elements up within one
dimension; this search also goes two deep and across dimensions, hence a score for one slice.

By it, a region that falls evenly beats each of its cells (they are smaller and grow alike), and
one falling cell beats its region and its channel (they dilute it). Since there are many more
cells than regions, and chance makes some look telling, a cell must also hold nearly all (HOLDS)
of the excess of each slice it is part of, and score clearly (CLEARLY) better.

**What counts at all.** As in Adtributor (its T_EEP), only slices with at least a tenth (LEAST)
of the movement: of the change or, where parts offset each other, of the largest line. Both line
and excess must reach it, in the same direction: a slice is told for what it does, not for
standing still while others move.

**More than chance.** Among many slices some look telling by luck. If all others just fluctuate,
each with a variance in proportion to its size (as sums and shares of independent rows do), scores
are one common variance times chi-square values of one degree of freedom. The median score of the
slices apart from the best one gives that variance (the median resists the few with causes of
their own), and the largest of m such values is about 2 ln m (Donoho and Johnstone, "Ideal spatial
adaptation by wavelet shrinkage", 1994): a score must exceed that. With fewer than ENOUGH others
there is no telling, and the best slice is taken as it is. `noise` leaves this test out.

**Few and apart.** The best slice is kept; what overlaps it is out; the others are then measured
against what is left (its change, its size). It ends when what is left moves in proportion or by
chance, or at `top` slices. `rest` is the change less the kept lines, so that all add up.
"""

import math
from dataclasses import dataclass
from typing import Final

import polars as pl

from kpitree.analysis.attribution.explain import SMALL_CHANGE
from kpitree.analysis.slices.cuts import WEIGHT, Cut, Whole, candidates
from kpitree.analysis.slices.rest import rest_of
from kpitree.tables import SEGMENT, SLICES

LEAST: Final = 0.1  # of the movement: what a slice must hold to be told
HOLDS: Final = 0.75  # of the excess of a slice one deep: what a part of it must hold to replace it
CLEARLY: Final = 1.05  # times its score: what a part must score to replace it
ENOUGH: Final = 12  # slices from which the variance of chance can be told
CHI_SQUARE_MEDIAN: Final = 0.4549  # with one degree of freedom
NOTHING: Final = 1e-12  # a share of the whole below this is none
DIGITS: Final = 9  # scores equal to so many digits are equal: sums depend on the order of rows
EXCESS: Final = "excess:"  # "+ SEGMENT column": of the slice around, by that dimension alone
SCORE: Final = "score:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """rows: SLICES of tables.py, `rest` last; examined: how many slices were looked at."""

    rows: pl.DataFrame
    examined: int


@dataclass(frozen=True, slots=True)
class _Left:
    """What no kept slice holds: its change, its share of the size before, its mean share."""

    change: float
    size: float
    weight: float


def most_telling(
    cuts: tuple[Cut, ...], whole: Whole, *, top: int = 5, noise: bool = False
) -> Found:
    """Find the slices that tell most of the change of a KPI.

    cuts: at least one, by one dimension or two, all of which add up to the whole (adds_up).
        Dimensions stand in the answer in the order in which they first stand here.
    noise: also slices that stand out no more than chance would make them.

    Rows stand by |line|, the largest first, then by surprise; `rest` last, even where it is 0.
    Lines add up to the change. Sizes, excess and surprise are null where there was nothing before.
    No slice at all is an answer, too: everything moved alike.
    """
    change = whole.after - whole.before
    known = candidates(cuts, whole)
    kept = _kept(known, change, top, noise=noise)
    kept = kept.with_columns((pl.col("line") - change * pl.col("size")).alias("excess")).sort(
        pl.col("line").abs().round_sig_figs(DIGITS),
        "surprise",
        *_keys(known),
        descending=[True, True, *(False for _ in _keys(known))],
        nulls_last=True,
    )
    rows = pl.concat([kept, rest_of(kept, whole, change)], how="diagonal")
    sized = bool((known["size"] != 0).any())
    return Found(rows=_shown(rows, change, sized=sized), examined=known.height)


def _keys(frame: pl.DataFrame) -> list[str]:
    return [name for name in frame.columns if name.startswith(SEGMENT)]


def _kept(known: pl.DataFrame, change: float, top: int, *, noise: bool) -> pl.DataFrame:
    """The rows kept, in the order in which they were found."""
    largest = known["line"].abs().max() if known.height else 0.0
    assert isinstance(largest, float)  # lines are never null
    least = LEAST * max(abs(change), largest)
    kept = known.clear()
    apart = known
    while kept.height < top:
        left = _left(kept, change)
        best = _best(_scored(apart, left), least)
        if best.is_empty():
            break
        others = apart.filter(_outside(best))
        if not (noise or _beyond_chance(best, others, left, apart.height)):
            break
        kept = kept.vstack(best.select(known.columns))
        apart = others
    return kept


def _left(kept: pl.DataFrame, change: float) -> _Left:
    return _Left(
        change=math.fsum([change, *(-line for line in kept["line"])]),
        size=1 - math.fsum(kept["size"]),
        weight=1 - math.fsum(kept[WEIGHT]),
    )


def _outside(kept: pl.DataFrame) -> pl.Expr:
    """Whether a slice shares no row with this one: another value in a dimension of both."""
    values = kept.select(_keys(kept)).row(0, named=True)
    return pl.any_horizontal(
        pl.col(name) != value for name, value in values.items() if value is not None
    )


def _scored(slices: pl.DataFrame, left: _Left) -> pl.DataFrame:
    """With EXCESS and SCORE, measured against what is left."""
    return slices.with_columns(_excess(left).alias(EXCESS)).with_columns(_score(left).alias(SCORE))


def _best(scored: pl.DataFrame, least: float) -> pl.DataFrame:
    """The most telling slice that holds enough, or no row."""
    keys = _keys(scored)
    deep = pl.sum_horizontal(pl.col(key).is_not_null().cast(pl.Int8) for key in keys)
    telling = scored.filter(
        pl.col("line").abs() >= least,
        pl.col(EXCESS).abs() >= least,
        pl.col("line") * pl.col(EXCESS) > 0,
        pl.col(SCORE).is_not_null(),
    )
    for key in keys:
        around = scored.filter(deep == 1, pl.col(key).is_not_null()).select(
            key, pl.col(EXCESS).alias(EXCESS + key), pl.col(SCORE).alias(SCORE + key)
        )
        telling = telling.join(around, on=key, how="left").filter((deep == 1) | _replaces(key))
    order = [
        pl.col(SCORE).round_sig_figs(DIGITS),
        pl.col("line").abs().round_sig_figs(DIGITS),
        -deep,
        *(pl.col(key) for key in keys),
    ]
    first = telling.sort(
        order, descending=[True, True, True, *(False for _ in keys)], nulls_last=True
    )
    return first.head(1).select(scored.columns)


def _beyond_chance(best: pl.DataFrame, others: pl.DataFrame, left: _Left, count: int) -> bool:
    """Whether the best of `count` slices stands out from how the others fluctuate without it."""
    without = _Left(
        change=left.change - best["line"].item(),
        size=left.size - best["size"].item(),
        weight=left.weight - best[WEIGHT].item(),
    )
    scores = _scored(others.filter(pl.col(WEIGHT) > 0), without)[SCORE].drop_nulls()
    if len(scores) < ENOUGH:
        return True
    variance = scores.quantile(0.5, "linear") or 0.0
    limit = 2 * math.log(count) * variance / CHI_SQUARE_MEDIAN
    return bool(best[SCORE].item() > limit)


def _excess(left: _Left) -> pl.Expr:
    """What a slice holds of the change that is left beyond its share of the size that is left."""
    if left.size <= NOTHING:
        return pl.col("line")
    return pl.col("line") - pl.col("size") / left.size * left.change


def _score(left: _Left) -> pl.Expr:
    """Null for a slice that is all there is left: there is nothing to set it against."""
    weight = pl.max_horizontal(pl.col(WEIGHT), pl.lit(NOTHING))
    others = left.weight - weight
    return pl.when(others > NOTHING).then(pl.col(EXCESS) ** 2 * left.weight / (weight * others))


def _replaces(key: str) -> pl.Expr:
    """Whether a slice tells what the one around it, by this dimension alone, has to tell.

    There may be none around it: this dimension alone does not add up, or it overlaps a kept one.
    """
    excess, around = pl.col(EXCESS), pl.col(EXCESS + key)
    holds = excess.abs() >= HOLDS * around.abs()
    clearly = pl.col(SCORE) > CLEARLY * pl.col(SCORE + key)
    return around.is_null() | (excess * around < 0) | (holds & clearly.fill_null(value=True))


def _shown(rows: pl.DataFrame, change: float, *, sized: bool) -> pl.DataFrame:
    """SLICES: with shares where they mean something, and sizes where there was something."""
    gross = math.fsum(abs(line) for line in rows["line"])
    told = change != 0 and abs(change) >= SMALL_CHANGE * gross
    # Not by polars, which multiplies by the reciprocal: a whole change is 1, not 0.99...
    shares = pl.Series([line / change if told else None for line in rows["line"]], dtype=pl.Float64)
    sizes = [] if sized else [pl.lit(None).alias(one) for one in ("size", "excess", "surprise")]
    return rows.with_columns(shares.alias("share"), *sizes).select(
        *_keys(rows), *(pl.col(name).cast(dtype) for name, dtype in SLICES.items())
    )
