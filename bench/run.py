"""`make bench`: what kpitree costs, side by side with other ways, in one run, as ratios.

Every figure is the median of alternating runs of whole processes on this machine: wall time, and
peak memory as the kernel counts it (ru_maxrss). The limits that the project sets itself stand
beside what was measured; it ends with status 1 where one is exceeded, and names it. No build runs
this: a loaded machine may exceed a limit that a quiet one keeps.

    python bench/run.py [--big] [--runs 5] [--only rows] [--write] [--duckdb PYTHON]
"""

import argparse
import compileall
import os
import platform
import sys
from collections.abc import Callable
from importlib.metadata import version

from comparing import by_leaves, compared, growth
from contestants import version_of_duckdb
from processes import ROOT
from repeating import repeated
from starting import starting
from tables import Table, printed, written

ROWS, ROWS_OF_CSV, BIG = 20_000_000, 5_000_000, 100_000_000
Section = Callable[[], Table]


def main() -> int:
    """Measure and print; 1 where a limit is exceeded."""
    chosen = _arguments()
    # As pip does for an installed package; an editable one has its bytecode only after a first run.
    compileall.compile_dir(ROOT / "src", quiet=1)
    machine = _machine(chosen.duckdb)
    print(machine)
    tables = []
    for name, section in _sections(chosen).items():
        if chosen.only in (None, name):
            tables.append(section())
            print(f"\n{name}\n{printed(tables[-1])}", flush=True)
    if chosen.write:
        written(tables, machine)
    exceeded = [limit for table in tables for limit in table.exceeded]
    for limit in exceeded:
        print(f"LIMIT EXCEEDED  {limit}")
    return 1 if exceeded else 0


def _sections(chosen: argparse.Namespace) -> dict[str, Section]:
    """By the names that --only takes. Those that load polars here come last.

    What this process holds counts in the memory of those it starts.
    """
    rows, runs, duckdb = chosen.rows, chosen.runs, chosen.duckdb
    sizes = [rows // 10, rows, *([BIG] if chosen.big else [])]
    return {
        "startup": lambda: starting(max(runs, 9)),
        "rows": lambda: compared(rows, runs, duckdb),
        "csv": lambda: compared(min(rows, ROWS_OF_CSV), runs, duckdb, "csv"),
        "growth": lambda: growth(sizes, min(runs, 3), duckdb),
        "leaves": lambda: by_leaves(rows, runs),
        "repeated": lambda: repeated(rows, runs),
        "kpis": lambda: _late("kpis", "ten_thousand", runs),
        "monthly": lambda: _late("monthly", "monthly", runs),
        "segments": lambda: _late("searching", "searching", runs),
        "attribution": lambda: _late("explaining", "attribution", runs),
    }


def _late(module: str, name: str, runs: int) -> Table:
    table: Table = getattr(__import__(module), name)(runs)
    return table


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=ROWS, help="of the Parquet file")
    parser.add_argument("--big", action="store_true", help=f"{BIG:,} rows, too")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", help="one section: startup, rows, csv, growth, leaves, ...")
    parser.add_argument("--write", action="store_true", help="put the tables into the page")
    parser.add_argument("--duckdb", default=sys.executable, help="a Python that imports duckdb")
    chosen = parser.parse_args()
    known = _sections(chosen)
    if chosen.only not in (None, *known):
        parser.error(f"--only: one of {', '.join(known)}")
    return chosen


def _machine(duckdb: str) -> str:
    names = ("polars", "networkx", "typer", "rich")
    libraries = [f"{name} {version(name)}" for name in names]
    libraries.append(f"DuckDB {version_of_duckdb(duckdb) or 'not installed'}")
    libraries.insert(0, f"Python {platform.python_version()}")
    system = f"{platform.system()} {platform.machine()}"
    return f"{os.cpu_count()} cores, {system}, {', '.join(libraries)}"


sys.exit(main())
