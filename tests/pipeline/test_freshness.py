"""Data older than its source may be: told, shown, and failed on, on the day that is asked."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kpitree.analysis.results.evaluation import Evaluation
from kpitree.cli.app import app
from pipeline.shop import SOURCE, ask, daily, write_csv

KPIS = """
[tree]
root = "sales"
[kpi.sales]
measure = "count()"
source = "sales"
target = 10
[kpi.share]
formula = "sales / staff"
[kpi.staff]
value = 3
"""
FRESH = SOURCE.replace('time = "day"', 'time = "day"\nfresh_within = "2d"')
TWO_SOURCES = FRESH + '[sources.visits]\npath = "visits.csv"\ntime = "day"\n'


def asked(folder: Path, as_of: str | None, source: str = FRESH) -> Evaluation:
    write_csv(folder, daily("2026-09-01", "2026-10-31"))
    return ask(folder, KPIS, source=source, as_of=as_of)


@pytest.mark.parametrize(
    ("as_of", "age"),
    [
        ("2026-11-01", None),
        ("2026-11-02", None),
        ("2026-11-03", "3 days"),
        ("2026-11-12", "12 days"),
    ],
)
def test_data_to_yesterday_is_a_day_old(tmp_path: Path, as_of: str, age: str | None) -> None:
    found = asked(tmp_path, as_of)
    told = [one.message for one in found.warnings if one.code == "stale"]
    assert told == ([f"sales is stale: {age} old on {as_of}, and fresh within 2 d"] if age else [])
    assert found.stale == (frozenset({"sales", "share"}) if age else frozenset())


def test_how_old_data_is_depends_on_the_day(tmp_path: Path) -> None:
    assert asked(tmp_path, None).stale is None


def test_no_source_says_how_fresh_it_is(tmp_path: Path) -> None:
    found = asked(tmp_path, "2026-12-24", SOURCE)
    assert found.stale is None
    assert not found.warnings


def test_only_what_rests_on_the_old_source_is_stale(tmp_path: Path) -> None:
    write_csv(tmp_path, daily("2026-09-01", "2026-10-31"))
    write_csv(tmp_path, daily("2026-09-01", "2026-11-09"), name="visits.csv")
    visits = '[kpi.visits]\nmeasure = "count()"\nsource = "visits"\n'
    found = ask(tmp_path, KPIS + visits, source=TWO_SOURCES, as_of="2026-11-10", period="2026-10")
    assert found.stale == frozenset({"sales", "share"})


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--fail-on", "stale"], 1),
        (["--fail-on", "stale:share"], 1),
        (["--fail-on", "stale:staff"], 0),
        (["--fail-on", "off_track"], 0),
    ],
)
def test_the_command_fails_on_stale_data(tmp_path: Path, options: list[str], code: int) -> None:
    asked(tmp_path, None)
    tree = str(tmp_path / "tree.toml")
    result = CliRunner().invoke(app, ["eval", tree, "--as-of", "2026-11-12", *options])
    assert result.exit_code == code
    assert "stale: Sales, Share" in result.stdout.splitlines()[0]


def test_only_stale_kpis(tmp_path: Path) -> None:
    asked(tmp_path, None)
    tree = str(tmp_path / "tree.toml")
    command = ["eval", tree, "--only", "stale", "-f", "plain", "--as-of"]
    old = CliRunner().invoke(app, [*command, "2026-11-12"])
    assert [line.split("\t")[0] for line in old.stdout.splitlines()] == ["sales", "share"]
    assert CliRunner().invoke(app, [*command, "2026-11-01"]).output == ""


@pytest.mark.parametrize("option", ["--only", "--fail-on"])
def test_a_day_is_needed(tmp_path: Path, option: str) -> None:
    asked(tmp_path, None)
    result = CliRunner().invoke(app, ["eval", str(tmp_path / "tree.toml"), option, "stale"])
    assert result.exit_code == 2
    assert result.output == (
        f"error: {option} stale: how old data is depends on the day\nhint: --as-of today\n"
    )


def test_some_source_must_say_how_fresh_it_is(tmp_path: Path) -> None:
    asked(tmp_path, None, SOURCE)
    tree = str(tmp_path / "tree.toml")
    result = CliRunner().invoke(app, ["eval", tree, "--fail-on", "stale", "--as-of", "today"])
    assert result.exit_code == 2
    assert "no source of this tree says how fresh it is to be" in result.output


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "10/11/2026", ""])
def test_a_day_that_is_none(tmp_path: Path, day: str) -> None:
    asked(tmp_path, None)
    result = CliRunner().invoke(app, ["eval", str(tmp_path / "tree.toml"), "--as-of", day])
    assert result.exit_code == 2
    assert result.output == (
        f"error: --as-of: {day!r} is not a day\nhint: write 2026-11-20, or today\n"
    )


# --- the same in every answer --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "source", "stale"),
    [
        ("2026-11-12", FRESH, True),
        ("2026-11-01", FRESH, False),
        ("2026-11-12", SOURCE, None),
        (None, FRESH, None),
    ],
)
def test_every_answer_says_the_same(
    tmp_path: Path, as_of: str | None, source: str, stale: bool | None
) -> None:
    """True, false, or null where it is not known; and of what rests on no data never true."""
    asked(tmp_path, None, source)
    tree = str(tmp_path / "tree.toml")
    day = [] if as_of is None else ["--as-of", as_of]

    def told(command: str, *options: str) -> Any:
        done = CliRunner().invoke(app, [command, tree, *options, *day, "-f", "json", "-q"])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    staff = None if stale is None else False
    for command, rows in (("eval", "kpis"), ("trend", "kpis"), ("forecast", "forecasts")):
        kpis = ["--kpi", "sales", "--kpi", "staff"] if command == "eval" else ["sales", "staff"]
        found = {one["kpi"]: one["stale"] for one in told(command, *kpis)[rows]}
        assert (found["sales"], found["staff"]) == (stale, staff), command
    assert told("rank", "--by", "region")["stale"] is stale


@pytest.mark.parametrize(
    ("as_of", "stale"),
    [("2026-11-12", "true"), ("2026-11-01", "false"), (None, "")],
)
@pytest.mark.parametrize("command", [["eval"], ["forecast"], ["rank", "--by", "region"]])
def test_tables_say_so_too(
    tmp_path: Path, command: list[str], as_of: str | None, stale: str
) -> None:
    asked(tmp_path, None)
    day = [] if as_of is None else ["--as-of", as_of]
    name, *options = command
    done = CliRunner().invoke(
        app, [name, str(tmp_path / "tree.toml"), *options, *day, "-f", "csv", "-q"]
    )
    [first, *_] = csv.DictReader(io.StringIO(done.stdout))
    assert first["stale"] == stale
