"""What `kpitree segments` costs beyond its start-up, as a whole command.

Nearly every row is a cell of its own: nothing is gained by adding rows up before the search. Two
questions, the last month (most rows are read and left) and the last year (every row counts). By
hand stands for a polars script with the change of every slice, one and two dimensions deep, and
no search. The limit is the one that the project sets itself.
"""

import json
import math
import sys
from pathlib import Path

from processes import SCRATCH, alternating, kpitree, once, said, uncached
from tables import Table

ROWS, FEW_ROWS = 1_000_000, 1_000
DIMENSIONS, VALUES = 5, 200
PLANTED = {"d1": "value 007"}  # what it sells is six times as much in the last month
MOST = 2.0  # seconds beyond start-up

GENERATE = """
import datetime as dt, sys
import polars as pl
rows, path, dimensions, values = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
row = pl.int_range(rows, dtype=pl.UInt64)
def one_of(seed):  # the same every time, on every machine
    return "value " + (row.hash(seed) % values).cast(pl.String).str.zfill(3)
pl.select(
    day=pl.lit(dt.date(2025, 1, 1)) + pl.duration(days=(row.hash(11) % 730).cast(pl.Int64)),
    amount=(row.hash(12) % 100_000 + 1) / 100,
    **{f"d{number}": one_of(13 + number) for number in range(dimensions)},
).with_columns(
    pl.when((pl.col("d1") == "value 007") & (pl.col("day") >= dt.date(2026, 12, 1)))
    .then(pl.col("amount") * 6)
    .otherwise("amount")
).sort("day").write_parquet(path)
"""

BY_HAND = """
import datetime as dt, sys
from itertools import combinations
import polars as pl
path, dimensions, *days = sys.argv[1], int(sys.argv[2]), *map(dt.date.fromisoformat, sys.argv[3:])
start, middle, end = days
names = [f"d{number}" for number in range(dimensions)]
amount, day = pl.col("amount"), pl.col("day")
rows = pl.scan_parquet(path).filter(day >= start, day < end)
slices = [
    rows.group_by(by).agg(
        before=pl.when(day < middle).then(amount).sum(),
        after=pl.when(day >= middle).then(amount).sum(),
    ).with_columns(line=pl.col("after") - pl.col("before"))
    for count in (1, 2) for by in combinations(names, count)
]
found = pl.concat(pl.collect_all(slices, engine="streaming"), how="diagonal")
alone = pl.all_horizontal(pl.col(name).is_null() for name in names if name != "d1")
print(found.height, found.filter(pl.col("d1") == "value 007", alone)["line"].sum())
"""

TREE = """
[tree]
root = "amount"
segments = {dimensions}
[sources.sales]
path = "{path}"
time = "day"
[sources.sales.dimensions]
{columns}
[kpi.amount]
measure = "sum(amount)"
source = "sales"
"""


def made(rows: int) -> tuple[Path, Path]:
    """Parquet of so many rows, and a tree of it; the data is made only once."""
    data, tree = SCRATCH / f"slices-{rows}.parquet", SCRATCH / f"slices-{rows}.toml"
    SCRATCH.mkdir(exist_ok=True)
    if not data.exists():
        sizes = [str(rows), str(data), str(DIMENSIONS), str(VALUES)]
        once([sys.executable, "-c", GENERATE, *sizes])
    names = [f"d{number}" for number in range(DIMENSIONS)]
    columns = "\n".join(f'{name} = "{name}"' for name in names)
    text = TREE.format(dimensions=json.dumps(names), path=data.name, columns=columns)
    tree.write_text(text, encoding="utf-8")
    return data, tree


def searching(runs: int) -> Table:
    """Each question, side by side with the change of all slices by hand."""
    size = f"{ROWS / 1e6:g} M rows, {DIMENSIONS} dimensions of {VALUES} values, 2 deep"
    table = Table("segments", (size, "seconds", "beyond start-up", "limit", "by hand", "MB"))
    asked(table, "month", ("2026-11-01", "2026-12-01", "2027-01-01"), runs)
    asked(table, "year", ("2025-01-01", "2026-01-01", "2027-01-01"), runs)
    return table


def asked(table: Table, grain: str, days: tuple[str, str, str], runs: int) -> None:
    """One question; both must agree."""
    data, tree = made(ROWS)
    few_data, few_tree = made(FEW_ROWS)
    hand = [sys.executable, "-c", BY_HAND]
    question = ["--grain", grain, *uncached()]
    commands = {
        "by hand": [*hand, str(data), str(DIMENSIONS), *days],
        "kpitree": kpitree("segments", str(tree), *question),
        "by hand, few": [*hand, str(few_data), str(DIMENSIONS), *days],
        "kpitree, few": kpitree("segments", str(few_tree), *question),
    }
    _must_agree(commands["kpitree"], commands["by hand"])
    found = alternating(commands, runs)
    run, few = found["kpitree"], found["kpitree, few"]
    by_hand = found["by hand"].seconds - found["by hand, few"].seconds
    cells = table.held(f"segments by {grain}", run.seconds - few.seconds, MOST, " s")
    whole = f"{run.seconds:.3f}"
    table.add(f"a {grain}", whole, *cells, f"{by_hand:.3f} s", f"{run.megabytes:.0f}")


def _must_agree(ours: list[str], by_hand: list[str]) -> None:
    """They examine as many slices, and the planted one is found, with the same line."""
    answer = json.loads(said([*ours, "--format", "json"]))
    lines = [one["line"] for one in answer["slices"] if one["segment"] == PLANTED]
    count, line = said(by_hand).split()
    agree = answer["examined"] == int(count) and len(lines) == 1
    if not agree or not math.isclose(lines[0], float(line), rel_tol=1e-9):
        raise SystemExit("segments: kpitree and the slices by hand do not agree")
