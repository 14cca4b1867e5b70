"""Every template through the real commands, and its figures from the rows in plain Python."""

import csv
import json
import math
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kpitree import templates
from kpitree.cli.app import app
from kpitree.errors import UsageError

Row = dict[str, str]


@cache
def rows(name: str, file: str) -> tuple[Row, ...]:
    return tuple(
        csv.DictReader(StringIO(templates.template(name).files[f"{name}_data/{file}.csv"]))
    )


def in_month(name: str, file: str, day: str, month: str = "2026-10") -> list[Row]:
    return [row for row in rows(name, file) if row[day].startswith(month)]


def total(found: Iterable[Row], column: str) -> float:
    return math.fsum(float(row[column]) for row in found)


def part(found: Iterable[Row], holds: Callable[[Row], bool]) -> float:
    hits = [holds(row) for row in found]
    return sum(hits) / len(hits)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All templates in one folder, as `kpitree init` puts them there."""
    made = tmp_path_factory.mktemp("templates")
    for name in templates.NAMES:
        done = CliRunner().invoke(app, ["init", str(made), "--template", name, "--yes"])
        assert done.exit_code == 0, done.output
    return made


def answer(*arguments: str, code: int = 0) -> Any:
    done = CliRunner().invoke(app, [*arguments, "--format", "json"])
    assert done.exit_code == code, done.output
    assert not done.stderr
    return json.loads(done.stdout)


@cache
def evaluated(tree: Path) -> Any:
    return answer("eval", str(tree))


@pytest.mark.parametrize("name", templates.NAMES)
def test_a_template_runs_at_once(name: str, folder: Path) -> None:
    tree = folder / f"{name}.toml"
    told = templates.template(name)
    assert tree.read_text("utf-8") == told.tree
    for path, text in told.files.items():
        assert path.startswith(f"{name}_data/")
        assert (folder / path).read_text("utf-8") == text

    for options in (["--strict"], ["--strict", "--data", "--as-of", "2026-11-01"]):
        checked = CliRunner().invoke(app, ["check", str(tree), *options, "--quiet"])
        assert (checked.exit_code, checked.output) == (0, "")

    shown = evaluated(tree)
    assert shown["period"]["label"] == "2026-10"
    assert shown["warnings"] == []
    assert 8 <= len(shown["kpis"]) <= 20
    assert [kpi["kpi"] for kpi in shown["kpis"] if kpi["value"] is None] == []
    statuses = [kpi["status"] for kpi in shown["kpis"]]
    assert {"on_track", "off_track"} <= set(statuses)
    assert statuses.count("no_target") < len(statuses) * 0.6
    assert shown["drivers"], "what was missed is explained"

    for versus in ("previous", "last-year"):
        moved = answer("drivers", str(tree), "--vs", versus)
        lines = [line["line"] for line in moved["lines"]]
        size = max(map(abs, [moved["change"], *lines]))
        assert moved["kpi"] == shown["root"]
        assert moved["change"] != 0
        assert abs(moved["residual"]) <= 1e-9 * size
        assert abs(math.fsum([*lines, moved["residual"]]) - moved["change"]) <= 1e-9 * size

    suspect = answer("doctor", str(tree))
    assert [one for one in suspect["findings"] if one["severity"] == "error"] == []


@pytest.mark.parametrize("name", templates.NAMES)
def test_leading_indicators_lead(name: str, folder: Path) -> None:
    found = answer("trend", str(folder / f"{name}.toml"))["leads"]
    assert found
    assert {one["verdict"] for one in found} == {"leads"}


@pytest.mark.parametrize("name", templates.NAMES)
def test_a_template_is_small(name: str) -> None:
    files = templates.template(name).files
    assert sum(map(len, files.values())) < 400_000
    assert all(text.isascii() and "\r" not in text for text in files.values())
    assert all(text.endswith("\n") for text in files.values())


def test_the_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib\n"
        "from kpitree import templates\n"
        "for name in templates.NAMES:\n"
        "    one = templates.template(name)\n"
        "    print(hashlib.sha256(repr((one.tree, one.files)).encode()).hexdigest())\n"
    )
    done = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    ]
    assert done[0] == done[1]


def test_nothing_is_made_before_it_is_asked_for() -> None:
    code = (
        "import sys\n"
        "from kpitree import templates\n"
        "assert [templates.about(name) for name in templates.NAMES]\n"
        "print([name for name in sys.modules if 'generators' in name or name == 'polars'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("ask", [templates.template, templates.about])
def test_an_unknown_name_is_answered_with_the_nearest(ask: Callable[[str], object]) -> None:
    with pytest.raises(UsageError, match="there is no template 'sale'") as caught:
        ask("sale")
    assert caught.value.hint == "did you mean 'sales'?"
    assert caught.value.exit_code == 2


# ------------------------------------------------------- what was planted, and that it is found


@dataclass(frozen=True)
class Planted:
    """name: the template. kpi, slice: what `kpitree segments` is to find.

    rate: the KPI in a month, of the rows of the slice or (False) of all others; from the rows.
    """

    name: str
    kpi: str
    slice: dict[str, str]
    rate: Callable[[str, bool], float]


def won(month: str, inside: bool) -> float:
    decided = in_month("sales", "deals", "closed_on", month)
    return part(
        [row for row in decided if (row["channel"] == "partner") == inside],
        lambda row: row["stage"] == "won",
    )


def left(month: str, inside: bool) -> float:
    ended = in_month("saas", "subscriptions", "end_date", month)
    gone = [row for row in ended if row["status"] == "left"]
    return total([row for row in gone if (row["plan"] == "Team") == inside], "mrr")


def ordered(month: str, inside: bool) -> float:
    shop = in_month("ecommerce", "shop", "day", month)
    chosen = [row for row in shop if (row["device"] == "phone") == inside]
    return total(chosen, "orders") / total(chosen, "visits")


def asked(month: str, inside: bool) -> float:
    days = in_month("marketing", "campaigns", "day", month)
    chosen = [row for row in days if (row["campaign"] == "Search: brand") == inside]
    return total(chosen, "leads") / total(chosen, "clicks")


def solved(month: str, inside: bool) -> float:
    tickets = in_month("support", "tickets", "solved_on", month)
    return part(
        [row for row in tickets if (row["topic"] == "billing") == inside],
        lambda row: float(row["solution_hours"]) <= 72,
    )


def broken(month: str, inside: bool) -> float:
    shifts = in_month("oee", "shifts", "day", month)
    chosen = [
        row for row in shifts if ((row["line"], row["shift"]) == ("Line 2", "late")) == inside
    ]
    return total(chosen, "breakdown_hours") / total(chosen, "planned_hours")


def accepted(month: str, inside: bool) -> float:
    decided = in_month("recruiting", "candidates", "decided_on", month)
    offers = [row for row in decided if row["reached"] in ("offer", "hire")]
    return part(
        [row for row in offers if (row["team"] == "Engineering") == inside],
        lambda row: row["reached"] == "hire",
    )


def margin(month: str, inside: bool) -> float:
    invoices = in_month("finance", "invoices", "issued_on", month)
    chosen = [row for row in invoices if (row["product"] == "devices") == inside]
    return 1 - total(chosen, "cost") / total(chosen, "amount")


def failed(month: str, inside: bool) -> float:
    done = in_month("dora", "deployments", "day", month)
    return part(
        [row for row in done if (row["service"] == "payments") == inside],
        lambda row: row["failed"] == "true",
    )


def on_time(month: str, inside: bool) -> float:
    due = in_month("project", "tasks", "due_on", month)
    chosen = [row for row in due if (row["project"] == "ERP") == inside]
    done = [row for row in chosen if row["done_on"] and row["done_on"] <= row["due_on"]]
    return total(done, "budget") / total(chosen, "budget")


PLANTED = (
    Planted("sales", "close_rate", {"channel": "partner"}, won),
    Planted("saas", "churned_mrr", {"plan": "Team"}, left),
    Planted("ecommerce", "conversion", {"device": "phone"}, ordered),
    Planted("marketing", "lead_rate", {"campaign": "Search: brand"}, asked),
    Planted("support", "solved_in_time", {"topic": "billing"}, solved),
    Planted("oee", "breakdown_loss", {"line": "Line 2", "shift": "late"}, broken),
    Planted("recruiting", "acceptance", {"team": "Engineering"}, accepted),
    Planted("finance", "gross_margin", {"product": "devices"}, margin),
    Planted("dora", "change_failure_rate", {"service": "payments"}, failed),
    Planted("project", "on_time_rate", {"project": "ERP"}, on_time),
)


def test_something_is_planted_in_every_template() -> None:
    assert tuple(one.name for one in PLANTED) == templates.NAMES


@pytest.mark.parametrize("planted", PLANTED, ids=lambda one: one.name)
def test_what_was_planted_is_found(planted: Planted, folder: Path) -> None:
    """It is in the rows, stands out from everything else, and `segments` names it first."""
    change = {
        inside: planted.rate("2026-10", inside) - planted.rate("2026-09", inside)
        for inside in (True, False)
    }
    assert abs(change[True]) > 3 * abs(change[False])

    tree = str(folder / f"{planted.name}.toml")
    first = answer("segments", tree, planted.kpi)["slices"][0]
    assert first["segment"] == planted.slice
    assert first["from"] == pytest.approx(planted.rate("2026-09", True), rel=1e-9)
    assert first["to"] == pytest.approx(planted.rate("2026-10", True), rel=1e-9)


# --------------------------------------------------------------- a few figures, from the rows


def late_at_the_end() -> int:
    late = 0
    for row in rows("project", "tasks"):
        missed = not row["done_on"] or row["done_on"] > row["due_on"]
        late += missed and not (row["done_on"] and row["done_on"] <= "2026-10-31")
    return late


def mrr_at(day: str) -> float:
    """Of the subscriptions that have begun by the day and end after it."""
    held = rows("saas", "subscriptions")
    return total(
        [r for r in held if r["start_date"] <= day and (not r["end_date"] or r["end_date"] > day)],
        "mrr",
    )


def burn(month: str) -> float:
    invoices = in_month("finance", "invoices", "issued_on", month)
    spent = total(in_month("finance", "costs", "day", month), "amount")
    return spent - total(invoices, "amount") + total(invoices, "cost")


def runway() -> float:
    cash = float(in_month("finance", "cash", "day")[0]["balance"])
    return cash / (math.fsum(map(burn, ("2026-08", "2026-09", "2026-10"))) / 3)


def oee() -> float:
    shifts = in_month("oee", "shifts", "day")
    good = math.fsum(float(r["good_units"]) * float(r["seconds_a_unit"]) / 3600 for r in shifts)
    return good / total(shifts, "planned_hours")


def good_service() -> float:
    tickets = in_month("support", "tickets", "solved_on")
    rated = [row for row in tickets if row["rating"]]
    return (
        part(tickets, lambda row: float(row["response_hours"]) <= 4)
        * part(tickets, lambda row: float(row["solution_hours"]) <= 72)
        * part(rated, lambda row: row["rating"] in ("4", "5"))
    )


def pipeline_value() -> float:
    deals = rows("sales", "deals")
    return total(
        [r for r in deals if not r["closed_on"] or r["closed_on"] > "2026-10-31"], "amount"
    )


def won_amount() -> float:
    deals = in_month("sales", "deals", "closed_on")
    return total([row for row in deals if row["stage"] == "won"], "amount")


def net_revenue() -> float:
    shop = in_month("ecommerce", "shop", "day")
    return total(shop, "amount") - total(shop, "returned")


def hires() -> int:
    decided = in_month("recruiting", "candidates", "decided_on")
    return sum(row["reached"] == "hire" for row in decided)


def stayed() -> float:
    ended = in_month("recruiting", "candidates", "probation_ends_on")
    return part(ended, lambda row: row["stayed"] == "true")


def held() -> int:
    return sum(row["failed"] == "false" for row in in_month("dora", "deployments", "day"))


def restore() -> float:
    broke = [r for r in in_month("dora", "deployments", "day") if r["failed"] == "true"]
    return total(broke, "restore_hours") / len(broke)


def earned() -> float:
    due = in_month("project", "tasks", "due_on")
    return total([r for r in due if r["done_on"] and r["done_on"] <= r["due_on"]], "budget")


def roas() -> float:
    days = in_month("marketing", "campaigns", "day")
    return total(days, "sales") / total(days, "spend")


FIGURES: tuple[tuple[str, str, Callable[[], float]], ...] = (
    ("sales", "revenue", won_amount),
    ("sales", "pipeline_value", pipeline_value),
    ("sales", "new_deals", lambda: len(in_month("sales", "deals", "opened_on"))),
    ("saas", "mrr", lambda: mrr_at("2026-10-31")),
    ("saas", "mrr_start", lambda: mrr_at("2026-09-30")),
    ("saas", "trials", lambda: total(in_month("saas", "trials", "day"), "trials")),
    ("ecommerce", "revenue", net_revenue),
    ("ecommerce", "visits", lambda: total(in_month("ecommerce", "shop", "day"), "visits")),
    (
        "marketing",
        "customers",
        lambda: total(in_month("marketing", "campaigns", "day"), "customers"),
    ),
    ("marketing", "roas", roas),
    ("support", "good_service", good_service),
    ("oee", "oee", oee),
    ("oee", "good_units", lambda: total(in_month("oee", "shifts", "day"), "good_units")),
    ("recruiting", "hires", hires),
    ("recruiting", "stayed", stayed),
    ("finance", "runway", runway),
    ("finance", "burn", lambda: burn("2026-10")),
    ("dora", "good_deployments", held),
    ("dora", "time_to_restore", restore),
    ("project", "earned_value", earned),
    ("project", "late_tasks", late_at_the_end),
)


@pytest.mark.parametrize(
    ("name", "kpi", "expected"), FIGURES, ids=[f"{n}-{k}" for n, k, _ in FIGURES]
)
def test_figures_are_those_of_the_rows(
    name: str, kpi: str, expected: Callable[[], float], folder: Path
) -> None:
    shown = evaluated(folder / f"{name}.toml")["kpis"]
    (value,) = [one["value"] for one in shown if one["kpi"] == kpi]
    assert value == pytest.approx(expected(), rel=1e-9)
