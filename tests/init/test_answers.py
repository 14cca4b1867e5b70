"""What is typed for a target and a deadline: one meaning, or asked again."""

from datetime import date

import pytest

from kpitree.cli.answers import day_after, number, number_reader, some_of
from kpitree.errors import UsageError

ONE_WAY = {
    "70000": 70000,
    "1,5": 1.5,
    "1.5": 1.5,
    "1.500,50": 1500.5,
    "1,500.50": 1500.5,
    "1,500,000": 1500000,
    "1.500.000": 1500000,
    "70 000": 70000,
    "70\u202f000,5": 70000.5,
    "1'234.5": 1234.5,
    "1\u2019234": 1234,
    "0,125": 0.125,
    "0.125": 0.125,
    ",5": 0.5,
    "-5": -5,
    "1e5": 100000,
    "12%": 0.12,
    "7,5 %": 0.075,
    "none": None,
}


@pytest.mark.parametrize("answer", ONE_WAY)
def test_numbers_with_one_meaning(answer: str) -> None:
    assert number(answer) == ONE_WAY[answer]


@pytest.mark.parametrize("answer", ["80,000", "80.000", "1,500", "1.500", "12,500 %"])
def test_numbers_with_two_meanings(answer: str) -> None:
    with pytest.raises(UsageError, match="can be read two ways"):
        number(answer)


def test_both_meanings_are_named() -> None:
    with pytest.raises(UsageError) as found:
        number("1,500")
    assert found.value.hint == "type 1500 or 1.5"


@pytest.mark.parametrize(
    "answer",
    ["lots", "1,50,000", "1 2", "1.2.3", "1,2,3", "1.500,50,1", "70k", "", ".", "nan"],
)
def test_what_is_no_number(answer: str) -> None:
    with pytest.raises(UsageError, match="is not a number"):
        number(answer)


def test_what_was_proposed_means_what_it_says() -> None:
    read = number_reader(default="511.962", percent=False, such_as="511.962")
    assert read("511.962") == 511.962
    assert read("none") is None
    with pytest.raises(UsageError, match=r"an amount, such as 511\.962"):
        read("+5%")
    assert number_reader(default="none", percent=True, such_as="1")("5%") == 0.05


def test_a_deadline_lies_ahead_of_the_data() -> None:
    read = day_after(date(2026, 10, 31))
    assert read("2026-11-01") == date(2026, 11, 1)
    assert read("none") is None
    with pytest.raises(UsageError, match="2020-01-01 is over: the data goes to 2026-10-31"):
        read("2020-01-01")


@pytest.mark.parametrize("answer", [",", ", ,", " "])
def test_nothing_between_commas_is_no_choice(answer: str) -> None:
    read = some_of(["Price", "Orders"], ["Price", "Orders"])
    with pytest.raises(UsageError, match="all or none"):
        read(answer)
    assert (read("none"), read("2, 1"), read("orders,")) == ((), (0, 1), (1,))
