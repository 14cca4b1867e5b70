"""What `kpitree catalog` prints: in every format, at every width, and nothing that acts."""

import csv
import io
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kpitree.catalogue.answers import Listing, answer_of, departments
from kpitree.catalogue.choosing import Choice
from kpitree.catalogue.entry import DEPARTMENTS
from kpitree.catalogue.extract import tables_of_entry
from kpitree.catalogue.read import catalogue, catalogue_of
from kpitree.cli.app import app
from kpitree.errors import UsageError
from kpitree.render.catalogue.facts import FIELDS
from kpitree.render.catalogue.told import FORMS, told
from kpitree.render.style import Style
from kpitree.tree.read import read_tree

POOL = catalogue()
QUESTIONS = [
    ("", Choice()),
    ("churn_rate", Choice()),
    ("rate", Choice()),
    ("", Choice(department="finance")),
    ("", Choice(rhythm="weekly", indicator="leading", department="personal")),
]


def run(*args: str) -> Result:
    return CliRunner().invoke(app, ["catalog", *args])


def shown(form: str, text: str, choice: Choice, style: Style) -> str:
    return told(answer_of(POOL, text, choice), form, style)


@pytest.mark.parametrize("width", [200, 120, 80, 60, 45])
@pytest.mark.parametrize(("text", "choice"), QUESTIONS)
def test_nothing_is_wider_than_the_terminal(width: int, text: str, choice: Choice) -> None:
    screen = shown("table", text, choice, Style(width=width))
    assert [line for line in screen.splitlines() if len(line) > width] == []


@pytest.mark.parametrize("entry", POOL.entries)
def test_every_kpi_fits_80_columns(entry: str) -> None:
    screen = shown("table", entry, Choice(), Style(width=80))
    assert [line for line in screen.splitlines() if len(line) > 80] == []
    assert POOL.entries[entry].gamed.split()[0] in screen


@pytest.mark.parametrize(("text", "choice"), QUESTIONS)
def test_off_a_terminal_nothing_is_cut_or_wrapped(text: str, choice: Choice) -> None:
    screen = shown("table", text, choice, Style())
    for match in ("churn_rate",) if text == "churn_rate" else ():
        entry = POOL.entries[match]
        for whole in (entry.description, entry.gamed, entry.note):
            assert whole in screen
    assert "\x1b" not in screen
    assert all(line == line.rstrip() for line in screen.splitlines())


@pytest.mark.parametrize(("text", "choice"), QUESTIONS)
def test_ascii_draws_nothing(text: str, choice: Choice) -> None:
    screen = shown("table", text, choice, Style(ascii=True, width=80))
    assert not set(screen) & set("├└│─↑·")


@pytest.mark.parametrize(("text", "choice"), QUESTIONS)
def test_colour_adds_nothing_but_colour(text: str, choice: Choice) -> None:
    plain = shown("table", text, choice, Style(width=80))
    painted = shown("table", text, choice, Style(width=80, color=True))
    assert "\x1b[" in painted
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == plain


@pytest.mark.parametrize(("text", "choice"), QUESTIONS)
def test_json_has_everything(text: str, choice: Choice) -> None:
    document = json.loads(shown("json", text, choice, Style()))
    assert document["schema_version"] == 1
    for told_ in document["kpis"]:
        entry = POOL.entries[told_["kpi"]]
        assert told_["gamed"] == entry.gamed
        assert list(told_["tree"]) == POOL.below(entry.id)
        assert told_["tree"][entry.id]["department"] == entry.departments[0]
        assert all(rows["columns"] for rows in told_["data"])
    if not text and choice == Choice():
        assert [one["kpi"] for one in document["kpis"]] == list(POOL.entries)


@pytest.mark.parametrize(("text", "choice"), QUESTIONS)
def test_csv_and_plain_have_a_line_for_each(text: str, choice: Choice) -> None:
    table = list(csv.reader(io.StringIO(shown("csv", text, choice, Style()))))
    lines = shown("plain", text, choice, Style()).splitlines()
    assert tuple(table[0]) == FIELDS
    assert {len(row) for row in table} == {len(FIELDS)}
    assert [row[0] for row in table[1:]] == [line.split("\t")[0] for line in lines]
    assert {line.count("\t") for line in lines} <= {len(FIELDS) - 1}


def test_toml_is_a_tree_file() -> None:
    text = shown("toml", "churn_rate", Choice(), Style())
    assert text.startswith("# Churn rate: ")
    assert read_tree(text, Path("churn_rate.toml")).root == "churn_rate"
    assert tomllib.loads(text) == tables_of_entry(POOL, "churn_rate")


def test_the_dimensions_of_a_tree_file_can_be_switched_on() -> None:
    text = shown("toml", "churn_rate", Choice(), Style())
    off = read_tree(text, Path("churn_rate.toml"))
    assert off.sources["subscriptions"].dimensions == {}
    assert '# plan = "plan"  # which plan' in text
    start = text.index("# [sources.subscriptions.dimensions]")
    end = text.index("\n\n", start)
    switched = text[:start] + re.sub("(?m)^# ", "", text[start:end]) + text[end:]
    on = read_tree(switched, Path("churn_rate.toml"))
    names = POOL.rows["subscriptions"].split_by
    assert on.sources["subscriptions"].dimensions == {name: name for name in names}


@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_what_one_would_split_by_is_told(form: str) -> None:
    text = shown(form, "gross_margin", Choice(), Style())
    for rows in ("revenue_bookings", "expense_bookings"):
        for name, about in POOL.rows[rows].split_by.items():
            assert name.replace("_", r"\_" if form == "markdown" else "_") in text
            assert about in text
    if form == "json":
        data = json.loads(text)["kpis"][0]["data"]
        split = {rows["rows"]: rows["split_by"] for rows in data}
        assert split == {name: POOL.rows[name].split_by for name in split}


def test_rows_without_anything_to_split_by_say_nothing_of_it() -> None:
    text = shown("table", "current_ratio", Choice(), Style())
    assert "balance_sheet" in text
    assert "split by" not in text
    assert "dimensions" not in shown("toml", "current_ratio", Choice(), Style())


def test_toml_is_of_one_kpi() -> None:
    result = run("rate", "--format", "toml")
    assert result.exit_code == 2
    assert "a tree file is of one KPI" in result.stderr


def test_departments_with_counts() -> None:
    document = json.loads(told(departments(POOL), "json", Style()))
    counts = {one["department"]: one["kpis"] for one in document["departments"]}
    assert tuple(counts) == DEPARTMENTS
    assert all(counts[name] == len(POOL.of_department(name)) > 0 for name in DEPARTMENTS)
    for form in ("table", "plain", "csv", "markdown"):
        text = told(departments(POOL), form, Style())
        assert all(name in text for name in DEPARTMENTS)


@pytest.mark.parametrize("form", FORMS)
def test_the_command_knows_every_format(form: str) -> None:
    result = run("oee", "--format", form)
    assert result.exit_code == 0
    assert result.stdout.startswith(("OEE", "oee", "{", "kpi,", "# OEE", "**OEE**"))


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("oee", "--format", "tabel"), "there is no format 'tabel'"),
        (("oee", "--format", "tabel"), "did you mean 'table'?"),
        (("oee", "--department", "hr"), "with these filters"),
        (("--department", "slaes"), "did you mean 'Sales'?"),
        (("--rhythm", "hourly"), "not one of: daily"),
        (("--role", "nobody"), "reads it"),
        (("--role", "-"), "reads it"),
        (("--level", "tactical"), "'tactical' is not one of: strategic, operational"),
        (("--level", "strategc"), "did you mean 'strategic'?"),
        (("chrun", "rate"), "did you mean 'Churn rate'"),
        (("oee", "--departments"), "lists all departments"),
        (("--leading", "--departments"), "lists all departments"),
    ],
)
def test_bad_input(args: tuple[str, ...], said: str) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_filters_that_leave_nothing() -> None:
    result = run("--department", "it", "--rhythm", "yearly", "--level", "operational", "--leading")
    assert result.exit_code == 2
    assert "no KPI is all of this: IT, yearly, leading, operational" in result.stderr
    result = run("--department", "it", "--reader", "investors")
    assert result.exit_code == 2
    assert "without --department: " in result.stderr
    assert "without --reader: " in result.stderr


def test_only_one_filter_that_leaves_nothing() -> None:
    with pytest.raises(UsageError) as caught:
        answer_of(WICKED, "", Choice(rhythm="yearly"))
    assert caught.value.message == "no KPI is all of this: yearly"
    assert caught.value.hint == "all: kpitree catalog"


@pytest.mark.parametrize("ending", ["json", "csv", "toml", "md", "txt", "MD"])
def test_the_ending_of_a_file_gives_the_format(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"oee.{ending}"
    assert run("oee", "-o", str(file)).exit_code == 0
    form = {"md": "markdown", "txt": "table"}.get(ending.lower(), ending)
    assert file.read_text("utf-8") == shown(form, "oee", Choice(), Style())


def test_a_format_counts_more_than_an_ending(tmp_path: Path) -> None:
    file = tmp_path / "oee.txt"
    assert run("oee", "--format", "TOML", "-o", str(file)).exit_code == 0
    assert read_tree(file.read_text("utf-8"), file).root == "oee"


@pytest.mark.parametrize(
    ("name", "said"),
    [("oee.xyz", "the ending '.xyz' names no format"), ("oee", "the file has no ending")],
)
def test_an_ending_that_names_no_format(name: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / name
    result = run("oee", "-o", str(file))
    assert result.exit_code == 2
    assert said in result.stderr
    assert "endings: .txt, .json, .csv, .toml, .md" in result.stderr
    assert not file.exists()


@pytest.mark.parametrize("width", [40, 80])
def test_names_to_type_are_in_narrow_lists(width: int) -> None:
    screen = shown("table", "", Choice(department="finance"), Style(width=width))
    assert "gross_margin" in screen
    assert max(map(len, screen.splitlines())) <= width


def test_a_long_search_is_cut() -> None:
    result = run("zq" * 5000)
    assert result.exit_code == 2
    assert len(result.stderr) < 300
    assert run("churn " * 2000).exit_code == 0
    listing = answer_of(POOL, "rate " * 2000, Choice())
    assert isinstance(listing, Listing)
    assert len(listing.title) < 100


WICKED = catalogue_of(
    {
        "wicked.toml": r"""
[rows.things]
about = "\u001b[31mrows"
time = "day"
[rows.things.columns]
day = { type = "date", about = "[red]day[/red] | \u202e" }
[kpi.thing]
label = "=[bold]1\u001b[2J"
description = "*Such* a <b>thing</b>, :smile: \u001b]0;x\u0007 here."
measure = "count()"
source = "things"
[entry.thing]
departments = ["IT"]
rhythms = ["daily"]
gamed = "\u009b31m | [link=x]."
"""
    }
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", ["thing", ""])
def test_words_are_data(form: str, text: str) -> None:
    if form == "toml" and not text:
        return
    answer = answer_of(WICKED, text, Choice())
    out = told(answer, form, Style())
    for text_of_it in (out, told(answer, form, Style(width=60))):
        assert not set(text_of_it) & {"\x1b", "\x07", "\x9b", "\u202e"}
    if form == "csv":
        assert "'=[bold]1" in out
    if form == "table":
        assert "[bold]1" in out
    if form == "markdown":
        assert "<b>" not in out.split("```")[0]


def test_it_starts_without_what_it_does_not_need() -> None:
    code = (
        "import sys; from kpitree.cli.app import app\n"
        "app(['catalog', 'oee'], standalone_mode=False)\n"
        "print({'polars', 'tomlkit'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "set()"
