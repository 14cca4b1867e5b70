"""`make bench`: what kpitree costs, side by side with doing it by hand, in one run, as ratios.

Every figure is the median of alternating runs of whole processes on this machine: wall time, and
peak memory as the kernel counts it (ru_maxrss). The limits that the project sets itself are printed
beside what was measured; it ends with status 1 where one is exceeded, and names it. No build runs
this: a loaded machine may exceed a limit that a quiet one keeps.

    python bench/run.py [--rows 20_000_000] [--runs 7] [--only startup|rows|attribution|monthly]
"""

import argparse
import compileall
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from processes import ROOT, SCRATCH, alternating, kpitree, once

IMPORTS = "import polars, networkx, typer, rich.table"
STARTUP_FACTOR, STARTUP_EXTRA = 1.2, 0.1  # eval on a small sample <= factor x imports + extra s
ROWS_FACTOR, MEMORY_FACTOR = 1.25, 1.5  # eval on many rows against a hand-written query
FEW_ROWS = 1_000  # what a program takes for these is its start-up

GENERATE = """
import datetime as dt, sys
import polars as pl
rows, path = int(sys.argv[1]), sys.argv[2]
row = pl.int_range(rows, dtype=pl.UInt64)
def uniform(seed):  # the same numbers every time, on every machine
    return (row.hash(seed) % 1_000_003 + 1) / 1_000_004
def one_of(seed, *words):
    return pl.lit(pl.Series(words)).gather(row.hash(seed) % len(words))
pl.select(
    day=pl.lit(dt.date(2024, 11, 1)) + pl.duration(days=(row.hash(1) % 730).cast(pl.Int64)),
    stage=one_of(2, "open", "won", "lost"),
    amount=(-1200 * (uniform(3) * uniform(4)).log()).round(2),
    region=one_of(5, "EMEA", "AMER", "APAC"),
).sort("day").write_parquet(path, row_group_size=1_000_000)
"""

BY_HAND = """
import sys
import polars as pl
days = (
    pl.scan_parquet(sys.argv[1])
    .group_by("day")
    .agg(
        deals=pl.len(),
        amount=pl.col("amount").sum(),
        won=(pl.col("stage") == "won").sum(),
    )
    .collect(engine="streaming")
)
months = (
    days.group_by(pl.col("day").dt.truncate("1mo").alias("month"))
    .agg(pl.col("deals", "amount", "won").sum())
    .with_columns(close_rate=pl.col("won") / pl.col("deals"))
    .sort("month")
)
print(months)
"""

TREE = """
[tree]
name = "Rows"
root = "score"
[sources.deals]
path = "{path}"
time = "day"
[sources.deals.dimensions]
region = "region"
[kpi.score]
formula = "amount * close_rate / deals"
target = 800
[kpi.deals]
measure = "count()"
source = "deals"
[kpi.amount]
measure = "sum(amount)"
source = "deals"
[kpi.close_rate]
measure = "count(where=stage == 'won') / count()"
source = "deals"
"""


def startup(runs: int) -> list[str]:
    """Small samples against only importing what they need; the limits exceeded."""
    commands = {"imports": [sys.executable, "-c", IMPORTS]}
    commands["kpitree --help"] = kpitree("--help")
    for tree in ("sales", "pizza", "flights"):
        commands[f"eval {tree}"] = kpitree("eval", f"trees/{tree}.toml", "-q")
    found = alternating(commands, runs)
    base = found["imports"].seconds
    allowed = STARTUP_FACTOR * base + STARTUP_EXTRA
    limit = f"{STARTUP_FACTOR} x imports + {STARTUP_EXTRA} s = {allowed:.3f} s"
    print(f"\nStart-up (allowed for eval: {limit})")
    exceeded = []
    for name, run in found.items():
        told = f"{run.seconds:7.3f} s  {run.seconds / base:5.2f} x imports {run.megabytes:7.0f} MB"
        verdict = ""
        if name.startswith("eval"):
            verdict = "ok" if run.seconds <= allowed else "TOO SLOW"
        if verdict == "TOO SLOW":
            exceeded.append(f"start-up of {name}: {run.seconds:.3f} s, at most {allowed:.3f} s")
        print(f"  {name:16} {told}  {verdict}")
    return exceeded


def made(rows: int) -> tuple[Path, Path]:
    """Parquet of so many rows, and a tree of it; the data is made only once."""
    data, tree = SCRATCH / f"rows-{rows}.parquet", SCRATCH / f"rows-{rows}.toml"
    SCRATCH.mkdir(exist_ok=True)
    if not data.exists():
        once([sys.executable, "-c", GENERATE, str(rows), str(data)])
    tree.write_text(TREE.format(path=data.name), encoding="utf-8")
    return data, tree


def many_rows(rows: int, runs: int) -> list[str]:
    """Large Parquet against a query written by hand; the limits exceeded.

    Start-up is what the same program takes for the same question of few rows, on both sides.
    """
    data, tree = made(rows)
    few_data, few_tree = made(FEW_ROWS)
    found = alternating(
        {
            "by hand": [sys.executable, "-c", BY_HAND, str(data)],
            "kpitree": kpitree("eval", str(tree), "-q"),
            "kpitree --by": kpitree("eval", str(tree), "-q", "--by", "region"),
            "by hand, few": [sys.executable, "-c", BY_HAND, str(few_data)],
            "kpitree, few": kpitree("eval", str(few_tree), "-q"),
        },
        runs,
    )
    print(f"\n{rows:,} rows of Parquet, two years, three leaves by month (few: {FEW_ROWS:,} rows)")
    for name, run in found.items():
        print(f"  {name:16} {run.seconds:7.3f} s {run.megabytes:7.0f} MB")
    hand = found["by hand"].seconds - found["by hand, few"].seconds
    ours = found["kpitree"].seconds - found["kpitree, few"].seconds
    print(f"  beyond start-up: by hand {hand:.3f} s, kpitree {ours:.3f} s")
    if hand <= 0:
        raise SystemExit(f"{rows:,} rows take no longer than {FEW_ROWS:,}: too few to compare")
    memory = found["kpitree"].megabytes / found["by hand"].megabytes
    exceeded = []
    for what, ratio, most in (
        ("time", ours / hand, ROWS_FACTOR),
        ("memory", memory, MEMORY_FACTOR),
    ):
        print(f"  {what:6} ratio {ratio:5.2f}  (at most {most})")
        if ratio > most:
            exceeded.append(f"{what} for {rows:,} rows: {ratio:.2f} x by hand, at most {most}")
    return exceeded


def main() -> int:
    """Measure and print; 1 where a limit is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--only", choices=["startup", "rows", "attribution", "monthly"])
    chosen = parser.parse_args()
    # As pip does for an installed package; an editable one has its bytecode only after a first run.
    compileall.compile_dir(ROOT / "src", quiet=1)
    names = ("polars", "networkx", "typer", "rich")
    print(platform.platform(), f"{os.cpu_count()} cores", f"Python {platform.python_version()}")
    print(", ".join(f"{name} {version(name)}" for name in names))
    exceeded = []
    if chosen.only in (None, "startup"):
        exceeded += startup(max(chosen.runs, 9))
    if chosen.only in (None, "rows"):
        exceeded += many_rows(chosen.rows, chosen.runs)
    if chosen.only in (None, "attribution"):
        # Loaded last: what this process holds counts in the memory of those it starts.
        from explaining import attribution  # noqa: PLC0415 - not before it is needed
        from searching import searching  # noqa: PLC0415 - nor this

        exceeded += attribution(chosen.runs)
        exceeded += searching(chosen.runs)
    if chosen.only in (None, "monthly"):
        from monthly import monthly  # noqa: PLC0415 - it loads polars, too

        exceeded += monthly(chosen.runs)
    for limit in exceeded:
        print(f"LIMIT EXCEEDED  {limit}")
    return 1 if exceeded else 0


sys.exit(main())
