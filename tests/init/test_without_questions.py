"""`kpitree init --data FILE` off a terminal: all defaults; what is written, and what is refused."""

import csv
import re
import shutil
import tomllib
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner, Result

import kpitree
from kpitree.cli.app import app
from kpitree.tree.currencies import SIGNS
from kpitree.tree.read import load_tree

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_data"
Write = Callable[[str, str], Path]


def init(folder: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["init", str(folder), *map(str, arguments)])


def values(tree: Path, period: str) -> dict[str, float]:
    kpis = kpitree.load(tree).evaluate(period=period).kpis
    return dict(zip(kpis["kpi"], kpis["value"], strict=True))


def tables(tree: Path) -> dict[str, Any]:
    return tomllib.loads(tree.read_text("utf-8"))


# --- files that work -----------------------------------------------------------------------------


def test_deals(tmp_path: Path) -> None:
    """Revenue is what was won, by the day on which it was."""
    result = init(tmp_path, "--data", SAMPLES / "deals" / "deals.csv")
    assert result.exit_code == 0, result.output
    won: defaultdict[str, int] = defaultdict(int)
    decided: defaultdict[str, int] = defaultdict(int)
    with (SAMPLES / "deals" / "deals.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            month = row["closed_on"][:7]
            decided[month] += row["stage"] in ("won", "lost")
            won[month] += round(float(row["amount"]) * 100) * (row["stage"] == "won")
    assert result.stdout.startswith("Revenue in 2026-10: 2,674,162.63 (from 1,911 deals decided)\n")
    assert result.stderr == ""  # deals that are open are no rows without a date
    for month in ("2025-01", "2026-08", "2026-10"):
        found = values(tmp_path / "deals.toml", month)
        assert found["revenue"] == pytest.approx(won[month] / 100, abs=0.004)
        assert found["deals_decided"] == decided[month]


def test_flights(tmp_path: Path) -> None:
    path = SAMPLES / "nyc_flights" / "flights_2013q4.parquet"
    result = init(tmp_path, "--data", path, "--name", "Flights of New York")
    assert result.exit_code == 0, result.output
    tree = tmp_path / "flights_of_new_york.toml"
    days = pl.read_parquet(path)["flight_date"].to_list()
    in_november = sum(day.month == 11 for day in days)
    assert values(tree, "2013-11")["rows"] == in_november
    assert load_tree(tree).name == "Flights of New York"
    assert str(load_tree(tree).grain) == "week"


def test_a_german_file(tmp_path: Path) -> None:
    rows = [
        (f"{at % 28 + 1:02d}.{at % 12 + 1:02d}.2025", 1000 + at // 2, "groß", 1234.5 + at)
        for at in range(360)
    ]
    text = "Bestelldatum;Bestellnummer;Größe;Betrag\r\n" + "".join(
        f"{day};{order};{size if order % 2 else 'klein'};"
        f"{f'{amount:,.2f}'.translate(str.maketrans(',.', '.,'))} €\r\n"
        for day, order, size, amount in rows
    )
    (tmp_path / "umsätze 2025.csv").write_bytes(text.encode("windows-1252"))
    result = init(tmp_path, "--data", tmp_path / "umsätze 2025.csv")
    assert result.exit_code == 0, result.output
    assert "the letters are read as windows-1252" in result.stderr
    tree = tmp_path / "umsätze_2025.toml"
    (source,) = tables(tree)["sources"].values()
    assert source == {
        "path": "umsätze 2025.csv",
        "time": "Bestelldatum",
        "time_format": "%d.%m.%Y",
        "encoding": "windows-1252",
        "decimal": ",",
        "clean": {"Betrag": "number"},
        "dimensions": {"größe": "Größe"},
    }
    march = sum(round(amount * 100) for day, _, _, amount in rows if day[3:5] == "03") / 100
    found = values(tree, "2025-03")
    assert found["betrag"] == pytest.approx(march, abs=0.004)
    assert found["orders"] == len({order for day, order, _, _ in rows if day[3:5] == "03"})
    assert tables(tree)["tree"]["currency"] == "EUR"


def test_names_with_spaces_quotes_and_markup(tmp_path: Path) -> None:
    names = ["Order Date", "net [bold]price", "it's", 'a "b"', "class"]
    lines = [f"2026-0{month}-{day:02d},{day}.5,x{day % 3},y{day % 2},z{month}" for month in
             range(1, 7) for day in range(1, 21)]  # fmt: skip
    folder = tmp_path / "my [red] folder"
    folder.mkdir()
    header = ",".join(f'"{name.replace(chr(34), chr(34) * 2)}"' for name in names)
    (folder / "a [b] c.csv").write_text("\n".join([header, *lines]) + "\n", "utf-8")
    result = init(folder, "--data", folder / "a [b] c.csv")
    assert result.exit_code == 0, result.output
    (tree,) = folder.glob("*.toml")
    text = tree.read_text("utf-8")
    assert "sum(col('net [bold]price')) / count()" in text
    assert "kpitree eval '" in result.stdout
    found = kpitree.load(tree).evaluate(period="2026-05", by="by_class")
    (whole, *parts) = found.kpis.filter(kpi=load_tree(tree).root)["value"]
    assert whole == sum(day + 0.5 for day in range(1, 21))
    assert sum(part for part in parts if part is not None) == pytest.approx(whole)


def test_escapes_in_a_header_are_shown_not_sent(write: Write, tmp_path: Path) -> None:
    write("x.csv", "day,\x1b[31mamount price\n2026-01-05,3\n2026-01-06,4\n")
    result = init(tmp_path, "--data", tmp_path / "x.csv")
    assert result.exit_code == 0, result.output
    assert "\x1b" not in result.output
    assert "\x1b" not in (tmp_path / "x.toml").read_text("utf-8")


def test_pieces_and_prices(write: Write, tmp_path: Path) -> None:
    """Several pieces a row; words for nothing; two columns of dates, one of them with gaps."""
    lines = "".join(
        f"A{at // 2},2026-0{at % 6 + 1}-{at % 28 + 1:02d},{'N/A' if at % 9 else '2026-01-01'},"
        f"{'N/A' if at % 50 == 7 else at % 3 + 1},{at % 5 + 0.25}\n"
        for at in range(300)
    )
    write("lines.csv", f"order_id,order_date,shipped,quantity,unit_price\n{lines}")
    result = init(tmp_path, "--data", tmp_path / "lines.csv")
    assert result.exit_code == 0, result.output
    source = tables(tmp_path / "lines.toml")["sources"]["lines"]
    assert source["time"] == "order_date"
    assert source["null_values"] == ["N/A"]
    expected = sum(
        (at % 3 + 1) * (at % 5 + 0.25) for at in range(300) if at % 6 + 1 == 5 and at % 50 != 7
    )
    found = values(tmp_path / "lines.toml", "2026-05")
    assert found["revenue"] == pytest.approx(expected, abs=1e-9)


def test_members_come_with_what_was_measured(write: Write, tmp_path: Path) -> None:
    """Rows of several kinds, on days with a time of day: a sum over the kinds."""
    lines = "".join(
        f"2026-0{at % 6 + 1}-{at % 28 + 1:02d}T10:00:{at % 60:02d},{('a', 'b', '', ' ')[at % 4]}\n"
        for at in range(400)
    )
    write("events.csv", f"happened_at,kind\n{lines}")
    result = init(tmp_path, "--data", tmp_path / "events.csv")
    assert result.exit_code == 0, result.output
    tree = tables(tmp_path / "events.toml")
    assert tree["kpi"]["rows"]["formula"] == "a + b + without_kind"
    assert tree["kpi"]["rows"]["measured"] == "count()"
    truth = sum(at % 6 + 1 == 5 for at in range(400))
    assert values(tmp_path / "events.toml", "2026-05")["rows"] == truth


def test_three_hundred_columns(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"day": [f"2026-0{at % 6 + 1}-{at % 28 + 1:02d}" for at in range(100)]}
        | {f"c{column}": [at * column / 7 for at in range(100)] for column in range(299)}
    )
    frame.write_csv(tmp_path / "wide.csv")
    assert init(tmp_path, "--data", tmp_path / "wide.csv").exit_code == 0


def test_a_text_among_numbers_is_told(write: Write, tmp_path: Path) -> None:
    lines = "".join(f"2026-01-{at + 1:02d},{at}.5\n" for at in range(20))
    write("x.csv", f"day,amount\n{lines}2026-01-21,lots\n")
    result = init(tmp_path, "--data", tmp_path / "x.csv")
    assert result.exit_code == 0, result.output
    assert "'amount' is not used as a number: it holds the text 'lots'" in result.stderr


def test_a_folder_that_is_not_there_yet(write: Write, tmp_path: Path) -> None:
    write("in/x.csv", "day,amount\n2026-01-05,3\n")
    result = init(tmp_path / "new" / "deep", "--data", tmp_path / "in" / "x.csv")
    assert result.exit_code == 0, result.output
    tree = tmp_path / "new" / "deep" / "x.toml"
    assert tables(tree)["sources"]["x"]["path"] == "../../in/x.csv"
    assert values(tree, "2026-01-05")["amount"] == 3


def test_a_folder_that_is_a_link(write: Write, tmp_path: Path) -> None:
    write("in/x.csv", "day,amount\n2026-01-05,3\n")
    (tmp_path / "far" / "away").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "far" / "away")
    assert init(tmp_path / "link", "--data", tmp_path / "in" / "x.csv").exit_code == 0
    assert values(tmp_path / "link" / "x.toml", "2026-01-05")["amount"] == 3


@pytest.mark.parametrize(
    "path", ["pizzaplace/pizzaplace.csv", "deals/deals.csv", "nyc_flights/flights_2013q4.parquet"]
)
def test_check_has_little_to_say(path: str, tmp_path: Path) -> None:
    assert init(tmp_path, "--data", SAMPLES / path).exit_code == 0
    (tree,) = tmp_path.glob("*.toml")
    result = CliRunner().invoke(app, ["check", str(tree)])
    assert result.exit_code == 0
    codes = set(re.findall(r"KT\d{3} (?=\w)", result.output))
    assert codes <= {"KT103 ", "KT203 ", "KT205 "}, result.output


def test_a_second_run_writes_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "alice")
    shutil.copy(SAMPLES / "pizzaplace" / "pizzaplace.csv", tmp_path)
    data = ("--data", tmp_path / "pizzaplace.csv")
    assert init(tmp_path, *data).exit_code == 0
    first = (tmp_path / "pizzaplace.toml").read_bytes()
    assert b"owner" not in first
    monkeypatch.setenv("LOGNAME", "sam")
    assert init(tmp_path, *data, "--force", "--yes").exit_code == 0
    assert (tmp_path / "pizzaplace.toml").read_bytes() == first


# --- what is refused -----------------------------------------------------------------------------

BAD = {
    "empty": (b"", 3, "x.csv: the file is empty"),
    "a header only": (b"day,amount\n", 3, "x.csv: there are no rows below the header"),
    "binary": (bytes(range(256)) * 9, 3, "x.csv: this is no text, though its name says so"),
    "no dates": (b"a,b\n1,x\n2,y\n", 3, "x.csv: no column says when its rows were: a, b"),
    "two ways to read a day": (
        b"day,n\n03/04/2026,1\n04/05/2026,2\n",
        3,
        'the date \'03/04/2026\' can be read 2 ways: "%d/%m/%Y" or "%m/%d/%Y"',
    ),
    "two ways to read a number": (
        b'day,n\n2026-01-01,"1,234"\n2026-01-02,"2,345"\n',
        3,
        "column 'n': the number '1,234' can be read two ways",
    ),
    "a shifted line": (
        b"day,n,what\n2026-01-01,1,x\n2026-01-02,2,x\n2026-01-03,3,x,y,z\n",
        3,
        "line 4 has 5 fields, the header has 3",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_files_that_cannot_be_started_from(name: str, tmp_path: Path) -> None:
    content, code, message = BAD[name]
    (tmp_path / "x.csv").write_bytes(content)
    result = init(tmp_path / "new", "--data", tmp_path / "x.csv", "--yes")
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    assert message in result.stderr
    assert not (tmp_path / "new").exists()


def test_no_such_file(tmp_path: Path) -> None:
    result = init(tmp_path, "--data", tmp_path / "x.csv")
    assert result.exit_code == 3
    assert "there is no such file" in result.stderr


def test_no_terminal_and_nothing_given(tmp_path: Path) -> None:
    result = init(tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no terminal to ask on" in result.stderr
    assert "give --template NAME (see --list), --data FILE, or --yes" in result.stderr


def test_the_only_file_of_the_folder_is_taken_with_yes(write: Write, tmp_path: Path) -> None:
    write("x.csv", "day,amount\n2026-01-05,3\n")
    assert init(tmp_path, "--yes").exit_code == 0
    assert load_tree(tmp_path / "x.toml").root == "amount"


def test_an_existing_tree_is_kept(write: Write, tmp_path: Path) -> None:
    data = write("x.csv", "day,amount\n2026-01-05,3\n")
    mine = write("x.toml", "mine\n")
    result = init(tmp_path, "--data", data)
    assert result.exit_code == 2
    assert f"this file is there already: {mine}" in result.stderr
    assert mine.read_text("utf-8") == "mine\n"
    assert init(tmp_path, "--data", data, "--force").exit_code == 0
    assert load_tree(mine).root == "amount"


def test_a_folder_below_a_file(write: Write) -> None:
    data = write("x.csv", "day,amount\n2026-01-05,3\n")
    result = init(data / "deeper", "--data", data)
    assert result.exit_code == 2
    assert f"{data}: this is a file, not a folder" in result.stderr


def test_a_name_that_is_none(write: Write, tmp_path: Path) -> None:
    data = write("x.csv", "day,amount\n2026-01-05,3\n")
    result = init(tmp_path, "--data", data, "--name", "\x1b[31m")
    assert result.exit_code == 2
    assert "this cannot be a name" in result.stderr


@pytest.mark.parametrize("sign", ["₩", "₺", "฿"])
def test_every_sign_of_money_names_the_currency(sign: str, tmp_path: Path) -> None:
    rows = "".join(f"2026-0{month}-05,{sign}{month}00.50\n" for month in range(1, 7))
    (tmp_path / "x.csv").write_text(f"day,amount\n{rows}", "utf-8")
    assert init(tmp_path, "--data", tmp_path / "x.csv").exit_code == 0
    assert load_tree(tmp_path / "x.toml").currency == SIGNS[sign]
