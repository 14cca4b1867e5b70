"""Laws that hold whatever the data: through the whole path, from files to attribution."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpitree
from kpitree.analysis.result import Evaluation

SOURCE = """
[sources.sales]
path = "{path}"
time = "day"
covers = ["2025-01-01", "2025-04-30"]
[sources.sales.dimensions]
region = "region"
"""
KPIS = {
    "revenue": 'formula = "orders * rate * price"',
    "orders": 'measure = "count()"\nsource = "sales"\ntarget = 10',
    "rate": 'measure = "count(where=won == \'yes\') / count()"\nsource = "sales"',
    "price": "measure = \"sum(amount, where=won == 'yes') / count(where=won == 'yes')\"\n"
    'source = "sales"',
    "amount": 'measure = "sum(amount)"\nsource = "sales"',
    "spread": 'measure = "max(amount) - min(amount) + std(amount)"\nsource = "sales"',
    "middle": 'measure = "median(amount)"\nsource = "sales"',
    "buyers": 'measure = "n_unique(buyer)"\nsource = "sales"',
    "per_buyer": 'formula = "amount / buyers"',
    "margin": 'formula = "(amount - cost) / amount"',
    "cost": 'measure = "sum(cost)"\nsource = "sales"',
}
START = date(2025, 1, 1)
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


def frame(records: Sequence[dict[str, object]]) -> pl.DataFrame:
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


def same(first: Evaluation, second: Evaluation) -> None:
    ours, theirs = values(first), values(second)
    assert ours.keys() == theirs.keys()
    for key, value in ours.items():
        other = theirs[key]
        if value is None or other is None:
            assert value is other, key
        else:
            assert math.isclose(value, other, rel_tol=1e-9, abs_tol=1e-9), key


ASKED: dict[str, object] = {"period": "2025-04", "last": 4, "by": ["region"]}


@few
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_the_tree_file_does_not_matter(
    records: list[dict[str, object]], rng: object
) -> None:
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
    records: list[dict[str, object]], order: list[int], columns: list[str]
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
    records: list[dict[str, object]], cut: int, kind: str
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


@few
@given(rows)
def test_a_formula_of_a_longer_period_is_of_its_sums(records: list[dict[str, object]]) -> None:
    """Sums and counts of months add up to the quarter's; a ratio is the ratio of those sums."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        frame(records).write_csv(folder / "sales.csv")
        months = values(answer(folder, tree_text(), period="2025-03", last=3))
        quarter = values(answer(folder, tree_text(), period="2025-Q1"))
        parts = ("2025-01", "2025-02", "2025-03")
        for kpi in ("orders", "amount", "cost"):
            total = math.fsum(months[kpi, month] or 0.0 for month in parts)
            assert quarter[kpi, "2025-Q1"] == pytest.approx(total, rel=1e-12)
        amount, cost = quarter["amount", "2025-Q1"], quarter["cost", "2025-Q1"]
        assert amount is not None
        assert cost is not None
        margin = quarter["margin", "2025-Q1"]
        if amount == 0:
            assert margin is None
        else:
            assert margin == pytest.approx((amount - cost) / amount, rel=1e-9, abs=1e-12)


@few
@given(rows)
def test_segments_of_a_sum_add_up_to_the_whole(records: list[dict[str, object]]) -> None:
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
def test_lines_add_up_and_swap_with_the_states(records: list[dict[str, object]], kpi: str) -> None:
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
