"""Whether one KPI moves before another: rank correlation of changes, lag by lag.

The changes of the leader k periods ago are set beside the changes of the follower now. Changes,
not values: two series that grow are alike at every lag, whatever they have to do with each other.
For the same reason changes are relative where they grow with the values (see changes()): two
series that grow are both restless at the end. What adds up over time is taken per day: longer
months bring more of everything. Of the changes only their ranks count, so that no wild value
decides: Pearson's correlation of their normal scores, the normal quantiles of
rank / (n + 1) (Gaussian ranks).

Uncertainty: 95 % by Fisher's z, atanh(r) +- c / sqrt(n* - 3), where c is the normal quantile for
all lags looked at together (Bonferroni: 0.05 / lags, both sides), and n* the number of pairs less
what the series' own memory takes away: 1/n* = 1/n + 2/n sum_j (1 - j/n) r_xx(j) r_yy(j), j up to
n/5. Without that, the to and fro of changes around a steady level would pass for a lead.

K. Boudt, J. Cornelissen and C. Croux (2012), The Gaussian rank correlation estimator, Statistics
and Computing 22; R. A. Fisher (1921), On the "probable error" of a coefficient of correlation;
B. J. Pyper and R. M. Peterman (1998), Comparison of methods to account for autocorrelation in
correlation analyses of fish data, Can. J. Fish. Aquat. Sci. 55.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist
from typing import Final

MOST_LAGS: Final = 6  # periods that the leader may be ahead
NEEDED: Final = 12  # pairs of changes, below which a lag is not looked at
CONFIDENCE: Final = 0.95  # of all lags together

LEADS: Final = "leads"
TOGETHER: Final = "together"
NOT_SEEN: Final = "not_seen"
CANNOT_BE_TOLD: Final = "cannot_be_told"
VERDICTS: Final = (LEADS, TOGETHER, NOT_SEEN, CANNOT_BE_TOLD)

_DIGITS: Final = 12  # of changes: what differs by less is the rounding of sums, and a tie
_STEADY: Final = 1e-12  # scores that differ by less are the same
_CERTAIN: Final = 1.0 - 1e-12  # a correlation of 1 has no atanh

_NORMAL: Final = NormalDist()

Changes = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Taken:
    """How changes are taken.

    relative: as differences of logarithms, not of values. per_day: of values per day.
    """

    relative: bool
    per_day: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The values of a KPI, oldest first, in any unit.

    baselines: where its values start anew. days: of the period of each value, of a KPI that adds
    up over time; None for others.
    """

    kpi: str
    label: str
    values: Sequence[float | None]
    baselines: tuple[int, ...] = ()
    days: Sequence[int] | None = None

    @property
    def taken(self) -> Taken:
        """How its changes are taken."""
        return Taken(relative=_is_relative(self), per_day=self.days is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How alike the follower's changes are to the leader's `lag` periods earlier.

    n: pairs of changes; effective: what they are worth (n* above). correlation: of their normal
    scores, -1 to 1.
    lower, upper: 95 % bounds that hold for all lags together. Null where n is under NEEDED, or
    (effective and the bounds) where the pairs are worth too little for bounds.
    """

    lag: int
    n: int
    effective: float | None = None
    correlation: float | None = None
    lower: float | None = None
    upper: float | None = None

    @property
    def stands_out(self) -> bool:
        """Whether the correlation is told from none."""
        return self.lower is not None and self.upper is not None and self.lower * self.upper > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Whether `kpi` leads `follower`.

    verdict: one of VERDICTS. at: the lag that the verdict is about, where the changes are most
    alike among those that stand out; None where none does. reason: why nothing can be told.
    taken: how the changes of the leader and of the follower are taken.
    """

    kpi: str
    follower: str
    verdict: str
    at: Lag | None
    reason: str | None
    lags: tuple[Lag, ...]
    taken: tuple[Taken, Taken]


def lead(leader: Series, follower: Series) -> Lead:
    """Set the changes of two KPIs of the same periods beside each other, at 0 to MOST_LAGS periods.

    A change needs a value in two periods next to each other, and no new baseline between them.
    What both owe to the same season is not told from a lead.

    leads: the lag that stands out most is 1 or more. together: it is 0. not_seen: none stands
    out, which is no proof that there is no lead. cannot_be_told: fewer than NEEDED pairs of
    changes one period apart, or changes that do not vary.
    """
    before, after = changes(leader), changes(follower)
    reason = _no_telling(leader, before, follower, after)
    lags = tuple(_lags(before, after)) if reason is None else ()
    standing = [lag for lag in lags if lag.stands_out]
    if reason is None and all(lag.lower is None for lag in lags):
        reason = "the changes follow from each other too closely to be told from chance"
    at = max(standing, key=_strength, default=None)
    if reason is not None:
        verdict = CANNOT_BE_TOLD
    elif at is None:
        verdict = NOT_SEEN
    else:
        verdict = LEADS if at.lag else TOGETHER
    return Lead(
        kpi=leader.kpi,
        follower=follower.kpi,
        verdict=verdict,
        at=at,
        reason=reason,
        lags=lags,
        taken=(leader.taken, follower.taken),
    )


def changes(series: Series) -> list[float | None]:
    """From each period to the next; one fewer than values; rounded to 12 digits after the point.

    Relative ones, the differences of logarithms, where all values are above 0 and the size of the
    relative changes depends less on the values' than that of the plain ones does. Else the plain
    differences, as shares of the largest value.
    """
    levels = _levels(series)
    return _differences(_logarithms(levels) if series.taken.relative else levels, series.baselines)


def _is_relative(series: Series) -> bool:
    levels = _levels(series)
    if any(one is not None and one <= 0 for one in levels):
        return False
    sums = [
        None if before is None or after is None else before + after
        for before, after in pairwise(levels)
    ]
    plain, relative = (
        _dependence(sums, _differences(found, series.baselines))
        for found in (levels, _logarithms(levels))
    )
    return relative <= plain


def _dependence(levels: Changes, found: Changes) -> float:
    """How much the sizes of changes go with the levels they are at: 0 to 1."""
    sizes = [None if one is None else abs(one) for one in found]
    pairs = _pairs(levels, sizes, 0)
    return abs((_of_ranks(pairs) if pairs else None) or 0.0)


def _levels(series: Series) -> list[float | None]:
    """Values, per day where they add up, as shares of the largest."""
    days = series.days or [1] * len(series.values)
    values = [
        None if one is None else one / count for one, count in zip(series.values, days, strict=True)
    ]
    largest = max((abs(one) for one in values if one is not None), default=0.0) or 1.0
    return [None if one is None else one / largest for one in values]


def _logarithms(levels: Changes) -> list[float | None]:
    return [None if one is None else math.log(one) for one in levels]


def _differences(levels: Changes, baselines: Collection[int]) -> list[float | None]:
    return [
        None
        if before is None or after is None or at in baselines
        else round(after - before, _DIGITS)
        for at, (before, after) in enumerate(pairwise(levels), start=1)
    ]


def _no_telling(leader: Series, before: Changes, follower: Series, after: Changes) -> str | None:
    count = len(_pairs(before, after, 1))
    if count < NEEDED:
        return f"only {count} pairs of changes are known, and {NEEDED} are needed"
    for series, found in ((leader, before), (follower, after)):
        known = [one for one in found if one is not None]
        if max(known) == min(known):
            share = "share " if series.taken.relative and known[0] else ""
            return f"{series.label} changes by the same {share}every time"
    return None


def _lags(before: Changes, after: Changes) -> Iterable[Lag]:
    pairs = {lag: _pairs(before, after, lag) for lag in range(MOST_LAGS + 1)}
    looked_at = sum(len(found) >= NEEDED for found in pairs.values())
    scores = _scores(before), _scores(after)
    quantile = _NORMAL.inv_cdf(1 - (1 - CONFIDENCE) / looked_at / 2)
    for lag, found in pairs.items():
        correlation = _of_ranks(found) if len(found) >= NEEDED else None
        if correlation is None:
            yield Lag(lag=lag, n=len(found))
            continue
        effective = _effective(*scores, len(found))
        lower, upper = _bounds(correlation, effective, quantile)
        yield Lag(
            lag=lag,
            n=len(found),
            effective=effective,
            correlation=correlation,
            lower=lower,
            upper=upper,
        )


def _pairs(before: Changes, after: Changes, lag: int) -> list[tuple[float, float]]:
    """The leader's change and the follower's, `lag` periods later, where both are known."""
    beside = zip(before, after[lag:], strict=False)
    return [(x, y) for x, y in beside if x is not None and y is not None]


def _of_ranks(pairs: Sequence[tuple[float, float]]) -> float | None:
    """The Gaussian rank correlation; None where one side does not vary."""
    x, y = zip(*pairs, strict=True)
    return _correlation(_pairs(_scores(x), _scores(y), 0))


def _scores(found: Changes) -> list[float | None]:
    """Normal scores of ranks; equal ones share the mean of their ranks."""
    places = sorted(one for one in found if one is not None)
    return [
        None if one is None else _score(bisect_left(places, one), bisect_right(places, one), places)
        for one in found
    ]


def _score(smaller: int, up_to: int, among: Sequence[float]) -> float:
    return _NORMAL.inv_cdf((smaller + 1 + up_to) / 2 / (len(among) + 1))


def _correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Pearson's; None where one side does not vary."""
    n = len(pairs)
    mean_x, mean_y = (math.fsum(side) / n for side in zip(*pairs, strict=True))
    xx = math.fsum((x - mean_x) ** 2 for x, _ in pairs)
    yy = math.fsum((y - mean_y) ** 2 for _, y in pairs)
    if min(xx, yy) <= n * _STEADY**2:
        return None
    xy = math.fsum((x - mean_x) * (y - mean_y) for x, y in pairs)
    return max(-1.0, min(1.0, xy / math.sqrt(xx) / math.sqrt(yy)))


def _effective(before: Changes, after: Changes, n: int) -> float:
    """What n pairs are worth, at most n. before, after: normal scores of changes."""
    memory = 0.0
    for j in range(1, n // 5 + 1):
        own = [
            _correlation(pairs) for pairs in (_pairs(before, before, j), _pairs(after, after, j))
        ]
        if own[0] is not None and own[1] is not None:
            memory += (1 - j / n) * own[0] * own[1]
    return n / max(1.0, 1 + 2 * memory)


def _bounds(
    correlation: float, effective: float, quantile: float
) -> tuple[float, float] | tuple[None, None]:
    if effective <= 3:
        return None, None
    centre = math.atanh(max(-_CERTAIN, min(_CERTAIN, correlation)))
    reach = quantile / math.sqrt(effective - 3)
    return math.tanh(centre - reach), math.tanh(centre + reach)


def _strength(lag: Lag) -> float:
    """How far the correlation is from none, in standard errors; of equals the shortest lag."""
    r = max(-_CERTAIN, min(_CERTAIN, lag.correlation or 0.0))
    return abs(math.atanh(r)) * math.sqrt(max(0.0, (lag.effective or 0.0) - 3))
