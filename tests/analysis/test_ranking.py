"""Ranks, parts of the whole, and who can be told from the others: by hand and by law."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean, stdev
from string import ascii_lowercase
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.analysis.intervals import Sample, mean_interval, newcombe, wilson
from kpitree.analysis.ranking.cautions import CAUTIONS, Judgement, judged, told_by
from kpitree.analysis.ranking.evidence import (
    Evidence,
    OwnHistory,
    RowMean,
    Share,
    evidence_of,
    proven,
)
from kpitree.analysis.ranking.members import (
    Contribution,
    Figures,
    Member,
    contributions,
    others_before,
    others_means,
    shape_in,
)
from kpitree.analysis.ranking.order import goodness, ranked
from kpitree.analysis.ranking.samples import others_samples
from kpitree.analysis.segments.algebra import Key
from kpitree.analysis.segments.shape import Distinct, Ratio, Total, Unsplittable, shape_of
from kpitree.tree.expressions import Expr
from kpitree.tree.measures import Part
from kpitree.tree.model import Source
from kpitree.tree.parsing import parse_condition, parse_measure
from render.changes import leaf, tree_of


def part(function: str, argument: Expr | None = None, where: str | None = None) -> Key:
    condition = None if where is None else parse_condition(where)
    return "deals", Part(function, argument, None, condition, "day")


COUNT, WON = part("count"), part("count", where="won")


def member(
    name: str, value: float | None, parts: Mapping[Key, float | None] | None = None
) -> Member:
    return Member((name,), Figures(value, parts or {}))


def rates(*counts: tuple[int, int]) -> tuple[list[Member], Figures]:
    """Members a, b, ... with so many won of so many, and the whole."""
    members = [
        member(ascii_lowercase[at], won / count if count else None, {WON: won, COUNT: count})
        for at, (won, count) in enumerate(counts)
    ]
    won, count = (sum(column) for column in zip(*counts, strict=True))
    return members, Figures(won / count, {WON: won, COUNT: count})


RATE = Ratio({WON: 1.0}, {COUNT: 1.0})
SHARE = Share(WON, COUNT, WON, 0.0, 1.0)


# --- the order -----------------------------------------------------------------------------------


def ranks(values: Sequence[float | None], direction: str = "up") -> dict[str, int | None]:
    members = [member("abcdefgh"[at], value) for at, value in enumerate(values)]
    figures = [goodness(value, direction, (10, 20)) for value in values]
    return {members[at].segment[0]: rank for at, rank in ranked(members, figures)}


@pytest.mark.parametrize(
    ("direction", "values", "expected"),
    [
        ("up", [1, 3, 2], {"b": 1, "c": 2, "a": 3}),
        ("down", [1, 3, 2], {"a": 1, "c": 2, "b": 3}),
        # Outside 10..20 by 1, 0, 5, 0: nearest first, both inside share the first rank.
        ("range", [9, 15, 25, 20], {"b": 1, "d": 1, "a": 3, "c": 4}),
        ("up", [2, 2, 1, 2], {"a": 1, "b": 1, "d": 1, "c": 4}),
        ("up", [0.3, 0.1 + 0.2], {"a": 1, "b": 1}),  # the same but for rounding
        ("up", [None, 1, None, 2], {"d": 1, "b": 2, "a": None, "c": None}),
        ("up", [0, 0], {"a": 1, "b": 1}),
        ("up", [], {}),
    ],
)
def test_ranks(direction: str, values: list[float | None], expected: dict[str, int | None]) -> None:
    found = ranks(values, direction)
    assert found == expected
    assert list(found) == list(expected)


def test_nobody_is_ranked_without_a_good_range() -> None:
    assert goodness(5, "range", None) is None


def test_rows_without_a_name_are_last_and_have_no_rank() -> None:
    members = [member("(none)", 99), member("z", None), member("b", 1), member("a", 2)]
    found = ranked(members, [99, None, 1, 2])
    assert [(members[at].segment[0], rank) for at, rank in found] == [
        ("a", 1),
        ("b", 2),
        ("z", None),
        ("(none)", None),
    ]


def test_a_cell_half_of_whose_name_is_missing_has_no_rank() -> None:
    members = [Member(("EMEA", "(none)"), Figures(5, {})), Member(("EMEA", "web"), Figures(1, {}))]
    assert ranked(members, [5, 1]) == [(1, 1), (0, None)]


@given(st.lists(st.integers(0, 5), max_size=8), st.randoms(use_true_random=False))
def test_ranks_count_who_is_better_whatever_the_order(
    values: list[int], chance: random.Random
) -> None:
    members = [member("abcdefgh"[at], value) for at, value in enumerate(values)]
    pairs = list(zip(members, values, strict=True))
    expected = sorted(
        (1 + sum(other > value for other in values), one.segment[0]) for one, value in pairs
    )
    chance.shuffle(pairs)
    shuffled = [one for one, _ in pairs]
    found = ranked(shuffled, [value for _, value in pairs])
    assert [(rank, shuffled[at].segment[0]) for at, rank in found] == expected


# --- parts of the whole --------------------------------------------------------------------------


def test_parts_of_a_total() -> None:
    members = [member("a", 30), member("b", 10), member("c", None)]
    found = contributions(members, Figures(40, {}), Total({COUNT: 1.0}))
    assert found == [Contribution(0.75), Contribution(0.25), Contribution(None)]


def test_parts_of_a_rate_by_hand() -> None:
    """30 of 40, 10 of 40, 20 of 20: the whole 60 %.

    Without a: 30 of 60 = 50 %, so a pulls it up by 10 points. Without b: 50 of 60 = 83.3 %, so b
    pulls it down by 23.3. Without c: 40 of 80 = 50 %: up by 10.
    """
    members, whole = rates((30, 40), (10, 40), (20, 20))
    found = contributions(members, whole, RATE)
    assert [one.share for one in found] == [0.4, 0.4, 0.2]
    assert [one.pull for one in found] == pytest.approx([0.1, 0.6 - 50 / 60, 0.1])


def test_who_is_the_whole_has_nobody_to_be_compared_with() -> None:
    members, whole = rates((30, 40))
    assert contributions(members, whole, RATE) == [Contribution(1.0, None)]
    assert judged(members, whole, SHARE, (), str) == [Judgement()]


def test_who_has_no_base_pulls_by_what_they_add() -> None:
    """The others have 50 of 100; b adds 10 to what stands above and nothing below: 60 %."""
    members = [
        member("a", 0.5, {WON: 50, COUNT: 100}),
        member("b", None, {WON: 10, COUNT: 0}),
    ]
    found = contributions(members, Figures(0.6, {WON: 60, COUNT: 100}), RATE)
    assert (found[1].share, found[1].pull) == pytest.approx((0, 0.1))


@pytest.mark.parametrize(
    ("values", "whole"),
    [
        ([50, -50], 0),  # nothing to be a part of
        ([500, -499], 1),  # parts that offset each other
        ([2, 3], 4),  # a formula with a measured value that its parts do not give
    ],
)
def test_no_parts_of_what_they_do_not_add_up_to(values: list[float], whole: float) -> None:
    members = [member("abc"[at], value) for at, value in enumerate(values)]
    found = contributions(members, Figures(whole, {}), Total({COUNT: 1.0}))
    assert {one.share for one in found} == {None}


def test_nothing_of_what_has_no_parts() -> None:
    found = contributions([member("a", 1)], Figures(1, {}), Unsplittable("median()"))
    assert found == [Contribution()]


def test_a_distinct_count_has_parts_where_nobody_is_counted_twice() -> None:
    members = [member("a", 3), member("b", 1)]
    shape = Distinct(COUNT, 1.0)
    assert [one.share for one in contributions(members, Figures(4, {}), shape)] == [0.75, 0.25]
    assert [one.share for one in contributions(members, Figures(3, {}), shape)] == [None, None]


counts = st.lists(
    st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2,
    max_size=8,
)


@given(counts)
def test_shares_add_up_to_1_and_pulls_are_what_others_lack(pairs: list[tuple[int, int]]) -> None:
    members, whole = rates(*pairs)
    found = contributions(members, whole, RATE)
    assert math.fsum(one.share or 0 for one in found) == pytest.approx(1)
    for at, one in enumerate(found):
        rest = [pair for other, pair in enumerate(pairs) if other != at]
        without = sum(won for won, _ in rest) / sum(count for _, count in rest)
        assert one.pull == pytest.approx(whole.value - without, abs=1e-12)  # type: ignore[operator]  # known


@given(counts, st.floats(0.01, 1000))
def test_a_scaled_rate_has_the_same_shares_and_scaled_pulls(
    pairs: list[tuple[int, int]], scale: float
) -> None:
    members, whole = rates(*pairs)
    scaled = [
        Member(one.segment, Figures((one.figures.value or 0) * scale, one.figures.parts))
        for one in members
    ]
    larger = Figures((whole.value or 0) * scale, whole.parts)
    plain = contributions(members, whole, RATE)
    found = contributions(scaled, larger, Ratio({WON: scale}, {COUNT: 1.0}))
    for one, other in zip(plain, found, strict=True):
        assert other.share == one.share
        assert other.pull == pytest.approx((one.pull or 0) * scale, abs=1e-9 * scale)


def test_the_others_of_a_total_are_the_mean_of_the_named() -> None:
    members = [member("a", 1), member("b", 2), member("c", 6), member("(none)", 100)]
    assert others_means(members) == pytest.approx([4, 3.5, 1.5, 3])
    assert others_means([member("a", 1), member("b", None)]) == [None, 1]


def test_the_others_of_huge_values() -> None:
    members = [member(name, 1.5e308) for name in "abc"]
    assert others_means(members) == pytest.approx([1.5e308] * 3)


def test_a_value_that_its_parts_do_not_give_has_no_shape() -> None:
    members, whole = rates((30, 40), (10, 40))
    assert shape_in(members, whole, RATE) == RATE
    assert isinstance(shape_in(members, Figures(0.51, whole.parts), RATE), Unsplittable)


def test_a_ratio_whose_parts_do_not_add_up_has_no_shape() -> None:
    """Two of the 80 buyers below the line are counted with both members."""
    members, _ = rates((30, 40), (10, 40))
    whole = Figures(40 / 78, {WON: 40, COUNT: 78})
    assert isinstance(shape_in(members, whole, RATE), Unsplittable)


# --- what they are judged by ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "kind"),
    [
        ("count(where=stage == 'won') / count()", Share),
        ("count(where=stage == 'won') / count(where=stage in ['won', 'lost'])", Share),
        ("count(amount) / count()", Share),
        ("1 - count(where=stage == 'won') / count()", Share),
        ("100 * count(where=stage == 'won') / count()", Share),
        ("mean(amount)", RowMean),
        ("mean(amount, where=stage == 'won')", RowMean),
        ("sum(amount) / count()", RowMean),
        ("sum(amount) / count(amount)", RowMean),
        ("mean(amount) / 60 - 1", RowMean),
        ("sum(amount, where=stage == 'won') / count()", OwnHistory),
        ("sum(amount) / sum(quantity)", OwnHistory),
        ("count() / sum(quantity)", OwnHistory),
        ("sum(amount) / count(quantity)", OwnHistory),
        ("(count(where=a) + count(where=b)) / count()", OwnHistory),
        ("count()", OwnHistory),
        ("sum(amount)", OwnHistory),
        ("n_unique(buyer)", OwnHistory),
        ("count() / n_unique(buyer)", OwnHistory),
        ("median(amount)", OwnHistory),
        ("count(where=stage == 'won') * mean(amount)", OwnHistory),
    ],
)
def test_evidence(measure: str, kind: type[Evidence]) -> None:
    source = Source(id="deals", path="", location="", time="day")
    tree = tree_of(leaf("one", measure=parse_measure(measure)))
    tree = replace(tree, sources={"deals": source})
    assert type(evidence_of(shape_of(tree, "one", ()))) is kind


def test_a_share_is_proven_by_the_rows() -> None:
    both = part("count", where="won and paid")
    evidence = Share(WON, COUNT, both, 0.0, 1.0)
    assert proven(evidence, Figures(0.5, {WON: 5, COUNT: 10, both: 5})) is evidence
    assert proven(evidence, Figures(0.5, {WON: 5, COUNT: 10, both: 4})) == OwnHistory()
    assert proven(evidence, Figures(None, {WON: 0, COUNT: 0, both: 0})) == OwnHistory()


def test_a_mean_is_one_of_rows_where_each_has_a_value() -> None:
    _, whole, evidence = of_rows([1, 2], [3])
    assert proven(evidence, whole) is evidence
    one_without = Figures(2, {**whole.parts, evidence.values: 2.0})
    assert proven(evidence, one_without) == OwnHistory()


# --- cautions by rows ----------------------------------------------------------------------------


def test_a_rate_of_few_rows_cannot_be_told_from_the_others() -> None:
    """a: 81 of 263, 0.2553..0.3662 as published, is 0.158 above the others' 15 of 100 with the
    interval 0.0605..0.2372 (as exactly() in test_intervals.py gives it). b: 3 of 20 is 0.121 below
    93 of 343, with -0.2273..0.0966: 0 lies inside.
    """
    members, whole = rates((81, 263), (3, 20), (12, 80))
    found = judged(members, whole, SHARE, (), lambda value: f"{value:.4f}")
    assert found[0] == Judgement(0.15, *wilson(81, 263))
    assert found[1].caution == "like_the_others"
    assert (found[1].low, found[1].high) == wilson(3, 20)
    assert found[1].others == pytest.approx(93 / 343)
    assert found[1].reason == (
        "0.1500 in 20 rows and the others' 0.2711 in 343 may differ by chance alone (95 %)"
    )


def test_the_others_are_not_known_exactly_either() -> None:
    """70 of 200 is 35 %, 0.2873..0.4184; 56 of 200 is 28 %, 0.2224..0.3460: each lies outside the
    range of the other. Their difference of 7 points has the interval -2.1..15.9: it may be none.
    """
    members, whole = rates((70, 200), (56, 200))
    found = judged(members, whole, SHARE, (), str)
    assert (found[0].low or 0) > 0.28
    assert (found[1].high or 1) < 0.35
    assert [one.caution for one in found] == ["like_the_others"] * 2


def test_what_is_left_of_a_whole_is_judged_as_its_mirror_image() -> None:
    members, whole = rates((81, 263), (3, 20), (12, 80))
    members = [
        Member(one.segment, Figures(1 - (one.figures.value or 0), one.figures.parts))
        for one in members
    ]
    whole = Figures(1 - (whole.value or 0), whole.parts)
    found = judged(members, whole, Share(WON, COUNT, WON, 1.0, -1.0), (), str)
    low, high = wilson(81, 263)
    assert (found[0].low, found[0].high) == pytest.approx((1 - high, 1 - low))
    assert [one.caution for one in found] == [None, "like_the_others", None]


@given(counts)
def test_who_is_marked_is_whose_difference_may_be_none(pairs: list[tuple[int, int]]) -> None:
    members, whole = rates(*pairs)
    found = judged(members, whole, SHARE, (), str)
    for at, (one, (won, count)) in enumerate(zip(found, pairs, strict=True)):
        rest = [pair for other, pair in enumerate(pairs) if other != at]
        others = sum(w for w, _ in rest) / sum(n for _, n in rest)
        low, high = newcombe(won, count, sum(w for w, _ in rest), sum(n for _, n in rest))
        assert (one.caution == "like_the_others") == (low <= 0 <= high)
        assert one.others == pytest.approx(others)


def of_rows(*groups: Sequence[float]) -> tuple[list[Member], Figures, RowMean]:
    """Members with these rows, their whole, and a mean of them."""
    keys = [part(name) for name in ("sum", "count", "count_values", "std", "min", "max")]
    total, rows, values, deviation, lowest, highest = keys

    def figures(of: Sequence[float]) -> Figures:
        spread = stdev(of) if len(of) > 1 else None
        parts = [sum(of), len(of), len(of), spread, min(of), max(of)]
        return Figures(fmean(of), dict(zip(keys, parts, strict=True)))

    members = [Member(("abcdefgh"[at],), figures(of)) for at, of in enumerate(groups)]
    whole = figures([one for of in groups for one in of])
    evidence = RowMean(total, rows, values, deviation, lowest, highest, 0.0, 1.0)
    return members, whole, evidence


def test_a_mean_of_rows_by_hand() -> None:
    """a: 4, 6, 8, 10, 7 ± 4.1087 (test_intervals.py); the others' five rows of 10 have no spread
    at all, so the difference is -3 ± 4.1087, and seen from b 3 ± 4.1087: 0 lies in both.
    """
    members, whole, evidence = of_rows([4, 6, 8, 10], [10] * 5)
    found = judged(members, whole, evidence, (), str)
    assert [one.caution for one in found] == ["like_the_others"] * 2
    assert (found[0].low, found[0].high) == pytest.approx((2.8914, 11.1086), abs=1e-4)
    assert (found[1].others, found[1].low, found[1].high) == (7, 10, 10)
    assert found[0].reason == (
        "7.0 in 4 rows and the others' 10.0 in 5 may differ by chance alone (95 %)"
    )


def test_means_that_differ_and_means_that_do_not_at_all() -> None:
    """4, 6, 8, 10 against 12, 12: -5 ± 4.1087, so they differ. Without any spread only the same
    mean is alike, whatever the rounding of 0.1 + 0.2.
    """
    members, whole, evidence = of_rows([4, 6, 8, 10], [12, 12])
    assert [one.caution for one in judged(members, whole, evidence, (), str)] == [None, None]
    members, whole, evidence = of_rows([0.1 + 0.2] * 2, [0.3] * 3)
    assert judged(members, whole, evidence, (), str)[0].caution == "like_the_others"
    members, whole, evidence = of_rows([7, 7], [8, 8, 8])
    assert judged(members, whole, evidence, (), str)[0].caution is None
    members, whole, evidence = of_rows([4e200, 6e200, 8e200, 1e201], [1e201] * 5)
    assert judged(members, whole, evidence, (), str)[0].caution == "like_the_others"


def test_one_row_shows_no_spread() -> None:
    members, whole, evidence = of_rows([4, 6, 8], [10])
    found = judged(members, whole, evidence, (), str)
    assert [one.caution for one in found] == ["few_rows", "few_rows"]
    assert (found[0].low, found[0].high) == pytest.approx(mean_interval(6, 2, 3))
    assert found[0].reason == (
        "the others have one row, which shows no spread, so it cannot be told from them"
    )
    assert (found[1].low, found[1].high) == (None, None)


@pytest.mark.parametrize("group", [[0, 1, 1, 0, 0], [1], [0, 0, 0], [1, 1]])
def test_a_mean_of_0_and_1_is_a_share(group: list[float]) -> None:
    members, whole, evidence = of_rows(group, [0, 1] * 10)
    found = judged(members, whole, proven(evidence, whole), (), str)
    assert (found[0].low, found[0].high) == wilson(sum(group), len(group))


@pytest.mark.parametrize(
    "group", [[0, 0.5, 1], [0, 0, 1, 1, 0.999], [2, 3, 2], [0, 1, 2], [0, 1, 1]]
)
def test_any_other_mean_is_none(group: list[float]) -> None:
    members, whole, evidence = of_rows(group, [5, 6, 7])
    found = judged(members, whole, proven(evidence, whole), (), str)
    expected = mean_interval(fmean(group), stdev(group), len(group))
    assert (found[0].low, found[0].high) == pytest.approx(expected)


@given(st.lists(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=6), min_size=2, max_size=5))
def test_the_others_together_are_their_rows(groups: list[list[float]]) -> None:
    def sample(of: Sequence[float]) -> Sample:
        return Sample(len(of), fmean(of), math.fsum((one - fmean(of)) ** 2 for one in of))

    found = others_samples(list(map(sample, groups)))
    for at, one in enumerate(found):
        rest = [value for other, of in enumerate(groups) if other != at for value in of]
        assert one == pytest.approx(sample(rest), rel=1e-9, abs=1e-6)


# --- how often chance alone is taken for a difference --------------------------------------------


@pytest.mark.parametrize("sizes", [[200, 200], [200] * 3, [800, 100, 100], [50] * 20])
def test_of_20_equal_rates_about_one_goes_unmarked(sizes: list[int]) -> None:
    """The same 30 % for everyone, often; 4.7 % to 5.6 % of 2,000 runs of each."""
    chance = random.Random(5)  # noqa: S311 - the same numbers each time
    runs = 6000 // len(sizes) ** 2 + 200
    unmarked = [0] * len(sizes)
    for _ in range(runs):
        won = [sum(chance.random() < 0.3 for _ in range(size)) for size in sizes]
        members, whole = rates(*zip(won, sizes, strict=True))
        for at, one in enumerate(judged(members, whole, SHARE, (), str)):
            unmarked[at] += one.caution is None
    assert 0.03 < sum(unmarked) / runs / len(sizes) < 0.07
    assert unmarked[0] / runs < 0.09  # 800 of 1,000 rows are not surer than their 200 others


@pytest.mark.parametrize("spreads", [{100: 1.0, 30: 1.0}, {300: 3.0, 20: 1.0}, {5: 2.0, 40: 1.0}])
def test_of_20_equal_means_about_one_goes_unmarked(spreads: dict[int, float]) -> None:
    chance = random.Random(6)  # noqa: S311 - the same numbers each time
    unmarked = 0
    for _ in range(600):
        groups = [[chance.gauss(10, one) for _ in range(size)] for size, one in spreads.items()]
        members, whole, evidence = of_rows(*groups)
        unmarked += judged(members, whole, evidence, (), str)[0].caution is None
    assert 0.03 < unmarked / 600 < 0.075


NOISE: Final = 0.05


def histories(chance: random.Random, growth: float, season: float, first: float) -> list[Member]:
    """Six members over 25 periods: growth, a season, noise; the first is on a level of its own."""
    members = []
    for name in "abcdef":
        level = 1000 * (first if name == "a" else 1)
        series = [
            level * growth**at * (1 + season * math.sin(at * math.pi / 6)) * chance.gauss(1, NOISE)
            for at in range(25)
        ]
        members.append(Member((name,), Figures(series[-1], {}, tuple(series[:-1]))))
    return members


@pytest.mark.parametrize(
    ("growth", "season"), [(1.0, 0.0), (1.02, 0.0), (1.03, 0.0), (1.0, 0.2), (1.03, 0.5)]
)
@pytest.mark.parametrize("first", [1.0, 1.4])
def test_what_moves_everybody_tells_nobody_apart(
    growth: float, season: float, first: float
) -> None:
    """Identical members are marked, and the first one where it is 40 % above the others is not."""
    chance = random.Random(7)  # noqa: S311 - the same numbers each time
    counts = [0] * 6
    for _ in range(100):
        members = histories(chance, growth, season, first)
        found = judged(members, Figures(1, {}), OwnHistory(), (), str)
        counts = [count + (one.caution is None) for count, one in zip(counts, found, strict=True)]
    assert sum(counts[1:]) / 500 < 0.04
    assert counts[0] <= 5 if first == 1 else counts[0] >= 95


# --- cautions by history -------------------------------------------------------------------------

STEADY = (10.0, 12.0) * 6  # against 10: ratios 1 and 1.2, every moving range 0.2: 1.1 ± 2.66 x 0.2
LEVEL = (10.0,) * 12


def of_history(
    value: float,
    before: Sequence[float | None],
    now: float,
    others: Sequence[float | None] = LEVEL,
    baselines: Sequence[int] = (),
) -> Judgement:
    """Of a against b, who had others and has now."""
    members = [
        Member(("a",), Figures(value, {}, tuple(before))),
        Member(("b",), Figures(now, {}, tuple(others))),
    ]
    return judged(members, Figures(value + now, {}), OwnHistory(), baselines, str)[0]


@pytest.mark.parametrize(
    ("value", "others", "low", "high", "caution"),
    [
        (11, 10, 5.68, 16.32, "usual_spread"),
        (16.32, 10, 5.68, 16.32, "usual_spread"),  # at the limit
        (17, 10, 5.68, 16.32, None),  # it never was so far above the others
        (5, 10, 5.68, 16.32, None),
        (22, 20, 11.36, 32.64, "usual_spread"),  # both twice as much
        (-22, -20, -24.32, -13.68, "usual_spread"),  # differences of 0 and 2: 1 ± 2.66 x 2
    ],
)
def test_history_against_the_others(
    value: float, others: float, low: float, high: float, caution: str | None
) -> None:
    found = of_history(value, STEADY, others)
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.caution == caution
    assert (found.reason is None) == (caution is None)
    assert found.others == pytest.approx(others)


def test_who_is_always_ahead_is_not_marked() -> None:
    """15 and 16 against 10: ratios 1.5 and 1.6, 1.55 ± 2.66 x 0.1: never as low as 1."""
    found = of_history(15, (15.0, 16.0) * 6, 10)
    assert (found.low, found.high) == pytest.approx((12.84, 18.16))
    assert found.caution is None
    behind = of_history(10, LEVEL, 15, (15.0, 16.0) * 6)
    assert behind.caution is None


def test_amounts_below_zero_are_the_mirror_image() -> None:
    plain = of_history(11, STEADY, 10)
    found = of_history(-11, [-one for one in STEADY], -10, [-one for one in LEVEL])
    assert (found.low, found.high) == pytest.approx((-(plain.high or 0), -(plain.low or 0)))
    assert found.caution == plain.caution


def test_others_with_nothing_are_compared_by_the_difference() -> None:
    """10 and 12 against 0: differences of 10 and 12, 11 ± 5.32: never as low as 0."""
    found = of_history(11, (1.0, *STEADY), 0, (5.0, *(0.0,) * 12), [1])
    assert (found.low, found.high) == pytest.approx((5.68, 16.32))
    assert found.caution is None


def test_eleven_periods_are_too_little_history() -> None:
    found = of_history(11, STEADY[1:], 13, LEVEL[1:])
    assert found.caution == "little_history"
    assert found.reason == "too little history to tell: 11 of 12 earlier periods"
    assert (found.low, found.high) == (None, None)


def test_history_begins_with_the_first_value_of_each() -> None:
    """Nothing and 0 before are no history of someone who was not there."""
    absent = (None, 0.0, 0.0)
    found = of_history(11, (*absent, *STEADY), 10, (10.0, 10.0, 10.0, *LEVEL))
    assert found.low == pytest.approx(5.68)
    alone = of_history(11, (500.0, 1.0, 900.0, *STEADY), 10, (*absent, *LEVEL))
    assert alone.low == pytest.approx(5.68)
    newcomer = of_history(11, (*(0.0,) * 20, 9.0, 12.0), 13, (10.0,) * 22)
    assert newcomer.reason == "too little history to tell: 2 of 12 earlier periods"
    nobody = of_history(0, (0.0,) * 24, 13, (10.0,) * 24)
    assert nobody.reason == "too little history to tell: 0 of 12 earlier periods"


def test_limits_beyond_numbers_are_none() -> None:
    found = of_history(1e308, (1e308, -1e308) * 6, -1e308, (-1e308, 1e308) * 6)
    assert found.caution == "little_history"
    assert found.reason == "its earlier periods are too far from the others' for limits"


def test_the_others_in_earlier_periods_are_those_who_were_there() -> None:
    members = [
        Member(("a",), Figures(1, {}, (2.0, 4.0, 6.0))),
        Member(("(none)",), Figures(1, {}, (90.0, 90.0, 90.0))),
        Member(("b",), Figures(1, {}, (0.0, 8.0, 0.0))),
        Member(("c",), Figures(1, {}, (None, 0.0, 3.0))),
    ]
    assert others_before(members) == [
        (None, 8, 1.5),
        (),
        (2, 4, 4.5),
        (2, 6, 3),
    ]


def test_a_new_baseline_begins_a_new_history() -> None:
    """20 periods, the last 8 under a new definition; or this one the first."""
    before, others = (*STEADY, *(100.0, 102.0) * 4), (10.0,) * 20
    assert of_history(101, before, 10, others).low is not None
    anew = of_history(101, before, 10, others, [12])
    assert anew.reason == "too little history to tell: 8 of 12 earlier periods"
    now = of_history(101, before, 10, others, [12, 20, 21])
    assert now.reason == "too little history to tell: 0 of 12 earlier periods"


def test_rows_without_a_name_are_not_judged() -> None:
    members = [member("(none)", 5), member("a", None), member("b", 3)]
    found = judged(members, Figures(8, {}), OwnHistory(), (), str)
    assert found[:2] == [Judgement(), Judgement()]
    assert told_by(OwnHistory(), found) is None  # b has nobody to be compared with
    assert found[2] == Judgement()


def test_every_caution_is_one_of_them() -> None:
    assert set(CAUTIONS) == {"like_the_others", "usual_spread", "little_history", "few_rows"}
