"""Each finding on a small real file, with what was planted counted by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from doctor.shops import KPIS, Row, codes, day, diagnosed, only, shop, write_rows
from kpitree.analysis.doctor.codes import CODES
from kpitree.analysis.results.doctor import SEVERITIES


def test_nothing_suspect_in_a_sound_shop(tmp_path: Path) -> None:
    found = diagnosed(tmp_path, shop())
    assert found.findings == ()
    [orders] = found.sources
    assert (orders.rows, orders.undated, orders.files) == (140 * 12, 0, 1)
    assert (orders.first, orders.last) == (day(0), day(139))
    assert (orders.covered_days, orders.days_with_rows) == (140, 140)
    assert orders.rows_a_day() == (12, 12, 12)
    assert orders.rhythm == "day"
    assert found.common == (day(0), day(139))


def changed(at: int, column: int, text: str) -> list[Row]:
    rows = shop()
    rows[at][column] = text
    return rows


def without(column: int, since: int) -> list[Row]:
    rows = shop()
    for row in rows:
        if row[1] >= str(day(since)):
            row[column] = ""
    return rows


def every(nth: int, column: int, text: str = "") -> list[Row]:
    rows = shop()
    for row in rows[::nth]:
        row[column] = text
    return rows


@dataclass(frozen=True)
class Planted:
    """rows: the file. code, severity, column, count, of: what is to be found, and nothing else."""

    id: str
    rows: Callable[[], list[Row]]
    code: str
    severity: str
    column: str | None = "day"
    count: int | None = None
    of: int | None = 140 * 12
    says: str = ""
    keys: str = ""
    kpis: str = KPIS
    as_of: date | None = None
    also: list[str] = field(default_factory=list)


PLANTED = [
    Planted("no rows", list, "no_rows", "error", None, None, None, "there are no rows"),
    Planted("null dates", lambda: changed(5, 1, ""), "null_dates", "info", "day", 1),
    Planted("many null dates", lambda: every(10, 1), "null_dates", "warning", "day", 168),
    Planted("few nulls", lambda: changed(5, 2, ""), "nulls", "info", "region", 1),
    Planted("many nulls", lambda: every(10, 2), "nulls", "warning", "region", 168),
    Planted("null arguments", lambda: every(40, 3), "nulls", "info", "amount", 42),
    Planted("no value at all", lambda: every(1, 3), "no_values", "error", "amount", 1680),
    Planted(
        "a column that went empty",
        lambda: without(2, 130),
        "went_empty",
        "error",
        "region",
        120,
        says=f"since {day(130)}",
    ),
    Planted("infinite", lambda: changed(7, 3, "inf"), "non_finite", "warning", "amount", 1),
    Planted("not a number", lambda: changed(7, 3, "NaN"), "non_finite", "warning", "amount", 1),
    Planted(
        "below and above",
        lambda: [*changed(7, 3, "-3"), ["x", str(day(3)), "north", "20000"]],
        "out_of_range",
        "warning",
        "amount",
        2,
        1681,
        "1 row below 0, the lowest -3; 1 row above 10,000, the highest 20,000",
        keys="ranges = { amount = [0, 10_000] }",
    ),
    Planted(
        "a week without rows",
        lambda: shop([n for n in range(140) if not 70 <= n < 77]),
        "gaps",
        "warning",
        "day",
        7,
        140,
        f"{day(70)} to {day(76)}",
    ),
    Planted(
        "one day without rows",
        lambda: shop([n for n in range(140) if n != 70]),
        "gaps",
        "info",
        "day",
        1,
        140,
        str(day(70)),
    ),
    Planted(
        "a Monday of a shop closed on Sundays",
        lambda: shop([n for n in range(140) if n % 7 != 6 and n != 70]),
        "gaps",
        "info",
        "day",
        1,
        120,
    ),
    Planted(
        "a row of 2062",
        lambda: changed(5, 1, "2062-03-01"),
        "stray_dates",
        "error",
        "day",
        1,
        says="dated 2062-03-01",
    ),
    Planted(
        "a row of 1970", lambda: changed(5, 1, "1970-01-01"), "stray_dates", "warning", "day", 1
    ),
    Planted(
        "dates to come",
        shop,
        "future_dates",
        "warning",
        "day",
        3 * 12,
        as_of=day(136),
    ),
    Planted(
        "a day loaded twice",
        lambda: [*shop(), *shop([20, 21])],
        "repeated_days",
        "error",
        None,
        2 * 24,
        1680 + 24,
        f"{day(20)} to {day(21)}",
    ),
    Planted(
        "three times as many",
        lambda: [
            *shop(),
            *([f"x{at}", *row[1:]] for at, row in enumerate(2 * shop(range(133, 140)))),
        ],
        "volume",
        "warning",
        "day",
        3 * 84,
        None,
        "200 % more than usual",
    ),
    Planted(
        "a third of it",
        lambda: [*shop(range(133)), *shop(range(133, 140), a_day=4)],
        "volume",
        "warning",
        "day",
        28,
        None,
        "67 % fewer than usual",
    ),
    Planted(
        "a text among dates",
        lambda: changed(5, 1, "soon"),
        "not_dates",
        "error",
        "day",
        1,
        says="'soon'",
    ),
    Planted(
        "several texts among dates",
        lambda: [*changed(5, 1, "soon"), ["x", "later", "north", "1"]],
        "not_dates",
        "error",
        "day",
        2,
        1681,
        "2 rows are like that",
    ),
    Planted(
        "the year 3000",
        lambda: changed(5, 1, "3000-01-01"),
        "impossible_dates",
        "error",
        "day",
        1,
        says="3000-01-01",
    ),
    Planted(
        "a text among numbers",
        lambda: changed(5, 3, "n.a."),
        "unreadable",
        "error",
        None,
        None,
        None,
        "'n.a.'",
    ),
    Planted(
        "dates to be read two ways",
        lambda: [["1", "03/04/2026", "north", "1"]],
        "ambiguous_dates",
        "error",
        None,
        None,
        None,
        "two ways",
    ),
    Planted(
        "no gaps after today",
        shop,
        "future_dates",
        "warning",
        "day",
        3 * 12,
        keys=f'covers = ["{day(0)}", "{day(139)}"]',
        as_of=day(136),
    ),
    Planted(
        "an old file",
        shop,
        "stale",
        "warning",
        "day",
        6,
        None,
        "6 days before",
        keys='fresh_within = "2d"',
        as_of=day(145),
    ),
    Planted(
        "a source that stopped",
        shop,
        "stopped",
        "warning",
        "day",
        61,
        None,
        f"no rows since {day(139)}, 61 days before",
        as_of=day(200),
    ),
]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.id)
def test_what_is_planted_is_found_and_nothing_else(planted: Planted, tmp_path: Path) -> None:
    found = diagnosed(
        tmp_path, planted.rows(), keys=planted.keys, kpis=planted.kpis, as_of=planted.as_of
    )
    assert codes(found) == [planted.code, *planted.also]
    one = only(found, planted.code)
    assert (one.severity, one.source, one.column) == (planted.severity, "orders", planted.column)
    if planted.count is not None:
        assert one.count == planted.count
    if planted.count is not None and planted.of is not None:
        assert one.share == planted.count / planted.of
    assert planted.says in one.message


def test_every_code_is_known() -> None:
    assert {planted.code for planted in PLANTED} <= set(CODES)
    assert {planted.severity for planted in PLANTED} == set(SEVERITIES)


SOUND = {
    "closed on Sundays": lambda: shop([n for n in range(140) if n % 7 != 6]),
    "open on Mondays only": lambda: shop(range(0, 140, 7)),
    "one row a day": lambda: shop(a_day=1),
    "one row a month": lambda: shop([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334], 1),
    "a growing shop": lambda: [row for n in range(140) for row in shop([n], a_day=10 + n // 7)],
    "two rows a day, alike but for the id": lambda: [
        [f"{n}-{k}", str(day(n)), "north", "5"] for n in range(140) for k in range(12)
    ],
}


@pytest.mark.parametrize("rows", SOUND.values(), ids=SOUND)
def test_nothing_is_made_of_what_is_usual(rows: Callable[[], list[Row]], tmp_path: Path) -> None:
    assert codes(diagnosed(tmp_path, rows())) == []


@pytest.mark.parametrize(
    "measure",
    [
        "sum(amount, where=not is_null(amount))",
        "sum(coalesce(amount, 0))",
        "count(amount)",
        "sum(amount, where=region != 'north')",
    ],
)
def test_a_null_that_the_tree_speaks_of_is_expected(measure: str, tmp_path: Path) -> None:
    rows = shop()
    for row in rows:
        if row[2] == "north":
            row[3] = ""
    kpis = f'[kpi.amount]\nmeasure = "{measure}"\nsource = "orders"\n'
    found = diagnosed(tmp_path, rows, kpis=kpis)
    assert codes(found) == []
    nulls = {row["column"]: row["nulls"] for row in found.sources[0].columns.iter_rows(named=True)}
    assert nulls["amount"] == (0 if "!=" in measure else 560)


def test_rows_that_a_where_leaves_out_are_no_rows(tmp_path: Path) -> None:
    rows = [*shop(), *([f"x{n}", "2062-01-01", "", ""] for n in range(20))]
    found = diagnosed(tmp_path, rows, keys="where = \"id != 'nothing' and region != ''\"")
    assert codes(found) == []
    assert found.sources[0].rows == 1680


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    write_rows(tmp_path / "orders.csv", shop())
    text = (tmp_path / "orders.csv").read_text("utf-8")
    found = diagnosed(tmp_path, shop())
    (tmp_path / "orders.csv").write_text(text + "\n\n,,,\n", "utf-8")
    from kpitree.pipeline.doctor import doctor  # noqa: PLC0415 - the file was changed between

    again = doctor(found.tree)
    assert codes(again) == []
    assert again.sources[0].rows == 1680


@pytest.mark.parametrize(("copies", "found"), [(2, True), (4, True), (1, False)])
def test_whole_days_repeat(copies: int, found: bool, tmp_path: Path) -> None:
    told = diagnosed(tmp_path, [*shop(), *(row for _ in range(copies - 1) for row in shop([9]))])
    assert ("repeated_days" in codes(told)) is found


def test_a_day_of_which_a_part_repeats_is_no_repeated_day(tmp_path: Path) -> None:
    assert "repeated_days" not in codes(diagnosed(tmp_path, [*shop(), *shop([9])[:11]]))


ENDING = """
[kpi.active]
measure = "count()"
source = "orders"
"""


def test_rows_that_last(tmp_path: Path) -> None:
    header = ("id", "day", "ended", "region")
    rows = [[f"{n}-{k}", str(day(n)), "", "north"] for n in range(140) for k in range(12)]
    rows[3][2] = str(day(-5))
    rows[4][2] = str(day(9))
    write_rows(tmp_path / "orders.csv", rows, header)
    tree = tmp_path / "tree.toml"
    tree.write_text(
        '[tree]\nname = "Shop"\nroot = "active"\n[sources.orders]\npath = "orders.csv"\n'
        f'from = "day"\nto = "ended"\n{ENDING}',
        "utf-8",
    )
    from kpitree.pipeline.doctor import doctor  # noqa: PLC0415
    from kpitree.tree.read import load_tree  # noqa: PLC0415

    found = doctor(load_tree(tree))
    assert codes(found) == ["ends_before_start", "covers_unknown"]
    one = only(found, "ends_before_start")
    assert (one.count, one.column, one.share) == (1, "ended", 1 / 1680)
    assert "line 5" in one.where


def test_texts_and_nulls_among_dates_are_told_apart(tmp_path: Path) -> None:
    rows = changed(5, 1, "soon")
    rows[9][1] = rows[10][1] = ""
    found = diagnosed(tmp_path, rows)
    assert codes(found) == ["not_dates", "null_dates"]
    assert [one.count for one in found.findings] == [1, 2]


TWO = """
[kpi.all]
formula = "amount + costs"
[kpi.amount]
measure = "sum(amount)"
source = "orders"
[kpi.costs]
measure = "sum(col('id'))"
source = "orders"
"""


def test_every_column_with_texts_among_numbers_is_told(tmp_path: Path) -> None:
    rows = [[str(at), *row[1:]] for at, row in enumerate(shop())]
    rows[3][3], rows[7][0] = "oops", "bad"
    rows[2][2] = ""
    found = diagnosed(tmp_path, rows, kpis=TWO)
    assert codes(found) == ["unreadable", "unreadable", "nulls"]
    assert sorted(one.message.partition(", but ")[2] for one in found.findings[:2]) == [
        "holds the text 'bad'",
        "holds the text 'oops'",
    ]


def test_a_mistake_is_told_once(tmp_path: Path) -> None:
    """A line with too few fields makes a text stand among numbers, too."""
    rows = [[str(at), *row[1:]] for at, row in enumerate(shop())]
    rows[3] = [*rows[3][:2], "x", "oops", "and more"]
    found = diagnosed(tmp_path, rows, kpis=TWO)
    assert codes(found) == ["unreadable"]
    assert found.findings[0].message == "line 5 has 5 fields, the header has 4"
