"""Every formula of the catalogue gives values from made-up rows, and its drivers add up."""

from collections.abc import Iterator
from math import fsum

import polars as pl
import pytest

from catalogue.made import ROOT, tree_of_everything
from kpitree import load
from kpitree.analysis.results.evaluation import Evaluation
from kpitree.api import LoadedTree
from kpitree.catalogue.entry import Entry
from kpitree.catalogue.read import catalogue

POOL = catalogue()
PERIODS = 18
# What is told of rows that are made up, and of rows that last; nothing about columns.
EXPECTED = {"null_dates", "covers_unknown"}


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> LoadedTree:
    return load(tree_of_everything(POOL, tmp_path_factory.mktemp("catalogue")))


@pytest.fixture(scope="module")
def evaluation(everything: LoadedTree) -> Evaluation:
    return everything.evaluate(last=PERIODS)


@pytest.fixture(scope="module")
def values(evaluation: Evaluation) -> dict[str, list[float | None]]:
    """KPI -> its values, oldest first."""
    frame = evaluation.kpis.group_by("kpi", maintain_order=True).agg("value")
    return {name: list(found) for name, found in frame.iter_rows()}


def test_every_kpi_has_values(values: dict[str, list[float | None]]) -> None:
    assert values.keys() == {ROOT, *POOL.kpis}
    found = {name: sum(one is not None for one in all_) for name, all_ in values.items()}
    assert {name: count for name, count in found.items() if count < PERIODS // 2} == {}


def test_nothing_is_wrong_with_the_columns(evaluation: Evaluation) -> None:
    assert [one.message for one in evaluation.warnings if one.code not in EXPECTED] == []


def test_shares_lie_between_0_and_1(values: dict[str, list[float | None]]) -> None:
    """What calls itself a share, in percent."""
    shares = [
        name
        for name, keys in POOL.kpis.items()
        if keys.get("unit") == "percent" and keys.get("description", "").startswith("Share of")
    ]
    assert len(shares) > 20
    known = {name: [one for one in values[name] if one is not None] for name in shares}
    ends = {name: (min(all_), max(all_)) for name, all_ in known.items()}
    assert {name: (low, high) for name, (low, high) in ends.items() if low < 0 or high > 1} == {}


def test_values_differ_from_period_to_period(values: dict[str, list[float | None]]) -> None:
    """A condition that nothing fulfils would give 0 in every period."""
    still = [name for name in POOL.kpis if "value" not in POOL.kpis[name] and same(values[name])]
    assert still == []


def same(values: list[float | None]) -> bool:
    return len({one for one in values if one is not None}) < 2


def branches() -> Iterator[Entry]:
    return (entry for entry in POOL.entries.values() if "formula" in entry.keys)


def test_drivers_add_up(everything: LoadedTree, evaluation: Evaluation) -> None:
    """Between the last two periods that both have a value."""
    frame = evaluation.kpis
    wrong, compared = {}, 0
    for entry in branches():
        known = frame.filter(pl.col("kpi") == entry.id).select("period", "value")
        pairs = zip(known.rows(), known.rows()[1:], strict=False)
        both = [after for before, after in pairs if before[1] is not None and after[1] is not None]
        assert both, entry.id
        change = everything.drivers(entry.id, period=both[-1][0], vs="previous")
        found = change.attribution
        assert found.change is not None, entry.id
        total = fsum(line.line for line in found.lines)
        compared += 1
        if total != pytest.approx(found.change, rel=1e-6, abs=1e-9):
            wrong[entry.id] = (total, found.change)
    assert wrong == {}
    assert compared > 60
