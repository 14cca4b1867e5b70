"""Ranks, parts of the whole, and who can be told from the others: by hand and by law."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.analysis.intervals import mean_interval, wilson
from kpitree.analysis.ranking.cautions import CAUTIONS, Judgement, judged, proven, told_by
from kpitree.analysis.ranking.evidence import (
    Evidence,
    OwnHistory,
    RowMean,
    Share,
    evidence_of,
)
from kpitree.analysis.ranking.members import (
    Contribution,
    Figures,
    Member,
    contributions,
    others_means,
    shape_in,
)
from kpitree.analysis.ranking.order import goodness, ranked
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
        member("abcdefgh"[at], won / count if count else None, {WON: won, COUNT: count})
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
    assert judged(members, whole, RATE, SHARE, (), str) == [Judgement()]


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
    _, whole, _, evidence = of_rows([1, 2], [3])
    assert proven(evidence, whole) is evidence
    one_without = Figures(2, {**whole.parts, evidence.values: 2.0})
    assert proven(evidence, one_without) == OwnHistory()


# --- cautions by rows ----------------------------------------------------------------------------


def test_a_rate_of_few_rows_cannot_be_told_from_the_others() -> None:
    """a: 81 of 263, 0.2553..0.3662 as published; the others' 15 of 100 lie outside. b: 3 of 20,
    0.0524..0.3604 (as computed with 50 digits): the others' 93 of 343 = 0.2711 lie inside.
    """
    members, whole = rates((81, 263), (3, 20), (12, 80))
    found = judged(members, whole, RATE, SHARE, (), lambda value: f"{value:.4f}")
    assert found[0] == Judgement(0.15, *wilson(81, 263))
    assert found[1].caution == "like_the_others"
    assert (found[1].low, found[1].high) == wilson(3, 20)
    assert found[1].others == pytest.approx(93 / 343)
    assert found[1].reason == (
        "its 20 rows allow anything from 0.0524 to 0.3604 (95 %), and the others have 0.2711"
    )


def test_what_is_left_of_a_whole_is_judged_as_its_mirror_image() -> None:
    members, whole = rates((81, 263), (3, 20), (12, 80))
    lost = Ratio({COUNT: 1.0, WON: -1.0}, {COUNT: 1.0})
    members = [
        Member(one.segment, Figures(1 - (one.figures.value or 0), one.figures.parts))
        for one in members
    ]
    whole = Figures(1 - (whole.value or 0), whole.parts)
    found = judged(members, whole, lost, Share(WON, COUNT, WON, 1.0, -1.0), (), str)
    low, high = wilson(81, 263)
    assert (found[0].low, found[0].high) == pytest.approx((1 - high, 1 - low))
    assert [one.caution for one in found] == [None, "like_the_others", None]


@given(counts)
def test_who_is_marked_is_who_holds_the_others(pairs: list[tuple[int, int]]) -> None:
    members, whole = rates(*pairs)
    found = judged(members, whole, RATE, SHARE, (), str)
    for at, (one, (won, count)) in enumerate(zip(found, pairs, strict=True)):
        rest = [pair for other, pair in enumerate(pairs) if other != at]
        others = sum(w for w, _ in rest) / sum(n for _, n in rest)
        low, high = wilson(won, count)
        inside = low - 1e-12 <= others <= high + 1e-12
        assert (one.caution == "like_the_others") == inside


def of_rows(*groups: Sequence[float]) -> tuple[list[Member], Figures, Ratio, RowMean]:
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
    return members, whole, Ratio({total: 1.0}, {rows: 1.0}), evidence


def test_a_mean_of_rows_by_hand() -> None:
    """a: 4, 6, 8, 10, 7 ± 4.1087 (test_intervals.py); the others' mean is 10: inside. b: five
    rows of 10 have no spread at all, and the others' 7 is another value.
    """
    members, whole, shape, evidence = of_rows([4, 6, 8, 10], [10] * 5)
    found = judged(members, whole, shape, evidence, (), str)
    assert found[0].caution == "like_the_others"
    assert (found[0].low, found[0].high) == pytest.approx((2.8914, 11.1086), abs=1e-4)
    assert found[1] == Judgement(7, 10, 10)


def test_one_row_shows_no_spread() -> None:
    members, whole, shape, evidence = of_rows([4, 6, 8], [10])
    found = judged(members, whole, shape, evidence, (), str)
    assert found[1].caution == "few_rows"
    assert (found[1].low, found[1].high) == (None, None)


@pytest.mark.parametrize("group", [[0, 1, 1, 0, 0], [1], [0, 0, 0], [1, 1]])
def test_a_mean_of_0_and_1_is_a_share(group: list[float]) -> None:
    members, whole, shape, evidence = of_rows(group, [0, 1] * 10)
    found = judged(members, whole, shape, evidence, (), str)
    assert (found[0].low, found[0].high) == wilson(sum(group), len(group))


@pytest.mark.parametrize("group", [[0, 0.5, 1], [0, 0, 1, 1, 0.999], [2, 3, 2], [0, 1, 2]])
def test_any_other_mean_is_none(group: list[float]) -> None:
    members, whole, shape, evidence = of_rows(group, [5, 6, 7])
    found = judged(members, whole, shape, evidence, (), str)
    expected = mean_interval(fmean(group), stdev(group), len(group))
    assert (found[0].low, found[0].high) == pytest.approx(expected)


# --- cautions by history -------------------------------------------------------------------------

STEADY = (10.0, 12.0) * 6  # centre 11, every moving range 2: limits 11 ± 2.66 x 2


def with_history(value: float, before: Sequence[float | None]) -> Member:
    return Member(("a",), Figures(value, {}, tuple(before)))


def of_history(
    value: float, before: Sequence[float | None], others: float, baselines: Sequence[int] = ()
) -> Judgement:
    members = [with_history(value, before), member("b", others)]
    shape = Total({COUNT: 1.0})
    return judged(members, Figures(value + others, {}), shape, OwnHistory(), baselines, str)[0]


@pytest.mark.parametrize(
    ("value", "others", "caution"),
    [
        (11, 13, "usual_spread"),
        (16.32, 5.68, "usual_spread"),  # both at the limits
        (11, 16.4, None),  # the others are where it never is
        (17, 13, None),  # it is where it never was
    ],
)
def test_own_history(value: float, others: float, caution: str | None) -> None:
    found = of_history(value, STEADY, others)
    assert (found.low, found.high) == pytest.approx((5.68, 16.32))
    assert found.caution == caution
    assert (found.reason is None) == (caution is None)


def test_eleven_periods_are_too_little_history() -> None:
    found = of_history(11, STEADY[1:], 13)
    assert found.caution == "little_history"
    assert found.reason == "too little history to tell: 11 of 12 earlier periods"
    assert (found.low, found.high) == (None, None)


def test_history_begins_with_the_first_value() -> None:
    """Nothing and 0 before are no history of someone who was not there."""
    assert of_history(11, (None, 0.0, 0.0, *STEADY), 13).low == pytest.approx(5.68)
    newcomer = of_history(11, (*(0.0,) * 20, 9.0, 12.0), 13)
    assert newcomer.reason == "too little history to tell: 2 of 12 earlier periods"
    nobody = of_history(0, (0.0,) * 24, 13)
    assert nobody.reason == "too little history to tell: 0 of 12 earlier periods"


def test_a_new_baseline_begins_a_new_history() -> None:
    """20 periods, the last 8 under a new definition."""
    before = (*STEADY, *(100.0, 102.0) * 4)
    assert of_history(101, before, 103).caution is None  # outside its old and new values together
    anew = of_history(101, before, 103, [12])
    assert anew.reason == "too little history to tell: 8 of 12 earlier periods"


def test_rows_without_a_name_are_not_judged() -> None:
    members = [member("(none)", 5), member("a", None), member("b", 3)]
    found = judged(members, Figures(8, {}), Total({COUNT: 1.0}), OwnHistory(), (), str)
    assert found[:2] == [Judgement(), Judgement()]
    assert told_by(OwnHistory(), found) is None  # b has nobody to be compared with
    assert found[2] == Judgement()


def test_every_caution_is_one_of_them() -> None:
    assert set(CAUTIONS) == {"like_the_others", "usual_spread", "little_history", "few_rows"}
