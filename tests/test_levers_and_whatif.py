"""`kpitree levers` and `kpitree whatif` as a user meets them: together, wrong, hostile, narrow."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

import kpitree
from kpitree.cli.app import app
from kpitree.cli.options import FORMATS
from kpitree.render.formats import renderer
from kpitree.render.style import Style

ROOT = Path(__file__).parents[1]
Write = Callable[[str, str], Path]


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def asked(*arguments: str, form: str = "json") -> str:
    done = CliRunner().invoke(app, [*arguments, "--format", form, "--quiet"])
    assert done.exit_code == 0, done.output
    return done.stdout


def answer(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(asked(*arguments))
    return found


def by_kpi(entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["kpi"]: one for one in entries}


# --- true values ---------------------------------------------------------------------------------


def test_needed_values_of_sales_from_the_rows() -> None:
    """Of a product of three, each alone has to grow by target / revenue."""
    deals = pl.read_csv("sample_data/deals/deals.csv").filter(
        pl.col("closed_on").str.starts_with("2026-10")
    )
    decided = deals.filter(pl.col("stage").is_in(["won", "lost"])).height
    won = deals.filter(pl.col("stage") == "won")
    won_amount = float(won["amount"].sum())
    growth = 3_000_000 / won_amount
    found = answer("levers", "trees/sales.toml", "--period", "2026-10")
    levers = by_kpi(found["levers"])
    assert levers["deals"]["needed"] == pytest.approx(decided * growth, rel=1e-9)
    assert levers["close_rate"]["needed"] == pytest.approx(won.height / decided * growth, rel=1e-9)
    assert levers["deals"]["marginal"] == pytest.approx(won_amount / decided, rel=1e-9)
    assert levers["won"]["elasticity"] == pytest.approx(-1)


def test_the_best_ever_of_flights_from_the_rows() -> None:
    flights = pl.read_parquet("sample_data/nyc_flights/flights_2013q4.parquet")
    rates = (
        flights.group_by(pl.col("flight_date").dt.month().alias("month"))
        .agg(((pl.col("arr_delay") < 15).sum() / pl.col("arr_delay").count()).alias("rate"))
        .sort("rate")
    )
    lever = by_kpi(answer("levers", "trees/flights.toml")["levers"])["on_time_rate"]
    assert lever["best"] == pytest.approx(rates["rate"][-1])
    assert lever["best_period"] == f"2013-{rates['month'][-1]}"


# --- one command's answer is the other's question ------------------------------------------------


@pytest.mark.parametrize(
    ("tree", "question"),
    [
        ("trees/sales.toml", []),
        ("trees/sales.toml", ["--period", "2026-Q3"]),
        ("trees/sales.toml", ["--period", "latest", "--as-of", "2026-10-15"]),
        ("trees/pizza.toml", []),
        ("trees/pizza.toml", ["--grain", "week"]),
        ("trees/flights.toml", []),
    ],
)
def test_what_is_needed_reaches_the_target(tree: str, question: list[str]) -> None:
    levers = answer("levers", tree, *question)
    reaching = [one for one in levers["levers"] if one["needed"] is not None]
    assert reaching
    for lever in reaching:
        setting = f"{lever['kpi']}={lever['needed']!r}"
        found = answer("whatif", tree, "--set", setting, *question)
        kpi = by_kpi(found["kpis"])[levers["kpi"]]
        assert kpi["before"] == levers["value"]
        assert kpi["after"] == pytest.approx(levers["goal"]["value"], rel=1e-9)
        assert kpi["target"] == levers["goal"]["value"]


@pytest.mark.parametrize("tree", ["trees/sales.toml", "trees/pizza.toml", "trees/flights.toml"])
def test_a_small_step_is_the_marginal_effect(tree: str) -> None:
    levers = answer("levers", tree)
    for lever in levers["levers"]:
        if lever["kpi"] == "order_value":
            continue  # it hides what is under it, which is set in its turn
        setting = f"{lever['kpi']}=+0.001%"
        found = answer("whatif", tree, "--set", setting)
        change = by_kpi(found["kpis"])[levers["kpi"]]["change"]
        assert change == pytest.approx(lever["marginal"] * lever["value"] * 1e-5, rel=1e-4)


def test_lines_are_of_what_is_set() -> None:
    found = answer("whatif", "trees/sales.toml", "--set", "close_rate=+3pp", "--set", "won=+10%")
    assert {line["kpi"] for line in found["drivers"]["lines"]} == {"close_rate", "won"}
    assert found["settings"] == {"close_rate": "+3pp", "won": "+10%"}


# --- formats -------------------------------------------------------------------------------------


def test_formats_hold_the_same() -> None:
    levers = by_kpi(answer("levers", "trees/sales.toml")["levers"])
    rows = list(csv.DictReader(asked("levers", "trees/sales.toml", form="csv").splitlines()))
    assert [row["lever"] for row in rows] == list(levers)
    lines = asked("levers", "trees/sales.toml", form="plain").splitlines()
    for row, line in zip(rows, lines, strict=True):
        lever, fields = levers[row["lever"]], line.split("\t")
        assert fields[0] == row["lever"]
        for at, name in ((1, "value"), (2, "marginal"), (4, "needed"), (7, "best")):
            assert row[name] == fields[at] == ("" if lever[name] is None else repr(lever[name]))


def test_formats_of_whatif_hold_the_same() -> None:
    question = ("whatif", "trees/sales.toml", "--set", "deals=+5%")
    kpis = by_kpi(answer(*question)["kpis"])
    rows = [json.loads(line) for line in asked(*question, form="jsonl").splitlines()]
    assert [row["kpi"] for row in rows] == list(kpis)
    for row, line in zip(rows, asked(*question, form="plain").splitlines(), strict=True):
        kpi = kpis[row["kpi"]]
        assert (row["before"], row["after"]) == (kpi["before"], kpi["after"])
        assert line.split("\t")[2] == repr(kpi["after"])
    assert rows[0]["change"] == kpis["revenue"]["change"]
    assert rows[1]["line"] == pytest.approx(kpis["revenue"]["change"])


@pytest.mark.parametrize("width", [60, 80, 100, 140])
@pytest.mark.parametrize("tree", ["sales", "pizza", "flights"])
def test_no_line_is_wider_than_the_terminal(tree: str, width: int) -> None:
    model = kpitree.load(f"trees/{tree}.toml")
    first = next(iter(model.levers().rows["kpi"]))
    table = renderer("table")
    for style in (Style(width=width), Style(width=width, ascii=True)):
        for text in (table(model.levers(), style), table(model.whatif({first: "+5%"}), style)):
            assert max(map(cell_len, text.splitlines())) <= width
            assert "…" not in text
            assert text.isascii() or not style.ascii


HOSTILE = r"""
[tree]
name = "<b>[red]x[/]"
root = "goal"
[kpi.goal]
label = "=1+1\u001b[31m|*goal*"
formula = "min(a, b) + extra"
target = 40
[kpi.a]
label = "[bold]a[/bold]\u202e"
value = 10
controllable = true
[kpi.b]
label = "b :smile:\n"
value = 12
unit = "a|b"
[kpi.extra]
label = "@extra"
value = 3
controllable = true
"""


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("command", [["levers"], ["whatif", "--set", "a=-20"]], ids=" ".join)
def test_words_are_shown_not_obeyed(form: str, command: list[str], write: Write) -> None:
    tree = str(write("tree.toml", HOSTILE))
    name, *options = command
    told = asked(name, tree, *options, "--period", "2026-01", form=form)
    assert not {"\x1b", "\u202e"} & set(told)
    if form in ("table", "markdown"):
        assert ":smile:" in told
        assert "no value of it was found that reaches" in told or name == "whatif"
    if form == "markdown":
        assert "<b>" not in told
        assert "*goal*" not in told.replace(r"\*", "")
    if form == "csv":
        assert not any(
            field.startswith(("=", "@")) for row in csv.reader(told.splitlines()) for field in row
        )
    if form in ("json", "jsonl"):
        assert "Infinity" not in told
        assert all(json.loads(one) for one in ([told] if form == "json" else told.splitlines()))


# --- mistakes ------------------------------------------------------------------------------------

SALES = "trees/sales.toml"
HINT = "write 420 or 62% (the value), +5% (relative), +3pp (points) or +20 (a difference)"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["levers", SALES, "deals"],
            "'deals' has no formula, so there is nothing under it to pull",
        ),
        (["levers", SALES, "reveneu"], "did you mean 'revenue'?"),
        (["levers", SALES, "--to", "much"], "error: --to: 'much' is not a number"),
        (["levers", SALES, "--to", "3,000,000"], "write numbers without separators: 3000000"),
        (["levers", SALES, "--to", "+3pp"], "pp is for percentages, and 'revenue' is an amount"),
        (["levers", SALES, "--to", "nan"], "'nan' is not a number to work with"),
        (["levers", SALES, "--format", "pdf"], "there is no format 'pdf'"),
        (["levers", SALES, "--period", "soon"], "soon"),
        (["levers", SALES, "--set", "deals=3"], "'deals' is computed from data"),
        (["levers", "trees/none.toml"], "none.toml"),
        (["whatif", SALES], "nothing is changed"),
        (["whatif", SALES, "--set", "deal=3"], "did you mean 'deals'?"),
        (["whatif", SALES, "--set", "deals"], "'deals' is not NAME=VALUE"),
        (["whatif", SALES, "--set", "=5"], "'=5' is not NAME=VALUE"),
        (["whatif", SALES, "--set", "deals=many"], HINT),
        (["whatif", SALES, "--set", "deals=3", "--set", "deals=4"], "set twice, to 3 and to 4"),
        (["whatif", SALES, "--set", "revenue=3"], "'revenue' is what is asked about"),
        (["whatif", SALES, "--set", "opened=3"], "no formula names 'opened'"),
        (
            ["whatif", SALES, "--set", "order_value=3", "--set", "won=5"],
            "'order_value' is set, so 'won' under it would count for nothing",
        ),
        (["whatif", SALES, "--set", "deals=+3pp"], "pp is for percentages, and 'deals'"),
        (["whatif", SALES, "--set", "close_rate=3pp"], "'3pp' lacks a sign"),
        (["whatif", SALES, "--set", "deals=3", "--kpi", "reveneu"], "did you mean 'revenue'?"),
        (["whatif", SALES, "--set", "deals=3", "--method", "paht"], "did you mean 'path'?"),
        (
            ["whatif", SALES, "--set", "deals==-3", "--method", "log"],
            "the method log takes no negative",
        ),
        (["whatif", SALES, "--set", "deals=3", "--depth", "-1"], "--depth"),
    ],
)
def test_mistakes(arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2, done.output
    assert said in done.stderr
    assert not done.stdout


@pytest.mark.parametrize("command", [["levers"], ["whatif", "--set", "deals=3"]], ids=" ".join)
def test_a_period_without_data(command: list[str]) -> None:
    name, *options = command
    done = CliRunner().invoke(app, [name, SALES, *options, "--period", "1999-01"])
    assert done.exit_code == 3
    assert "there is no data for 1999-01" in done.stderr


def test_a_lever_that_is_0_now_can_still_be_the_easiest(tmp_path: Path) -> None:
    (tmp_path / "tree.toml").write_text(
        """
[tree]
name = "Zero"
root = "r"
[kpi.r]
formula = "a * b"
target = 6
[kpi.a]
value = 0
controllable = true
[kpi.b]
value = 3
controllable = true
""",
        "utf-8",
    )
    args = ["levers", str(tmp_path / "tree.toml"), "--period", "2025-01", "-q"]
    told = CliRunner().invoke(app, args).output
    assert "A alone would have to rise by 2 to 2" in told
