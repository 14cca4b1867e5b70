"""Rows of deals, made once: 2, 20 or 100 million, as Parquet or CSV, and the trees over them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from processes import SCRATCH, once

FEW: Final = 1_000  # what a program takes for these is its start-up
STAGES: Final = ("open", "won", "lost")
REGIONS: Final = ("EMEA", "AMER", "APAC")

# In pieces, so that a hundred million rows need no more memory than five.
GENERATE: Final = """
import datetime as dt, sys
from pathlib import Path
import polars as pl
rows, target, piece = int(sys.argv[1]), Path(sys.argv[2]), 5_000_000
row = pl.col("row")
def uniform(seed):  # the same numbers every time, on every machine
    return (row.hash(seed) % 1_000_003 + 1) / 1_000_004
def one_of(seed, *words):
    return pl.lit(pl.Series(words)).gather(row.hash(seed) % len(words))
pieces = []
for start in range(0, rows, piece):
    pieces.append(target.with_suffix(f".{start // piece:02}.part"))
    numbers = pl.int_range(start, min(start + piece, rows), dtype=pl.UInt64, eager=True)
    numbers.alias("row").to_frame().select(
        day=pl.lit(dt.date(2024, 11, 1)) + pl.duration(days=(row * 730 // rows).cast(pl.Int64)),
        stage=one_of(2, "open", "won", "lost"),
        region=one_of(5, "EMEA", "AMER", "APAC"),
        amount=(-1200 * (uniform(3) * uniform(4)).log()).round(2),
        cost=(uniform(6) * 400).round(2),
        quantity=(row.hash(7) % 50 + 1).cast(pl.Int64),
    ).write_parquet(pieces[-1])
data = pl.scan_parquet(pieces)
if target.suffix == ".csv":
    data.sink_csv(target)
else:
    data.sink_parquet(target, row_group_size=1_000_000)
for each in pieces:
    each.unlink()
"""

TREE: Final = """
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
[kpi.amount]
measure = "sum(amount)"
[kpi.close_rate]
measure = "count(where=stage == 'won') / count()"
"""

HEAD_OF_LEAVES: Final = """
[tree]
root = "total"
[sources.deals]
path = "{path}"
time = "day"
[kpi.total]
formula = "{formula}"
"""


def data_of(rows: int, ending: str = "parquet") -> Path:
    """The file, made where it is not there yet."""
    SCRATCH.mkdir(exist_ok=True)
    data = SCRATCH / f"deals-{rows}.{ending}"
    if not data.exists():
        print(f"making {data.name}", file=sys.stderr)
        unfinished = data.with_name(f"unfinished-{data.name}")
        once([sys.executable, "-c", GENERATE, str(rows), str(unfinished)])
        unfinished.rename(data)
    return data


def tree_of(rows: int, ending: str = "parquet") -> Path:
    """Three leaves, a count, a sum and a share, and a formula of them."""
    return written(f"deals-{rows}-{ending}", TREE.format(path=data_of(rows, ending).name))


def tree_of_leaves(rows: int, count: int) -> Path:
    """So many leaves: sums, means, counts and largest values under conditions of all kinds."""
    leaves = [measure for measure, _ in zip(_measures(), range(count), strict=False)]
    formula = " + ".join(f"k{number}" for number in range(count))
    head = HEAD_OF_LEAVES.format(path=data_of(rows).name, formula=formula)
    tables = (f'[kpi.k{at}]\nmeasure = "{measure}"\n' for at, measure in enumerate(leaves))
    return written(f"leaves-{rows}-{count}", head + "".join(tables))


def _measures() -> Iterator[str]:
    stages = ["", *(f"stage == '{stage}'" for stage in STAGES)]
    regions = ["", *(f"region == '{region}'" for region in REGIONS)]
    for least in range(0, 5_000, 500):
        for region in regions:
            for stage in stages:
                above = f"amount > {least}" if least else ""
                where = " and ".join(one for one in (stage, region, above) if one)
                under = f", where={where}" if where else ""
                yield f"sum(amount{under})"
                yield f"mean(cost{under})"
                yield f"count({under.removeprefix(', ')})"
                yield f"max(quantity{under})"


def written(name: str, text: str) -> Path:
    """A tree file beside the data."""
    tree = SCRATCH / f"{name}.toml"
    tree.write_text(text, encoding="utf-8")
    return tree
