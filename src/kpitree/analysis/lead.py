"""Whether one KPI moves before another: cross-correlation of their changes, lag by lag.

The changes of the leader k periods ago are set beside the changes of the follower now. Changes,
not values: two series that grow are alike at every lag, whatever they have to do with each other.

Uncertainty: 95 % by Fisher's z, atanh(r) +- c / sqrt(n* - 3), where c is the normal quantile for
all lags looked at together (Bonferroni: 0.05 / lags, both sides), and n* the number of pairs less
what the series' own memory takes away: 1/n* = 1/n + 2/n sum_j (1 - j/n) r_xx(j) r_yy(j), j up to
n/5. Without that, the to and fro of changes around a steady level would pass for a lead.

R. A. Fisher (1921), On the "probable error" of a coefficient of correlation; B. J. Pyper and
R. M. Peterman (1998), Comparison of methods to account for autocorrelation in correlation analyses
of fish data, Can. J. Fish. Aquat. Sci. 55.
"""

import math
from collections.abc import Iterable, Sequence
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

_STEADY: Final = 1e-12  # of the largest value: changes that differ by less are the same
_CERTAIN: Final = 1.0 - 1e-12  # a correlation of 1 has no atanh

Changes = Sequence[float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The values of a KPI, oldest first, in any unit. baselines: where its values start anew."""

    kpi: str
    label: str
    values: Sequence[float | None]
    baselines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How alike the follower's changes are to the leader's `lag` periods earlier.

    n: pairs of changes; effective: what they are worth (n* above). correlation: -1 to 1.
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
    """

    kpi: str
    follower: str
    verdict: str
    at: Lag | None
    reason: str | None
    lags: tuple[Lag, ...]


def lead(leader: Series, follower: Series) -> Lead:
    """Set the changes of two KPIs of the same periods beside each other, at 0 to MOST_LAGS periods.

    A change needs a value in two periods next to each other, and no new baseline between them.

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
        kpi=leader.kpi, follower=follower.kpi, verdict=verdict, at=at, reason=reason, lags=lags
    )


def changes(series: Series) -> list[float | None]:
    """From each period to the next, as a share of the largest value; one fewer than values."""
    largest = max((abs(one) for one in series.values if one is not None), default=0.0) or 1.0
    scaled = [None if one is None else one / largest for one in series.values]
    return [
        None if before is None or after is None or at in series.baselines else after - before
        for at, (before, after) in enumerate(pairwise(scaled), start=1)
    ]


def _no_telling(leader: Series, before: Changes, follower: Series, after: Changes) -> str | None:
    count = len(_pairs(before, after, 1))
    if count < NEEDED:
        return f"only {count} pairs of changes are known, and {NEEDED} are needed"
    for series, found in ((leader, before), (follower, after)):
        known = [one for one in found if one is not None]
        if max(known) - min(known) <= _STEADY:
            return f"{series.label} changes by the same every time"
    return None


def _lags(before: Changes, after: Changes) -> Iterable[Lag]:
    pairs = {lag: _pairs(before, after, lag) for lag in range(MOST_LAGS + 1)}
    looked_at = sum(len(found) >= NEEDED for found in pairs.values())
    quantile = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / looked_at / 2)
    for lag, found in pairs.items():
        correlation = _correlation(found) if len(found) >= NEEDED else None
        if correlation is None:
            yield Lag(lag=lag, n=len(found))
            continue
        effective = _effective(before, after, len(found))
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
    """What n pairs are worth, at most n."""
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
