"""Several sources, several files, lookups and keys: what is said of them together."""

from datetime import date
from pathlib import Path

import pytest

from doctor.shops import Row, codes, day, diagnosed, only, shop, write_rows
from kpitree import api

VISITS = """
[sources.visits]
path = "visits.csv"
time = "day"
"""
BOTH = """
[kpi.conversion]
formula = "orders / visits"
[kpi.orders]
measure = "count()"
source = "orders"
[kpi.visits]
measure = "sum(visits)"
source = "visits"
"""


def visits(folder: Path, days: range, text: str = "100") -> None:
    rows = [[str(day(n)), text if n == days[-1] else "100"] for n in days]
    write_rows(folder / "visits.csv", rows, ("day", "visits"))


def test_a_source_that_ends_early_is_told_by_the_newest(tmp_path: Path) -> None:
    visits(tmp_path, range(100))
    found = diagnosed(tmp_path, shop(), kpis=BOTH, more=VISITS)
    assert codes(found) == ["stopped"]
    one = only(found, "stopped")
    assert (one.source, one.count) == ("visits", 40)
    assert "40 days before orders ends" in one.message
    assert found.common == (day(0), day(99))
    assert [source.age for source in found.sources] == [0, 40]


def test_a_source_that_says_until_when_it_is_known_only_ends(tmp_path: Path) -> None:
    visits(tmp_path, range(100))
    covers = f'{VISITS}covers = ["{day(0)}", "{day(99)}"]\n'
    found = diagnosed(tmp_path, shop(), kpis=BOTH, more=covers)
    assert codes(found) == ["coverage_differs"]
    assert only(found, "coverage_differs").severity == "warning"


def test_a_source_that_begins_later(tmp_path: Path) -> None:
    visits(tmp_path, range(20, 140))
    found = diagnosed(tmp_path, shop(), kpis=BOTH, more=VISITS)
    one = only(found, "coverage_differs")
    assert (one.severity, one.source, one.count) == ("info", "visits", 20)
    assert found.common == (day(20), day(139))


def test_sources_that_no_kpi_needs_together_may_differ(tmp_path: Path) -> None:
    visits(tmp_path, range(100))
    kpis = BOTH.replace("orders / visits", "orders * 2")
    covers = f'{VISITS}covers = ["{day(0)}", "{day(99)}"]\n'
    assert codes(diagnosed(tmp_path, shop(), kpis=kpis, more=covers)) == []


def test_what_is_wrong_with_one_source_hides_no_other(tmp_path: Path) -> None:
    visits(tmp_path, range(140), "n.a.")
    rows = shop()
    rows[3][2] = ""
    found = diagnosed(tmp_path, rows, kpis=BOTH, more=VISITS)
    assert [(one.source, one.code) for one in found.findings] == [
        ("visits", "unreadable"),
        ("orders", "nulls"),
    ]
    unreadable = found.findings[0]
    assert "line 141" in unreadable.where
    assert "null_values" in unreadable.hint
    visited = found.sources[1]
    assert visited.readable
    assert (visited.rows, visited.first, visited.last) == (140, day(0), day(139))


def test_a_missing_file_is_a_finding(tmp_path: Path) -> None:
    found = diagnosed(tmp_path, shop(), kpis=BOTH, more=VISITS)
    assert codes(found) == ["unreadable"]
    assert not found.sources[1].readable
    assert found.common is None


def test_covers_is_what_is_to_have_rows(tmp_path: Path) -> None:
    found = diagnosed(tmp_path, shop(), keys=f'covers = ["{day(0)}", "{day(153)}"]')
    one = only(found, "gaps")
    assert (one.severity, one.count) == ("warning", 14)
    assert f"{day(140)} to {day(153)}" in one.message


LOOKUP = """
[sources.orders.lookup.area]
path = "areas.csv"
on = "region"
"""
BY_AREA = '[kpi.amount]\nmeasure = "sum(amount, where=area.land == \'A\')"\nsource = "orders"\n'


def areas(folder: Path, *rows: Row) -> None:
    write_rows(folder / "areas.csv", rows, ("region", "land"))


def test_keys_without_a_match(tmp_path: Path) -> None:
    areas(tmp_path, ["north", "A"], ["south", "B"])
    found = diagnosed(tmp_path, shop(), more=LOOKUP, kpis=BY_AREA)
    west = sum(row[2] == "west" for row in shop())
    one = only(found, "unmatched_keys")
    assert (one.severity, one.column, one.count) == ("warning", "area", west)
    assert one.share == west / 1680
    assert one.example == "west"
    assert "areas.csv" in one.message


def test_rows_without_a_key(tmp_path: Path) -> None:
    areas(tmp_path, *([name, "A"] for name in ("north", "south", "west")))
    rows = shop()
    rows[5][2] = ""
    found = diagnosed(tmp_path, rows, more=LOOKUP, kpis=BY_AREA)
    assert "unmatched_keys" not in codes(found)
    [looked] = found.sources[0].lookups.iter_rows(named=True)
    assert (looked["rows"], looked["without_key"], looked["unmatched"]) == (1680, 1, 0)


def test_a_key_that_stands_twice(tmp_path: Path) -> None:
    areas(tmp_path, ["north", "A"], ["south", "B"], ["north", "C"])
    found = diagnosed(tmp_path, shop(), more=LOOKUP, kpis=BY_AREA)
    assert codes(found) == ["repeated_keys"]
    assert found.sources[0].rows == 1680  # the rest is looked at


def test_rows_that_stand_twice_by_unique_by(tmp_path: Path) -> None:
    rows = [*shop(), *shop([3])[:5]]
    found = diagnosed(tmp_path, rows, keys='unique_by = ["id"]')
    assert codes(found) == ["duplicates"]
    one = only(found, "duplicates")
    assert "5 rows" in one.message
    assert (one.count, one.share) == (5, 5 / 1685)
    assert found.sources[0].rows == 1680


def test_rows_of_one_key_that_differ(tmp_path: Path) -> None:
    rows = shop()
    rows.append([*rows[7][:3], "1"])
    found = diagnosed(tmp_path, rows, keys='unique_by = ["id"]')
    one = only(found, "duplicates_differ")
    assert (one.count, one.share) == (2, 2 / 1681)


def test_files_that_were_loaded_twice(tmp_path: Path) -> None:
    for name, days in (("a", range(70)), ("b", range(60, 140))):
        write_rows(tmp_path / f"part-{name}.csv", shop(days))
    tree = tmp_path / "tree.toml"
    diagnosed(tmp_path, shop())
    tree.write_text(tree.read_text("utf-8").replace("orders.csv", "part-*.csv"), "utf-8")
    found = api.load(tree).doctor()
    one = only(found, "repeated_days")
    assert (one.count, one.share) == (2 * 120, 240 / 1800)
    assert f"{day(60)} to {day(69)}" in one.message
    assert found.sources[0].files == 2


def test_files_that_are_not_as_the_others_are_counted(tmp_path: Path) -> None:
    header = ("id", "day", "amount")
    for name, days in (("a", range(70)), ("b", range(70, 140))):
        write_rows(
            tmp_path / f"{name}.part.csv", [[*row[:2], row[3]] for row in shop(days)], header
        )
    for name in ("c", "d"):
        (tmp_path / f"{name}.part.csv").write_text("")
    diagnosed(tmp_path, shop())
    (tmp_path / "orders.csv").rename(tmp_path / "o.part.csv")
    tree = tmp_path / "tree.toml"
    tree.write_text(tree.read_text("utf-8").replace("orders.csv", "*.part.csv"), "utf-8")
    found = api.load(tree).doctor()
    counts = {one.code: one.count for one in found.findings if one.severity == "info"}
    assert counts == {"empty_files": 2, "missing_columns": 2}


def test_a_plan_may_be_about_the_future(tmp_path: Path) -> None:
    write_rows(
        tmp_path / "plan.csv",
        [[f"2026-{month:02}-01", "1000"] for month in range(1, 13)],
        ("day", "goal"),
    )
    kpis = (
        '[kpi.amount]\nmeasure = "sum(amount)"\nsource = "orders"\n'
        'target = { measure = "sum(goal)", source = "plan" }\n'
    )
    more = '[sources.plan]\npath = "plan.csv"\ntime = "day"\n'
    found = diagnosed(tmp_path, shop(), kpis=kpis, more=more, as_of=day(140))
    assert codes(found) == []
    assert [row["column"] for row in found.sources[1].columns.iter_rows(named=True)] == [
        "day",
        "goal",
    ]


@pytest.mark.parametrize("as_of", ["2026-05-25", date(2026, 5, 25)])
def test_from_python(as_of: str | date, tmp_path: Path) -> None:
    diagnosed(tmp_path, shop())
    other = tmp_path / "other.csv"
    write_rows(other, shop([1, 2, 3] * 4))
    loaded = api.load(tmp_path / "tree.toml")
    assert loaded.doctor(as_of=as_of).sources[0].age == 1
    [source] = loaded.doctor(sources={"orders": other}).sources
    assert (source.path, source.rows) == (str(other), 12 * 12)
