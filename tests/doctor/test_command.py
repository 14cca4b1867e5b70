"""The command: what it exits with, that all formats tell the same, and that the page lists all."""

import csv
import json
import re
import runpy
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from doctor.shops import day, diagnosed, shop, write_rows
from kpitree.analysis.doctor.codes import CODES
from kpitree.analysis.results.doctor import SEVERITIES, Diagnosis
from kpitree.cli.app import app
from kpitree.render.doctor.board import MARKS, SEVERAL, STYLES
from kpitree.render.formats import renderer
from kpitree.render.style import Style

ROOT = Path(__file__).parents[2]
MESSY = str(ROOT / "trees" / "messy.toml")
FIELDS = (
    "severity",
    "code",
    "source",
    "column",
    "count",
    "share",
    "example",
    "message",
    "where",
    "hint",
)


def run(*options: str, tree: str = MESSY) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["doctor", tree, *options])
    return done.exit_code, done.stdout


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("--format", "json")[1])
    return found


def test_the_planted_is_found(told: dict[str, Any]) -> None:
    """What sample_data/messy/SOURCE.md says, each thing once."""
    found = {(one["code"], one["source"], one["column"]) for one in told["findings"]}
    assert found == {
        ("stray_dates", "orders", "day"),
        ("went_empty", "orders", "channel"),
        ("repeated_days", "orders", None),
        ("ambiguous_dates", "returns", None),
        ("gaps", "orders", "day"),
        ("nulls", "orders", "region"),
        ("out_of_range", "orders", "amount"),
        ("volume", "orders", "day"),
        ("stale", "visits", "day"),
        ("null_dates", "orders", "day"),
    }


def test_the_messy_shop_is_made_as_it_says(tmp_path: Path) -> None:
    folder = ROOT / "sample_data" / "messy"
    (tmp_path / "generate.py").write_bytes((folder / "generate.py").read_bytes())
    runpy.run_path(str(tmp_path / "generate.py"), run_name="__main__")
    made = sorted(tmp_path.glob("*.csv"))
    assert [path.name for path in made] == ["orders.csv", "returns.csv", "visits.csv"]
    assert all(path.read_bytes() == (folder / path.name).read_bytes() for path in made)


def test_what_is_counted_is_in_the_file(told: dict[str, Any]) -> None:
    with (ROOT / "sample_data/messy/orders.csv").open(encoding="ascii", newline="") as file:
        rows = list(csv.DictReader(file))
    counted = {one["code"]: one["count"] for one in told["findings"]}
    assert counted["nulls"] == sum(row["region"] == "" for row in rows)
    assert counted["went_empty"] == sum(
        row["channel"] == "" and row["day"] >= "2026-05-18" for row in rows
    )
    assert counted["repeated_days"] == sum(
        row["day"] in ("2026-02-03", "2026-02-04") for row in rows
    )
    assert counted["volume"] == sum("2026-05-11" <= row["day"] <= "2026-05-17" for row in rows)
    assert told["sources"][0]["rows"] == len(rows)


def test_all_formats_tell_the_same(told: dict[str, Any]) -> None:
    findings = [[one[name] for name in FIELDS] for one in told["findings"]]
    lines = [json.loads(line) for line in run("--format", "jsonl")[1].splitlines()]
    assert [[line[name] for name in FIELDS] for line in lines] == findings
    texts = [["" if field is None else str(field) for field in one] for one in findings]
    header, *table = csv.reader(StringIO(run("--format", "csv")[1]))
    assert tuple(header) == FIELDS
    assert table == texts
    plain = [line.split("\t") for line in run("--format", "plain")[1].splitlines()]
    assert plain == texts
    for form in ("table", "markdown"):
        text = run("--format", form)[1].replace("\\", "")
        assert all(one["message"] in text and one["code"] in text for one in told["findings"])


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 0),
        (["--fail-on", "error"], 1),
        (["--fail-on", "warning"], 1),
        (["--fail-on", "error:visits"], 0),
        (["--fail-on", "warning:visits"], 1),
        (["--fail-on", "gaps"], 1),
        (["--fail-on", "gaps:orders"], 1),
        (["--fail-on", "gaps:visits"], 0),
        (["--fail-on", "non_finite", "--fail-on", "volume"], 1),
        (["--fail-on", "error", "--only", "gaps"], 1),
        (["--only", "non_finite"], 0),
        (["--fail-on", "bad"], 2),
        (["--only", "gap"], 2),
        (["--fail-on", "gaps:nobody"], 2),
        (["--source", "nobody=x.csv"], 2),
        (["--as-of", "someday"], 2),
        (["--format", "pdf"], 2),
    ],
)
def test_exit_codes(options: list[str], code: int) -> None:
    assert run(*options)[0] == code


def test_only_keeps_what_it_names(told: dict[str, Any]) -> None:
    for word in (*SEVERITIES, "gaps"):
        kept = json.loads(run("--only", word, "--format", "json")[1])["findings"]
        every = told["findings"]
        assert kept == [one for one in every if word in (one["code"], one["severity"])]
    assert run("--only", "non_finite,empty_files")[1] == ""


def test_another_file(tmp_path: Path) -> None:
    write_rows(tmp_path / "orders.csv", shop(), ("id", "day", "region", "channel"))
    code, text = run(
        "--source", f"orders={tmp_path / 'none.csv'}", "--fail-on", "unreadable:orders"
    )
    assert code == 1
    assert "there is no such file" in text


def test_nothing_suspect_is_one_line(tmp_path: Path) -> None:
    found = diagnosed(tmp_path, shop())
    texts = {
        form: renderer(form)(found, Style()) for form in ("table", "markdown", "plain", "jsonl")
    }
    assert texts["table"].count("\n") == texts["markdown"].count("\n") == 1
    assert "1,680 rows" in texts["table"]
    assert f"{day(0)} to {day(139)}" in texts["table"]
    assert texts["plain"] == texts["jsonl"] == ""


def test_a_tree_without_sources(tmp_path: Path) -> None:
    tree = tmp_path / "tree.toml"
    tree.write_text('[tree]\nname = "Constants"\nroot = "a"\n[kpi.a]\nvalue = 3\n', "utf-8")
    assert run(tree=str(tree)) == (
        0,
        "Constants: there are no sources, so no data to look at.\n",
    )


def wild(folder: Path) -> Diagnosis:
    """Words of the user that would do harm."""
    rows = shop()
    rows[0][1] = "[bold]\x1b[31m=1+1|"
    return diagnosed(folder, rows)


@pytest.mark.parametrize("form", ["table", "plain", "csv", "tsv", "markdown"])
def test_words_of_files_are_shown_not_obeyed(form: str, tmp_path: Path) -> None:
    text = renderer(form)(wild(tmp_path), Style())
    assert "\x1b" not in text
    assert "[bold]" in text.replace("\\[", "[").replace("\\]", "]")


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    from kpitree import api  # noqa: PLC0415

    text = renderer("table")(api.load(MESSY).doctor(), Style(width=width))
    assert max(map(len, text.splitlines())) <= width


def test_every_code_and_threshold_is_described() -> None:
    page = (ROOT / "docs" / "doctor.md").read_text("utf-8")
    for code in CODES:
        assert re.search(rf"^\| `{code}` \|", page, re.MULTILINE), code
    assert tuple(MARKS) == tuple(SEVERAL) == tuple(STYLES) == SEVERITIES
