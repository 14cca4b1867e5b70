"""What any moment, and any segment, is held to: what the other commands ask for."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import kpitree
from kpitree.analysis.moments import Moment
from kpitree.analysis.promise import Held, Implied
from kpitree.cli.app import app
from kpitree.errors import Notice
from kpitree.pipeline.held import TARGETED
from kpitree.pipeline.periods import with_moments
from kpitree.pipeline.plan import make_plan
from kpitree.pipeline.question import Question
from kpitree.pipeline.states import Moments, read_moments
from kpitree.tree.read import load_tree
from pipeline.shop import SOURCE, codes, compared, daily, days, fact, sales, write_csv

GROWTH = """
[kpi.amount]
measure = "sum(amount)"
target = { growth = 0.20, over = "last_year" }
[kpi.orders]
measure = "count()"
target = { value = 365, per = "year" }
[kpi.basket]
formula = "amount / orders"
"""


def read(folder: Path, tables: str, top: str = "", **question: Any) -> Moments:
    north = daily("2024-01-01", "2026-02-10")
    south = [f"{day},south,web,bob,5" for day in days("2024-01-01", "2026-02-10")]
    write_csv(folder, [*north, *south])
    file = folder / "tree.toml"
    file.write_text(f"{top}\n{SOURCE}\n{tables}", "utf-8")
    asked = Question(**question)
    plan = make_plan(load_tree(file), asked)
    by = {"sales": asked.by} if asked.by else None
    return read_moments(plan, asked, by)


def month(read: Moments, label: str) -> Moment:
    return Moment(read.periods.calendar.parse(label))


def test_the_main_moment_and_any_other(tmp_path: Path) -> None:
    found = read(tmp_path, GROWTH, kpis=("basket",))
    assert found.held().own == {
        "amount": pytest.approx(1.2 * 15 * 31),
        "orders": pytest.approx(31),
        "basket": None,
    }
    assert found.held().implied["basket"] == pytest.approx(18)
    early = found.held(month(found, "2025-02"))  # 29 days in 2024
    assert early.own["amount"] == pytest.approx(1.2 * 15 * 29)
    assert early.own["orders"] == pytest.approx(28)
    none = found.held(month(found, "2024-05"))
    assert none.counts("amount") is None
    assert none.reasons["amount"].startswith("there is no value of 2023-05 to grow from")


def test_a_period_that_is_not_over_has_a_whole_target(tmp_path: Path) -> None:
    """February 2026 is known to its 10th; what all of it is to bring is known."""
    found = read(tmp_path, GROWTH, kpis=("basket",), period="latest")
    running = found.periods.shown[-1]
    assert running.first_days == 10
    assert found.held().own["amount"] == pytest.approx(1.2 * 150)
    assert found.held(Moment(running.period)).own["amount"] == pytest.approx(1.2 * 15 * 28)
    year = found.held(month(found, "2026"))
    assert year.own["orders"] == pytest.approx(365)


def test_more_moments_keep_the_places_of_those_there_were(tmp_path: Path) -> None:
    found = read(tmp_path, GROWTH, kpis=("basket",))
    times = found.periods.times
    more = with_moments(found.periods, found.plan, [month(found, "2022-05")]).times
    assert more.moments[: times.asked] == times.moments[: times.asked]
    assert more.moments[times.asked] == month(found, "2022-05")
    assert month(found, "2021-05") in more.moments  # what it grows from
    assert month(found, "2020-05") not in more.moments
    again = with_moments(found.periods, found.plan, times.moments[: times.asked]).times
    assert again == times


def test_the_targets_of_segments(tmp_path: Path) -> None:
    found = read(tmp_path, GROWTH, kpis=("basket",), by=("region",))
    rows = found.held_by(found.periods.shown[-1], ("region",))
    assert rows.columns == ["kpi", "segment:region", *TARGETED]
    assert rows.sort("segment:region").rows() == [
        ("amount", "north", pytest.approx(1.2 * 310), False, None, None),
        ("amount", "south", pytest.approx(1.2 * 155), False, None, None),
    ]
    early = found.held_by(month(found, "2024-05"), ("region",))
    assert early["target"].to_list() == [None, None]
    assert early["target_reason"].null_count() == 0


def test_goals_of_segments_without_any_values_of_theirs(tmp_path: Path) -> None:
    """No growth, so nothing has to be computed by region."""
    (tmp_path / "goals.csv").write_text(
        "kpi,period,target,region\namount,2026-01,500,north\namount,2026,3650,south\n", "utf-8"
    )
    tables = '[kpi.amount]\nmeasure = "sum(amount)"\n'
    found = read(tmp_path, tables, '[targets]\npath = "goals.csv"')
    rows = found.held_by(month(found, "2026-01"), ("region",))
    assert rows.rows() == [
        ("amount", "north", 500, False, None, None),
        ("amount", "south", pytest.approx(310), False, None, None),
    ]
    assert found.held_by(month(found, "2025-01"), ("region",)).is_empty()
    assert found.held(month(found, "2026-01")).counts("amount") == pytest.approx(810)
    assert found.held(month(found, "2026-01")).label("amount") == (
        "target (implied by goals by region)"
    )


def test_what_was_not_read_is_no_value_to_grow_from(tmp_path: Path) -> None:
    """A named period reads its own days, its history, and what they grow from."""
    found = read(tmp_path, GROWTH, kpis=("basket",), period="2026-01", history=0)
    assert found.held().own["amount"] == pytest.approx(1.2 * 15 * 31)
    other = found.held(month(found, "2024-06"))
    assert other.own["orders"] == pytest.approx(365 * 30 / 366)
    assert other.own["amount"] is None
    assert other.reasons["amount"] == "what it grows from was not read"


# --- implied downward, end to end ----------------------------------------------------------------

NEEDED = """
[kpi.revenue]
label = "Revenue"
formula = "orders * basket"
target = 400
[kpi.orders]
measure = "count()"
target = 20
[kpi.basket]
formula = "amount / orders"
[kpi.amount]
measure = "sum(amount)"
"""


def test_a_kpi_that_alone_lacks_a_target_is_compared_with_what_is_needed(tmp_path: Path) -> None:
    """400 / 20 orders = 20 a basket; for that, 20 x 20 = 400 of amount."""
    found = sales(tmp_path, daily("2026-01-01", "2026-01-31"), NEEDED)
    assert fact(found, "basket")["target_implied"] == pytest.approx(20)
    assert fact(found, "amount")["target_implied"] == pytest.approx(400)
    assert fact(found, "basket")["target"] is None
    assert compared(found, "basket", "target")["change"] == pytest.approx(-10)
    assert fact(found, "basket")["status"] == "no_target"  # nobody promised it
    assert fact(found, "basket")["attainment"] is None
    assert compared(found, "basket", "target")["label"] == "target (implied by Revenue)"
    assert compared(found, "amount", "target")["label"] == "target (implied by Basket)"
    assert fact(found, "revenue")["target_implied"] is None  # nothing below promises anything
    assert codes(found) == []


def test_of_a_running_period_what_is_needed_for_its_first_days(tmp_path: Path) -> None:
    rows = daily("2026-01-01", "2026-02-14")
    found = sales(tmp_path, rows, NEEDED, period="latest")
    assert fact(found, "revenue")["target"] == pytest.approx(200)
    assert fact(found, "basket")["target_implied"] == pytest.approx(20)
    assert fact(found, "amount")["target_implied"] == pytest.approx(200)


def test_a_target_that_is_withheld_is_not_replaced(tmp_path: Path) -> None:
    tables = NEEDED.replace("[kpi.basket]", '[kpi.basket]\ntarget = { "2020" = 3 }')
    found = sales(tmp_path, daily("2026-01-01", "2026-01-31"), tables)
    basket = fact(found, "basket")
    assert (basket["target"], basket["target_implied"]) == (None, None)
    assert basket["target_reason"] == "no target for 2026-01-01"


def test_a_good_range_needs_no_target(tmp_path: Path) -> None:
    tables = NEEDED.replace("[kpi.basket]", "[kpi.basket]\nrange = [5, 15]")
    found = sales(tmp_path, daily("2026-01-01", "2026-01-31"), tables)
    assert fact(found, "basket")["target_implied"] is None
    assert fact(found, "basket")["status"] == "on_track"


def test_the_source_of_a_benchmark_is_told(tmp_path: Path) -> None:
    tables = '[kpi.orders]\nmeasure = "count()"\nbenchmark = { value = 40, source = "survey" }\n'
    found = sales(tmp_path, daily("2026-01-01", "2026-01-31"), tables, vs="benchmark")
    row = compared(found, "orders", "benchmark")
    assert (row["label"], row["reference"]) == ("benchmark (survey)", 40)


# --- what a target follows from ------------------------------------------------------------------

LABELLED = """
[kpi.amount]
label = "goals amount"
measure = "sum(amount)"
[kpi.orders]
measure = "count()"
target = 20
[kpi.basket]
formula = "amount / orders"
target = 30
"""


def test_what_is_needed_is_told_by_kind_whatever_labels_say(tmp_path: Path) -> None:
    """30 a basket and 20 orders need 600: of a KPI above that is called as goals are told."""
    tables = LABELLED.replace("[kpi.basket]", '[kpi.basket]\nlabel = "goals above"')
    found = read(tmp_path, tables).held()
    assert found.counts("amount") == pytest.approx(600)
    assert found.implied_from("amount") == Implied("needed", "goals above")
    assert (found.promise("amount"), found.is_implied("amount")) == (None, None)
    row = fact(sales(tmp_path, daily("2026-01-01", "2026-01-31"), tables), "amount")
    assert (row["implied_kind"], row["implied_by"]) == ("needed", "goals above")
    shown = CliRunner().invoke(app, ["eval", str(tmp_path / "tree.toml"), "--vs", "previous"])
    text = " ".join(shown.stdout.split())  # wrapped
    assert "* needed for the target of goals above, not promised (goals amount)" in text


def test_a_trend_has_no_target_that_nobody_promised(tmp_path: Path) -> None:
    read(tmp_path, LABELLED)
    points = kpitree.load(tmp_path / "tree.toml").trend(["amount", "basket"], last=1).points
    assert points.select("kpi", "target", "implied", "implied_by").rows() == [
        ("amount", None, None, None),
        ("basket", 30.0, False, None),
    ]


def test_sums_of_goals_are_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "goals.csv").write_text(
        "kpi,period,target,region\namount,2026,3650,north\namount,2026,3650,south\n", "utf-8"
    )
    amount = LABELLED.split("[kpi.orders]", maxsplit=1)[0]
    found = read(tmp_path, amount, '[targets]\npath = "goals.csv"')
    held = found.held()
    assert held.implied_from("amount") == Implied("goals", "goals by region")
    assert held.is_implied("amount") is True
    assert held.promise("amount") == pytest.approx(2 * 310)
    for command in ("eval", "trend"):
        shown = CliRunner().invoke(
            app, [command, str(tmp_path / "tree.toml")], env={"COLUMNS": "200"}
        )
        assert "* target implied by goals by region (goals amount)" in shown.stdout


def test_contradictions_are_looked_for_when_they_are_read() -> None:
    asked: list[int] = []

    def disagreeing() -> list[Notice]:
        asked.append(1)
        return [Notice(code="targets_do_not_add_up", message="so")]

    held = Held(own={}, implied={}, constants={}, reasons={}, disagreeing=disagreeing)
    assert asked == []
    assert [one.message for one in held.contradictions] == ["so"]
