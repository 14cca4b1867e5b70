"""Targets spread over periods, implied by operands, and contradicted by them."""

import math
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

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
from kpitree.analysis.targets.nested import overtaken
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
        ("2026-01", FLOW, 0, 340 * 31 / 62, None),  # 900 less February's 560, over 62 days
        ("2026-Q1", FLOW, 0, 900.0, None),  # given for exactly this period
        ("2026-02..2026-03", FLOW, 0, 560.0 + 170.0, None),  # what is left of the quarter
        ("2026-03..2026-04", FLOW, 0, 170.0 + 300.0, None),
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


def figures() -> st.SearchStrategy[float]:
    return st.integers(-10_000, 10_000).map(float)


def shares_of_days(named: list[tuple[Span, float]]) -> dict[date, Fraction | None]:
    """Each day's share, in the plainest words: the shortest periods first, then what is left."""
    shares: dict[date, Fraction | None] = {}
    for period, value in sorted(named, key=lambda one: one[0].days):
        days = [period.start + timedelta(days=n) for n in range(period.days)]
        free = [day for day in days if day not in shares]
        left = Fraction(value) - sum(shares.get(day) or Fraction(0) for day in days)
        nested = len(free) < len(days)
        too_much = nested and (left < 0 <= value or value < 0 < left)
        shares |= dict.fromkeys(free, None if too_much or not free else left / len(free))
    return shares


def day_by_day(named: list[tuple[Span, float]], span: Span, adding: Adding) -> Fraction | None:
    """What spread() gives."""
    for period, value in named:
        if (period.start, period.end) == (span.start, span.end):
            return Fraction(value)
    days = [span.start + timedelta(days=n) for n in range(span.days)]
    if adding is FLOW:
        shares = shares_of_days(named)
        parts = [shares.get(day) for day in days]
        return None if None in parts else sum((one or Fraction(0) for one in parts), Fraction(0))
    holding = [[one for one in named if day in one[0]] for day in days]
    if not all(holding):
        return None
    values = {min(ones, key=lambda one: one[0].days)[1] for ones in holding}
    return Fraction(values.pop()) if len(values) == 1 else None


@given(
    st.lists(st.tuples(some_span(), figures() | st.sampled_from([1.0, 2.0]))),
    some_span(),
    st.sampled_from([FLOW, RATE]),
)
def test_spreading_is_what_plain_words_say(
    named: list[tuple[Span, float]], span: Span, adding: Adding
) -> None:
    found, expected = spread_over(named, span, adding, "goal"), day_by_day(named, span, adding)
    if expected is None:
        assert found.value is None
        assert found.reason is not None
    else:
        assert found.value == pytest.approx(float(expected), rel=1e-9, abs=1e-6)


@given(st.lists(st.tuples(some_span(), figures()), max_size=4), some_span())
def test_days_that_something_holds_for_throughout(
    named: list[tuple[Span, float]], span: Span
) -> None:
    """As above, over a long period without gaps, so that there mostly is a sum."""
    year = Span(date(2026, 1, 1), date(2027, 1, 1), "2026")
    given_for = [*named, (year, 365_000.1)]
    found, expected = spread_over(given_for, span, FLOW, "goal"), day_by_day(given_for, span, FLOW)
    assert (found.value is None) == (expected is None)
    if expected is not None:
        assert found.value == pytest.approx(float(expected), rel=1e-9, abs=1e-6)


@st.composite
def nested(draw: st.DrawFn) -> list[tuple[Span, float]]:
    """A year, some quarters and months in it: each with at least what those within it take."""
    labels = {f"2026-Q{n}": [f"2026-{3 * n - 2 + m:02}" for m in range(3)] for n in range(1, 5)}
    found: dict[str, float] = {}
    within_year = 0.0
    for quarter, months in labels.items():
        chosen = {name: draw(st.integers(0, 500)) for name in months if draw(st.booleans())}
        found |= {name: float(value) for name, value in chosen.items()}
        taken = float(sum(chosen.values()))
        if draw(st.booleans()):
            left = 0 if len(chosen) == len(months) else draw(st.integers(0, 500))
            taken += left
            found[quarter] = taken
        within_year += taken
    found["2026"] = within_year + (0 if len(found) == 17 else draw(st.integers(0, 500)))
    if all(
        day in shares_of_days([(CALENDAR.parse(k), v) for k, v in found.items() if k != "2026"])
        for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(365))
    ):
        found["2026"] = within_year
    order = draw(st.permutations(list(found)))
    return [(CALENDAR.parse(label), found[label]) for label in order]


@given(nested(), st.sampled_from(list(Grain)))
def test_the_parts_of_a_period_add_up_to_it(named: list[tuple[Span, float]], grain: Grain) -> None:
    """Of every period named, and at any grain of which it holds whole periods."""
    for period, value in named:
        parts = CALENDAR.periods_in(period, grain)
        if parts[0].start < period.start or period.end < parts[-1].end:
            continue  # weeks, and what is longer than it
        found = [spread_over(named, part, FLOW, "target").value for part in parts]
        assert math.fsum(one or 0.0 for one in found) == pytest.approx(value, rel=1e-9, abs=1e-9)
        assert None not in found


@given(nested(), st.integers(0, 4))
def test_the_target_to_date_never_falls(named: list[tuple[Span, float]], first: int) -> None:
    """Every fifth day of a year, from any of the first five on: all of them take their time."""
    begin = date(2026, 1, 1)
    days = range(1 + first, 366, 5)
    to_date = [
        spread_over(named, Span(begin, begin + timedelta(days=n), "to date"), FLOW, "target").value
        for n in days
    ]
    known = [one for one in to_date if one is not None]
    assert len(known) == len(days)
    assert all(one <= other + 1e-9 * abs(other) for one, other in pairwise(known))


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("2026-Q1", 600.0),
        ("2026-Q2", 600 * 91 / 275),
        ("2026-Q4", 600 * 92 / 275),
        ("2026-01-01..2026-12-30", 1200 - 600 / 275),
        ("2026", 1200.0),
    ],
)
def test_what_is_left_of_a_year_is_that_of_its_other_quarters(days: str, expected: float) -> None:
    target = PeriodTargets(values={"2026": 1200.0, "2026-Q1": 600.0})
    assert spread(target, days, FLOW).value == pytest.approx(expected, rel=1e-12)


def test_what_is_taken_twice_is_withheld_and_told() -> None:
    """Q1 takes 1,300 of the year's 1,200; of the year as such it stays 1,200."""
    values = {"2026": 1200.0, "2026-Q1": 1300.0}
    target = PeriodTargets(values=values)
    assert spread(target, "2026", FLOW) == Found(1200.0)
    assert spread(target, "2026-02", FLOW).value == pytest.approx(1300 * 28 / 90)
    said = "no target for 2026-04-01: those within 2026 take more than all of its own"
    assert spread(target, "2026-04", FLOW) == Found(None, said)
    named = [(CALENDAR.parse(label), value) for label, value in values.items()]
    (year,) = overtaken(named)
    assert (year.period.label, year.value) == ("2026", 1200.0)
    assert year.taken == pytest.approx(1300.0)


@pytest.mark.parametrize(("last", "told"), [(400.0, False), (500.0, True), (300.0, True)])
def test_months_that_name_all_days_of_a_quarter(last: float, told: bool) -> None:
    named = [
        (CALENDAR.parse(label), value)
        for label, value in (("2026-Q1", 900.0), ("2026-01", 300.0), ("2026-02", 200.0))
    ] + [(CALENDAR.parse("2026-03"), last)]
    assert bool(overtaken(named)) is told
    assert spread_over(named, CALENDAR.parse("2026-Q1"), FLOW, "target") == Found(900.0)


def test_a_sum_beyond_all_numbers_is_withheld() -> None:
    months = [(CALENDAR.parse(label), 1.7e308) for label in ("2026-01", "2026-02")]
    found = spread_over(months, CALENDAR.parse("2026-01..2026-02"), FLOW, "target")
    assert found == Found(None, "the target is too large for a number")
