"""How a change of a value is written, and what it comes to."""

import pytest

from analysis.kpis import leaf
from kpitree.analysis.shift import shift_of
from kpitree.errors import UsageError

DEALS = leaf("deals")
RATE = leaf("rate", unit="percent")
PRICE = leaf("price", unit="currency")


@pytest.mark.parametrize(
    ("given", "before", "after"),
    [
        ("420", 400.0, 420.0),
        ("3_000_000", 400.0, 3e6),
        (420, None, 420.0),
        (4.5, 400.0, 4.5),
        ("+5%", 400.0, 420.0),
        ("-5%", 400.0, 380.0),
        ("−5%", 400.0, 380.0),  # as kpitree prints it
        (" +5 % ", 400.0, 420.0),
        ("+5%", -400.0, -380.0),  # more is nearer to 0, and beyond
        ("+5%", 0.0, 0.0),
        ("+20", 400.0, 420.0),
        ("-20", 400.0, 380.0),
        ("=-20", 400.0, -20.0),
        ("=20", 400.0, 20.0),
        ("1e3", 400.0, 1000.0),
        ("+5%", None, None),
        ("+20", None, None),
        ("62%", None, 0.62),
    ],
)
def test_of_a_number(given: str | float, before: float | None, after: float | None) -> None:
    assert shift_of(given).of(DEALS, before) == (None if after is None else pytest.approx(after))


@pytest.mark.parametrize(
    ("given", "after"),
    [
        ("62%", 0.62),
        ("0.62", 0.62),
        ("+3pp", 0.63),
        ("-3 pp", 0.57),
        ("+5%", 0.63),
        ("=-1%", -0.01),
    ],
)
def test_of_a_percentage(given: str, after: float) -> None:
    assert shift_of(given).of(RATE, 0.6) == pytest.approx(after)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("abc", "'abc' is not a number"),
        ("", "'' is not a number"),
        ("+", "'+' is not a number"),
        ("%", "'%' is not a number"),
        ("5%%", "'5%%' is not a number"),
        ("--5", "'--5' is not a number"),
        ("+-5", "'+-5' is not a number"),
        ("5 000", "'5 000' is not a number"),
        ("1,5", "'1,5' is not a number"),
        ("nan", "'nan' is not a number to work with"),
        ("inf", "'inf' is not a number to work with"),
        ("+1e999%", "'+1e999%' is not a number to work with"),
        (float("-inf"), "'-inf' is not a number to work with"),
        ("3pp", "'3pp' lacks a sign"),
        ("=+3pp", "'=+3pp' lacks a sign"),
    ],
)
def test_what_is_no_shift(given: str | float, said: str) -> None:
    with pytest.raises(UsageError) as error:
        shift_of(given)
    assert error.value.message == said


def test_points_are_for_percentages() -> None:
    with pytest.raises(UsageError, match="pp is for percentages, and 'price' is an amount"):
        shift_of("+3pp").of(PRICE, 12.0)


def test_too_large() -> None:
    with pytest.raises(UsageError, match="'deals' would be too large for a number"):
        shift_of("+900%").of(DEALS, 1e308)
