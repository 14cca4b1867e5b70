"""Files as they come: spellings, costs, returns, currencies, spans, months, stray days."""

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
def test_fewer_complaints_are_better(write: Write, tmp_path: Path, name: str, header: str) -> None:
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
    for order, date, amount in rows:
        orders[date[:7]].add(order)
        items[date[:7]] += 1
        total[date[:7]] += amount
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


# --- currencies ----------------------------------------------------------------------------------


def test_several_currencies_are_not_added_up(write: Write, tmp_path: Path) -> None:
    rows = [(day, at, ("EUR", "EUR", "USD", "EUR", "USD")[at % 5]) for at, day in days(600)]
    lines = "".join(f"{day},{amount},{code}\n" for day, amount, code in rows)
    tree, said = started(write, tmp_path, f"date,amount,currency\n{lines}")
    assert "only rows whose 'currency' is 'EUR' count" in said
    euros = sum(amount for day, amount, code in rows if day[5:7] == "03" and code == "EUR")
    assert values(tree, "2025-03")["amount"] == euros
    found = tables(tree)
    assert found["tree"]["currency"] == "EUR"
    assert "currency" not in found["sources"]["x"].get("dimensions", {})


def test_one_currency_is_that_of_the_tree(write: Write, tmp_path: Path) -> None:
    lines = "".join(f"{day},{at},CHF\n" for at, day in days(300))
    tree, said = started(write, tmp_path, f"date,amount,Currency\n{lines}")
    assert tables(tree)["tree"]["currency"] == "CHF"
    assert "where" not in tables(tree)["sources"]["x"]
    assert said == ""


def test_several_signs_in_one_column(write: Write, tmp_path: Path) -> None:
    lines = "".join(f"{day},{'€$'[at % 2]}{at}\n" for at, day in days(300))
    tree, said = started(write, tmp_path, f"date,amount\n{lines}")
    assert "amounts in several currencies are added up as they are: $, €" in said
    assert "currency" not in tables(tree)["tree"]


# --- rows that last ------------------------------------------------------------------------------


def test_subscriptions_are_a_stock(write: Write, tmp_path: Path) -> None:
    rows = []
    for at, day in days(360):
        end = f"2025-{int(day[5:7]) + 2:02d}-28" if at % 3 == 0 and int(day[5:7]) < 10 else ""
        rows.append((at, day, end, 9 + at % 5))
    lines = "".join(f"{at},{begin},{end},{mrr}\n" for at, begin, end, mrr in rows)
    tree, _ = started(write, tmp_path, f"subscription_id,start_date,end_date,mrr\n{lines}")
    source = tables(tree)["sources"]["x"]
    assert (source["from"], source["to"]) == ("start_date", "end_date")
    there = [
        row for row in rows if row[1] <= "2025-08-31" and (not row[2] or row[2] > "2025-08-31")
    ]
    found = values(tree, "2025-08")
    assert tables(tree)["kpi"]["mrr"]["label"] == "MRR"
    assert found["mrr"] == sum(row[3] for row in there)
    assert found["active_subscriptions"] == len(there)


def test_rows_that_end_before_they_start(write: Write, tmp_path: Path) -> None:
    lines = "".join(f"{at},{day},,9\n" for at, day in days(120))
    tree, said = started(
        write, tmp_path, f"id,start_date,end_date,mrr\n{lines}999,2025-05-05,2025-05-01,9\n"
    )
    assert "1 row ends before the day of 'start_date', and is left out" in said
    there = sum(day <= "2025-08-31" for _, day in days(120))
    assert values(tree, "2025-08")["mrr"] == 9 * there


def test_headcount(write: Write, tmp_path: Path) -> None:
    lines = "".join(
        f"{at};{day[8:]}.{day[5:7]}.{2020 + at % 6};{'' if at % 4 else '31.12.2025'};IT\n"
        for at, day in days(300)
    )
    tree, _ = started(write, tmp_path, f"Personalnr;Eintritt;Austritt;Abteilung\n{lines}")
    assert tables(tree)["kpi"]["headcount"]["measure"] == "count()"
    whole = kpitree.load(tree).evaluate(period="2024", kpis="headcount").kpis
    assert list(whole["value"]) == [250]


def test_a_status_is_no_span(write: Write, tmp_path: Path) -> None:
    lines = "".join(
        f"{at},{day},{day if at % 2 else ''},{('open', 'solved')[at % 2]}\n"
        for at, day in days(300)
    )
    tree, _ = started(write, tmp_path, f"ticket_id,opened_at,closed_at,status\n{lines}")
    assert tables(tree)["sources"]["x"]["time"] == "opened_at"


# --- days ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["{}-{:02d}-01", "{}-{:02d}", "{}{:02d}", "{}{:02d}01"])
def test_the_last_month_of_monthly_rows_counts(write: Write, tmp_path: Path, form: str) -> None:
    lines = "".join(
        f"{form.format(year, month)},{year + month}\n" for year in (2024, 2025)
        for month in range(1, 13)
    )  # fmt: skip
    tree, _ = started(write, tmp_path, f"month,revenue\n{lines}")
    evaluation = kpitree.load(tree).evaluate()
    assert evaluation.period.span.label == "2025-12"
    assert values(tree, "2025-12")["revenue"] == 2037
    assert "# Each row speaks for more than its day" in tree.read_text("utf-8")


def test_the_last_week_of_weekly_rows_counts(write: Write, tmp_path: Path) -> None:
    mondays = [f"2025-{month:02d}-{day:02d}" for month, day in
               [(6, 2), (6, 9), (6, 16), (6, 23), (6, 30), (7, 7), (7, 14)]]  # fmt: skip
    lines = "".join(f"{day},{at}\n" for at, day in enumerate(mondays))
    tree, _ = started(write, tmp_path, f"week,revenue\n{lines}")
    assert kpitree.load(tree).evaluate().period.span.label == "2025-W29"
    assert values(tree, "2025-W29")["revenue"] == 6


@pytest.mark.parametrize("stray", ["1900-01-01", "2099-12-31"])
def test_a_stray_day_does_not_rule_the_tree(write: Write, tmp_path: Path, stray: str) -> None:
    lines = "".join(f"{day},{at % 9}\n" for at, day in days(396))
    tree, said = started(write, tmp_path, f"date,amount\n{stray},5\n{lines}")
    assert f"days far from all others are left out: {stray}" in said
    assert tables(tree)["calendar"]["grain"] == "month"
    assert kpitree.load(tree).evaluate().period.span.label == "2025-11"
    assert "target" in tables(tree)["kpi"]["amount"]


@pytest.mark.parametrize("word", ["Total", "unknown"])
@pytest.mark.parametrize("first", [True, False])
def test_words_among_dates(write: Write, tmp_path: Path, word: str, first: bool) -> None:
    lines = "".join(f"{day},{at % 9}\n" for at, day in days(300))
    extra = f"{word},1000\n"
    both = extra + lines if first else lines + extra
    tree, said = started(write, tmp_path, f"date,amount\n{both}")
    assert f"rows whose 'date' is '{word}' have no date" in said
    assert "1 row has no date" in said
    assert tables(tree)["sources"]["x"]["null_values"] == [word]
    march = sum(at % 9 for at, day in days(300) if day[5:7] == "03")
    assert values(tree, "2025-03")["amount"] == march


def test_rows_without_a_date_are_told(write: Write, tmp_path: Path) -> None:
    lines = "".join(f"{day if at % 10 else ''},{at % 9}\n" for at, day in days(300))
    _, said = started(write, tmp_path, f"date,amount\n{lines}")
    assert "30 rows have no date in 'date' and are left out" in said


def test_short_years_of_a_german_bank(write: Write, tmp_path: Path) -> None:
    lines = "".join(f"{day[8:]}.{day[5:7]}.25;{at % 9},50\n" for at, day in days(360))
    tree, _ = started(write, tmp_path, f"Buchungstag;Betrag\n{lines}")
    assert tables(tree)["sources"]["x"]["time_format"] == "%d.%m.%y"


# --- which file ----------------------------------------------------------------------------------


def test_of_several_files_none_is_guessed(write: Write, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(f"{name}.csv", "day,amount\n2026-01-05,3\n")
    result = init(tmp_path, "--data", tmp_path / "two.csv", "--data", tmp_path / "one.csv", "--yes")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "one.csv" in result.stderr
    assert "two.csv" in result.stderr
    assert "give one of them: --data" in result.stderr


# --- columns that nearly say when ----------------------------------------------------------------

NEARLY = {
    "unix": ("ts,amount\n1756933593,1\n1757873519,2\n", "'ts' seems to hold seconds since 1970"),
    "ms": ("time,amount\n1756933593000,1\n1757873519000,2\n", "'time' seems to hold milliseconds"),
    "excel": ("Date,shop,n\n45026,a,1\n45126,b,2\n", "'Date' seems to hold the day numbers of"),
    "weeks": ("week,n\n2024-W01,1\n2024-W02,3\n", "'week' seems to hold weeks"),
    "quarters": ("quarter,n\nQ1 2022,1\nQ2 2022,3\n", "'quarter' seems to hold quarters"),
    "preamble": (
        "Report\n\ndate;n\n2024-01-01;5\n",
        "the header with the names has to be the first",
    ),
}


@pytest.mark.parametrize("name", NEARLY)
def test_what_nearly_says_when(write: Write, tmp_path: Path, name: str) -> None:
    text, hint = NEARLY[name]
    write("x.csv", text)
    result = init(tmp_path, "--data", tmp_path / "x.csv", "--yes")
    assert result.exit_code == 3
    assert hint in " ".join(result.stderr.split())


@pytest.mark.parametrize("named", ["year,month", "Jahr,Monat"])
def test_year_and_month_make_a_day(write: Write, tmp_path: Path, named: str) -> None:
    lines = "".join(
        f"{year},{month},{shop},{year + month}\n"
        for year in (2024, 2025)
        for month in range(1, 13)
        for shop in "ab"
    )
    tree, _ = started(write, tmp_path, f"{named},shop,revenue\n{lines}")
    assert values(tree, "2025-12")["revenue"] == 2 * 2037
    evaluation = kpitree.load(tree).evaluate()
    assert evaluation.period.span.label == "2025-12"
