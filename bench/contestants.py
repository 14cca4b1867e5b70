"""The same question asked in other ways, each a program of its own."""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from processes import evaluated, said

DUCKDB: Final = """
import sys
import duckdb
months = duckdb.sql(f\"\"\"
    select date_trunc('month', day) as month, count(*) as deals, sum(amount) as amount,
           count(*) filter (stage = 'won') / count(*) as close_rate
    from '{sys.argv[1]}' group by month order by month
\"\"\").fetchall()
print(months[-1][2])
"""

# In one step, as one would write it.
BY_MONTH: Final = """
import sys
import polars as pl
rows = (pl.scan_parquet if sys.argv[1].endswith("parquet") else pl.scan_csv)(sys.argv[1])
day = pl.col("day") if sys.argv[1].endswith("parquet") else pl.col("day").str.to_date()
months = (
    rows.group_by(day.dt.truncate("1mo").alias("month"))
    .agg(
        deals=pl.len(),
        amount=pl.col("amount").sum(),
        close_rate=(pl.col("stage") == "won").mean(),
    )
    .sort("month")
    .collect()
)
print(months["amount"][-1])
"""

# Tuned: months of few days, by the streaming engine; texts of days are read once for each day.
BY_DAY: Final = """
import sys
import polars as pl
rows = (pl.scan_parquet if sys.argv[1].endswith("parquet") else pl.scan_csv)(sys.argv[1])
days = (
    rows.group_by("day")
    .agg(
        deals=pl.len(),
        amount=pl.col("amount").sum(),
        won=(pl.col("stage") == "won").sum(),
    )
    .collect(engine="streaming")
)
if days["day"].dtype == pl.String:
    days = days.with_columns(pl.col("day").str.to_date())
months = (
    days.group_by(pl.col("day").dt.truncate("1mo").alias("month"))
    .agg(pl.col("deals", "amount", "won").sum())
    .with_columns(close_rate=pl.col("won") / pl.col("deals"))
    .sort("month")
)
print(months["amount"][-1])
"""

Contestant = Callable[[Path, Path], list[str]]  # of a data file and a tree file of it


def contestants(duckdb: str) -> dict[str, Contestant]:
    """By name, kpitree last. duckdb: the interpreter that can import it; left out if it cannot."""
    found: dict[str, Contestant] = {
        "polars by month": lambda data, _: [sys.executable, "-c", BY_MONTH, str(data)],
        "polars by day": lambda data, _: [sys.executable, "-c", BY_DAY, str(data)],
        "kpitree eval": lambda _, tree: evaluated(tree),
    }
    if version_of_duckdb(duckdb):
        found = {"DuckDB": lambda data, _: [duckdb, "-c", DUCKDB, str(data)]} | found
    return found


@cache
def version_of_duckdb(python: str) -> str:
    """Its version, or "" where it is not installed."""
    asked = [python, "-c", "import duckdb; print(duckdb.__version__)"]
    return subprocess.run(asked, capture_output=True, check=False, text=True).stdout.strip()


def must_agree(data: Path, tree: Path, duckdb: str) -> None:
    """All give the same sum for the last month, or nothing is measured."""
    ours = json.loads(said([*evaluated(tree), "--kpi", "amount", "-f", "json"]))
    answers = {
        name: float(said(of(data, tree)))
        for name, of in contestants(duckdb).items()
        if name != "kpitree eval"
    }
    answers["kpitree eval"] = ours["kpis"][0]["value"]
    largest, least = max(answers.values()), min(answers.values())
    if largest - least > 1e-9 * largest:
        raise SystemExit(f"they do not agree: {answers}")
