"""KPIs imported from a workbook: needs kpitree[excel], and XlsxWriter to write it."""

import os
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kpitree.cli.app import app

# In CI, where these libraries are, nothing is skipped.
library = import_module if os.environ.get("CI") else pytest.importorskip
library("fastexcel")
xlsxwriter: Any = library("xlsxwriter")


def test_a_workbook(tmp_path: Path) -> None:
    table, tree = tmp_path / "kpis.xlsx", tmp_path / "t.toml"
    book = xlsxwriter.Workbook(table)
    page = book.add_worksheet("KPIs")
    page.write_row(0, 0, ["KPI", "Parent", "Unit", "Target", "Value"])
    page.write_row(1, 0, ["Revenue", "", "EUR", 3_000_000])
    page.write_row(2, 0, ["Close rate (%)", "Revenue", "%", 0.62, 0.6])
    page.write_row(3, 0, ["Price", "Revenue", "EUR", 1.125, 5])
    book.close()
    result = CliRunner().invoke(app, ["import", str(table), "-o", str(tree), "--quiet"])
    assert result.exit_code == 0, result.output
    text = tree.read_text("utf-8")
    assert 'formula = "close_rate * price"' in text
    assert "target = 3_000_000" in text
    assert "target = 0.62" in text
    assert "target = 1.125" in text
