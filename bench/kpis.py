"""What a tree of ten thousand KPIs over 24 months costs `kpitree eval` beyond its start-up.

Half of the KPIs are leaves of one source, each with a condition of its own; the others are formulas
of up to ten operands in several levels, and shares of them. One in five leaves and groups has a
target near what is to be expected, so that many are missed and taken apart. Every KPI is judged by
its 24 months. The same command on a tree of one KPI is the start-up.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from processes import SCRATCH, alternating, evaluated
from tables import Table

COUNTRIES, COLUMNS, DAYS = 50, 20, 731
LEAVES = 5_000
FIRST = dt.date(2024, 1, 1)
MOST = 3.0  # seconds beyond start-up
ASKED = {
    "the last month, its history judged: the table": [],
    "24 months side by side: csv": ["--last", "24", "-f", "csv"],
}

HEAD = """
[tree]
root = "{root}"
[sources.rows]
path = "countries.parquet"
time = "day"
"""
# What is measured, the condition beside the country, and what a month of it comes to.
MEASURES = [
    ("sum({column}, where={country})", 1_500.0),
    ("mean({column}, where={country})", 50.0),
    ("sum({column}, where={country} and channel == 'web')", 750.0),
    ("count(where={country} and {column} > 50)", 15.0),
    ("max({column}, where={country})", 99.0),
]


def ten_thousand(runs: int) -> Table:
    """Each question on many KPIs and on one."""
    trees = {"many": made("kpis-10000", LEAVES), "one": made("kpis-1", 1)}
    found = alternating(
        {
            f"{what} of {name}": evaluated(tree, *options)
            for what, options in ASKED.items()
            for name, tree in trees.items()
        },
        runs,
    )
    table = Table("kpis", ("10,000 KPIs", "beyond start-up", "limit", "MB"))
    for what in ASKED:
        run = found[f"{what} of many"]
        beyond = run.seconds - found[f"{what} of one"].seconds
        table.add(
            what, *table.held(f"10,000 KPIs, {what}", beyond, MOST, " s"), f"{run.megabytes:.0f}"
        )
    return table


def made(name: str, leaves: int) -> Path:
    """A tree file and its rows, one for each country and day; the same every time."""
    SCRATCH.mkdir(exist_ok=True)
    data, tree = SCRATCH / "countries.parquet", SCRATCH / f"{name}.toml"
    if not data.exists():
        rows = pl.int_range(DAYS * COUNTRIES, eager=True, dtype=pl.UInt64).alias("row").to_frame()
        row = pl.col("row")
        rows.select(
            day=pl.lit(FIRST) + pl.duration(days=(row // COUNTRIES).cast(pl.Int64)),
            country="c" + (row % COUNTRIES).cast(pl.String).str.zfill(2),
            channel=pl.lit(pl.Series(["web", "shop"])).gather(row.hash(0) % 2),
            **{f"v{n}": (row.hash(n + 1) % 10_000).cast(pl.Float64) / 100 for n in range(COLUMNS)},
        ).write_parquet(data)
    kpis = [*_leaves(leaves), *_formulas(leaves)]
    root = kpis[-1][0]
    tables = (f"[kpi.{kpi}]\n{table}\n" for kpi, table in kpis)
    tree.write_text(HEAD.format(root=root) + "".join(tables), encoding="utf-8")
    return tree


def _leaves(count: int) -> Iterator[tuple[str, str]]:
    for number in range(count):
        country = f"country == 'c{number // COLUMNS % COUNTRIES:02}'"
        measure, usual = MEASURES[number // (COLUMNS * COUNTRIES)]
        text = measure.format(column=f"v{number % COLUMNS}", country=country)
        yield f"k{number}", f'measure = "{text}"\n{_target(number, usual)}'


def _formulas(leaves: int) -> Iterator[tuple[str, str]]:
    """Sums of ten and of ten of those, up to the root, the last; before them shares of the first
    sums.
    """
    level = [
        (f"k{number}", MEASURES[number // (COLUMNS * COUNTRIES)][1]) for number in range(leaves)
    ]
    groups = (leaves + 8) // 9  # how many sums there are in all, about
    for number in range(leaves - groups):
        yield f"share_k{number}", f'formula = "k{number} / g0_{number // 10}"'
    height = 0
    while len(level) > 1 or height == 0:
        above = []
        for at in range(0, len(level), 10):
            operands, usual = zip(*level[at : at + 10], strict=True)
            name = f"g{height}_{at // 10}"
            yield name, f'formula = "{" + ".join(operands)}"\n{_target(at // 10, sum(usual))}'
            above.append((name, sum(usual)))
        level, height = above, height + 1


def _target(number: int, usual: float) -> str:
    return f"target = {usual * (0.98 + number % 7 / 100):.2f}" if number % 5 == 0 else ""
