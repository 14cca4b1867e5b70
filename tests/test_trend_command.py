"""`kpitree trend` as a user meets it: true values, wrong usage, formats, terminals."""

import csv
import json
import os
import pty
import subprocess
import sys
from io import StringIO
from itertools import pairwise
from pathlib import Path
from statistics import fmean, median
from typing import Any

import polars as pl
import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from kpitree.cli.app import app
from kpitree.cli.options import FORMATS
from kpitree.cli.trend import DRAWING

ROOT = Path(__file__).parents[1]
SALES = ("trend", "trees/sales.toml")


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def asked(*arguments: str, form: str = "json") -> str:
    done = CliRunner().invoke(app, [*arguments, "--format", form, "--quiet"])
    assert done.exit_code == 0, done.output
    return done.stdout


def points(*arguments: str, kpi: str) -> list[dict[str, Any]]:
    found = json.loads(asked(*arguments))
    (one,) = (one for one in found["kpis"] if one["kpi"] == kpi and not one["segment"])
    listed: list[dict[str, Any]] = one["points"]
    return listed


# --- true values ---------------------------------------------------------------------------------


def test_limits_of_sales_from_the_rows() -> None:
    """The limits of October 2026: of the 23 months before it that the data has."""
    decided = (
        pl.read_csv("sample_data/deals/deals.csv")
        .filter(pl.col("stage").is_in(["won", "lost"]))
        .group_by(pl.col("closed_on").str.slice(0, 7).alias("month"))
        .agg(deals=pl.len())
        .sort("month")
        .filter(pl.col("month") <= "2026-10")
    )
    counts = decided["deals"].to_list()
    found = points(*SALES, "deals", kpi="deals")
    assert [one["value"] for one in found] == counts
    assert [one["period"] for one in found] == decided["month"].to_list()
    before = counts[:-1]
    moves = [abs(b - a) for a, b in pairwise(before)]
    assert found[-1]["centre"] == pytest.approx(fmean(before))
    assert found[-1]["upper"] == pytest.approx(fmean(before) + 2.66 * fmean(moves))
    of_median = points(*SALES, "deals", "--limits", "median", kpi="deals")[-1]
    assert of_median["centre"] == median(before)
    assert of_median["lower"] == pytest.approx(median(before) - 3.145 * median(moves))


@pytest.mark.parametrize(
    "question",
    [
        (*SALES,),
        (*SALES, "revenue", "--by", "region", "--last", "6"),
        ("trend", "trees/pizza.toml", "--grain", "week", "--period", "latest"),
        ("trend", "trees/flights.toml", "--grain", "day", "--limits", "median"),
    ],
)
def test_every_format_says_the_same(question: tuple[str, ...]) -> None:
    told = json.loads(asked(*question))
    names = ("period", "value", "target", "centre", "lower", "upper", "signal", "rule")
    expected = [
        (kpi["kpi"], *kpi["segment"].values(), *(point[name] for name in names))
        for kpi in told["kpis"]
        for point in kpi["points"]
    ]
    lines = [json.loads(line) for line in asked(*question, form="jsonl").splitlines()]
    dimensions = told["dimensions"]

    def read(row: dict[str, Any]) -> tuple[Any, ...]:
        segment = [row[name] for name in dimensions if row[name]]
        return (row["kpi"], *segment, *(row[name] for name in names))

    assert [read(row) for row in lines if row["row"] == "point"] == expected
    rows = list(csv.DictReader(StringIO(asked(*question, form="csv"))))
    tabbed = list(csv.DictReader(StringIO(asked(*question, form="tsv")), delimiter="\t"))
    assert tabbed == rows
    assert [read(as_numbers(row)) for row in rows if row["row"] == "point"] == expected
    plain = [line.split("\t") for line in asked(*question, form="plain").splitlines()]
    columns = ("kpi", *dimensions, *names)
    found = [as_numbers(dict(zip(columns, fields, strict=True))) for fields in plain]
    assert [read(row) for row in found] == expected
    leads = [row for row in rows if row["row"] == "lead"]
    assert [as_numbers(row)["correlation"] for row in leads] == [
        lag["correlation"] for one in told["leads"] for lag in one["lags"]
    ]
    for form in DRAWING:
        flat = asked(*question, form=form).replace("\\", "")
        assert all(one["sentence"] in flat for one in told["leads"])


def as_numbers(row: dict[str, str]) -> dict[str, Any]:
    words = ("kpi", "period", "signal", "rule", "row", "region")
    return {
        name: (text if name in words else _number(text)) if text else None
        for name, text in row.items()
    }


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


# --- wrong usage ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((*SALES, "revenu"), 2, "hint: did you mean 'revenue'?"),
        ((*SALES, "--last", "0"), 2, "Invalid value for '--last'"),
        ((*SALES, "--limits", "mode"), 2, "Invalid value for '--limits'"),
        ((*SALES, "--by", "regoin"), 2, "hint: did you mean 'region'?"),
        ((*SALES, "--period", "2026-01..2026-06"), 2, "hint: how many periods: --period 2026-06"),
        ((*SALES, "--period", "2031-01"), 3, "there is no data for 2031-01"),
        ((*SALES, "--as-of", "yesterday"), 2, "hint: write 2026-11-20, or today"),
        ((*SALES, "--where", "region = 'EMEA'"), 2, "--where"),
        ((*SALES, "--source", "deals=none.csv"), 3, "none.csv"),
        ((*SALES, "--set", "revenue=1"), 2, "'revenue' is computed from data"),
        ((*SALES, "--chart", "--format", "json"), 2, "error: --chart: json holds numbers"),
        ((*SALES, "--chart", "-o", "x.csv"), 2, "hint: formats with charts: table, markdown"),
        (("trend", "trees/none.toml"), 2, "trees/none.toml"),
    ],
)
def test_mistakes(arguments: tuple[str, ...], code: int, said: str) -> None:
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == code, done.output
    assert done.stdout == ""
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


# --- charts and terminals ------------------------------------------------------------------------


@pytest.mark.parametrize("form", DRAWING)
def test_a_chart_off_a_terminal_is_plain_text_of_a_fixed_width(form: str) -> None:
    text = asked(*SALES, "revenue", "close_rate", "--chart", form=form)
    assert "\x1b" not in text
    drawing = [line for line in text.splitlines() if "┤" in line or "│" in line]
    assert len(drawing) == 22
    assert max(map(cell_len, drawing)) == 80
    assert "⠤ 2026-10: 2,674,162.63" in text


def test_charts_in_ascii() -> None:
    text = asked(*SALES, "revenue", "--chart", "--ascii", form="table")
    assert text.isascii()
    assert "@" in text
    assert "*" in text


def test_an_unknown_environment_colours_no_chart(monkeypatch: pytest.MonkeyPatch) -> None:
    """plotille takes colours from the environment; kpitree's own rules decide."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLORTERM", "truecolor")
    quiet = asked(*SALES, "revenue", "--chart", "--color", "never", form="table")
    assert "\x1b" not in quiet
    loud = asked(*SALES, "revenue", "--chart", "--color", "always", form="table")
    assert "\x1b[33m●" in loud
    markdown = asked(*SALES, "revenue", "--chart", "--color", "always", form="markdown")
    assert "\x1b" not in markdown


def test_charts_into_a_file(tmp_path: Path) -> None:
    file = tmp_path / "trend.md"
    done = CliRunner().invoke(app, [*SALES, "revenue", "--chart", "-o", str(file)])
    assert (done.exit_code, done.stdout) == (0, "")
    text = file.read_text("utf-8")
    assert text.count("```") == 2
    assert "●" in text


@pytest.mark.parametrize("chart", [[], ["--chart"]])
@pytest.mark.parametrize("columns", [40, 80, 120])
def test_terminals(columns: int, chart: list[str]) -> None:
    """On a real one: nothing is wider than it, and the values are there."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "kpitree", *SALES, *chart, "--color", "never"]
    size = os.environ | {"COLUMNS": str(columns), "LINES": "50"}
    with subprocess.Popen(command, stdout=follower, stderr=follower, env=size) as program:
        os.close(follower)
        text = read_all(leader)
    assert program.returncode == 0, text
    assert max(map(cell_len, text.splitlines())) <= columns
    assert "2,674,16" in text
    assert "\x1b" not in text


def read_all(terminal: int) -> str:
    """Until the program at the other end has gone."""
    parts = []
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux says so at the end
            break
        if not part:
            break
        parts.append(part)
    os.close(terminal)
    return b"".join(parts).decode().replace("\r\n", "\n")


@pytest.mark.parametrize("form", FORMATS)
def test_labels_are_data(form: str, tmp_path: Path) -> None:
    hostile = r"[red]\u001b[31mBad\u202e | ``` *x*"
    (tmp_path / "sales.csv").write_text("day,amount\n2026-01-31,1\n2026-02-28,2\n")
    tree = tmp_path / "tree.toml"
    tree.write_text(
        '[sources.sales]\npath = "sales.csv"\ntime = "day"\ncovers = ["2026-01-01", "2026-02-28"]\n'
        f'[kpi.sales]\nlabel = "{hostile}"\nmeasure = "sum(amount)"\n'.replace("\\\\", "\\"),
        "utf-8",
    )
    for chart in ([], ["--chart"]) if form in DRAWING else ([],):
        text = asked("trend", str(tree), *chart, form=form)
        assert not {"\x1b", "\u202e"} & set(text)
        if form != "plain":
            assert "Bad" in text
