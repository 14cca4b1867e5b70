"""How `kpitree show` says what a target is, whichever form it has."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from kpitree.cli.app import app


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("2000", "2,000"),
        ('{ "2026-01" = 5 }', "by period"),
        ('{ value = 1200, per = "year" }', "1,200 a year"),
        ("{ value = 55, by = 2026-12-31 }", "55 by 2026-12-31"),
        ('{ growth = 0.2, over = "last_year" }', "+20.0 % over last year"),
        ('{ growth = -0.05, over = "previous" }', "−5.0 % over the period before"),
        ('{ source = "plan", measure = "count()" }', "from plan"),
    ],
)
def test_a_target_in_few_words(target: str, shown: str, tmp_path: Path) -> None:
    tree = tmp_path / "tree.toml"
    plan = '[sources.plan]\npath = "plan.csv"\ntime = "day"\n'
    tree.write_text(f"{plan}[kpi.a]\nvalue = 1\ntarget = {target}\n", "utf-8")
    result = CliRunner().invoke(app, ["show", str(tree)])
    assert result.exit_code == 0
    assert shown in result.stdout
