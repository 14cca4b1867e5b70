"""The same command again: on unchanged data, and with one new file among 700.

Beside it the same command on a small sample, which has next to nothing to read. Needs the cache of
cubes: without it (an older kpitree) there is nothing to measure.
"""

import shutil
import sys
from pathlib import Path
from typing import Final

from processes import CACHE, SCRATCH, Run, alternating, evaluated, kpitree, once, uncached
from rows import FEW, TREE, data_of, tree_of, written
from tables import Table

FILES = 700
OF_SMALL = 1.3  # a repeated run, of the small-sample run, whole processes
OF_REPEATED = 1.5  # one new daily file, of a repeated run


SPLIT: Final = """
import sys
import polars as pl
data, folder, files = pl.scan_parquet(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for day in data.select(pl.col("day").unique()).collect()["day"].sort().tail(files):
    data.filter(pl.col("day") == day).sink_parquet(f"{folder}/{day}.parquet")
"""


def repeated(rows: int, runs: int) -> Table:
    """rows: as one Parquet file, and the last FILES days of them as a file each."""
    table = Table("repeated", ("", "seconds", "MB", "ratio", "limit"))
    if not uncached():
        table.add("this version keeps no cubes", *[""] * 4)
        return table
    found = _measured(rows, runs)
    small, files = found["small"].seconds, found["files"].seconds
    ratios = {
        f"{FEW:,} rows, read": ("small", None),
        "one file, unchanged": ("file", (small, OF_SMALL)),
        f"{FILES} files, unchanged": ("files", (small, OF_SMALL)),
        f"{FILES} files, one of them new": ("new", (files, OF_REPEATED)),
        f"{FILES} files, nothing kept": ("all new", None),
    }
    for title, (name, held) in ratios.items():
        run = found[name]
        cells = ("", "") if held is None else table.held(title, run.seconds / held[0], held[1])
        table.add(title, f"{run.seconds:.3f}", f"{run.megabytes:.0f}", *cells)
    return table


def _measured(rows: int, runs: int) -> dict[str, Run]:
    folder, tree = _daily(rows)
    newest = max(folder.glob("*.parquet"))
    spare = folder.with_name("newest.parquet")
    shutil.copyfile(newest, spare)
    shutil.rmtree(CACHE, ignore_errors=True)  # filled by the unmeasured runs of the first turn
    daily = kpitree("eval", str(tree), "-q")
    found = alternating(
        {
            "small": evaluated(tree_of(FEW)),
            "file": kpitree("eval", str(tree_of(rows)), "-q"),
            "files": daily,
            "new": daily,
        },
        runs,
        before={"new": lambda: _rewrite(spare, newest)},
    )
    forget = {"all new": lambda: shutil.rmtree(CACHE, ignore_errors=True)}
    return found | alternating({"all new": daily}, runs, before=forget)


def _rewrite(spare: Path, newest: Path) -> None:
    """The same rows in a file written just now: to the cache it is another one."""
    newest.unlink()
    shutil.copyfile(spare, newest)


def _daily(rows: int) -> tuple[Path, Path]:
    folder = SCRATCH / f"daily-{rows}"
    if not folder.exists():
        unfinished = folder.with_name(f"unfinished-{folder.name}")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        data = str(data_of(rows))
        once([sys.executable, "-c", SPLIT, data, str(unfinished), str(FILES)])
        unfinished.rename(folder)
    return folder, written(f"daily-{rows}", TREE.format(path=f"{folder.name}/*.parquet"))
