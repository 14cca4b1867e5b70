"""Numbers for people by unit, numbers for machines unrounded."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.numbers import Numbers, machine, machine_text

finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("unit", "value", "printed"),
    [
        ("currency", 2_802_450.0, "2,802,450.00"),
        ("currency", -0.005, "−0.01"),
        ("currency", -0.004, "0.00"),
        ("percent", 0.824, "82.4 %"),
        ("percent", 0.0, "0.0 %"),
        ("number", 1_979.0, "1,979"),
        ("number", 1_979.000000000001, "1,979"),
        ("number", 3.14159, "3.14"),
        ("number", -1_234.0, "−1,234"),
        ("days", 3.5, "3.5 d"),
        ("days", 12.0, "12 d"),
        ("hours", 0.25, "0.2 h"),
        ("tickets", 412.0, "412"),
        ("number", 1e18, "1e+18"),
        ("number", None, "–"),
    ],
)
def test_values(unit: str, value: float | None, printed: str) -> None:
    assert Numbers(unit=unit).value(value) == printed


@pytest.mark.parametrize(
    ("unit", "change", "printed"),
    [
        ("currency", -197_550.0, "−197,550.00"),
        ("currency", 12_300.0, "+12,300.00"),
        ("currency", 0.0, "0.00"),
        ("currency", -0.001, "0.00"),
        ("percent", -0.16, "−16.0 pp"),
        ("percent", 0.003, "+0.3 pp"),
        ("number", -21.0, "−21"),
        ("days", 1.25, "+1.2 d"),
        ("number", None, "–"),
    ],
)
def test_changes_are_signed_and_percentages_differ_in_points(
    unit: str, change: float | None, printed: str
) -> None:
    assert Numbers(unit=unit).change(change) == printed


def test_the_author_decides_on_decimals() -> None:
    assert Numbers(unit="currency", decimals=0).value(1234.56) == "1,235"
    assert Numbers(unit="percent", decimals=3).value(0.12345) == "12.345 %"
    assert Numbers(unit="number", decimals=1).value(7.0) == "7.0"
    assert Numbers(unit="currency", decimals=2, coarse=True).value(1234.56) == "1,234.56"


def test_coarse_numbers_lose_only_the_default_decimals_of_large_amounts() -> None:
    coarse = Numbers(unit="currency", coarse=True)
    assert [coarse.value(1234.56), coarse.value(999.99)] == ["1,235", "999.99"]
    assert Numbers(unit="percent", coarse=True).value(12.345) == "1,234.5 %"


def test_free_text_units_are_named_on_request() -> None:
    assert Numbers(unit="tickets").value(412.0, word=True) == "412 tickets"
    assert Numbers(unit="number").value(412.0, word=True) == "412"


def test_ascii_has_a_hyphen() -> None:
    plain = Numbers(unit="percent", ascii=True)
    assert [plain.value(-0.5), plain.change(-0.1), plain.value(None), plain.percent(-0.066)] == [
        "-50.0 %",
        "-10.0 pp",
        "-",
        "-6.6 %",
    ]


@pytest.mark.parametrize(
    ("unit", "change", "printed"),
    [
        ("currency", -197_520.0, "−197.5 k"),
        ("currency", 2_976_000.0, "+2.98 M"),
        ("currency", 999_960.0, "+1.00 M"),
        ("currency", 4.2e9, "+4.20 bn"),
        ("currency", -7.0e12, "−7.00 tn"),
        ("currency", 9_999.0, "+9,999"),
        ("currency", 99.5, "+99.50"),
        ("number", 12.0, "+12"),
        ("percent", -0.019, "−1.9 pp"),
        ("days", 20_000.0, "+20.0 k d"),
        ("number", 1e300, "+1e+300"),
    ],
)
def test_short_forms(unit: str, change: float, printed: str) -> None:
    numbers = Numbers(unit=unit)
    scale = numbers.compact_scale(change)
    assert numbers.compact(scale.of(change), scale) == printed


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3_000_000.0, "3000000"),
        (0.1 + 0.2, "0.30000000000000004"),
        (-0.0, "0"),
        (float(2**53), "9007199254740992.0"),
        (1e22, "1e+22"),
        (None, ""),
    ],
)
def test_machine_numbers(value: float | None, text: str) -> None:
    assert machine_text(value) == text


@given(finite)
def test_machine_numbers_read_back_as_they_were(value: float) -> None:
    assert float(machine_text(value)) == value
    assert json.loads(json.dumps(machine(value))) == value


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_machine_numbers_are_finite(value: float) -> None:
    with pytest.raises(ValueError, match="is not a value"):
        machine(value)


@given(finite, st.sampled_from(["number", "currency", "percent", "days", "tickets"]))
def test_every_number_can_be_printed(value: float, unit: str) -> None:
    numbers = Numbers(unit=unit)
    scale = numbers.compact_scale(value)
    printed = [numbers.value(value), numbers.change(value)]
    printed.append(numbers.compact(scale.of(value), scale))
    # A percentage of the largest floats overflows to infinity, which is printed as such.
    for text in printed:
        assert "-" not in text.replace("e-", "")
        assert not text.startswith("−0 ")
