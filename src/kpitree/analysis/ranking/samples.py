"""Rows with values, as means are told apart by: of each member, and of all others together."""

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from kpitree.analysis.intervals import Sample
from kpitree.analysis.ranking.evidence import RowMean
from kpitree.analysis.ranking.members import Parts

NOBODY: Final = Sample(0.0, 0.0, 0.0)


def size_of(whole: Parts, evidence: RowMean) -> float:
    """The largest value without its sign: in units of it, squares are neither too large nor 0."""
    ends = (whole[evidence.lowest], whole[evidence.highest])
    return max((abs(one) for one in ends if one is not None), default=0.0) or 1.0


def sample_of(parts: Parts, evidence: RowMean, unit: float) -> Sample:
    """The rows of a member, with values in units; NOBODY without any."""
    rows = parts[evidence.rows] or 0.0
    if not rows:
        return NOBODY
    spread = (parts[evidence.deviation] or 0.0) / unit
    return Sample(rows, (parts[evidence.total] or 0.0) / unit / rows, spread**2 * (rows - 1))


def deviation(sample: Sample) -> float:
    """The sample standard deviation of two rows or more."""
    return math.sqrt(sample.squares / (sample.rows - 1))


def others_samples(samples: Sequence[Sample]) -> list[Sample]:
    """For each sample all the others together.

    Those before and those after it are put together: what is left of a whole less one part would
    lose its digits where that part is nearly all.
    """
    before = accumulate(samples, together, initial=NOBODY)
    after = reversed(list(accumulate(reversed(samples), together, initial=NOBODY)))
    next(after)
    # There is one more before than after: all of them.
    return [together(*both) for both in zip(before, after, strict=False)]


def together(one: Sample, other: Sample) -> Sample:
    """The rows of both.

    Source: T. F. Chan, G. H. Golub, R. J. LeVeque (1983), Algorithms for computing the sample
    variance, The American Statistician 37, 242-247.
    """
    rows = one.rows + other.rows
    if not rows:
        return NOBODY
    part, apart = other.rows / rows, other.mean - one.mean
    squares = one.squares + other.squares + apart * apart * one.rows * part
    return Sample(rows, one.mean + apart * part, squares)
