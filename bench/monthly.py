"""What `kpitree eval` costs beyond its start-up on many KPIs x segments x months, with limits.

36 months of 201 KPIs (half of them formulas) in 20 segments, every one with a target, judged by its
history: one month as a table, and all 36 side by side as csv. The same commands on a tree of one
KPI and a month of rows are the start-up. The limit is the one that the project sets itself.
"""

import datetime as dt
from pathlib import Path

import polars as pl
from processes import SCRATCH, alternating, evaluated
from tables import Table

MONTHS, LEAVES, SEGMENTS = 36, 100, 20
MOST = 2.0  # seconds beyond start-up
FIRST = dt.date(2023, 11, 1)
ASKED = {
    "one month: the table": [],
    f"{MONTHS} months side by side: csv": ["--last", str(MONTHS), "-f", "csv"],
}

HEAD = """
[tree]
name = "Months"
root = "total"
[sources.rows]
path = "{path}"
time = "day"
[sources.rows.dimensions]
segment = "segment"
"""


def monthly(runs: int) -> Table:
    """Each question on many KPIs, and on one and a month of rows."""
    trees = {"many": _made("monthly", MONTHS, LEAVES), "few": _made("monthly-few", 1, 1)}
    found = alternating(
        {
            f"{what} of {name}": evaluated(tree, "--by", "segment", *options)
            for what, options in ASKED.items()
            for name, tree in trees.items()
        },
        runs,
    )
    size = f"{2 * LEAVES + 1} KPIs × {SEGMENTS} segments"
    table = Table("monthly", (size, "beyond start-up", "limit", "MB"))
    for what in ASKED:
        run = found[f"{what} of many"]
        beyond = run.seconds - found[f"{what} of few"].seconds
        cells = table.held(f"{size}, {what}", beyond, MOST, " s")
        table.add(what, *cells, f"{run.megabytes:.0f}")
    return table


def _made(name: str, months: int, leaves: int) -> Path:
    """A tree file and its data; the same every time."""
    SCRATCH.mkdir(exist_ok=True)
    days = months * 365 // 12 + 1
    rows = pl.int_range(days * SEGMENTS, eager=True, dtype=pl.UInt64).alias("row").to_frame()
    row = pl.col("row")
    rows.select(
        day=pl.lit(FIRST) + pl.duration(days=(row // SEGMENTS).cast(pl.Int64)),
        segment="segment " + (row % SEGMENTS).cast(pl.String).str.zfill(2),
        **{f"v{n}": (row.hash(n) % 10_000).cast(pl.Float64) / 100 for n in range(leaves)},
    ).write_parquet(SCRATCH / f"{name}.parquet")
    tree = SCRATCH / f"{name}.toml"
    tree.write_text(HEAD.format(path=f"{name}.parquet") + _kpis(leaves), encoding="utf-8")
    return tree


def _kpis(leaves: int) -> str:
    """`total` is a sum of groups, each a sum of ten leaves; the others are shares of a group."""
    groups = {at: range(at, min(at + 10, leaves)) for at in range(0, leaves, 10)}
    tables = [f'[kpi.total]\nformula = "{" + ".join(f"g{at}" for at in groups)}"\ntarget = 1']
    for at, of in groups.items():
        tables.append(f'[kpi.g{at}]\nformula = "{" + ".join(f"k{n}" for n in of)}"')
        tables += [f'[kpi.k{n}]\nmeasure = "sum(v{n})"\ntarget = 32_000' for n in of]
        tables += [f'[kpi.s{n}]\nformula = "k{n} / g{at}"\ntarget = 0.1' for n in of[1:]]
    return "\n".join(tables) + "\n"
