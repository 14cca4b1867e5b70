"""Whether changes of one KPI come before those of another: constructed series, and chance."""

import math
import random
from calendar import monthrange
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from statistics import NormalDist, correlation

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.analysis.lead import Lag, Lead, Series, Taken, changes, lead

Values = Sequence[float | None]


def chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - made-up values need no secrecy


def series(
    values: Values,
    name: str = "a",
    baselines: tuple[int, ...] = (),
    days: Sequence[int] | None = None,
) -> Series:
    return Series(kpi=name, label=name.upper(), values=values, baselines=baselines, days=days)


def led(leader: Values, follower: Values, days: Sequence[int] | None = None) -> Lead:
    return lead(series(leader, days=days), series(follower, "b", days=days))


def walk(rng: random.Random, count: int) -> list[float]:
    return list(accumulate(rng.gauss(0, 1) for _ in range(count)))


def later(values: Sequence[float], lag: int, noise: float, rng: random.Random) -> list[float]:
    """The same `lag` periods later, with noise added; before that nothing but noise."""
    return [
        (values[at - lag] if at >= lag else 0.0) + rng.gauss(0, noise) for at in range(len(values))
    ]


# --- figures, by hand --------------------------------------------------------------------------


def test_changes_are_relative_where_they_grow_with_the_values() -> None:
    """ln 2 up and down again, at any level; as shares of the largest value, 20, once one is 0."""
    assert changes(series([10.0, 20.0, None, 5.0, 10.0, 5.0])) == pytest.approx(
        [math.log(2), None, None, math.log(2), -math.log(2)]
    )
    assert changes(series([10.0, 20.0, None, 5.0, 0.0])) == [0.5, None, None, -0.25]
    assert changes(series([-10.0, -20.0])) == [-0.5]


def test_changes_are_plain_where_they_do_not() -> None:
    """Up by 10 and down by 10: relative changes are larger where values are small."""
    found = changes(series([10.0, 20.0, 10.0, None, 100.0, 90.0, 100.0]))
    assert found == pytest.approx([0.1, -0.1, None, None, -0.1, 0.1])


def test_no_change_leads_across_a_new_baseline() -> None:
    found = changes(series([1.0, 2.0, 100.0, 104.0], baselines=(2,)))
    assert found == pytest.approx([math.log(2), None, math.log(1.04)])


def test_what_adds_up_is_taken_per_day() -> None:
    """10 a day in January and February, 20 a day in March; and 0 on average in a February."""
    days = [31, 28, 31]
    assert changes(series([310.0, 280.0, 620.0], days=days)) == pytest.approx([0.0, math.log(2)])
    assert changes(series([310.0, 0.0, 620.0], days=days)) == pytest.approx([-0.5, 1.0])


def test_how_changes_are_taken_is_said() -> None:
    a, b = walk(chance(1), 60), growing(chance(2), 60)
    found = lead(series(a), series(b, "b", days=[30] * 60))
    assert min(a) < 0 < min(b)
    assert found.taken == (
        Taken(relative=False, per_day=False),
        Taken(relative=True, per_day=True),
    )


def scores(values: Sequence[float]) -> list[float]:
    """By the definition, for values that all differ: the quantile of rank / (n + 1)."""
    return [
        NormalDist().inv_cdf((1 + sum(other < one for other in values)) / (len(values) + 1))
        for one in values
    ]


def test_equal_changes_share_their_rank() -> None:
    """Changes of 0 and 1: of 12 pairs 6 are 0 in a row. Ranks 3.5 and 9.5 of 12, so scores of
    opposite sign and one size, and a correlation that is that of the changes themselves."""
    ups = [0, 1, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1]
    other = [0, 1, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1]
    a, b = (list(accumulate(map(float, one), initial=-3.0)) for one in ([*ups, 5], [*other, 0]))
    found = led(a[:13], b[:13])
    assert found.verdict == "cannot_be_told"  # 11 pairs at lag 1
    a, b = (list(accumulate([*map(float, one * 2)], initial=-3.0)) for one in (ups, other))
    assert led(a, b).lags[0].correlation == pytest.approx(correlation(ups * 2, other * 2))


def test_the_correlation_is_that_of_the_normal_scores() -> None:
    rng = chance(4)
    a, b = walk(rng, 40), walk(rng, 40)
    before = [y - x for x, y in pairwise(a)]  # values on both sides of 0
    after = [y - x for x, y in pairwise(b)]
    found = led(a, b)
    assert [lag.lag for lag in found.lags] == list(range(7))
    for lag in found.lags:
        pairs = len(before) - lag.lag
        assert lag.n == pairs
        expected = correlation(scores(before[:pairs]), scores(after[lag.lag :]))
        assert lag.correlation == pytest.approx(expected, abs=1e-12)


def test_the_bounds_are_fishers() -> None:
    """By hand, of the effective number: the normal quantile of 1 - 0.05 / 7 / 2 is 2.690110."""
    rng = chance(8)
    for lag in led(walk(rng, 60), walk(rng, 60)).lags:
        assert lag.effective is not None
        assert lag.correlation is not None
        assert lag.effective <= lag.n
        centre, reach = math.atanh(lag.correlation), 2.690110 / math.sqrt(lag.effective - 3)
        bounds = (math.tanh(centre - reach), math.tanh(centre + reach))
        assert (lag.lower, lag.upper) == pytest.approx(bounds, abs=1e-6)


def test_pairs_that_follow_from_each_other_count_for_less() -> None:
    """Changes to and fro have a memory of -1 each: their product counts in full."""
    saw = [float(at % 2) for at in range(40)]
    noisy = [one + 0.01 * math.sin(at**2) for at, one in enumerate(saw)]
    found = led(saw, noisy)
    assert all(lag.effective is not None and lag.effective < lag.n / 3 for lag in found.lags)
    plain = led(walk(chance(1), 40), walk(chance(2), 40))
    assert all(lag.effective is not None and lag.effective > lag.n / 3 for lag in plain.lags)


# --- verdicts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("lag", range(1, 7))
@pytest.mark.parametrize("sign", [1, -1])
def test_a_lead_is_found_at_its_lag(lag: int, sign: int) -> None:
    rng = chance(lag)
    a = walk(rng, 60)
    b = [sign * one for one in later(a, lag, 0.2, rng)]
    found = led(a, b)
    assert found.verdict == "leads"
    assert found.at is not None
    assert found.at.lag == lag
    assert found.at.correlation is not None
    assert found.at.correlation * sign > 0.8


def test_an_exact_lead_without_noise() -> None:
    a = walk(chance(5), 30)
    found = led(a, [0.0, 0.0, *a[:-2]])
    assert (found.verdict, found.at and found.at.lag) == ("leads", 2)
    assert found.at is not None
    assert found.at.correlation == pytest.approx(1.0)
    assert found.at.upper is not None
    assert found.at.upper <= 1.0


def test_moving_together() -> None:
    rng = chance(6)
    a = walk(rng, 48)
    assert led(a, later(a, 0, 0.3, rng)).verdict == "together"


def test_the_follower_does_not_lead_the_leader() -> None:
    rng = chance(7)
    a = walk(rng, 60)
    assert led(later(a, 2, 0.1, rng), a).verdict == "not_seen"


def test_in_most_cases_a_noisy_lead_is_found() -> None:
    """As much noise as signal, 48 periods."""
    hits = 0
    for seed in range(50):
        rng = chance(seed)
        a = walk(rng, 48)
        found = led(
            a,
            list(
                accumulate(
                    (a[at - 2] - a[at - 3] if at >= 3 else 0.0) + rng.gauss(0, 1)
                    for at in range(48)
                )
            ),
        )
        hits += found.verdict == "leads" and found.at is not None and found.at.lag == 2
    assert hits >= 40


def steady(rng: random.Random, count: int) -> list[float]:
    """Noise around a level: its changes go to and fro."""
    return [rng.gauss(10, 1) for _ in range(count)]


def autoregressive(rng: random.Random, count: int) -> list[float]:
    return list(accumulate((rng.gauss(0, 1) for _ in range(count)), lambda x, e: 0.7 * x + e))


def trending(rng: random.Random, count: int) -> list[float]:
    """From near 0, with noise of one size: relative changes are large at the start."""
    return [10 + 3.0 * at + rng.gauss(0, 2) for at in range(count)]


def growing(rng: random.Random, count: int) -> list[float]:
    """5 % a period, with noise of 5 % of the value."""
    return [100 * 1.05**at * math.exp(rng.gauss(0, 0.05)) for at in range(count)]


def spiked(rng: random.Random, count: int) -> list[float]:
    """6 % of the values are wild."""
    return [100 + rng.gauss(0, 3 if rng.random() > 0.06 else 100) for _ in range(count)]


def skewed(rng: random.Random, count: int) -> list[float]:
    return [rng.lognormvariate(0, 1) for _ in range(count)]


def monthly(rng: random.Random, count: int) -> list[float]:
    """As much a day in every month, but for 1 % of noise."""
    return [days * rng.gauss(1, 0.01) for days in MONTHS[:count]]


MONTHS = [monthrange(2022 + at // 12, at % 12 + 1)[1] for at in range(60)]
TRIES = 80
Kind = Callable[[random.Random, int], list[float]]


def false_alarms(kind: Kind, count: int, days: Sequence[int] | None = None) -> int:
    """Of TRIES pairs of independent series, those that something stands out of."""
    found = 0
    for seed in range(TRIES):
        rng = chance(seed)
        found += led(kind(rng, count), kind(rng, count), days).at is not None
    return found


@pytest.mark.parametrize(
    "kind", [steady, walk, autoregressive, trending, growing, spiked, skewed, monthly]
)
def test_chance_is_seldom_taken_for_a_lead(kind: Kind) -> None:
    """Independent series: 5 % are promised, over all lags together; that is 4 of 80.

    (A binomial of 80 x 0.05 exceeds 9 in one of a hundred tries; the seeds are fixed.)
    """
    days = MONTHS[:40] if kind is monthly else None
    assert false_alarms(kind, 40, days) <= 9


def test_taken_as_they_are_months_would_move_together() -> None:
    assert false_alarms(monthly, 40) == TRIES


def test_as_differences_growth_would_pass_for_a_lead() -> None:
    """A first value below 0, and the changes are no longer relative."""

    def once_below(rng: random.Random, count: int) -> list[float]:
        return [-1.0, *growing(rng, count - 1)]

    assert false_alarms(once_below, 60) > 9


def test_a_season_that_both_share_looks_like_a_lead() -> None:
    """What the docs warn of."""

    def seasonal(rng: random.Random, count: int) -> list[float]:
        return [100 + 20 * math.sin(at * math.pi / 6) + rng.gauss(0, 4) for at in range(count)]

    assert false_alarms(seasonal, 40) > 9


def test_one_wild_month_hides_no_lead() -> None:
    """Its follower two periods later, the other way round, with half as much noise."""
    hits = 0
    for seed in range(40):
        rng = chance(seed)
        a = steady(rng, 36)
        b = [20 - one for one in later(a, 2, 0.5, rng)]
        a[20], b[9] = 500.0, 900.0
        found = led(a, b)
        if found.at is not None and found.at.correlation is not None:
            hits += found.at.lag == 2 and found.at.correlation < 0
    assert hits >= 28


def test_the_memory_matters() -> None:
    """Without it, changes around a steady level would pass for leads far too often."""
    false = 0
    for seed in range(100):
        rng = chance(seed)
        lags = led(steady(rng, 48), steady(rng, 48)).lags
        bounds = [2.690110 / math.sqrt(lag.n - 3) for lag in lags]
        false += any(
            abs(math.atanh(lag.correlation or 0.0)) > bound
            for lag, bound in zip(lags, bounds, strict=True)
        )
    assert false > 9


# --- too little to tell ------------------------------------------------------------------------


def test_a_constant_changes_nothing() -> None:
    a = walk(chance(1), 24)
    found = led([5.0] * 24, a)
    assert (found.verdict, found.reason) == ("cannot_be_told", "A changes by the same every time")
    assert found.lags == ()
    assert led(a, [5.0] * 24).reason == "B changes by the same every time"


def test_steady_growth_is_as_good_as_a_constant() -> None:
    a = walk(chance(1), 24)
    assert led([0.1 * at for at in range(24)], a).reason == "A changes by the same every time"
    found = led([7 * 1.03**at for at in range(24)], a)
    assert found.reason == "A changes by the same share every time"


@pytest.mark.parametrize(("count", "pairs"), [(0, 0), (1, 0), (2, 0), (13, 11)])
def test_short_series(count: int, pairs: int) -> None:
    rng = chance(1)
    found = led(walk(rng, count), walk(rng, count))
    assert found.verdict == "cannot_be_told"
    assert found.reason == f"only {pairs} pairs of changes are known, and 12 are needed"


def test_as_many_lags_as_there_are_pairs_for() -> None:
    """14 values are 13 changes: 13 pairs at 0, 12 at 1, and fewer at the others."""
    rng = chance(2)
    found = led(walk(rng, 14), walk(rng, 14))
    assert [lag.n for lag in found.lags] == [13, 12, 11, 10, 9, 8, 7]
    assert [lag.correlation is None for lag in found.lags] == [False, False] + [True] * 5
    assert found.lags[2] == Lag(lag=2, n=11)


def test_nulls_take_their_pairs_with_them() -> None:
    rng = chance(3)
    a: list[float | None] = list(walk(rng, 40))
    b: list[float | None] = list(walk(rng, 40))
    a[10] = None  # two changes of A are unknown
    b[20] = b[21] = None  # three of B
    assert [lag.n for lag in led(a, b).lags] == [34, 33, 32, 31, 30, 29, 28]
    assert led([None] * 40, b).reason == "only 0 pairs of changes are known, and 12 are needed"


def test_figures_of_any_size() -> None:
    rng = chance(9)
    a = walk(rng, 40)
    b = later(a, 1, 0.1, rng)
    expected = led(a, b)
    for factor in (1e-300, 1e300):
        found = led([one * factor for one in a], [one * factor for one in b])
        assert found.verdict == expected.verdict == "leads"
        assert found.at is not None
        assert expected.at is not None
        assert found.at.correlation == pytest.approx(expected.at.correlation)


series_of_values = st.lists(st.none() | st.integers(-50, 50).map(float), max_size=40)


@given(series_of_values, series_of_values)
def test_whatever_the_values(a: list[float | None], b: list[float | None]) -> None:
    count = min(len(a), len(b))
    found = led(a[:count], b[:count])
    assert (found.reason is None) == (found.verdict != "cannot_be_told")
    assert (found.at is None) == (found.verdict in ("not_seen", "cannot_be_told"))
    for lag in found.lags:
        assert lag.correlation is None or -1 <= lag.correlation <= 1
        if lag.lower is not None and lag.upper is not None and lag.correlation is not None:
            assert -1 <= lag.lower <= lag.correlation + 1e-9
            assert lag.correlation - 1e-9 <= lag.upper <= 1


@given(st.integers(0, 99), st.floats(0.01, 100), st.sampled_from([walk, growing]))
def test_units_do_not_matter(seed: int, factor: float, kind: Kind) -> None:
    rng = chance(seed)
    a, b = kind(rng, 30), walk(rng, 30)
    one, other = led(a, b), led([x * factor for x in a], b)
    assert one.verdict == other.verdict
    for x, y in zip(one.lags, other.lags, strict=True):
        assert x.correlation == pytest.approx(y.correlation, abs=1e-6)
