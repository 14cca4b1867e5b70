"""Files as they come: spellings, costs, returns, currencies, spans, months, stray days."""

import csv
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import kpitree
from kpitree.cli.app import app

Write = Callable[[str, str], Path]


def init(folder: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["init", str(folder), *map(str, arguments)])


def started(write: Write, folder: Path, text: str, name: str = "x") -> tuple[Path, str]:
    """The tree made of a file, and what stood on stderr."""
    write(f"{name}.csv", text)
    result = init(folder, "--data", folder / f"{name}.csv", "--yes")
    assert result.exit_code == 0, result.output
    (tree,) = folder.glob("*.toml")
    return tree, result.stderr


def tables(tree: Path) -> dict[str, Any]:
    return tomllib.loads(tree.read_text("utf-8"))


def values(tree: Path, period: str) -> dict[str, float]:
    kpis = kpitree.load(tree).evaluate(period=period).kpis
    return dict(zip(kpis["kpi"], kpis["value"], strict=True))


def days(many: int, months: int = 12, year: int = 2025) -> Iterator[tuple[int, str]]:
    """Numbers from 0, and days all over the months, of which the first and the last is one."""
    for at in range(many):
        yield at, f"{year}-{at % months + 1:02d}-{at // months % 28 + 1:02d}"


def statuses(tree: Path) -> dict[str, str]:
    kpis = kpitree.load(tree).evaluate().kpis
    return dict(zip(kpis["kpi"], kpis["status"], strict=True))


# --- outcomes ------------------------------------------------------------------------------------

WORDS = ("won", "Won ", "WON", "Closed Won", "lost", " Lost", "open")


def test_every_spelling_of_won_counts(write: Write, tmp_path: Path) -> None:
    rows = [(day, WORDS[at % 7], at % 11 * 10) for at, day in days(700)]
    lines = "".join(f"{day},{word},{amount}\n" for day, word, amount in rows)
    tree, said = started(write, tmp_path, f"day,stage,amount\n{lines}")
    march = [row for row in rows if row[0].startswith("2025-03")]
    won = [amount for _, word, amount in march if "won" in word.lower()]
    found = values(tree, "2025-03")
    assert found["revenue"] == pytest.approx(sum(won))
    assert found["rows_decided"] == len([row for row in march if row[1] != "open"])
    assert found["close_rate"] == pytest.approx(len(won) / found["rows_decided"])
    for word in WORDS[:6]:
        assert repr(word) in said
    assert "open" not in said


# --- which way is better -------------------------------------------------------------------------


def test_levers_of_a_cost_are_better_low(write: Write, tmp_path: Path) -> None:
    lines = "".join(f"{day},{40 + at % 7}\n" for at, day in days(600))
    tree, _ = started(write, tmp_path, f"date,cost\n{lines}")
    kpis = tables(tree)["kpi"]
    assert kpis["cost"]["direction"] == "down"
    assert kpis["cost_per_row"]["direction"] == "down"
    assert kpis["cost_per_row"]["controllable"]
    result = CliRunner().invoke(app, ["check", str(tree)])
    assert "KT304" not in result.output


@pytest.mark.parametrize(
    ("name", "header"), [("x", "ticket_id"), ("complaints", "no"), ("Reklamationen 2025", "no")]
)
def test_fewer_complaints_are_better(
    write: Write, tmp_path: Path, name: str, header: str
) -> None:
    lines = "".join(f"{at},{day},{'ab'[at % 2]}\n" for at, day in days(600))
    tree, _ = started(write, tmp_path, f"{header},opened_at,kind\n{lines}", name)
    root = tables(tree)["tree"]["root"]
    kpi = tables(tree)["kpi"][root]
    assert kpi["direction"] == "down"
    assert kpi["target"] < 50 < kpi["target"] * 1.2  # 50 a month: 5 % less


# --- targets of levers ---------------------------------------------------------------------------


def test_lever_targets_come_from_periods(write: Write, tmp_path: Path) -> None:
    """Every fifth order has a row a month later: as many orders a month as there are in one."""
    rows = []
    for at in range(1200):
        month, day = at % 12 + 1, at // 12 % 28 + 1
        rows.append((at, f"2025-{month:02d}-{day:02d}", 20 + at % 30))
        if at % 5 == 0:
            rows.append((at, f"{2025 + month // 12}-{month % 12 + 1:02d}-{day:02d}", -5))
    lines = "".join(f"A{order},{day},{amount}\n" for order, day, amount in rows)
    tree, _ = started(write, tmp_path, f"order_id,date,amount\n{lines}")
    orders: defaultdict[str, set[int]] = defaultdict(set)
    items: defaultdict[str, int] = defaultdict(int)
    total: defaultdict[str, int] = defaultdict(int)
    for order, day, amount in rows:
        orders[day[:7]].add(order)
        items[day[:7]] += 1
        total[day[:7]] += amount
    months = sorted(orders)[-13:-1]  # the last is not over
    ratio = sum(items[one] for one in months) / sum(len(orders[one]) for one in months)
    kpis = tables(tree)["kpi"]
    target = kpis["items_per_order"]["target"]
    assert target == pytest.approx(ratio * 1.05**0.5, rel=0.006)
    goal = 1.05 * sum(total[one] for one in months) / 12
    usual = sum(len(orders[one]) for one in months) / 12
    assert kpis["amount"]["target"] == pytest.approx(goal, rel=0.006)
    product = usual * target * kpis["amount_per_item"]["target"]
    assert product == pytest.approx(goal, rel=0.01)


# --- headers -------------------------------------------------------------------------------------


def test_a_header_over_several_lines(write: Write, tmp_path: Path) -> None:
    lines = "".join(f'{day},{at},"a\nb, {at}"\n' for at, day in days(200))
    tree, _ = started(write, tmp_path, f'"Order\nDate",amount,"a\nnote"\n{lines}')
    march = sum(at for at, day in days(200) if day.startswith("2025-03"))
    assert values(tree, "2025-03")["amount"] == march


def test_a_ragged_line_below_such_a_header(write: Write, tmp_path: Path) -> None:
    write("x.csv", '"Order\nDate",amount\n2025-01-01,5\n2025-01-02,6,7\n')
    result = init(tmp_path, "--data", tmp_path / "x.csv")
    assert result.exit_code == 3
    assert "line 4 has 3 fields, the header has 2" in result.stderr
