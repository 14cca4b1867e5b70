"""`kpitree eval` beside the same question asked in other ways, and how it grows.

Whole processes of one machine, in turns. What a program takes for FEW rows is its start-up.
"""

from contestants import contestants, must_agree
from processes import Run, alternating, evaluated
from rows import FEW, data_of, tree_of, tree_of_leaves
from tables import Table

OF_DUCKDB = 0.7  # whole process, of DuckDB's own month query on Parquet
OF_BY_DAY = 1.15  # beyond the start-up of each, of the hand-tuned query on Parquet
MEMORY_GROWTH = 1.5  # for five times the rows
OF_ONE_LEAF = 4.0  # whole process, of 100 leaves on one source
OURS = "kpitree eval"


def compared(rows: int, runs: int, duckdb: str, ending: str = "parquet") -> Table:
    """Every contestant; limits are those for Parquet."""
    found = _raced(dict.fromkeys((rows, FEW), ending), runs, duckdb)
    names = dict.fromkeys(name for name, _ in found)
    ours, few = found[OURS, rows], found[OURS, FEW]
    table = Table(
        "rows" if ending == "parquet" else ending,
        ("", "seconds", "beyond start-up", "MB", "kpitree ÷ this", "limit", "… beyond", "limit"),
    )
    for name in names:
        run, start = found[name, rows], found[name, FEW]
        beyond = run.seconds - start.seconds
        whole, rest = ours.seconds / run.seconds, (ours.seconds - few.seconds) / beyond
        cells = [f"{whole:.2f}", "", f"{rest:.2f}", ""]
        if name == "DuckDB" and ending == "parquet":
            cells[:2] = table.held("kpitree ÷ DuckDB, whole", whole, OF_DUCKDB)
        if name == "polars by day" and ending == "parquet":
            cells[2:] = table.held("kpitree ÷ polars by day, beyond start-up", rest, OF_BY_DAY)
        if name == OURS:
            cells = [""] * 4
        table.add(name, f"{run.seconds:.3f}", f"{beyond:.3f}", f"{run.megabytes:.0f}", *cells)
    if "DuckDB" not in names:
        table.add("DuckDB", "not installed", *[""] * 6)
    return table


def growth(sizes: list[int], runs: int, duckdb: str) -> Table:
    """Seconds and memory of each contestant by the number of rows, Parquet."""
    found = _raced(dict.fromkeys((*sizes, FEW), "parquet"), runs, duckdb)
    titles = [f"{size / 1e6:g} M, {what}" for size in sizes for what in ("s", "MB")]
    table = Table("growth", ("", "start-up", *titles))
    for name in dict.fromkeys(name for name, _ in found):
        cells = [f"{found[name, FEW].seconds:.3f}"]
        for size in sizes:
            run = found[name, size]
            cells += [f"{run.seconds:.3f}", f"{run.megabytes:.0f}"]
        table.add(name, *cells)
    if {20_000_000, 100_000_000} <= set(sizes):
        more, most = (found[OURS, size].megabytes for size in (20_000_000, 100_000_000))
        value, limit = table.held("memory of 100 M rows ÷ 20 M", most / more, MEMORY_GROWTH)
        told = f"kpitree: memory of 100 M ÷ 20 M: {value}, at most {limit}"
        table.add(told, *[""] * (len(titles) + 1))
    return table


def by_leaves(rows: int, runs: int) -> Table:
    """One source, more and more of it asked."""
    counts = (1, 10, 100)
    trees = {str(count): evaluated(tree_of_leaves(rows, count)) for count in counts}
    found = alternating(trees | {"few": evaluated(tree_of_leaves(FEW, 1))}, runs)
    table = Table("leaves", ("leaves", "seconds", "beyond start-up", "MB", "÷ one leaf", "limit"))
    for count, run in found.items():
        if count == "few":
            continue
        times = run.seconds / found["1"].seconds
        cells = (f"{times:.2f}", "")
        if count == "100":
            cells = table.held("100 leaves ÷ one leaf", times, OF_ONE_LEAF)
        beyond = run.seconds - found["few"].seconds
        table.add(count, f"{run.seconds:.3f}", f"{beyond:.3f}", f"{run.megabytes:.0f}", *cells)
    return table


def _raced(sizes: dict[int, str], runs: int, duckdb: str) -> dict[tuple[str, int], Run]:
    """sizes: rows -> the ending of their file. Returns by contestant and rows."""
    commands = {}
    for size, ending in sizes.items():
        data, tree = data_of(size, ending), tree_of(size, ending)
        must_agree(data, tree, duckdb)
        for name, of in contestants(duckdb).items():
            commands[name, size] = of(data, tree)
    named = {f"{name} {size}": command for (name, size), command in commands.items()}
    found = alternating(named, runs)
    return {key: found[f"{key[0]} {key[1]}"] for key in commands}
