"""One screen: what fits where, and what colour and marks say."""

import re
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

import pytest
from rich.cells import cell_len
from rich.spinner import Spinner

from kpitree.analysis.results.evaluation import Evaluation
from kpitree.errors import KpiTreeError, Notice, TreeError, TreeErrors
from kpitree.render.drawing import draw
from kpitree.render.messages import error_text, notice_text
from kpitree.render.paint import painted, words
from kpitree.render.progress import _Sign
from kpitree.render.sparkline import sparkline
from kpitree.render.style import Style
from kpitree.render.table import render

Golden = Callable[[str, str], None]


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
@pytest.mark.parametrize("name", ["sales", "by_region", "two_periods", "hostile", "wide"])
def test_no_line_is_wider_than_the_terminal(
    name: str, width: int, request: pytest.FixtureRequest
) -> None:
    text = render(request.getfixturevalue(name), Style(width=width))
    assert max(map(cell_len, text.splitlines())) <= width
    assert not [line for line in text.splitlines() if line.endswith(" ")]


@pytest.mark.parametrize("width", [100, 80, 60])
def test_screens(width: int, sales: Evaluation, golden: Golden) -> None:
    golden(f"sales_{width}.txt", render(sales, Style(width=width)))


def test_a_screen_of_100_columns_has_every_column_but_the_limits(sales: Evaluation) -> None:
    text = render(sales, Style(width=100))
    titles = text.splitlines()[2:4]
    assert " ".join(titles).split() == [
        *("vs", "last"),
        *("KPI", "actual", "target", "target", "%", "previous", "year", "status", "trend"),
    ]
    assert "no room for: natural limits\n" in text


def test_columns_give_way_before_numbers_do(sales: Evaluation) -> None:
    for width in range(24, 130):
        text = render(sales, Style(width=width))
        assert re.search(r"2,802,480(\.00)? ", text)
        assert re.search(r"(−6\.6 %|✗ off track)", text)
    assert "no room for: last year, trend, natural limits\n" in render(sales, Style(width=80))


def test_the_driver_lines_add_up_to_the_change(sales: Evaluation) -> None:
    for width in (None, 100, 60):
        text = render(sales, Style(width=width))
        for table in re.findall(r"^drivers .*\n(?:.+\n)+", text, re.MULTILINE):
            rows = [re.findall(r"[−+][\d,.]+", line) for line in table.splitlines()[1:]]
            assert len(rows) == 4
            for column in zip(*rows, strict=True):
                *lines, total = map(_number, column)
                assert sum(lines) == total


def _number(text: str) -> int:
    return int(re.sub(r"[,.+]", "", text).replace("−", "-"))


def test_colour_changes_nothing_but_the_colour(sales: Evaluation) -> None:
    colored = render(sales, Style(width=100, color=True))
    assert "\x1b[31m✗ off track" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render(sales, Style(width=100))


@pytest.mark.parametrize("width", [60, 100])
@pytest.mark.parametrize("name", ["sales", "by_region", "hostile", "wide"])
def test_colour_takes_no_room(name: str, width: int, request: pytest.FixtureRequest) -> None:
    evaluation = request.getfixturevalue(name)
    colored = render(evaluation, Style(width=width, color=True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render(evaluation, Style(width=width))


@pytest.mark.parametrize("style", [Style(), Style(color=True), Style(width=60, color=True)])
def test_the_environment_decides_on_nothing(
    style: Style, sales: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = render(sales, style)
    for name, value in {
        "NO_COLOR": "1",
        "FORCE_COLOR": "1",
        "TERM": "dumb",
        "COLUMNS": "20",
        "LINES": "3",
        "COLORTERM": "truecolor",
        "TTY_INTERACTIVE": "1",
        "TTY_COMPATIBLE": "1",
    }.items():
        monkeypatch.setenv(name, value)
        assert render(sales, style) == before


def test_off_a_terminal_nothing_is_cut_or_wrapped(wide: Evaluation) -> None:
    text = render(wide, Style())
    assert "取引" * 40 in text
    assert re.search("X?x{149} ", text)


def test_words_behind_many_branches_are_wrapped_not_cut(build: ModuleType) -> None:
    kpis = [build.branch(f"k{at}", f"k{at + 1}", label=f"level {at}") for at in range(12)]
    tree = build.tree_of(*kpis, build.leaf("k12", label="abc defg hijkl mnopqr stu vwxyz"))
    known = [build.Known(kpi=f"k{at}", value=1_234_567.0) for at in range(13)]
    text = render(build.evaluation(tree, known), Style(width=48))
    assert text.count("1,234,567") == 13
    assert re.findall("[a-z]+", text.partition("level 11")[2]) == [
        *("abc", "defg", "hijkl", "mnopqr", "stu", "vwxyz"),
    ]


def test_numbers_stay_whole_where_nothing_fits(sales: Evaluation) -> None:
    text = render(sales, Style(width=20))
    assert "2,802,480" in text
    assert "…" not in text


def test_implied_targets_are_marked(build: ModuleType) -> None:
    known = [
        build.Known(
            kpi="revenue",
            value=90.0,
            target_implied=100.0,
            status="off_track",
            against=(build.Against(vs="target", reference=100.0, label="target (implied)"),),
        )
    ]
    text = render(build.evaluation(build.sales_tree(), known), Style())
    assert "*100.00" in text
    assert "* target implied by the targets of what it is computed from" in text


def test_a_partial_period_says_so(sales: Evaluation) -> None:
    period = replace(sales.period, complete=False, covered_days=12)
    assert " · partial 12/31 d · " in render(replace(sales, periods=(period,)), Style())


def test_columns_that_have_nothing_are_left_out(build: ModuleType) -> None:
    known = [build.Known(kpi="deals", value=3.0)]
    text = render(build.evaluation(build.tree_of(build.leaf("deals")), known), Style())
    assert text.splitlines()[2:] == ["KPI    actual", "Deals       3"]


def test_reasons_stand_below(build: ModuleType) -> None:
    late = build.Against(vs="previous", reference=None, reason="2026-09 is not covered")
    never = build.Against(vs="target", reference=None, reason="no target")
    known = [build.Known(kpi=kpi, value=1.0, against=(never, late)) for kpi in ("a", "b")]
    tree = build.tree_of(build.leaf("a"), build.leaf("b"))
    lines = render(build.evaluation(tree, known), Style()).splitlines()
    assert lines[-1] == "– previous: 2026-09 is not covered"
    assert "no target" not in "".join(lines)


def test_from_a_base_of_0_the_change_itself_is_shown(build: ModuleType) -> None:
    known = [
        build.Known(kpi="a", value=5.0, against=(build.Against(vs="previous", reference=0.0),))
    ]
    text = render(build.evaluation(build.tree_of(build.leaf("a")), known), Style())
    assert text.splitlines()[-1].split() == ["A", "5", "+5"]


def test_several_periods_compared_with_are_several_columns(build: ModuleType) -> None:
    against = tuple(
        build.Against(vs="period", label=label, reference=reference)
        for label, reference in (("2026-01", 4.0), ("2026-02", 8.0))
    )
    known = [build.Known(kpi="a", value=5.0, against=against)]
    text = render(build.evaluation(build.tree_of(build.leaf("a")), known), Style())
    assert text.splitlines()[2].split() == ["KPI", "actual", "2026-01", "2026-02"]
    assert text.splitlines()[3].split() == ["A", "5", "+25.0", "%", "−37.5", "%"]


# --- pieces --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], "▁▂▃▄▅▆▇█"),
        ([0.0, None, 1.0], "▁ █"),
        ([5.0, 5.0], "▄▄"),
        ([-1e308, 1e308], "▁█"),
        ([None], ""),
        ([], ""),
    ],
)
def test_sparklines(values: list[float | None], drawn: str) -> None:
    assert sparkline(values) == drawn


def test_a_number_and_its_unit_stay_on_one_line() -> None:
    text = painted([words("by 197.5 k (−6.6 %)")], width=9, color=False)
    assert text.splitlines() == ["by", "197.5 k", "(−6.6 %)"]


def test_words_wider_than_a_line_are_broken() -> None:
    text = painted([words("売上売上 a")], width=5, color=False)
    assert text.splitlines() == ["売上", "売上", "a"]


# --- messages ------------------------------------------------------------------------------


def test_messages_say_what_where_and_what_to_try() -> None:
    first = TreeError(
        "there is no KPI 'deal'",
        where="sales.toml:12",
        hint="did you mean 'deals'?",
        excerpt=('12 | formula = "deal"', "   |            ^^^^"),
    )
    second = TreeError("\x1b[31m[kpi.revenue]\n:smile:")
    assert error_text(TreeErrors([first, second])) == (
        "error: sales.toml:12: there is no KPI 'deal'\n"
        '  12 | formula = "deal"\n'
        "     |            ^^^^\n"
        "hint: did you mean 'deals'?\n"
        "error: \\x1b[31m[kpi.revenue]\\n:smile:\n"
    )


def test_messages_in_colour() -> None:
    error = KpiTreeError("no [bold]x[/]")
    assert error_text(error, color=True) == "\x1b[1;31merror: \x1b[0mno [bold]x[/]\n"
    notice = Notice(code="null_dates", message="3 rows")
    assert notice_text(notice) == "warning: 3 rows\n"
    assert notice_text(notice, color=True) == "\x1b[33mwarning: \x1b[0m3 rows\n"


def test_what_is_being_done_is_no_markup() -> None:
    sign = _Sign("[bold]reading[/] :smile:")
    sign.show()
    sign.end()
    assert sign.status is not None
    assert isinstance(sign.status.renderable, Spinner)
    assert str(sign.status.renderable.text) == "[bold]reading[/] :smile:"


# --- show ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "file"), [("table", "txt"), ("mermaid", "mmd"), ("dot", "dot")])
def test_drawings(form: str, file: str, build: ModuleType, golden: Golden) -> None:
    golden(f"show.{file}", draw(build.sales_tree(), form, Style()))


def test_a_drawing_fits_its_terminal(build: ModuleType, golden: Golden) -> None:
    text = draw(build.sales_tree(), "table", Style(width=60))
    golden("show_60.txt", text)
    assert max(map(cell_len, text.splitlines())) <= 60


def test_drawings_escape_labels(build: ModuleType) -> None:
    tree = build.tree_of(build.leaf("deals", label='a"]; b\\ <b>\n'))
    assert draw(tree, "mermaid", Style()).splitlines()[1] == (
        '    k0["a#34;#93;#59; b#92; #60;b#62;#92;n"]'
    )
    assert '[label="a\\"]; b\\\\ <b>\\\\n"]' in draw(tree, "dot", Style())
