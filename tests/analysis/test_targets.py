"""Targets spread over periods, implied by operands, and contradicted by them."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.kpis import branch, by_id, constant, leaf
from kpitree.analysis.targets import (
    Adding,
    Found,
    Written,
    adding_up,
    constant_for,
    do_not_add_up,
    formulas_of,
    implied_targets,
    target_for,
)
from kpitree.analysis.targets import spread as spread_over
from kpitree.calendar import Calendar, Grain, Span
from kpitree.errors import Notice
from kpitree.tree.model import Node, PeriodTargets, PlainTarget

CALENDAR = Calendar()
FLOW, RATE, NEITHER = Adding.FLOW, Adding.RATE, Adding.NEITHER


def spread(
    target: Written | None, label: str, adding: Adding, *, grain: Grain = Grain.MONTH, days: int = 0
) -> Found:
    """The target of a period, or of its first days."""
    span = CALENDAR.parse(label)
    span = CALENDAR.first_days(span, days) if days else span
    return target_for(target, span, grain, CALENDAR, adding)


@pytest.mark.parametrize(
    ("label", "adding", "days", "value"),
    [
        ("2026-10", FLOW, 0, 3100.0),
        ("2026-10", RATE, 0, 3100.0),
        ("2026-10", NEITHER, 0, 3100.0),
        ("2026-10", FLOW, 12, 1200.0),  # 3100 / 31 d x 12 d
        ("2026-10", RATE, 12, 3100.0),
        ("2026-Q4", FLOW, 0, 9300.0),  # three months, each 3100
        ("2026-Q4", RATE, 0, 3100.0),
        ("2026", FLOW, 0, 37200.0),
        ("2026-10-20", FLOW, 0, 100.0),
        ("2026-W44", FLOW, 0, 6 * 100.0 + 3100 / 30),  # 26 to 31 October, 1 November
        ("2026-W44", RATE, 0, 3100.0),
        ("2026-02", FLOW, 7, 775.0),  # 3100 / 28 d x 7 d
        ("2026-10-15..2026-11-15", FLOW, 0, 17 * 100 + 15 * 3100 / 30),
        ("2026-10..2026-10", NEITHER, 0, 3100.0),  # a range that is the month
    ],
)
def test_a_plain_target_is_of_every_period_of_the_trees_grain(
    label: str, adding: Adding, days: int, value: float
) -> None:
    found = spread(PlainTarget(value=3100.0), label, adding, days=days)
    assert found.value == pytest.approx(value, rel=1e-12)
    assert found.reason is None


@pytest.mark.parametrize(
    ("grain", "label", "value"),
    [
        (Grain.YEAR, "2026-01", 36500 * 31 / 365),
        (Grain.YEAR, "2024-01", 36500 * 31 / 366),
        (Grain.QUARTER, "2026-02", 36500 * 28 / 90),
        (Grain.WEEK, "2026-10", 36500 * 31 / 7),
        (Grain.DAY, "2026-10", 36500 * 31),
    ],
)
def test_a_flows_target_of_another_grain(grain: Grain, label: str, value: float) -> None:
    found = spread(PlainTarget(value=36500.0), label, FLOW, grain=grain)
    assert found.value == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(("label", "days"), [("2026-10", 12), ("2026-Q4", 0), ("2026-10-20", 0)])
def test_what_does_not_add_up_has_no_target_for_another_span(label: str, days: int) -> None:
    found = spread(PlainTarget(value=500.0), label, NEITHER, days=days)
    assert found == Found(
        None, "the target is for a whole period, and the KPI does not add up over time"
    )


def test_no_target_is_none_without_a_reason() -> None:
    assert spread(None, "2026-10", FLOW) == Found(None)


BY_PERIOD = PeriodTargets(
    values={"2026-Q1": 900.0, "2026-02": 560.0, "2026-04": 300.0, "2026-W40": 70.0}
)


@pytest.mark.parametrize(
    ("label", "adding", "days", "value", "reason"),
    [
        ("2026-02", FLOW, 0, 560.0, None),
        ("2026-02", FLOW, 14, 280.0, None),
        ("2026-01", FLOW, 0, 310.0, None),  # the quarter's, 10 a day
        ("2026-Q1", FLOW, 0, 900.0, None),  # given for exactly this period
        ("2026-02..2026-03", FLOW, 0, 560.0 + 310.0, None),  # the shorter one counts
        ("2026-03..2026-04", FLOW, 0, 310.0 + 300.0, None),
        ("2026-04-10", FLOW, 0, 10.0, None),
        ("2026-W40", FLOW, 0, 70.0, None),
        ("2026-W40", NEITHER, 0, 70.0, None),
        ("2026-05", FLOW, 0, None, "no target for 2026-05-01"),
        ("2026-04..2026-05", FLOW, 0, None, "no target for 2026-05-01"),
        ("2025-12..2026-01", FLOW, 0, None, "no target for 2025-12-01"),
        ("2026-01", RATE, 0, 900.0, None),
        ("2026-02", RATE, 10, 560.0, None),
        ("2026-01..2026-02", RATE, 0, None, "the target changes within 2026-01..2026-02"),
        ("2026-05", RATE, 0, None, "no target for 2026-05-01"),
        ("2026-Q1", RATE, 0, 900.0, None),
        ("2026-01", NEITHER, 0, None, None),
    ],
)
def test_targets_by_period(
    label: str, adding: Adding, days: int, value: float | None, reason: str | None
) -> None:
    found = spread(BY_PERIOD, label, adding, days=days)
    assert found.value == (None if value is None else pytest.approx(value, rel=1e-12))
    assert found.value is not None or found.reason is not None
    assert reason is None or found.reason == reason


@given(
    st.integers(0, 800),
    st.integers(1, 120),
    st.integers(1, 120),
    st.sampled_from(list(Grain)),
    st.floats(-1e6, 1e6),
)
def test_a_flows_target_of_two_spans_is_that_of_both(
    start: int, first: int, second: int, grain: Grain, value: float
) -> None:
    begin = date(2025, 1, 1) + timedelta(days=start)
    middle, end = begin + timedelta(days=first), begin + timedelta(days=first + second)
    one, other, both = (
        target_for(PlainTarget(value=value), Span(a, b, "span"), grain, CALENDAR, FLOW).value
        for a, b in ((begin, middle), (middle, end), (begin, end))
    )
    assert one is not None
    assert other is not None
    assert both == pytest.approx(one + other, rel=1e-12, abs=1e-9)


# --- constants -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "value", "reason"),
    [
        ("2026-01", 1.08, None),
        ("2026-01-15", 1.08, None),
        ("2026-03", 1.10, None),
        ("2026-02..2026-03", None, "the value changes within 2026-02..2026-03"),
        ("2026-Q1", None, "the value changes within 2026-Q1"),
        ("2026-05", None, "no value for 2026-05-01"),
        ("2026-03..2026-04", 1.10, None),  # the same in both months
    ],
)
def test_a_constant_by_period(label: str, value: float | None, reason: str | None) -> None:
    rates = {"2026-01": 1.08, "2026-02": 1.09, "2026-03": 1.10, "2026-04": 1.10}
    assert constant_for(rates, CALENDAR.parse(label), CALENDAR) == Found(value, reason)
    assert constant_for(7.5, CALENDAR.parse(label), CALENDAR) == Found(7.5)


# --- how formulas add up ----------------------------------------------------------------------

LEAVES: tuple[Node, ...] = (
    leaf("orders"),
    leaf("won", where=None, time="closed_on"),
    leaf("amount", "sum(amount)"),
    leaf("rate", "count(x) / count()"),
    leaf("price", "mean(price)"),
    leaf("middle", "median(price) + quantile(price, 0.9) - std(price)"),
    leaf("headcount", "last(staff)"),
    leaf("peak", "max(load)"),
    leaf("buyers", "n_unique(buyer)"),
    leaf("per_buyer", "count() / n_unique(buyer)"),
    leaf("share_of_buyers", "n_unique(buyer, where=new == true) / n_unique(buyer)"),
    leaf("spread", "sum(a) - sum(b) / 2"),
    constant("days", 20.0),
)


@pytest.mark.parametrize(
    ("formula", "adding"),
    [
        ("orders", FLOW),
        ("orders + amount", FLOW),
        ("orders - amount", FLOW),
        ("-orders", FLOW),
        ("orders * price", FLOW),
        ("orders * rate * price", FLOW),
        ("orders * days", FLOW),
        ("orders / 2", FLOW),
        ("amount / orders", RATE),
        ("amount / orders * won", FLOW),
        ("orders * won", NEITHER),
        ("orders ** 2", NEITHER),
        ("(orders * won) ** 0.5", FLOW),
        ("orders ** 2 / won", FLOW),
        ("1 / orders", NEITHER),
        ("orders + 1", NEITHER),
        ("orders + price", NEITHER),
        ("rate + 1", RATE),
        ("1 - rate", RATE),
        ("sqrt(rate)", RATE),
        ("log(orders)", NEITHER),
        ("log(amount / orders)", RATE),
        ("exp(rate)", RATE),
        ("min(orders, won)", FLOW),
        ("max(orders, price)", NEITHER),
        ("max(orders - won, 0)", FLOW),  # a 0 is no fixed part
        ("coalesce(orders, 0)", FLOW),
        ("coalesce(rate, 0)", RATE),
        ("abs(orders - won)", FLOW),
        ("if_else(rate > 0.5, orders, won)", FLOW),
        ("if_else(orders > 0, amount / orders, 0)", RATE),
        ("if_else(orders > won, orders, 0)", FLOW),
        ("if_else(orders > 100, amount / orders, 0)", NEITHER),  # 100 in a month, not in a day
        ("if_else(rate > 0.5 and price < 3, orders, won)", FLOW),
        ("if_else(rate > 0.5, orders, 1)", NEITHER),
        ("middle", RATE),
        ("headcount", RATE),
        ("peak", RATE),
        ("spread", FLOW),
        ("days", RATE),
        ("days * 8", RATE),
        ("buyers", NEITHER),
        ("buyers * rate", NEITHER),
        ("buyers + orders", NEITHER),
        ("buyers * per_buyer", FLOW),  # the distinct count cancels
        ("orders / buyers * buyers", FLOW),
        ("prev(orders)", FLOW),
        ("orders / prev(orders) - 1", RATE),
        ("rolling_mean(orders, 3)", FLOW),
        ("rolling_sum(orders, 12)", NEITHER),
        ("year_to_date(orders)", NEITHER),
        ("year_to_date(orders) / orders", NEITHER),
    ],
)
def test_what_adds_up_over_time(formula: str, adding: Adding) -> None:
    kpis = by_id(*LEAVES, branch("asked", formula))
    assert adding_up(kpis, list(kpis))["asked"] is adding


# --- implied targets --------------------------------------------------------------------------

REVENUE = branch("revenue", "deals * close_rate * order_value")
DRIVERS = (leaf("deals"), leaf("close_rate", "count(x) / count()"))
GENERATIONS: list[list[Node]] = [
    [*DRIVERS, leaf("won_amount", "sum(amount)"), leaf("won")],
    [branch("order_value", "won_amount / won")],
    [REVENUE],
]


def test_the_drivers_targets_imply_the_goals() -> None:
    own = {"deals": 2000.0, "close_rate": 0.62, "order_value": 2400.0, "revenue": 3e6}
    implied = implied_targets(formulas_of(GENERATIONS), own, {})
    assert implied == {"order_value": None, "revenue": pytest.approx(2000 * 0.62 * 2400)}


def test_a_target_that_is_implied_counts_further_up() -> None:
    own = {"deals": 2000.0, "close_rate": 0.62, "won_amount": 2_976_000.0, "won": 1200.0}
    implied = implied_targets(formulas_of(GENERATIONS), own, {})
    # 2,976,000 / 1200 = 2480 a deal; 2000 x 0.62 x 2480
    assert implied == {"order_value": 2480.0, "revenue": pytest.approx(3_075_200.0)}


def test_the_own_target_counts_before_the_implied_one() -> None:
    own = {"deals": 1000.0, "close_rate": 0.5, "won_amount": 10.0, "won": 2.0, "order_value": 7.0}
    implied = implied_targets(formulas_of(GENERATIONS), own, {})
    assert implied == {"order_value": 5.0, "revenue": 3500.0}


@pytest.mark.parametrize("missing", ["deals", "close_rate", "order_value"])
def test_one_operand_without_a_target_implies_nothing(missing: str) -> None:
    own = {"deals": 2000.0, "close_rate": 0.62, "order_value": 2400.0}
    del own[missing]
    assert implied_targets(formulas_of(GENERATIONS), own, {})["revenue"] is None


def test_constants_are_their_own_targets_and_promise_nothing_alone() -> None:
    generations: list[list[Node]] = [
        [leaf("calls"), constant("days", 20.0), constant("staff", 5.0)],
        [branch("capacity", "days * staff"), branch("daily", "calls / days")],
        [branch("load", "calls / capacity")],
    ]
    constants = {"days": 20.0, "staff": 5.0}
    implied = implied_targets(formulas_of(generations), {"calls": 400.0}, constants)
    assert implied == {"capacity": None, "daily": 20.0, "load": 4.0}


@pytest.mark.parametrize(
    ("formula", "own", "value"),
    [
        ("a / b", {"a": 1.0, "b": 0.0}, None),  # a division by zero promises nothing
        ("prev(a) + b", {"a": 1.0, "b": 2.0}, None),
        ("rolling_sum(a, 3)", {"a": 1.0}, None),
        ("coalesce(a, b)", {"b": 2.0}, 2.0),
        ("max(a, b)", {"a": 1.0, "b": 2.0}, 2.0),
        ("if_else(a > b, a, 0)", {"a": 3.0, "b": 2.0}, 3.0),
        ("sqrt(a)", {"a": -1.0}, None),
    ],
)
def test_formulas_that_imply(formula: str, own: dict[str, float], value: float | None) -> None:
    generations: list[list[Node]] = [[leaf("a"), leaf("b")], [branch("top", formula)]]
    assert implied_targets(formulas_of(generations), own, {}) == {"top": value}


# --- contradictions ---------------------------------------------------------------------------


def notices(own: float | None, implied: float | None) -> list[Notice]:
    kpis = by_id(*DRIVERS, REVENUE)
    found = do_not_add_up(
        kpis, {"revenue": own}, {"revenue": implied}, lambda kpi, value: f"{kpi.id}={value:.0f}"
    )
    return list(found)


@pytest.mark.parametrize(
    ("own", "implied", "gap"),
    [
        (3_000_000.0, 2_976_000.0, "revenue=24000 short"),
        (2_976_000.0, 3_000_000.0, "revenue=24000 over"),
        (-100.0, -90.0, "revenue=10 over"),
        (0.0, 5.0, "revenue=5 over"),
        (5.0, 0.0, "revenue=5 short"),
    ],
)
def test_by_how_much_targets_do_not_add_up(own: float, implied: float, gap: str) -> None:
    (notice,) = notices(own, implied)
    assert (notice.code, notice.kpi) == ("targets_do_not_add_up", "revenue")
    assert notice.message == (
        f"the targets under Revenue give revenue={implied:.0f}, not revenue={own:.0f}: {gap}"
    )


@pytest.mark.parametrize(
    ("own", "implied"),
    [(3e6, 3e6), (3e6, 3_000_299.0), (0.0, 0.0), (None, 5.0), (5.0, None), (0.3, 0.1 + 0.2)],
)
def test_targets_that_do_not_contradict(own: float | None, implied: float | None) -> None:
    assert notices(own, implied) == []


@given(st.floats(1, 1e6), st.floats(1, 1e6), st.integers(1, 31))
def test_pro_rata_targets_of_a_flow_and_a_rate_go_on_adding_up(
    orders: float, price: float, days: int
) -> None:
    """What adds up for the month adds up for its first days."""
    span = CALENDAR.first_days(CALENDAR.parse("2026-10"), days)
    kpis = by_id(leaf("orders"), leaf("price", "mean(price)"), branch("sales", "orders * price"))
    adding = adding_up(kpis, list(kpis))
    plain = {"orders": orders, "price": price, "sales": orders * price}
    own = {
        name: target_for(PlainTarget(value=value), span, Grain.MONTH, CALENDAR, adding[name]).value
        for name, value in plain.items()
    }
    generations: list[list[Node]] = [[kpis["orders"], kpis["price"]], [kpis["sales"]]]
    implied = implied_targets(formulas_of(generations), own, {})
    assert implied["sales"] is not None
    assert own["sales"] is not None
    assert math.isclose(implied["sales"], own["sales"], rel_tol=1e-12)


# --- against the definition, day by day ----------------------------------------------------------

EDGES = st.integers(0, 70).map(lambda n: date(2026, 1, 1) + timedelta(days=n))


@st.composite
def some_span(draw: st.DrawFn) -> Span:
    one, other = draw(st.tuples(EDGES, EDGES).filter(lambda both: both[0] != both[1]))
    return Span(min(one, other), max(one, other), "some days")


def day_by_day(named: list[tuple[Span, float]], span: Span, adding: Adding) -> Found:
    """What spread() gives, in the plainest words."""
    for period, value in named:
        if (period.start, period.end) == (span.start, span.end):
            return Found(value)
    shares: list[tuple[Span, float]] = []
    for day in (span.start + timedelta(days=n) for n in range(span.days)):
        holding = [one for one in named if day in one[0]]
        if not holding:
            return Found(None, f"no goal for {day.isoformat()}")
        shares.append(min(holding, key=lambda one: one[0].days))  # the first one of the shortest
    if adding is FLOW:
        return Found(math.fsum(value / period.days for period, value in shares))
    if len({value for _, value in shares}) == 1:
        return Found(shares[0][1])
    return Found(None, "the goal changes within some days")


@given(
    st.lists(st.tuples(some_span(), st.floats(-1e12, 1e12) | st.sampled_from([1.0, 2.0]))),
    some_span(),
    st.sampled_from([FLOW, RATE]),
)
def test_spreading_is_what_plain_words_say(
    named: list[tuple[Span, float]], span: Span, adding: Adding
) -> None:
    assert spread_over(named, span, adding, "goal") == day_by_day(named, span, adding)  # to the bit


@given(st.lists(st.tuples(some_span(), st.floats(-1e12, 1e12)), max_size=4), some_span())
def test_days_that_something_holds_for_throughout(
    named: list[tuple[Span, float]], span: Span
) -> None:
    """As above, over a long period without gaps, so that there mostly is a sum."""
    year = Span(date(2026, 1, 1), date(2027, 1, 1), "2026")
    given_for = [*named, (year, 36500.1)]
    assert spread_over(given_for, span, FLOW, "goal") == day_by_day(given_for, span, FLOW)


def test_a_sum_beyond_all_numbers_is_withheld() -> None:
    months = [(CALENDAR.parse(label), 1.7e308) for label in ("2026-01", "2026-02")]
    found = spread_over(months, CALENDAR.parse("2026-01..2026-02"), FLOW, "target")
    assert found == Found(None, "the target is too large for a number")
