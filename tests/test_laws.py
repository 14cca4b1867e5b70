"""Laws that hold whatever the data: through the whole path, from files to attribution."""

import math
import statistics
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpitree
from kpitree.analysis.attribution.contract import Attribution
from kpitree.analysis.results.evaluation import Evaluation
from kpitree.tables import SEGMENT

SOURCE = """
[sources.sales]
path = "{path}"
time = "day"
covers = ["2025-01-01", "2025-04-30"]
[sources.sales.dimensions]
region = "region"
"""
# No sum of cents, and no mean of at most 60 of them, is a target that ends in 123456, so what a
# status is does not hang on the last bit of a sum.
KPIS = {
    "revenue": 'formula = "orders * rate * price"',
    "orders": 'measure = "count()"\nsource = "sales"\ntarget = 10',
    "rate": 'measure = "count(where=won == \'yes\') / count()"\nsource = "sales"\ntarget = 0.6',
    "price": "measure = \"sum(amount, where=won == 'yes') / count(where=won == 'yes')\"\n"
    'source = "sales"\ntarget = 4000.00123456',
    "amount": 'measure = "sum(amount)"\nsource = "sales"',
    "spread": 'measure = "max(amount) - min(amount) + std(amount)"\nsource = "sales"',
    "middle": 'measure = "median(amount)"\nsource = "sales"',
    "buyers": 'measure = "n_unique(buyer)"\nsource = "sales"',
    "per_buyer": 'formula = "amount / buyers"',
    "revenue_per_buyer": 'formula = "revenue / buyers"',
    "margin": 'formula = "(amount - cost) / amount"',
    "cost": 'measure = "sum(cost)"\nsource = "sales"\ndirection = "down"\ntarget = 20000.00123456',
}
START = date(2025, 1, 1)
Record = dict[str, Any]  # column of SCHEMA -> value
# Each example writes files and evaluates trees several times.
few = settings(max_examples=settings().max_examples // 3)

rows = st.lists(
    st.fixed_dictionaries(
        {
            "day": st.integers(0, 119).map(lambda n: START + timedelta(days=n)),
            "region": st.sampled_from(["north", "south", None]),
            "won": st.sampled_from(["yes", "yes", "no"]),
            "buyer": st.sampled_from(["a", "b", "c", "d"]),
            "amount": st.integers(1, 1_000_000).map(lambda cents: cents / 100),
            "cost": st.integers(1, 1_000_000).map(lambda cents: cents / 100),
        }
    ),
    min_size=5,
    max_size=60,
)
SCHEMA = {
    "day": pl.Date,
    "region": pl.String,
    "won": pl.String,
    "buyer": pl.String,
    "amount": pl.Float64,
    "cost": pl.Float64,
}


def frame(records: Sequence[Record]) -> pl.DataFrame:
    return pl.DataFrame(list(records), schema=SCHEMA)


def tree_text(path: str = "sales.csv", kpis: Sequence[str] = tuple(KPIS)) -> str:
    tables = "\n".join(f"[kpi.{name}]\n{KPIS[name]}" for name in kpis)
    return f'[tree]\nroot = "revenue"\n{SOURCE.format(path=path)}\n{tables}\n'


def answer(folder: Path, text: str, **question: object) -> Evaluation:
    file = folder / "tree.toml"
    file.write_text(text, "utf-8")
    return kpitree.load(file).evaluate(**question)  # type: ignore[arg-type]  # spelled by callers


def values(found: Evaluation) -> dict[tuple[object, ...], float | None]:
    """(KPI, segment, period) -> value."""
    names = [name for name in found.kpis.columns if name.startswith("segment:")]
    columns = found.kpis.select("kpi", *names, "period", "value")
    return {row[:-1]: row[-1] for row in columns.iter_rows()}


def keyed(found: pl.DataFrame, *also: str) -> dict[tuple[object, ...], dict[str, Any]]:
    """(KPI, segment, period, ...) -> row; the order of rows is not looked at."""
    segments = [name for name in found.columns if name.startswith(SEGMENT)]
    keys = ["kpi", *segments, "period", *also]
    rows = {tuple(row[key] for key in keys): row for row in found.iter_rows(named=True)}
    assert len(rows) == found.height
    return rows


def near(first: float | None, second: float | None, scale: float = 1.0) -> bool:
    """Equal but for roundings: to 1e-9 of themselves or of scale. Null is only near null."""
    if first is None or second is None:
        return first is second
    return math.isclose(first, second, rel_tol=1e-9, abs_tol=1e-9 * scale)


def same(first: Evaluation, second: Evaluation) -> None:
    """All that two evaluations say is the same, in whatever order they say it."""
    same_kpis(first, second)
    same_comparisons(first, second)
    same_attributions(first, second)


def same_kpis(first: Evaluation, second: Evaluation) -> None:
    ours, theirs = keyed(first.kpis), keyed(second.kpis)
    assert ours.keys() == theirs.keys()
    for key, row in ours.items():
        other = theirs[key]
        for column in ("value", "target", "target_implied", "attainment"):
            assert near(row[column], other[column]), (key, column, row, other)
        for column in ("status", "reason", "target_reason"):
            assert row[column] == other[column], (key, column, row, other)


def same_comparisons(first: Evaluation, second: Evaluation) -> None:
    ours, theirs = keyed(first.comparisons, "vs"), keyed(second.comparisons, "vs")
    assert ours.keys() == theirs.keys()
    assert {row["vs"] for row in ours.values()} == set(VS)
    for key, row in ours.items():
        other = theirs[key]
        scale = max(1.0, abs(row["value"] or 0.0), abs(row["reference"] or 0.0))
        for column in ("label", "reason"):
            assert row[column] == other[column], (key, column, row, other)
        assert near(row["reference"], other["reference"]), (key, row, other)
        assert near(row["change"], other["change"], scale), (key, row, other)
        # Of sums in another order, 0 may come out as 1e-17: its sign and percent mean nothing.
        if abs(row["change"] or 0.0) > 1e-9 * scale:
            assert row["favourable"] == other["favourable"], (key, row, other)
        if abs(row["reference"] or 0.0) > 1e-6:
            assert near(row["percent"], other["percent"]), (key, row, other)


def same_attributions(first: Evaluation, second: Evaluation) -> None:
    ours, theirs = ({(one.kpi, one.vs): one for one in of.attributions} for of in (first, second))
    assert ours.keys() == theirs.keys()
    assert ours.keys() >= {(kpi, "previous") for kpi in EXPLAINED}
    for key, one in ours.items():
        other = theirs[key]
        assert (one.from_label, one.to_label) == (other.from_label, other.to_label), key
        assert one.reason == other.reason, key
        assert near(one.before, other.before), key
        assert near(one.after, other.after), key
        ends = max(abs(one.before or 0.0), abs(one.after or 0.0))
        # A gross that is nothing but roundings of the ends says nothing about its lines.
        gross = max(one.gross or 0.0, other.gross or 0.0, 1e-5 * ends)
        assert near(one.change, other.change, gross), key
        lines_of_one, lines_of_other = by_driver(one), by_driver(other)
        assert lines_of_one.keys() == lines_of_other.keys(), key
        for driver, line in lines_of_one.items():
            assert abs(line - lines_of_other[driver]) <= 1e-9 * gross, (key, driver)


def by_driver(found: Attribution) -> dict[tuple[str, str, tuple[str, ...]], float]:
    """(driver, effect, flags) -> line."""
    lines = {(line.kpi, line.effect, line.flags): line.line for line in found.lines}
    assert len(lines) == len(found.lines)
    return lines


VS = ("previous", "target")
EXPLAINED = ("revenue", "margin", "revenue_per_buyer")
ASKED: dict[str, object] = {
    "period": "2025-04",
    "last": 4,
    "by": ["region"],
    "vs": VS,
    "explain": EXPLAINED,
}


@few
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_the_tree_file_does_not_matter(records: list[Record], rng: object) -> None:
    shuffled = list(KPIS)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis hands out a random.Random
    with TemporaryDirectory() as name:
        folder = Path(name)
        frame(records).write_csv(folder / "sales.csv")
        first = answer(folder, tree_text(), **ASKED)
        second = answer(folder, tree_text(kpis=shuffled), **ASKED)
        same(first, second)
        assert second.kpis["kpi"].unique(maintain_order=True).to_list() == shuffled


@few
@given(rows, st.permutations(range(60)), st.permutations(list(SCHEMA)))
def test_the_order_of_rows_and_columns_does_not_matter(
    records: list[Record], order: list[int], columns: list[str]
) -> None:
    moved = [records[at] for at in order if at < len(records)]
    with TemporaryDirectory() as name:
        folder = Path(name)
        frame(records).write_csv(folder / "sales.csv")
        frame(moved).select(columns).write_csv(folder / "moved.csv")
        same(
            answer(folder, tree_text(), **ASKED),
            answer(folder, tree_text("moved.csv"), **ASKED),
        )


@few
@given(rows, st.integers(1, 59), st.sampled_from(["csv", "parquet", "ndjson", "arrow"]))
def test_splitting_a_file_in_two_does_not_matter(
    records: list[Record], cut: int, kind: str
) -> None:
    cut = 1 + cut % (len(records) - 1)
    with TemporaryDirectory() as name:
        folder = Path(name)
        frame(records).write_parquet(folder / "sales.parquet")
        (folder / "parts").mkdir()
        for part, some in enumerate((records[:cut], records[cut:])):
            written = frame(some)
            file = folder / "parts" / f"{part}.{kind}"
            match kind:
                case "csv":
                    written.write_csv(file)
                case "parquet":
                    written.write_parquet(file)
                case "ndjson":
                    written.write_ndjson(file)
                case _:
                    written.write_ipc(file)
        whole = answer(folder, tree_text("sales.parquet"), **ASKED)
        same(whole, answer(folder, tree_text(f"parts/*.{kind}"), **ASKED))
        same(whole, answer(folder, tree_text("parts"), **ASKED))


def by_hand(records: Sequence[Record]) -> dict[str, float | None]:
    """KPI -> value of some rows, from lists and sets alone."""
    amounts = [row["amount"] for row in records]
    won = [row["amount"] for row in records if row["won"] == "yes"]
    amount, cost = math.fsum(amounts), math.fsum(row["cost"] for row in records)
    buyers = len({row["buyer"] for row in records})
    revenue = math.fsum(won) if won else None  # without a sale there is no price
    return {
        "revenue": revenue,
        "orders": len(records),
        "rate": len(won) / len(records) if records else None,
        "price": math.fsum(won) / len(won) if won else None,
        "amount": amount,
        "spread": max(amounts) - min(amounts) + statistics.stdev(amounts)
        if len(amounts) > 1
        else None,
        "middle": statistics.median(amounts) if amounts else None,
        "buyers": buyers,
        "per_buyer": amount / buyers if buyers else None,
        "revenue_per_buyer": revenue / buyers if revenue is not None else None,
        "margin": (amount - cost) / amount if amount else None,
        "cost": cost,
    }


def in_grain(day: date, grain: str) -> str:
    """The period that a day is in, by name."""
    week = day.isocalendar()
    return {
        "week": f"{week.year}-W{week.week:02d}",
        "month": f"{day:%Y-%m}",
        "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
        "year": f"{day.year}",
    }[grain]


# Grain -> periods of 2025, oldest first. The week of new year began in a year of which the source
# says nothing.
PERIODS = {
    "week": [f"2025-W{week:02d}" for week in range(2, 12)],
    "month": [f"2025-{month:02d}" for month in range(1, 6)],
    "quarter": [f"2025-Q{quarter}" for quarter in range(1, 3)],
    "year": ["2025"],
}


@few
@given(rows)
def test_every_grain_is_computed_from_its_own_rows(records: list[Record]) -> None:
    """Sums add up over periods; ratios are of those sums, distinct counts are counted anew."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        frame(records).write_csv(folder / "sales.csv")
        text = tree_text().replace("2025-04-30", "2025-12-31")
        for grain, periods in PERIODS.items():
            found = answer(folder, text, grain=grain, period=periods[-1], last=len(periods))
            ours = values(found)
            assert ours.keys() == {(kpi, period) for kpi in KPIS for period in periods}
            by_period: dict[str, list[Record]] = {period: [] for period in periods}
            for row in records:
                by_period.setdefault(in_grain(row["day"], grain), []).append(row)
            for period in periods:
                for kpi, truth in by_hand(by_period[period]).items():
                    assert near(ours[kpi, period], truth), (kpi, period, ours[kpi, period], truth)


@few
@given(rows)
def test_segments_of_a_sum_add_up_to_the_whole(records: list[Record]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        frame(records).write_csv(folder / "sales.csv")
        found = values(answer(folder, tree_text(), period="2025-02", by=["region"]))
        for kpi in ("orders", "amount"):
            parts = [value for key, value in found.items() if key[0] == kpi and key[1] is not None]
            assert math.fsum(value or 0.0 for value in parts) == pytest.approx(
                found[kpi, None, "2025-02"], rel=1e-12
            )


def lines(folder: Path, period: str, vs: str, kpi: str) -> dict[str, float] | None:
    """Driver -> line, or None where the change cannot be taken apart."""
    found = answer(folder, tree_text(), period=period, vs=[vs], explain=[kpi])
    (one,) = (one for one in found.attributions if one.kpi == kpi)
    if one.reason is not None:
        return None
    assert one.change is not None
    assert one.gross is not None
    scale = max(abs(one.before or 0.0), abs(one.after or 0.0), one.gross)
    assert abs(math.fsum(line.line for line in one.lines) - one.change) <= 1e-9 * scale
    for line in one.lines:
        if line.before == line.after:
            assert line.line == 0.0, line
    return {line.kpi: line.line for line in one.lines}


@few
@given(rows, st.sampled_from(["revenue", "margin", "per_buyer"]))
def test_lines_add_up_and_swap_with_the_states(records: list[Record], kpi: str) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        frame(records).write_csv(folder / "sales.csv")
        forward = lines(folder, "2025-02", "2025-01", kpi)
        backward = lines(folder, "2025-01", "2025-02", kpi)
        assert (forward is None) == (backward is None)
        if forward is None or backward is None:
            return
        scale = max(map(abs, forward.values())) or 1.0
        assert forward.keys() == backward.keys()
        for driver, line in forward.items():
            assert math.isclose(line, -backward[driver], rel_tol=1e-9, abs_tol=1e-9 * scale)
