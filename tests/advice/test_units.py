"""Unit algebra: what formulas and measures are counted in, and what cannot be."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.advice.advising import advise
from kpitree.advice.dimensions import (
    COUNT,
    CURRENCY,
    DAYS,
    HOURS,
    MINUTES,
    RATIO,
    UNKNOWN,
    WEEKS,
    Dimension,
    may_be_money,
    of_unit,
)
from kpitree.advice.units import units_of
from kpitree.tree.read import read_tree

FILE = Path("tree.toml")
# Operands of every kind: money, counts, rates, times, and those of which nobody knows.
OPERANDS = {
    "price": 'measure = "mean(price)"\nunit = "currency"',
    "cost": 'measure = "sum(cost)"\nunit = "currency"',
    "orders": 'measure = "count()"',
    "tickets": 'measure = "sum(n)"\nunit = "tickets"',
    "rate": 'measure = "count(where=a) / count()"\nunit = "percent"',
    "wait": 'measure = "mean(x)"\nunit = "days"',
    "work": 'measure = "sum(x)"\nunit = "hours"',
    "teur": 'measure = "sum(x)"\nunit = "TEUR"',
    "pence": 'measure = "sum(x)"\nunit = "pence"',
    "minutes": 'measure = "sum(x)"\nunit = "minutes"',
    "weeks": 'measure = "sum(x)"\nunit = "weeks"',
    "unsaid": 'measure = "sum(x)"',
    "euros": 'measure = "sum(x)"\nunit = "kEUR/month"',
    "factor": 'value = 1.5\ndescription = "x"',
}


def text_of(formula: str, unit: str = "number", *, key: str = "formula") -> str:
    kpis = "\n".join(f"[kpi.{name}]\n{lines}" for name, lines in OPERANDS.items())
    return f"""
[tree]
root = "x"
currency = "EUR"
[sources.s]
path = "s.csv"
time = "t"
[sources.s.columns]
waited = "days_between(a, b)"
{kpis}
[kpi.x]
{key} = "{formula}"
unit = "{unit}"
"""


def given_by(formula: str, *, key: str = "formula") -> Dimension:
    return units_of(read_tree(text_of(formula, key=key), FILE)).given["x"]


def said(formula: str, unit: str = "number", *, key: str = "formula") -> str | None:
    found = advise(read_tree(text_of(formula, unit, key=key), FILE), frozenset({"KT301"}))
    return next((one.message for one in found if one.kpi == "x"), None)


@pytest.mark.parametrize(
    ("formula", "dimension"),
    [
        ("orders * price", CURRENCY),
        ("tickets * price", CURRENCY),
        ("orders * rate * price", CURRENCY),
        ("cost / orders", CURRENCY),
        ("cost / price", COUNT),
        ("cost * cost / price", CURRENCY),
        ("cost / cost", RATIO),
        ("wait / wait", RATIO),
        ("rate * rate", RATIO),
        ("cost - price", CURRENCY),
        ("-cost", CURRENCY),
        ("max(0, cost)", CURRENCY),
        ("cost + 10", CURRENCY),
        ("1 - rate", RATIO),
        ("wait + wait", DAYS),
        ("work * rate", HOURS),
        ("cost * 1.19", CURRENCY),
        ("cost / 12", CURRENCY),
        ("sqrt(cost * cost)", CURRENCY),
        ("cost ** 2 / cost", CURRENCY),
        ("prev(cost)", CURRENCY),
        ("year_to_date(cost)", CURRENCY),
        ("coalesce(unsaid, cost)", CURRENCY),
        ("if_else(orders > 3, cost, 0)", CURRENCY),
        ("50 * tickets", UNKNOWN),  # at 50 each
        ("work / 24", UNKNOWN),  # days
        ("1 / rate", UNKNOWN),  # as months that a customer stays
        ("cost / 85", UNKNOWN),  # hours at 85 each
        ("unsaid * price", UNKNOWN),
        ("euros * orders", UNKNOWN),
        ("cost * factor", UNKNOWN),
        ("exp(rate)", UNKNOWN),
        ("cost ** rate", UNKNOWN),
    ],
)
def test_what_a_formula_gives(formula: str, dimension: Dimension) -> None:
    assert given_by(formula) == dimension


@pytest.mark.parametrize(
    ("measure", "dimension"),
    [
        ("count()", COUNT),
        ("count() / n_unique(customer)", COUNT),
        ("sum(a, where=b) / sum(a)", RATIO),
        ("sum(a)", UNKNOWN),
        ("sum(a) / count()", UNKNOWN),
        ("mean(days_between(a, b))", DAYS),
        ("mean(waited)", DAYS),
        ("median(hours_between(a, b))", HOURS),
        ("mean(hours_between(a, b) / 24)", UNKNOWN),
    ],
)
def test_what_a_measure_gives(measure: str, dimension: Dimension) -> None:
    assert given_by(measure, key="measure") == dimension


@pytest.mark.parametrize(
    ("formula", "unit", "message"),
    [
        ("cost / orders", "percent", "the formula of x gives currency, and its unit is percent"),
        ("cost / orders", "days", "the formula of x gives currency, and its unit is days"),
        ("cost / orders", "currency", None),
        ("cost / orders", "EUR/order", None),
        (
            "orders * rate",
            "currency",
            "the formula of x gives a number without currency, and its unit is currency",
        ),
        ("rate * rate", "currency", "the formula of x gives a rate, and its unit is currency"),
        (
            "cost * price",
            "currency",
            "the formula of x gives currency times currency, and its unit is currency",
        ),
        (
            "orders / cost",
            "percent",
            "the formula of x gives something divided by currency, and its unit is percent",
        ),
        (
            "cost / price",
            "currency",
            "the formula of x gives a number without currency, and its unit is currency",
        ),
        ("wait * rate", "percent", "the formula of x gives days, and its unit is percent"),
        ("wait + wait", "hours", "the formula of x gives days, and its unit is hours"),
        ("wait + wait", "currency", "the formula of x gives days, and its unit is currency"),
        ("cost + orders", "number", "x adds cost (currency) and orders (a number)"),
        ("cost - rate", "number", "x adds cost (currency) and rate (percent)"),
        ("cost + price - wait", "number", "x adds cost (currency) and wait (days)"),
        ("rate + wait", "number", "x adds rate (percent) and wait (days)"),
        ("wait + work", "number", "x adds wait (days) and work (hours)"),
        ("max(cost, wait)", "number", "x compares cost (currency) and wait (days)"),
        (
            "if_else(cost > orders, 1, 2)",
            "number",
            "x compares cost (currency) and orders (a number)",
        ),
        (
            "if_else(rate > 0, cost, orders)",
            "number",
            "x chooses between cost (currency) and orders (a number)",
        ),
        ("teur - orders", "number", "x adds teur (TEUR) and orders (a number)"),
        ("teur - wait", "number", "x adds teur (TEUR) and wait (days)"),
        ("minutes + work", "number", "x adds minutes (minutes) and work (hours)"),
        ("rate + minutes", "number", "x adds rate (percent) and minutes (minutes)"),
        ("cost + minutes", "number", "x adds cost (currency) and minutes (minutes)"),
        ("wait + weeks", "number", "x adds wait (days) and weeks (weeks)"),
        ("minutes + minutes", "hours", "the formula of x gives minutes, and its unit is hours"),
        ("wait + wait", "min", "the formula of x gives days, and its unit is min"),
        (
            "orders * rate",
            "USD",
            "the formula of x gives a number without currency, and its unit is USD",
        ),
        # what people write, and is right
        ("teur - cost", "currency", None),
        ("teur + pence", "TEUR", None),
        ("minutes / 60", "hours", None),
        ("minutes / 60 + work", "hours", None),
        ("minutes / work", "percent", None),
        ("orders * minutes", "minutes", None),
        ("minutes * price", "currency", None),
        ("cost / price", "days", None),  # a balance over what goes a day
        ("cost / price", "months", None),
        ("cost / cost", "percent", None),
        ("orders / tickets", "percent", None),
        ("wait * orders", "number", None),  # open days, orders a day
        ("wait * price", "currency", None),  # days, price a day
        ("work * wait", "hours", None),  # hours a day
        ("orders + tickets", "number", None),
        ("wait + orders", "number", None),  # a count of days
        ("unsaid + cost", "percent", "the formula of x gives currency, and its unit is percent"),
        ("unsaid * orders", "currency", None),
        ("euros - cost", "currency", None),
        ("tickets / work", "tickets per hour", None),
        ("100 * rate", "points", None),
        ("(cost - price) / price", "percent", None),
        ("cost * (1 + rate)", "currency", None),
        ("rate ** 2", "percent", None),
    ],
)
def test_units_that_do_not_multiply(formula: str, unit: str, message: str | None) -> None:
    assert said(formula, unit) == message


@pytest.mark.parametrize(
    ("measure", "unit", "message"),
    [
        (
            "count()",
            "currency",
            "the measure of x gives a number without currency, and its unit is currency",
        ),
        (
            "mean(hours_between(a, b))",
            "days",
            "the measure of x gives hours, and its unit is days",
        ),
        ("mean(hours_between(a, b) / 24)", "days", None),
        ("sum(a) / count()", "currency", None),
        ("n_unique(date)", "days", None),
    ],
)
def test_units_of_measures(measure: str, unit: str, message: str | None) -> None:
    assert said(measure, unit, key="measure") == message


def test_a_unit_that_is_not_written_follows_from_the_formula_further_up() -> None:
    text = text_of("margin / orders", "percent") + '[kpi.margin]\nformula = "price - cost"\n'
    found = advise(read_tree(text, FILE), frozenset({"KT301"}))
    assert [one.message for one in found] == [
        "the formula of x gives currency, and its unit is percent"
    ]


@pytest.mark.parametrize(
    ("unit", "money"),
    [
        ("tickets", False),
        ("person-days", False),
        ("times", False),
        ("points", False),
        ("EUR", True),
        ("kEUR", True),
        ("k€", True),
        ("USD per head", True),
        ("euros", True),
        ("eur", True),  # the tree's own
        ("points/day", True),
    ],
)
def test_which_words_may_be_money(unit: str, money: bool) -> None:
    assert may_be_money(unit, "EUR") is money
    assert (of_unit(unit, "EUR") == COUNT) is not money


@pytest.mark.parametrize(
    ("units", "dimension"),
    [
        ("EUR eur USD kEUR TEUR MEUR EURk EURm bnUSD k€ T€ € CHF", CURRENCY),
        ("cents cent pence yen kr zł pesos Franken dollars Euro", CURRENCY),
        ("minutes min minute", MINUTES),
        ("hours h Hour", HOURS),
        ("days Day", DAYS),
        ("weeks Week", WEEKS),
        ("tickets person-days times points months", COUNT),
        ("FTE SKU EUR/order points/day", UNKNOWN),
    ],
)
def test_words_for_money_and_time(units: str, dimension: Dimension) -> None:
    for unit in units.split():
        assert of_unit(unit, "EUR") == dimension, unit


@pytest.mark.parametrize("unit", ["k EUR", "Mio. EUR", "million dollars", "bn USD", "€ k"])
def test_thousands_of_money_are_money(unit: str) -> None:
    assert of_unit(unit, None) == CURRENCY


# --- laws ----------------------------------------------------------------------------------------

NUMBERS = ["orders", "tickets", "rate", "1"]  # no unit, or none that a product keeps
operands = st.sampled_from(sorted(OPERANDS))
formulas = st.recursive(
    operands,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" + ", " - ", " * ", " / "]), inner).map(
            lambda part: f"({''.join(part)})"
        ),
        inner.map(lambda part: f"max({part}, 0)"),
        inner.map(lambda part: f"abs({part})"),
    ),
    max_leaves=6,
)


@given(formula=formulas, number=st.sampled_from(NUMBERS))
def test_money_times_a_plain_number_is_as_much_money(formula: str, number: str) -> None:
    before, after = given_by(formula), given_by(f"({formula}) * {number}")
    assert after.currency == before.currency


@given(formula=formulas)
def test_a_rate_of_it_is_of_its_unit(formula: str) -> None:
    before, after = given_by(formula), given_by(f"({formula}) * rate")
    assert (after.currency, after.days, after.hours) == (before.currency, before.days, before.hours)


@given(one=formulas, other=formulas)
def test_the_order_of_factors_does_not_matter(one: str, other: str) -> None:
    assert given_by(f"{one} * {other}") == given_by(f"{other} * {one}")


@given(one=formulas, other=formulas)
def test_dividing_takes_back_what_multiplying_gave(one: str, other: str) -> None:
    before, after = given_by(one), given_by(f"({one}) * ({other}) / ({other})")
    assert after.currency in (before.currency, None)


@given(formula=formulas, unit=st.sampled_from(["currency", "percent", "days", "hours", "likes"]))
def test_an_unknown_operand_never_brings_an_alarm_about_the_unit(formula: str, unit: str) -> None:
    product = f"unsaid * {formula}"
    if units_of(read_tree(text_of(product), FILE)).unlike.get("x") is None:
        assert said(product, unit) is None


@given(
    exponents=st.lists(st.integers(-3, 3), min_size=3, max_size=3),
    power=st.fractions(min_value=-2, max_value=2),
)
def test_powers_multiply_exponents(exponents: list[int], power: Fraction) -> None:
    currency, days, hours = map(Fraction, exponents)
    one = Dimension(currency, days, hours)
    powered = one.power(power)
    assert [powered.currency, powered.days, powered.hours] == [power * e for e in exponents]
