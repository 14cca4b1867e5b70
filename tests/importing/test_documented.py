"""What docs/import.md shows is what the sample gives."""

from pathlib import Path

from typer.testing import CliRunner

from kpitree.cli.app import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "import.md").read_text("utf-8")
SAMPLE = ROOT / "sample_data" / "kpis.csv"


def test_the_sample_gives_the_tree_shown(tmp_path: Path) -> None:
    tree = tmp_path / "shop.toml"
    args = ["import", str(SAMPLE), "-o", str(tree), "--period", "2026-10"]
    result = CliRunner().invoke(app, args)
    assert result.exit_code == 0, result.output
    assert f"```toml\n{tree.read_text('utf-8')}```" in PAGE
    assert f"```text\n{SAMPLE.read_text('utf-8')}```" in PAGE
    assert "assumed to be their product" in result.stderr
    evaluated = CliRunner().invoke(app, ["eval", str(tree)])
    assert evaluated.exit_code == 0
    assert "unexplained" in evaluated.stdout
