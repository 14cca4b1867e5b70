"""Start-up: small samples against only importing what any program of this kind imports."""

import sys

from processes import ROOT, alternating, evaluated, kpitree
from tables import Table

IMPORTS = "import polars, networkx, typer, rich.table"
FACTOR, EXTRA = 1.2, 0.1  # eval on a small sample <= factor x imports + extra s
SAMPLES = {
    "sales": "39,265 rows of CSV",
    "pizza": "49,574 rows of CSV",
    "flights": "84,292 rows of Parquet",
}


def starting(runs: int) -> Table:
    """The imports, the help, and every sample."""
    commands = {"imports": [sys.executable, "-c", IMPORTS]}
    commands["`kpitree --help`"] = kpitree("--help")
    for sample, size in SAMPLES.items():
        tree = ROOT / "trees" / f"{sample}.toml"
        commands[f"`kpitree eval trees/{sample}.toml` ({size})"] = evaluated(tree)
    found = alternating(commands, runs)
    base = found["imports"].seconds
    allowed = round(FACTOR * base + EXTRA, 3)
    table = Table("startup", ("", "seconds", "limit", "× imports", "MB"))
    for name, run in found.items():
        cells = (f"{run.seconds:.3f} s", "")
        if "eval" in name:
            cells = table.held(name, run.seconds, allowed, " s")
        table.add(name, *cells, f"{run.seconds / base:.2f}", f"{run.megabytes:.0f}")
    return table
