"""The tree under other values, end to end; the same as if the data, or an assumption, were so."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kpitree
from kpitree.analysis.results.whatif import WhatIf
from kpitree.errors import UsageError
from pipeline.shop import SOURCE, daily, value, write_csv

TREE = """
[tree]
root = "revenue"
[kpi.revenue]
formula = "sales * basket"
target = 600
[kpi.sales]
measure = "count()"
source = "sales"
target = 30
[kpi.basket]
formula = "amount / sales"
target = 20
[kpi.amount]
measure = "sum(amount)"
source = "sales"
[kpi.aside]
formula = "amount / 2"
"""
MONTHS = [*daily("2026-01-01", "2026-01-31", 10), *daily("2026-02-01", "2026-02-28", 20)]


def ask(folder: Path, settings: Mapping[str, str | float], /, **question: Any) -> WhatIf:
    write_csv(folder, MONTHS)
    (folder / "tree.toml").write_text(TREE + SOURCE, "utf-8")
    return kpitree.load(folder / "tree.toml").whatif(settings, **question)


def row(found: WhatIf, kpi: str) -> Mapping[str, Any]:
    (one,) = found.rows.filter(kpi=kpi).rows(named=True)
    return one


def test_before_after_difference(tmp_path: Path) -> None:
    found = ask(tmp_path, {"basket": "+50%"})
    assert found.period.span.label == "2026-02"
    revenue = row(found, "revenue")
    assert (revenue["before"], revenue["after"], revenue["change"]) == (560, 840, 280)
    assert revenue["percent"] == 0.5
    assert (revenue["before_status"], revenue["after_status"]) == ("off_track", "on_track")
    assert (row(found, "basket")["given"], row(found, "revenue")["given"]) == (True, False)
    assert row(found, "amount")["change"] == 0  # its formula is gone, what is under it stays
    assert found.rows["kpi"].to_list() == ["revenue", "sales", "basket", "amount", "aside"]
    assert [(line.kpi, line.line) for line in found.attribution.lines] == [("basket", 280)]
    assert found.settings == {"basket": "+50%"}


def test_a_shared_leaf(tmp_path: Path) -> None:
    """Sales cancel out in sales * amount / sales."""
    found = ask(tmp_path, {"sales": "+10", "amount": "=760"})
    assert (row(found, "revenue")["after"], row(found, "aside")["after"]) == (760, 380)
    lines = {line.kpi: line.line for line in found.attribution.lines}
    assert lines == {"sales": pytest.approx(0, abs=1e-9), "amount": pytest.approx(200)}


def test_null_rules(tmp_path: Path) -> None:
    found = ask(tmp_path, {"sales": 0})
    assert (row(found, "basket")["after"], row(found, "revenue")["after"]) == (None, None)
    assert row(found, "basket")["after_reason"] == "division by zero"
    assert row(found, "revenue")["after_reason"] == "Basket: division by zero"
    assert row(found, "revenue")["after_status"] == "no_data"
    assert found.attribution.reason is not None


def test_a_value_that_was_missing(tmp_path: Path) -> None:
    rows = [*daily("2026-01-01", "2026-01-31"), *daily("2026-03-01", "2026-03-31")]
    write_csv(tmp_path, rows)
    (tmp_path / "tree.toml").write_text(TREE + SOURCE, "utf-8")
    tree = kpitree.load(tmp_path / "tree.toml")
    found = tree.whatif({"basket": 12, "sales": 5}, period="2026-02")
    assert row(found, "basket")["before_reason"] == "division by zero"
    assert (row(found, "revenue")["before"], row(found, "revenue")["after"]) == (None, 60)
    with pytest.raises(UsageError) as error:
        tree.whatif({"basket": "+5%"}, period="2026-02")
    assert error.value.message == (
        "'basket' has no value in 2026-02 that +5% could be counted from: division by zero"
    )


def test_other_data_gives_the_same(tmp_path: Path) -> None:
    """As if every sale of February had been of 25."""
    found = ask(tmp_path, {"amount": "+25%"})
    rows = [*daily("2026-01-01", "2026-01-31", 10), *daily("2026-02-01", "2026-02-28", 25)]
    write_csv(tmp_path, rows)
    truth = kpitree.load(tmp_path / "tree.toml").evaluate()
    for kpi in found.rows["kpi"]:
        assert row(found, kpi)["after"] == pytest.approx(value(truth, kpi))


# --- assumptions ---------------------------------------------------------------------------------

ASSUMED = """
[tree]
root = "profit"
[kpi.profit]
formula = "revenue - max(cost, floor) / if_else(price > 5, 1, 2)"
[kpi.revenue]
formula = "units * price"
[kpi.cost]
formula = "units * unit_cost + sqrt(fixed)"
[kpi.margin]
formula = "profit / revenue"
[kpi.units]
value = 100
[kpi.price]
value = 10
[kpi.unit_cost]
value = 6
[kpi.fixed]
value = 50
[kpi.floor]
value = 300
"""
NAMES = ("units", "price", "unit_cost", "fixed", "floor")
numbers = st.floats(-1e6, 1e6) | st.sampled_from([0.0, 5.0, 1e308])


@pytest.fixture(scope="module")
def assumed(tmp_path_factory: pytest.TempPathFactory) -> kpitree.LoadedTree:
    file = tmp_path_factory.mktemp("assumed") / "tree.toml"
    file.write_text(ASSUMED, "utf-8")
    return kpitree.load(file)


@given(settings=st.dictionaries(st.sampled_from(NAMES), numbers, min_size=1))
def test_it_is_what_eval_gives_with_other_assumptions(
    assumed: kpitree.LoadedTree, settings: dict[str, float]
) -> None:
    """To the last bit: the same formulas, in the same order."""
    found = assumed.whatif(settings, period="2026-01")
    truth = assumed.evaluate(period="2026-01", assumptions=settings)
    facts = {one["kpi"]: (one["value"], one["reason"]) for one in truth.kpis.rows(named=True)}
    assert {
        one["kpi"]: (one["after"], one["after_reason"]) for one in found.rows.rows(named=True)
    } == facts


def test_targets_stay_what_they_were(tmp_path: Path) -> None:
    write_csv(tmp_path, MONTHS)
    tables = """
    [tree]
    root = "revenue"
    [kpi.revenue]
    formula = "sales * price"
    [kpi.sales]
    measure = "count()"
    source = "sales"
    target = 30
    [kpi.price]
    value = 10
    """
    (tmp_path / "tree.toml").write_text(tables + SOURCE, "utf-8")
    found = kpitree.load(tmp_path / "tree.toml").whatif({"price": 12})
    assert row(found, "revenue")["target"] == 300  # of the price of 10 that was promised
    assert row(found, "revenue")["after"] == 336
    assert row(found, "revenue")["after_status"] == "on_track"


# --- what is said --------------------------------------------------------------------------------


def with_rate(folder: Path) -> kpitree.LoadedTree:
    write_csv(folder, MONTHS)
    tables = """
    [tree]
    root = "kept"
    [kpi.kept]
    formula = "sales * rate + 0 * gap"
    [kpi.sales]
    measure = "count()"
    source = "sales"
    [kpi.rate]
    label = "Rate"
    value = 0.5
    unit = "percent"
    [kpi.gap]
    measure = "sum(amount)"
    source = "sales"
    [kpi.aside]
    formula = "gap / 2"
    """
    (folder / "tree.toml").write_text(tables + SOURCE, "utf-8")
    return kpitree.load(folder / "tree.toml")


@pytest.mark.parametrize(
    ("settings", "kpi", "codes"),
    [
        ({"rate": "62"}, None, ["beyond_100"]),
        ({"rate": "62%"}, None, []),
        ({"sales": "=-1"}, None, ["below_0"]),
        ({"gap": "=-1"}, None, []),
        ({"rate": "=-1%"}, None, []),
        ({"sales": "5", "gap": "1"}, "aside", ["no_effect"]),
    ],
)
def test_warnings(
    tmp_path: Path, settings: dict[str, str], kpi: str | None, codes: list[str]
) -> None:
    found = with_rate(tmp_path).whatif(settings, kpi=kpi)
    assert [one.code for one in found.warnings] == codes


@pytest.mark.parametrize(
    ("settings", "question", "said"),
    [
        ({}, {}, "nothing is changed"),
        ({"sale": 1}, {}, "there is no KPI 'sale'"),
        ({"revenue": 1}, {}, "'revenue' is what is asked about, so it cannot be set"),
        ({"sales": "many"}, {}, "sales: 'many' is not a number"),
        ({"sales": "+3pp"}, {}, "sales: pp is for percentages, and 'sales' is a number"),
        ({"aside": 1}, {}, "no formula names 'aside', so nothing follows"),
        (
            {"revenue": 1, "sales": 2, "basket": 3},
            {"kpi": "aside"},
            "'revenue' is set, so 'sales' under it would count for nothing",
        ),
        ({"sales": 1}, {"kpi": "sale"}, "there is no KPI 'sale'"),
        ({"sales": 1}, {"method": "paht"}, "there is no method 'paht'"),
        ({"sales": 1}, {"period": "2026-99"}, None),
    ],
)
def test_mistakes(
    tmp_path: Path, settings: dict[str, str], question: dict[str, Any], said: str | None
) -> None:
    with pytest.raises(UsageError) as error:
        ask(tmp_path, settings, **question)
    assert error.value.exit_code == 2
    if said is not None:
        assert error.value.message == said


def test_sequential_takes_the_order_of_the_settings(tmp_path: Path) -> None:
    first: Callable[[WhatIf], float]
    first = lambda found: next(one.line for one in found.attribution.lines if one.kpi == "sales")  # noqa: E731 - one line read twice
    settings = {"sales": "+100%", "basket": "+100%"}
    assert first(ask(tmp_path, settings, method="sequential")) == pytest.approx(560)
    settings = dict(reversed(settings.items()))
    assert first(ask(tmp_path, settings, method="sequential")) == pytest.approx(1120)
    assert first(ask(tmp_path, settings)) == pytest.approx(840)
