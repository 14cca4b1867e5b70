"""Intervals, required rates and what is left, by hand."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.kpis import leaf, relative
from kpitree.analysis.forecast import LEAST, Errors, Outlook, errors_of, forecast_rows, quantile
from kpitree.analysis.promise import Held
from kpitree.tables import FORECASTS, STATUSES
from kpitree.tree.model import Node

# --- intervals -----------------------------------------------------------------------------------

NINE = tuple(float(n) for n in range(1, 10))


@pytest.mark.parametrize(
    ("part", "value"),
    [
        (0.1, 1),  # place 0.1 x 10 = 1
        (0.9, 9),
        (0.5, 5),
        (0.25, 2.5),  # place 2.5
        (0.05, 1),  # before the first
        (0.99, 9),
    ],
)
def test_quantiles_of_nine(part: float, value: float) -> None:
    assert quantile(NINE, part) == pytest.approx(value)


def test_quantiles_of_twenty_two() -> None:
    """Places 2.3 and 20.7 of 23: between the second and third, the twentieth and twenty-first."""
    ordered = tuple(float(n * n) for n in range(1, 23))
    assert quantile(ordered, 0.1) == pytest.approx(4 + 0.3 * (9 - 4))
    assert quantile(ordered, 0.9) == pytest.approx(400 + 0.7 * (441 - 400))


def test_errors_are_relative_to_what_was_told() -> None:
    """Told 100 and 200, it was 110 and 190: +10 % and -5 %. 1,000 then is 950 to 1,100."""
    errors = errors_of([(100, 110), (200, 190)], 1_000)
    assert errors.relative
    assert errors.sizes == pytest.approx((-0.05, 0.10))
    assert [errors.outcome(1_000, one) for one in errors.sizes] == pytest.approx([950, 1_100])


@pytest.mark.parametrize(
    ("pairs", "landing"),
    [
        pytest.param([(100, 110), (200, -10)], 50, id="it was below 0"),
        pytest.param([(100, 110), (0, 10)], 50, id="nothing was told"),
        pytest.param([(100, 110), (20, 30)], -50, id="it lands below 0"),
    ],
)
def test_errors_are_differences_where_a_ratio_would_mislead(
    pairs: list[tuple[float, float]], landing: float
) -> None:
    errors = errors_of(pairs, landing)
    assert not errors.relative
    assert errors.sizes == tuple(sorted(was - told for told, was in pairs))
    assert errors.outcome(landing, 10) == landing + 10


def test_the_interval_of_nine_errors_goes_from_the_first_to_the_last() -> None:
    pairs = [(100.0, 100.0 + n) for n in (5, -4, 3, -2, 1, 0, -1, 2, -6)]
    assert errors_of(pairs, 200).interval(200) == pytest.approx((188, 210))


def test_with_fewer_there_is_none() -> None:
    assert errors_of([(100.0, 101.0)] * (LEAST - 1), 200).interval(200) is None


@given(
    st.lists(st.floats(-0.9, 9), min_size=LEAST, max_size=60),
    st.floats(1e-3, 1e6),
    st.floats(1e-3, 1e3),
)
def test_intervals_scale(sizes: list[float], landing: float, k: float) -> None:
    errors = Errors(tuple(sorted(sizes)), relative=True)
    found, larger = errors.interval(landing), errors.interval(k * landing)
    assert found is not None
    assert larger is not None
    assert larger == pytest.approx([k * end for end in found], rel=1e-9)
    assert found[0] <= found[1]


@given(st.lists(st.integers(-1000, 1000), min_size=10, max_size=50, unique=True))
def test_the_next_of_so_many_errors_lies_inside_eight_times_in_ten(sizes: list[int]) -> None:
    """Leave each out in turn: 80 % of them lie in the interval of the others, give or take one."""
    inside = 0
    for at, left_out in enumerate(sizes):
        others = Errors(tuple(sorted(map(float, sizes[:at] + sizes[at + 1 :]))), relative=False)
        interval = others.interval(0.0)
        assert interval is not None
        inside += interval[0] <= left_out <= interval[1]
    assert abs(inside - 0.8 * len(sizes)) <= 2


# --- rows ----------------------------------------------------------------------------------------


def outlook(kpi: Node, target: float | None = None, **about: Any) -> Outlook:
    """10 of 30 days gone by, and 400 so far."""
    ranges = {} if kpi.good_range is None else {kpi.id: kpi.good_range}
    held = Held(own={kpi.id: target}, implied={}, constants={}, reasons={}, ranges=ranges)
    fields: dict[str, Any] = {
        "horizon": "period",
        "period": "2026-06",
        "by": date(2026, 6, 30),
        "value": 400.0,
        "reason": None,
        "landing": 1_000.0,
        "landing_reason": None,
        "method": "course",
        "periods": 12,
        "grows": True,
        "days": 10,
        "days_left": 20,
        "pairs": (),
        "held": held,
        "to_date": Held(own={kpi.id: 350.0}, implied={}, constants={}, reasons={}),
    }
    return Outlook(kpi=kpi, **(fields | about))


def row_of(kpi: Node, target: float | None = None, **about: Any) -> dict[str, Any]:
    [row] = forecast_rows([outlook(kpi, target, **about)]).rows(named=True)
    assert list(row) == list(FORECASTS)
    return row


def test_what_the_days_left_must_bring() -> None:
    """400 of 1,200 after 10 days: 800 in 20 days is 40 a day.

    It lands at 1,000, so the days left usually bring 600 / 20 = 30 a day: 4/3 of it are needed,
    whatever the 40 a day so far.
    """
    row = row_of(leaf("sales"), 1_200)
    assert (row["left"], row["days_left"]) == (800, 20)
    assert (row["pace"], row["needed"], row["expected"]) == (40, 40, 30)
    assert row["ratio"] == pytest.approx(4 / 3)
    assert row["share"] == pytest.approx(0.4)
    assert (row["gap"], row["percent"]) == (-200, pytest.approx(-200 / 1_200))
    assert row["attainment"] == pytest.approx(1_000 / 1_200)
    assert row["target_to_date"] == 350
    assert row["target_label"] == "target"


@pytest.mark.parametrize(
    ("target", "status"),
    [(1_000, "on_track"), (1_040, "at_risk"), (1_060, "off_track"), (None, "no_target")],
)
def test_the_status_is_that_of_the_landing(target: float | None, status: str) -> None:
    """5 % of 1,040 is 52, and 40 short is within it; 60 short of 1,060 is not within 53."""
    assert row_of(leaf("sales", thresholds=relative(0, 0.05)), target)["status"] == status
    assert status in STATUSES


@pytest.mark.parametrize("direction", ["up", "down", "range"])
def test_a_miss_of_rounding_size_is_none(direction: str) -> None:
    """0.1 + 0.2 is 0.30000000000000004: it is the target of 0.3, whatever looks at it."""
    ends = (0.1, 0.3) if direction == "range" else None
    kpi = leaf("sales", direction=direction, good_range=ends)
    pairs = ((1.0, 1.0),) * 9
    row = row_of(kpi, 0.3, value=0.1 + 0.2, landing=0.1 + 0.2, pairs=pairs)
    assert row["status"] == "on_track"
    assert (row["gap"], row["percent"]) == (0.0, 0.0)
    assert row["left"] == (None if ends else 0.0)
    assert row["reached"] == 9


@pytest.mark.parametrize(("landing", "gap"), [(0.3 + 3e-12, 3e-12), (0.3 - 3e-12, -3e-12)])
def test_a_small_miss_is_one(landing: float, gap: float) -> None:
    row = row_of(leaf("sales"), 0.3, landing=landing)
    assert row["gap"] == pytest.approx(gap, rel=1e-3)
    assert (row["status"] == "on_track") == (gap > 0)


def test_a_target_that_is_passed_leaves_less_than_nothing() -> None:
    row = row_of(leaf("sales"), 300)
    assert (row["left"], row["needed"], row["ratio"]) == (-100, -5, pytest.approx(-1 / 6))


@pytest.mark.parametrize("landing", [400.0, 400 * (1 + 1e-14), 390.0])
def test_days_on_which_nothing_usually_comes_have_no_ratio(landing: float) -> None:
    row = row_of(leaf("sales"), 1_200, landing=landing)
    assert (row["needed"], row["ratio"]) == (40, None)
    assert row["expected"] == (landing - 400 if landing == 390 else 0) / 20


def test_of_what_should_stay_below_it_is_room() -> None:
    row = row_of(leaf("complaints", direction="down"), 900)
    assert (row["gap"], row["left"], row["needed"]) == (100, 500, 25)
    assert row["status"] == "off_track"


@pytest.mark.parametrize(
    ("good", "gap", "left", "needed", "status"),
    [
        ((1_200.0, 1_500.0), -200, 800, 40, "off_track"),
        ((600.0, 900.0), 100, 500, 25, "off_track"),
        ((900.0, 1_100.0), 0, None, None, "on_track"),
    ],
)
def test_a_range_is_missed_at_its_nearest_end(
    good: tuple[float, float], gap: float, left: float | None, needed: float | None, status: str
) -> None:
    row = row_of(leaf("stock", direction="range", good_range=good))
    assert (row["range_low"], row["range_high"]) == good
    assert (row["gap"], row["left"], row["needed"]) == (gap, left, needed)
    assert row["status"] == status


def test_what_does_not_add_up_has_no_pace() -> None:
    row = row_of(leaf("rate"), 1_200, grows=False)
    names = ("share", "left", "pace", "expected", "needed", "ratio")
    assert [row[name] for name in names] == [None] * 6
    assert row["gap"] == -200


def test_a_deadline_has_no_pace_either() -> None:
    row = row_of(leaf("sales"), 1_200, horizon="deadline", days_left=90)
    assert (row["needed"], row["days_left"], row["target_to_date"]) == (None, 90, None)


# Ten errors of -20 %, -10 %, ... +70 %.
PAIRS = tuple((100.0, 100.0 + 10 * n) for n in range(-2, 8))


@pytest.mark.parametrize(
    ("kpi", "target", "reached"),
    [
        (leaf("sales"), 1_000, 8),  # 0 % and better
        (leaf("sales"), 1_701, 0),
        (leaf("sales"), 100, 10),
        (leaf("costs", direction="down"), 1_000, 3),
        (leaf("stock", direction="range", good_range=(850.0, 1_150.0)), None, 3),
        (leaf("sales"), None, None),
    ],
)
def test_how_many_of_the_past_errors_would_lead_there(
    kpi: Node, target: float | None, reached: int | None
) -> None:
    row = row_of(kpi, target, pairs=PAIRS)
    assert (row["reached"], row["errors"]) == (reached, 10)
    # Places 1.1 and 9.9 of ten errors.
    assert (row["low"], row["high"]) == (pytest.approx(810), pytest.approx(1_690))
    assert row["interval_reason"] is None


@pytest.mark.parametrize(
    ("target", "status"),
    [(1_000, "on_track"), (1_310, "on_track"), (1_390, "off_track")],
)
def test_past_errors_to_one_side_decide_the_status(target: float, status: str) -> None:
    """Ten errors of +30 %, +40 %, ...: 1,000 is likely to be 1,310 to 2,190, places 1.1 and 9.9.

    So 1,310 is on track with 9 errors of 10 that lead there, though the landing is 310 short.
    """
    pairs = tuple((100.0, 130.0 + 10 * n) for n in range(10))
    row = row_of(leaf("sales"), target, pairs=pairs)
    assert (row["low"], row["high"]) == (pytest.approx(1_310), pytest.approx(2_190))
    assert (row["status"], row["gap"]) == (status, 1_000 - target)
    assert row["attainment"] == 1_000 / target


def test_past_errors_below_decide_likewise() -> None:
    """Errors of -30 % to -12 %: 1,000 is likely to be at most 878, so 950 is out of reach."""
    pairs = tuple((100.0, 70.0 + 2 * n) for n in range(10))
    row = row_of(leaf("sales"), 950, pairs=pairs)
    assert row["high"] == pytest.approx(878)
    assert (row["status"], row["reached"]) == ("off_track", 0)


def test_what_is_there_already_stays() -> None:
    """-20 % of a landing at 450 is 360: less than the 400 that were counted by now."""
    row = row_of(leaf("sales"), 390, landing=450.0, pairs=PAIRS, least=400.0)
    assert (row["low"], row["high"]) == (400, pytest.approx(450 * 1.69))
    assert row["reached"] == 10
    assert row_of(leaf("sales"), 390, landing=450.0, pairs=PAIRS)["reached"] == 9


def test_a_ceiling_that_is_passed_is_never_kept() -> None:
    kpi = leaf("complaints", direction="down")
    assert row_of(kpi, 399, landing=450.0, pairs=PAIRS)["reached"] == 1
    assert row_of(kpi, 399, landing=450.0, pairs=PAIRS, least=400.0)["reached"] == 0


@pytest.mark.parametrize(
    ("count", "said"), [(0, "no past periods"), (1, "1 past period"), (8, "8 past periods")]
)
def test_a_short_history_gives_no_interval(count: int, said: str) -> None:
    row = row_of(leaf("sales"), 1_000, pairs=PAIRS[:count])
    assert (row["low"], row["high"], row["reached"]) == (None, None, None)
    reason = f"history too short for an interval: {said} to judge by, 9 are needed"
    assert row["interval_reason"] == reason


def test_a_period_that_is_over() -> None:
    row = row_of(
        leaf("sales"), 1_200, method="complete", value=1_000.0, days=30, days_left=0, periods=None
    )
    assert (row["landing"], row["share"], row["pace"]) == (1_000, 1, pytest.approx(1_000 / 30))
    assert (row["left"], row["needed"], row["expected"]) == (200, None, None)
    assert row["interval_reason"] == "the period is complete"


def test_without_a_value_there_is_nothing_but_the_reason() -> None:
    row = row_of(
        leaf("sales"), 1_200, value=None, reason="no rows", landing=None, landing_reason="no rows"
    )
    assert (row["status"], row["gap"], row["needed"], row["low"]) == ("no_data", None, None, None)
    assert (row["reason"], row["landing_reason"]) == ("no rows", "no rows")


def test_of_nothing_there_is_an_empty_frame() -> None:
    assert forecast_rows([]).schema == FORECASTS
