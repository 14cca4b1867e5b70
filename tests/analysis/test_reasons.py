"""Why a cell has no value: the words, and whose fault it is."""

from collections.abc import Mapping
from datetime import date

import pytest

from analysis.kpis import branch, by_id, constant, leaf
from kpitree.analysis.leaves import LeafPlan
from kpitree.analysis.moments import Coverage
from kpitree.analysis.reasons import Reasons
from kpitree.calendar import Calendar
from kpitree.tree.expressions import Call, Name

SPAN = Calendar().parse("2026-03")
KPIS = by_id(
    leaf("won"),
    leaf("rate", label="Close rate"),
    constant("fx", {"2026-01": 1.0}, label="Exchange rate"),
    branch("value", "won / rate"),
    branch("in_euro", "value * fx"),
    branch("either", "coalesce(won, rate) / (won - won)"),
    branch("lucky", "if_else(won > 0, won, rate)"),
    branch("root_of", "sqrt(-won)"),
    branch("growth", "won / prev(won) - 1"),
    branch("window", "rolling_sum(won, 3)"),
    branch("so_far", "year_to_date(won)"),
    branch("before", "prev(won, 2)"),
    branch("counted", "won * 2", measured=leaf("counted:measured")),
    branch("above", "counted + 1"),
)
PLANS = {
    "won": LeafPlan("won", "deals", Name("0"), (), ("part:0",)),
    "counted:measured": LeafPlan("counted:measured", "deals", Name("0"), (), ("part:2",)),
    "rate": LeafPlan("rate", "deals", Call("/", (Name("0"), Name("1"))), (), ("part:0", "part:1")),
}


def why(
    kpi: str,
    row: Mapping[str, float | None],
    *,
    covered: tuple[str, str] = ("2026-01-01", "2026-12-31"),
    assumed: str | None = "no value for 2026-03-01",
) -> str:
    first, last = (date.fromisoformat(day) for day in covered)
    reasons = Reasons(KPIS, PLANS, {"deals": Coverage(first, last)}, lambda *_: assumed)
    return reasons.why(kpi, row, SPAN)


@pytest.mark.parametrize(
    ("covered", "reason"),
    [
        (("2026-03-02", "2026-12-31"), "the data of deals starts 2026-03-02"),
        (("2026-04-01", "2026-12-31"), "the data of deals starts 2026-04-01"),
        (("2026-01-01", "2026-03-30"), "the data of deals ends 2026-03-30"),
        (("2026-01-01", "2026-01-31"), "the data of deals ends 2026-01-31"),
        (("2026-03-01", "2026-03-31"), "no rows with a value"),
    ],
)
def test_leaves_without_data(covered: tuple[str, str], reason: str) -> None:
    assert why("won", {}, covered=covered) == reason


def test_a_leaf_whose_parts_give_nothing() -> None:
    assert why("rate", {"part:0": 0.0, "part:1": 0.0}) == "division by zero"


def test_constants() -> None:
    assert why("fx", {}) == "no value for 2026-03-01"
    assert why("fx", {}, assumed=None) == "no value"


@pytest.mark.parametrize(
    ("kpi", "row", "reason"),
    [
        ("value", {"won": None, "rate": 0.5}, "Won: no rows with a value"),
        ("value", {"won": 3.0, "rate": 0.0}, "division by zero"),
        ("value", {"won": 3.0, "part:0": 1.0, "part:1": 0.0}, "Close rate: division by zero"),
        # the KPI in which it begins is named, not the whole way down
        ("in_euro", {"fx": 1.0}, "Won: no rows with a value"),
        ("in_euro", {"fx": 1.0, "won": 3.0, "rate": 0.0}, "Value: division by zero"),
        ("in_euro", {"value": 1.0}, "Exchange rate: no value for 2026-03-01"),
        # what coalesce and if_else can do without is not to blame
        ("either", {"won": 3.0}, "division by zero"),
        ("either", {"rate": 3.0}, "Won: no rows with a value"),
        ("lucky", {"won": -1.0, "part:0": 1.0, "part:1": 0.0}, "Close rate: division by zero"),
        ("root_of", {"won": 4.0}, "square root of a negative number"),
    ],
)
def test_formulas(kpi: str, row: dict[str, float | None], reason: str) -> None:
    assert why(kpi, row) == reason


@pytest.mark.parametrize(
    ("kpi", "row", "reason"),
    [
        ("growth", {"won": 4.0, "prev:won:1": 0.0}, "division by zero"),
        ("growth", {"won": 4.0, "prev:won:1": None}, "Won: no value in an earlier period"),
        ("growth", {"won": None, "prev:won:1": 4.0}, "Won: no rows with a value"),
        ("before", {"won": None}, "Won: no value in an earlier period"),
        ("window", {"won": 4.0}, "Won: no value in an earlier period"),
        ("window", {"won": None}, "Won: no rows with a value"),
        ("so_far", {"won": 4.0}, "Won: no value in an earlier period"),
    ],
)
def test_looks_at_other_periods(kpi: str, row: dict[str, float | None], reason: str) -> None:
    assert why(kpi, row) == reason


def test_what_is_measured_beside_a_formula() -> None:
    """The formula has a value, but it is not what the KPI is."""
    row = {"won": 4.0, "part:2": None}
    assert why("counted", row) == "no rows with a value"
    assert why("above", row) == "Counted: no rows with a value"
    covered = ("2026-03-02", "2026-12-31")
    assert why("counted", row, covered=covered) == "the data of deals starts 2026-03-02"


def test_a_long_chain_is_no_trouble() -> None:
    chain = [branch(f"k{n}", f"k{n + 1} * 2") for n in range(5000)]
    kpis = by_id(*chain, constant("k5000", {}))
    reasons = Reasons(kpis, {}, {}, lambda *_: "no value for 2026-03-01")
    assert reasons.why("k0", {}, SPAN) == "K5000: no value for 2026-03-01"
