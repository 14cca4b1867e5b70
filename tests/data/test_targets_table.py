"""A table of targets that cannot be one: what is said, where, and how the command ends."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from kpitree.cli.app import app

TREE = """
[tree]
root = "revenue"
[targets]
path = "targets.csv"
[sources.sales]
path = "sales.csv"
time = "day"
[sources.sales.dimensions]
region = "region"
rep = "rep"
[sources.visits]
path = "visits.csv"
time = "day"
[sources.visits.dimensions]
region = "region"
[kpi.revenue]
measure = "sum(amount)"
source = "sales"
[kpi.visits]
measure = "count()"
source = "visits"
[kpi.per_visit]
formula = "revenue / visits"
target = 9
"""
SALES = "day,region,rep,amount\n2025-01-01,north,Ada,3\n2026-01-01,south,Bo,4\n2026-01-31,,Bo,1\n"
VISITS = "day,region\n2025-01-01,north\n2026-01-31,south\n"
FORMS = "periods are written 2026-11-20, 2026-W45, 2026-10, 2026-Q4, 2026, or 2026-01..2026-06"


def said(folder: Path, table: str | pl.DataFrame, *options: str) -> tuple[int, list[str]]:
    """The exit code, and what stands on standard error."""
    tree = TREE
    if isinstance(table, str):
        (folder / "targets.csv").write_text(table, "utf-8")
    else:
        table.write_parquet(folder / "targets.parquet")
        tree = TREE.replace("targets.csv", "targets.parquet")
    (folder / "tree.toml").write_text(tree, "utf-8")
    (folder / "sales.csv").write_text(SALES, "utf-8")
    (folder / "visits.csv").write_text(VISITS, "utf-8")
    result = CliRunner().invoke(
        app, ["eval", str(folder / "tree.toml"), "--format", "json", *options]
    )
    assert "Traceback" not in result.output
    return result.exit_code, result.stderr.splitlines()


UNKNOWN_COLUMN = "the column 'regoin' is neither kpi, period, target nor a dimension"
ROWS = "kpi,period,target,region,rep\n"


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ("revenu,2026-01,5,,", ["2: there is no KPI 'revenu'", "did you mean 'revenue'?"]),
        (",2026-01,5,,", ["2: the row names no KPI"]),
        ("revenue,January,5,,", ["2: 'January' is not a period", FORMS]),
        ("revenue,2026-13,5,,", ["2: there is no period '2026-13' in the calendar", FORMS]),
        ("revenue,,5,,", ["2: the row has no period", FORMS]),
        (
            "revenue,2026-01,,,",
            ["2: the row has no target", "leave the row out where there is none"],
        ),
        (
            'revenue,2026-01,"1,000",,',
            [
                "2: '1,000' is not a number to work with",
                "numbers are written plainly, such as 1234.5, without signs or thousands",
            ],
        ),
        (
            "revenue,2026-01,nan,,",
            [
                "2: 'nan' is not a number to work with",
                "numbers are written plainly, such as 1234.5, without signs or thousands",
            ],
        ),
        (
            "revenue,2026-01,5,,\nrevenue,2026-02,5,,\nrevenue,2026-01,6,,",
            ["4: a second target of revenue for 2026-01", "the first one: targets.csv:2"],
        ),
        (
            "revenue,2026-01,5,,Ada\nrevenue,2026-01-01..2026-01-31,6,,Ada",
            [
                "3: a second target of revenue, Ada for 2026-01-01..2026-01-31",
                "the first one: targets.csv:2",
            ],
        ),
        (
            "revenue,2026-01..2026-03,5,,\nrevenue,2026-03..2026-04,6,,",
            [
                "3: targets of revenue overlap in part: 2026-01..2026-03 and 2026-03..2026-04",
                "the other one: targets.csv:2; a period may lie within another, or beside it",
            ],
        ),
        (
            "per_visit,2026-01,5,,",
            ["2: 'per_visit' has a target in the tree file already", "keep one of the two"],
        ),
        (
            "visits,2026-01,5,,Ada",
            ["2: 'visits' has no goals by rep: the source 'visits' has no dimension 'rep'"],
        ),
        (
            "per_visit,2026-01,5,,Ada",
            ["2: 'per_visit' has no goals by rep: the source 'visits' has no dimension 'rep'"],
        ),
        (
            "revenue,2026-01,5,,Adda",
            ["2: no row of the data has the rep 'Adda'", "did you mean 'Ada'?"],
        ),
        (
            "revenue,2026-01,5,nord,Ada",
            ["2: no row of the data has the region 'nord'", "did you mean 'north'?"],
        ),
    ],
)
def test_a_row_that_is_no_target(rows: str, lines: list[str], tmp_path: Path) -> None:
    code, found = said(tmp_path, f"{ROWS}{rows}\n")
    error, *hint = lines
    assert found == [f"error: targets.csv:{error}", *(f"hint: {one}" for one in hint)]
    assert code == 2


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    rows = "revenu,2026-01,5,,\nrevenue,2026-13,x,,\nrevenue,2026-01,1,,\nrevenue,2026-01,2,,\n"
    code, found = said(tmp_path, ROWS + rows)
    assert [line for line in found if line.startswith("error")] == [
        "error: targets.csv:2: there is no KPI 'revenu'",
        "error: targets.csv:3: there is no period '2026-13' in the calendar",
        "error: targets.csv:3: 'x' is not a number to work with",
        "error: targets.csv:5: a second target of revenue for 2026-01",
    ]
    assert code == 2


@pytest.mark.parametrize(
    ("table", "lines"),
    [
        (
            "kpi,month,target\nrevenue,2026-01,5\n",
            [
                "error: targets.csv: there is no column 'period'",
                "hint: known names: kpi, month, target",
            ],
        ),
        (
            "kpi,period,target,regoin\nrevenue,2026-01,5,north\n",
            [
                f"error: targets.csv: {UNKNOWN_COLUMN}",
                "hint: did you mean 'region'?",
            ],
        ),
        ("", ["error: targets.csv: the file is empty"]),
        (
            "kpi,period,target\nrevenue,2026-01,5,north\n",
            [
                "error: targets.csv, line 2: line 2 has 4 fields, the header has 3",
                "hint: put a text that holds the separator in double quotes",
            ],
        ),
    ],
)
def test_a_file_that_is_no_table_of_targets(table: str, lines: list[str], tmp_path: Path) -> None:
    assert said(tmp_path, table) == (3, lines)


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    said(tmp_path, ROWS)
    (tmp_path / "targets.csv").unlink()
    (tmp_path / "target.csv").write_text(ROWS, "utf-8")
    result = CliRunner().invoke(app, ["eval", str(tmp_path / "tree.toml")])
    assert result.exit_code == 3
    assert result.stderr.splitlines() == [
        "error: targets.csv: there is no such file",
        "hint: did you mean 'target.csv'?",
    ]


@pytest.mark.parametrize(
    "rows",
    [
        "",  # none at all
        "revenue,2026,5,,\nrevenue,2026-Q1,2,,\nrevenue,2026-01,1,,\nrevenue,2026-Q2,2,,",
        "revenue,2026-01,5,,Ada\nrevenue,2026-01,5,,Bo\nrevenue,2026-01,10,,",
        "revenue,2026-01,5,(none),\n , ,,,\nrevenue,2026-01,5,north,",
        " revenue , 2026-01 , 5e3 ,,",
        "visits,2026-01,5,north,",
    ],
)
def test_tables_that_are_fine(rows: str, tmp_path: Path) -> None:
    code, found = said(tmp_path, f"{ROWS}{rows}\n", "--quiet")
    assert (code, found) == (0, [])


def test_members_are_looked_for_in_all_of_the_data(tmp_path: Path) -> None:
    """Ada sold nothing since 2025, and may have a goal for 2026."""
    code, _ = said(tmp_path, f"{ROWS}revenue,2026-01,5,,Ada\n", "--period", "2026-01")
    assert code == 0


def test_only_what_is_asked_for_is_looked_at(tmp_path: Path) -> None:
    table = f"{ROWS}revenue,2026-01,5,,Adda\n"
    assert said(tmp_path, table, "--kpi", "visits")[0] == 0
    assert said(tmp_path, table, "--kpi", "per_visit")[0] == 2


def test_a_parquet_file_knows_its_own_types(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"kpi": ["revenue", "revenue"], "period": [date(2026, 1, 1), None], "target": [5, 6]}
    )
    assert said(tmp_path, frame.head(1))[0] == 0
    code, found = said(tmp_path, frame)
    assert found[0] == "error: targets.parquet, row 2: the row has no period"
    assert code == 2
