"""Every value, change and line of the real samples, against figures computed independently.

tests/expected/*.json: polars and duckdb, without kpitree (see the note inside each file).
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import kpitree
from kpitree.analysis.results.evaluation import Evaluation
from kpitree.tables import SEGMENT

ROOT = Path(__file__).parents[1]
# A figure of 12 significant digits is at most 5e-12 of itself away from the truth, changes and
# lines included: they were taken from unrounded values. So each is held to 1e-9 of itself.
RELATIVE = 1e-9
ROUNDED = 5e-12
# A change or a line far below what it is taken from keeps the roundings of that (about 1e-15 of
# it). Under a thousandth of it, it is held to 1e-9 of that thousandth: still 1,000 roundings.
SMALL = 1e-3

DATASETS = {
    "month": ("trees/pizza.toml", "pizzaplace.json"),
    "quarter": ("trees/pizza.toml", "pizzaplace.json"),
    "month_by_flight_date": ("trees/flights.toml", "nyc_flights.json"),
}


@cache
def expected(dataset: str) -> dict[str, Any]:
    file = ROOT / "tests" / "expected" / DATASETS[dataset][1]
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))[dataset]
    return found


@cache
def evaluated(dataset: str, period: str, vs: str | None, by: str | None) -> Evaluation:
    tree = kpitree.load(ROOT / DATASETS[dataset][0])
    return tree.evaluate(
        period=period,
        grain="quarter" if dataset == "quarter" else None,
        vs=[vs] if vs else (),
        by=[by] if by else (),
        explain=[tree.tree.root],
    )


def cases(*, segments: bool) -> Iterator[tuple[str, str, str | None]]:
    for dataset in DATASETS:
        facts = expected(dataset)
        for period in facts["periods"]:
            for dimension in facts["segments"] if segments else [None]:
                yield dataset, period, dimension


def changes() -> Iterator[tuple[str, str, str]]:
    for dataset in DATASETS:
        for change in expected(dataset)["changes"]:
            yield dataset, change["from"], change["to"]


def close(value: float | None, truth: float | None, scale: float = 0.0) -> bool:
    """Equal to 1e-9 relative; what is under a thousandth of scale, to 1e-9 of that thousandth."""
    if value is None or truth is None:
        return value is truth
    return abs(value - truth) <= RELATIVE * max(abs(truth), SMALL * scale)


@pytest.mark.parametrize(("dataset", "period", "dimension"), list(cases(segments=False)))
def test_values_of_the_whole(dataset: str, period: str, dimension: None) -> None:
    found = evaluated(dataset, period, None, dimension).kpis
    truth = expected(dataset)["values"][period]
    assert found.height >= 6
    for row in found.iter_rows(named=True):
        assert close(row["value"], truth[row["kpi"]]), (row, truth[row["kpi"]])


@pytest.mark.parametrize(("dataset", "period", "dimension"), list(cases(segments=True)))
def test_values_by_segment(dataset: str, period: str, dimension: str) -> None:
    found = evaluated(dataset, period, None, dimension).kpis
    column = SEGMENT + dimension
    truth = expected(dataset)["segments"][dimension]
    rows = found.filter(pl.col(column).is_not_null())
    seen = set()
    for row in rows.iter_rows(named=True):
        facts = truth.get(row[column], {}).get(period)
        if facts is not None:
            seen.add(row[column])
            assert close(row["value"], facts[row["kpi"]]), (row, facts)
    # A segment without rows up to this period is known only from later ones, which are not read.
    assert seen >= {name for name, of in truth.items() if any(of.get(period, {}).values())}


@pytest.mark.parametrize(("dataset", "before", "after"), list(changes()))
def test_changes(dataset: str, before: str, after: str) -> None:
    found = evaluated(dataset, after, before, None).comparisons
    truth = next(
        one["nodes"]
        for one in expected(dataset)["changes"]
        if (one["from"], one["to"]) == (before, after)
    )
    assert found.height >= 6
    for row in found.iter_rows(named=True):
        facts = truth[row["kpi"]]
        assert close(row["reference"], facts["from"])
        assert close(row["change"], facts["change"], abs(facts["from"]))
        assert close(row["percent"], facts["pct"], 1.0)


def changes_by_segment() -> Iterator[tuple[str, str, str, str]]:
    for dataset, before, after in changes():
        for dimension in expected(dataset)["segments"]:
            yield dataset, before, after, dimension


def subtracted(change: float | None, before: float | None, after: float | None) -> bool:
    """Whether change is after - before, as far as two figures of 12 digits can tell.

    Each may be off by 5e-12 of itself, so their difference by the sum of both.
    """
    if before is None or after is None:
        return change is None
    allowed = ROUNDED * (abs(before) + abs(after)) + 1e-14 * max(abs(before), abs(after))
    return change is not None and abs(change - (after - before)) <= allowed


def part(percent: float | None, before: float | None, after: float | None) -> bool:
    """Whether percent is (after - before) / |before|, as far as such figures can tell."""
    if before is None or after is None or before == 0:
        return percent is None
    allowed = 3 * ROUNDED * (1 + abs(after / before))  # after, before, and before as divisor
    return percent is not None and abs(percent - (after - before) / abs(before)) <= allowed


@pytest.mark.parametrize(("dataset", "before", "after", "dimension"), list(changes_by_segment()))
def test_changes_by_segment(dataset: str, before: str, after: str, dimension: str) -> None:
    found = evaluated(dataset, after, before, dimension).comparisons
    truth = {
        name: (of[before], of[after])
        for name, of in expected(dataset)["segments"][dimension].items()
        if before in of and after in of
    }
    seen = set()
    for row in found.iter_rows(named=True):
        segment, kpi = row[SEGMENT + dimension], row["kpi"]
        if segment not in truth:
            continue
        old, new = (facts[kpi] for facts in truth[segment])
        seen.add((segment, kpi))
        assert close(row["reference"], old), (row, old)
        assert close(row["value"], new), (row, new)
        assert subtracted(row["change"], old, new), (row, old, new)
        assert part(row["percent"], old, new), (row, old, new)
    kpis = found["kpi"].unique().to_list()
    assert len(kpis) >= 6
    # A segment without rows in either period is not in the answer.
    there = [name for name, facts in truth.items() if any(any(of.values()) for of in facts)]
    assert there
    assert seen >= {(name, kpi) for name in there for kpi in kpis}


def lines(found: Evaluation) -> dict[str, float]:
    (attribution,) = (one for one in found.attributions if one.kpi == found.tree.root)
    assert attribution.residual is not None
    assert attribution.gross is not None
    assert abs(attribution.residual) <= 1e-9 * max(
        abs(attribution.before or 0), abs(attribution.after or 0), attribution.gross
    )
    return {line.kpi: line.line for line in attribution.lines}


@pytest.mark.parametrize(("dataset", "before", "after"), list(changes()))
def test_lines_of_the_drivers(dataset: str, before: str, after: str) -> None:
    """path equals Shapley for products over the same drivers."""
    root = evaluated(dataset, after, before, None)
    truth = next(
        one for one in expected(dataset)["changes"] if (one["from"], one["to"]) == (before, after)
    )
    level = truth.get("level2", truth["level1"])["shapley"]
    found = lines(root)
    scale = max(map(abs, level.values()))
    assert found.keys() == level.keys()
    for driver, line in level.items():
        assert close(found[driver], line, scale), (driver, found[driver], line)


METHODS = {  # of kpitree: what the figures call it
    "path": "shapley",
    "shapley": "shapley",
    "levels": "shapley",  # the same where one formula multiplies all drivers: level1
    "log": "log_mean_LMDI",
    "sequential": "sequential_in_listed_order",
}


@cache
def loaded(dataset: str, *, orders_whole: bool = False) -> kpitree.LoadedTree:
    found = kpitree.load(ROOT / DATASETS[dataset][0])
    if not orders_whole or "orders" not in found.tree.kpis:
        return found
    orders = replace(found.tree.kpis["orders"], driver=True)
    return kpitree.LoadedTree(replace(found.tree, kpis=found.tree.kpis | {"orders": orders}))


def figures_by_method() -> Iterator[Any]:
    """Every figure there is: flights have one level, and no log means."""
    for dataset, before, after in changes():
        truth = next(
            one
            for one in expected(dataset)["changes"]
            if (one["from"], one["to"]) == (before, after)
        )
        for level in ("level1", "level2"):
            for method, name in METHODS.items():
                figures = truth.get(level, {}).get(name)
                if figures is not None and (method, level) != ("levels", "level2"):
                    yield pytest.param(dataset, before, after, method, level, figures)


def test_there_are_figures_of_every_method() -> None:
    methods = [case.values[3] for case in figures_by_method()]
    assert {method: methods.count(method) for method in METHODS} == {
        "path": 8,
        "shapley": 8,
        "levels": 5,
        "log": 6,
        "sequential": 8,
    }


@pytest.mark.parametrize(
    ("dataset", "before", "after", "method", "level", "figures"), list(figures_by_method())
)
def test_lines_by_every_method(
    dataset: str, before: str, after: str, method: str, level: str, figures: dict[str, float]
) -> None:
    found = loaded(dataset, orders_whole=level == "level1").drivers(
        period=after,
        grain="quarter" if dataset == "quarter" else None,
        vs=before,
        method=method,
        order=tuple(figures) if method == "sequential" else (),
    )
    by_driver = {line.kpi: line.line for line in found.attribution.lines}
    scale = max(map(abs, figures.values()))
    assert by_driver.keys() == figures.keys()
    for driver, line in figures.items():
        assert close(by_driver[driver], line, scale), (driver, by_driver[driver], line)


def rates() -> Iterator[tuple[str, str, str, str, str]]:
    for dataset in DATASETS:
        for change in expected(dataset)["changes"]:
            for dimension, by_kpi in change["rate_and_mix"].items():
                for kpi in by_kpi:
                    yield dataset, change["from"], change["to"], dimension, kpi


@pytest.mark.parametrize(("dataset", "before", "after", "dimension", "kpi"), list(rates()))
def test_rate_and_mix(dataset: str, before: str, after: str, dimension: str, kpi: str) -> None:
    truth = next(
        one for one in expected(dataset)["changes"] if (one["from"], one["to"]) == (before, after)
    )["rate_and_mix"][dimension][kpi]
    found = loaded(dataset).drivers(
        kpi,
        period=after,
        grain="quarter" if dataset == "quarter" else None,
        vs=before,
        by=[dimension],
    )
    lines: dict[tuple[str, str], float] = {}
    for row in found.lines.iter_rows(named=True):
        lines[row[SEGMENT + dimension], row["effect"]] = row["line"]
    within, mix = (
        sum(line for (_, effect), line in lines.items() if effect == wanted)
        for wanted in ("rate", "mix")
    )
    scale = max(map(abs, lines.values()))
    assert close(within, truth["within_total"], scale)
    assert close(mix, truth["mix_total"], scale)
    assert truth["segments"]
    for segment, facts in truth["segments"].items():
        assert close(lines.get((segment, "rate"), 0.0), facts["within"], scale), segment
        assert close(lines.get((segment, "mix"), 0.0), facts["mix"], scale), segment


@pytest.mark.parametrize("dataset", ["month", "quarter"])
def test_orders_as_one_driver(dataset: str, tmp_path: Path) -> None:
    """With driver = true on orders, revenue is explained by orders, whatever stands under it."""
    text = (ROOT / "trees" / "pizza.toml").read_text("utf-8")
    text = text.replace("[kpi.orders]\n", "[kpi.orders]\ndriver = true\n")
    text = text.replace("../sample_data", str(ROOT / "sample_data"))
    (tmp_path / "pizza.toml").write_text(text, "utf-8")
    tree = kpitree.load(tmp_path / "pizza.toml")
    for change in expected(dataset)["changes"]:
        found = tree.evaluate(
            period=change["to"],
            grain="quarter" if dataset == "quarter" else None,
            vs=[change["from"]],
            explain=["revenue"],
        )
        level = change["level1"]["shapley"]
        by_kpi = {line.kpi: line.line for line in found.attributions[0].lines}
        scale = max(map(abs, level.values()))
        assert by_kpi.keys() == level.keys()
        assert all(close(by_kpi[kpi], line, scale) for kpi, line in level.items())


def test_every_month_of_the_pizza_shop() -> None:
    facts = json.loads((ROOT / "tests/expected/pizzaplace.json").read_text("utf-8"))["every_month"]
    tree = kpitree.load(ROOT / "trees/pizza.toml")
    found = tree.evaluate(period="2015-12", last=12, kpis=["revenue", "orders", "open_days"])
    values = {(row["kpi"], row["period"]): row["value"] for row in found.kpis.iter_rows(named=True)}
    assert len(facts) == 12
    for month, truth in facts.items():
        assert close(values["revenue", month], truth["sales"])
        assert close(values["orders", month], truth["orders"])
        assert close(values["open_days", month], truth["open_days"])


@pytest.mark.parametrize(
    ("zone", "dataset"),
    [
        ("America/New_York", "month_by_flight_date"),
        ("UTC", "month_by_time_hour_in_utc"),
    ],
)
def test_instants_become_days_in_the_trees_zone(zone: str, dataset: str, tmp_path: Path) -> None:
    """time_hour is an instant in UTC; in New York's zone it gives the local days exactly."""
    text = (ROOT / "trees" / "flights.toml").read_text("utf-8")
    text = text.replace("../sample_data", str(ROOT / "sample_data"))
    text = text.replace('time = "flight_date"', 'time = "time_hour"')
    text = text.replace('timezone = "America/New_York"', f'timezone = "{zone}"')
    assert f'timezone = "{zone}"' in text
    assert "time_hour" in text
    (tmp_path / "flights.toml").write_text(text, "utf-8")
    facts = json.loads((ROOT / "tests/expected/nyc_flights.json").read_text("utf-8"))[dataset]
    tree = kpitree.load(tmp_path / "flights.toml")
    for period, truth in facts["values"].items():
        for row in tree.evaluate(period=period).kpis.iter_rows(named=True):
            assert close(row["value"], truth[row["kpi"]]), (period, row)
