"""The pictures of `kpitree trend`: what every format keeps, and the files that show them."""

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import StringIO
from typing import Any

import polars as pl
import pytest
from rich.cells import cell_len

from kpitree.analysis.lead import Lag, Lead, Taken
from kpitree.analysis.promise import BY_OPERANDS
from kpitree.analysis.results.period import PeriodInfo
from kpitree.analysis.results.trend import Trend
from kpitree.analysis.signal import Reading, readings
from kpitree.calendar import Grain, Span
from kpitree.errors import Notice
from kpitree.render.formats import ENDINGS, FORMATS
from kpitree.render.style import Style
from kpitree.tables import POINTS, SEGMENT
from kpitree.tree.model import Tree
from render.changes import branch, leaf, tree_of

Golden = Callable[[str, str], None]

ENDING_OF = {name: ending for ending, name in ENDINGS.items()}
CHART = Style(chart=True)
TREE = tree_of(
    branch("revenue", "visits * rate", unit="currency"),
    leaf("visits", unit="visits", leads=("revenue",), indicator="leading"),
    leaf("rate", unit="percent"),
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """The points of a KPI or segment to be; limits and signals as they follow from its values."""

    kpi: str
    values: Sequence[float | None]
    segment: tuple[str, ...] = ()
    targets: Sequence[float | None] = ()
    implied: str | None = None  # by what
    reason: str | None = None
    target_reason: str | None = None
    anew: tuple[int, ...] = ()
    running: int | None = None  # days of the last period


def month(at: int) -> date:
    return date(2025 + at // 12, at % 12 + 1, 1)


def told(said: Reading) -> str:
    return "signal" if said.rule else "noise"


def rows_of(line: Line, dimensions: Sequence[str]) -> list[dict[str, Any]]:
    found = readings(line.values, line.anew)
    targets = [*line.targets, *[None] * (len(line.values) - len(line.targets))]
    rows = []
    for at, (value, said) in enumerate(zip(line.values, found, strict=True)):
        start, end = month(at), month(at + 1)
        running = line.running if at == len(found) - 1 else None
        centre, low, high = said.limits if said.limits and not running else (None, None, None)
        segments = dict.fromkeys(dimensions) | dict(zip(dimensions, line.segment, strict=False))
        rows.append(
            {
                "kpi": line.kpi,
                **{SEGMENT + name: segment for name, segment in segments.items()},
                "period": start.isoformat()[:7],
                "start": start,
                "end": end,
                "days": (end - start).days,
                "covered_days": running or (end - start).days,
                "value": value,
                "reason": line.reason if value is None else None,
                "target": targets[at],
                "implied": None if targets[at] is None else line.implied is not None,
                "implied_by": None if targets[at] is None else line.implied,
                "target_reason": line.target_reason if targets[at] is None else None,
                "centre": centre,
                "lower": low,
                "upper": high,
                "signal": None if value is None or centre is None else told(said),
                "rule": None if value is None or centre is None else said.rule,
                "new_baseline": at in line.anew,
            }
        )
    return rows


def trend_of(*lines: Line, dimensions: tuple[str, ...] = (), **about: Any) -> Trend:
    segments = dict.fromkeys([SEGMENT + name for name in dimensions], pl.String)
    rows = [row for line in lines for row in rows_of(line, dimensions)]
    count = max((len(line.values) for line in lines), default=1)
    span = Span(month(count - 1), month(count), month(count - 1).isoformat()[:7], Grain.MONTH)
    running = next((line.running for line in lines if line.running), None)
    fields: dict[str, Any] = {
        "tree": TREE,
        "grain": Grain.MONTH,
        "as_of": None,
        "period": PeriodInfo(
            span=span, complete=running is None, covered_days=running or span.days
        ),
        "dimensions": dimensions,
        "limits": "mean",
        "points": pl.DataFrame(rows, schema={"kpi": pl.String, **segments, **POINTS}),
        "leads": (),
    }
    return Trend(**(fields | about))


def lag(at: int, correlation: float, lower: float, upper: float) -> Lag:
    return Lag(lag=at, n=23 - at, effective=20.5, correlation=correlation, lower=lower, upper=upper)


LAGS = (lag(0, 0.1, -0.5, 0.6), lag(1, -0.75, -0.94, -0.25), lag(2, 1 / 3, -0.3, 0.8))
FLOW, PLAIN = Taken(relative=True, per_day=True), Taken(relative=False, per_day=False)
LEADS = Lead(
    kpi="visits",
    follower="revenue",
    verdict="leads",
    at=LAGS[1],
    reason=None,
    lags=LAGS,
    taken=(FLOW, FLOW),
)
CALM = [49.0, 51.0] * 6


def course() -> Trend:
    """A signal, targets of its own and implied, a gap, and a KPI that is judged anew."""
    visits = [*CALM, 60.0, 50.0]
    rate = [0.10, 0.12, None, 0.11, 0.10, 0.12, 0.11, 0.10, 0.12, 0.11, 0.10, 0.12, 0.11, 0.13]
    revenue = [
        None if share is None else one * share * 1000
        for one, share in zip(visits, rate, strict=True)
    ]
    return trend_of(
        Line(
            kpi="revenue",
            values=revenue,
            targets=[6000.0] * 14,
            implied=BY_OPERANDS.by,
            reason="no rows",
        ),
        Line(kpi="visits", values=visits, targets=[55.0] * 6 + [60.0] * 8),
        Line(kpi="rate", values=rate, anew=(7,), reason="no rows"),
        leads=(LEADS,),
    )


def by_region() -> Trend:
    """A whole and its segments, of which one begins late."""
    return trend_of(
        Line(kpi="visits", values=[*CALM, 50.0, 40.0], targets=[50.0] * 14),
        Line(kpi="visits", segment=("EMEA",), values=[one / 2 for one in (*CALM, 50.0, 30.0)]),
        Line(
            kpi="visits",
            segment=("APAC",),
            values=[*[None] * 12, 25.0, 25.0],
            reason="the data of visits starts 2026-01-01",
        ),
        Line(kpi="rate", values=[0.1] * 14),
        Line(kpi="rate", segment=("EMEA",), values=[0.1, 0.2] * 7),
        Line(kpi="rate", segment=("APAC",), values=[None] * 14, reason="division by zero"),
        dimensions=("region",),
    )


def running() -> Trend:
    return trend_of(
        Line(kpi="visits", values=[*CALM, 50.0, 20.0], targets=[50.0] * 13 + [21.4], running=12)
    )


def short() -> Trend:
    """Too short for limits; what leads what cannot be told."""
    reason = "only 2 pairs of changes are known, and 12 are needed"
    found = replace(LEADS, verdict="cannot_be_told", at=None, reason=reason, lags=())
    return trend_of(
        Line(kpi="revenue", values=[1000.0, 1100.0, 990.5], target_reason="no target for 2025-03"),
        Line(kpi="visits", values=[3.0, 5.0, 4.0]),
        leads=(found,),
    )


def single() -> Trend:
    """One period, and one KPI that never had a value."""
    return trend_of(
        Line(kpi="visits", values=[5.0]), Line(kpi="rate", values=[None], reason="no rows")
    )


def empty() -> Trend:
    return trend_of()


HOSTILE = "\x1b[31mEMEA\u202e | [x](y) *b* =1+1 ```"


def hostile() -> Trend:
    tree = tree_of(
        leaf("visits", label=f"[bold]{HOSTILE}", unit="=cmd|' /C calc'!A0", leads=("rate",)),
        leaf("rate", label=HOSTILE),
        name=HOSTILE,
    )
    lead = Lead(
        kpi="visits",
        follower="rate",
        verdict="cannot_be_told",
        at=None,
        reason=f"{HOSTILE} changes by the same every time",
        lags=(),
        taken=(FLOW, PLAIN),
    )
    notice = Notice(code="no_value", message=HOSTILE)
    return trend_of(
        Line(kpi="visits", values=[1.0, 2.0]),
        Line(kpi="visits", values=[1.0, None], segment=(HOSTILE, "a"), reason=HOSTILE),
        dimensions=("kpi", "value"),
        tree=tree,
        leads=(lead,),
        warnings=(notice, notice),
    )


ANSWERS: dict[str, Callable[[], Trend]] = {
    "course": course,
    "by_region": by_region,
    "running": running,
    "short": short,
    "single": single,
    "empty": empty,
    "hostile": hostile,
}
WITH_CHARTS = ("table", "markdown")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("answer", ["course", "by_region", "hostile"])
def test_golden(answer: str, name: str, golden: Golden) -> None:
    text = FORMATS[name](ANSWERS[answer](), Style())
    golden(f"trend_{answer}{ENDING_OF.get(name, f'.{name}')}", text)


@pytest.mark.parametrize("answer", ["running", "short", "single", "empty"])
def test_golden_screens(answer: str, golden: Golden) -> None:
    golden(f"trend_{answer}.txt", FORMATS["table"](ANSWERS[answer](), Style()))


@pytest.mark.parametrize("answer", ANSWERS)
def test_golden_charts(answer: str, golden: Golden) -> None:
    golden(f"trend_chart_{answer}.txt", FORMATS["table"](ANSWERS[answer](), CHART))


def test_golden_charts_in_markdown(golden: Golden) -> None:
    golden("trend_chart_hostile.md", FORMATS["markdown"](hostile(), CHART))


def test_golden_chart_in_ascii(golden: Golden) -> None:
    golden("trend_chart_ascii.txt", FORMATS["table"](course(), replace(CHART, ascii=True)))


def test_colours(golden: Golden) -> None:
    golden("trend_colour.txt", FORMATS["table"](course(), Style(color=True)))
    golden("trend_chart_colour.txt", FORMATS["table"](course(), replace(CHART, color=True)))


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_narrow_screens(width: int, golden: Golden) -> None:
    text = FORMATS["table"](course(), Style(width=width))
    golden(f"trend_course_{width}.txt", text)
    assert max(map(cell_len, text.splitlines())) <= width


@pytest.mark.parametrize("width", [40, 60, 80, 120, 300])
@pytest.mark.parametrize("answer", ANSWERS)
def test_charts_are_no_wider_than_the_screen(answer: str, width: int) -> None:
    text = FORMATS["table"](ANSWERS[answer](), replace(CHART, width=width))
    assert max(map(cell_len, text.splitlines())) <= width


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("chart", [False, True])
def test_words_are_data(name: str, answer: str, chart: bool) -> None:
    text = FORMATS[name](ANSWERS[answer](), Style(chart=chart and name in WITH_CHARTS))
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)
    assert not any(line.endswith(" ") for line in text.splitlines() if name == "table")


@pytest.mark.parametrize("answer", ["course", "by_region", "running", "short", "single", "empty"])
@pytest.mark.parametrize("name", [name for name in FORMATS if name != "markdown"])
@pytest.mark.parametrize("chart", [False, True])
def test_ascii(name: str, answer: str, chart: bool) -> None:
    style = Style(ascii=True, chart=chart and name in WITH_CHARTS)
    assert FORMATS[name](ANSWERS[answer](), style).isascii()


# --- the same in every format ------------------------------------------------------------------


FIGURES = ("value", "target", "centre", "lower", "upper")
JUDGED = ("signal", "rule")


@pytest.mark.parametrize("answer", ["course", "by_region", "running", "short", "hostile"])
def test_all_formats_have_the_same_points(answer: str) -> None:
    found = ANSWERS[answer]()
    expected = found.points.select("period", *FIGURES, *JUDGED).rows()
    told = json.loads(FORMATS["json"](found, Style()))
    of_json = [point for kpi in told["kpis"] for point in kpi["points"]]
    assert [
        tuple(one[name] for name in ("period", *FIGURES, *JUDGED)) for one in of_json
    ] == expected
    lines = [json.loads(line) for line in FORMATS["jsonl"](found, Style()).splitlines()]
    of_lines = [line for line in lines if line["row"] == "point"]
    names = ("period", "segment_value" if answer == "hostile" else "value", *FIGURES[1:], *JUDGED)
    if answer != "hostile":
        assert [tuple(one[name] for name in names) for one in of_lines] == expected
    for name, delimiter in (("csv", ","), ("tsv", "\t")):
        rows = list(csv.reader(StringIO(FORMATS[name](found, Style())), delimiter=delimiter))
        at = [rows[0].index(column) for column in ("period", *FIGURES, *JUDGED)]
        texts = [[row[place] for place in at] for row in rows[1:] if row[0] == "point"]
        assert [as_read(row) for row in texts] == expected
    plain = [line.split("\t") for line in FORMATS["plain"](found, Style()).splitlines()]
    assert [as_read(fields[-8:]) for fields in plain] == expected
    assert {len(fields) for fields in plain} == {9 + len(found.dimensions)}


def as_read(fields: Sequence[str]) -> tuple[Any, ...]:
    period, *figures, signal, rule = fields
    numbers = (float(one) if one else None for one in figures)
    return (period, *numbers, signal or None, rule or None)


def test_all_formats_have_the_same_lags() -> None:
    found = course()
    expected = [(one.lag, one.n, one.correlation, one.lower, one.upper) for one in LAGS]
    (told,) = json.loads(FORMATS["json"](found, Style()))["leads"]
    assert (told["verdict"], told["lag"]) == ("leads", 1)
    assert [
        (one["lag"], one["n"], one["correlation"], one["lower"], one["upper"])
        for one in told["lags"]
    ] == expected
    rows = csv.DictReader(StringIO(FORMATS["csv"](found, Style())))
    names = ("lag", "n", "correlation", "correlation_lower", "correlation_upper")
    of_leads = [row for row in rows if row["row"] == "lead"]
    assert [tuple(float(row[name]) for name in names) for row in of_leads] == expected
    assert {row["at_lag"] for row in of_leads} == {"1"}
    for name in ("table", "markdown"):
        assert told["sentence"] in FORMATS[name](found, Style()).replace("\\", "")


def test_a_pair_without_lags_is_a_row_too() -> None:
    rows = list(csv.DictReader(StringIO(FORMATS["csv"](short(), Style()))))
    (row,) = (row for row in rows if row["row"] == "lead")
    assert (row["leads"], row["verdict"], row["lag"], row["n"]) == (
        *("revenue", "cannot_be_told", "", ""),
    )


# --- what is said ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {},
            (
                "Visits leads Revenue by 1 month, the other way round: the correlation of their"
                " relative changes per day is −0.75 (−0.94 to −0.25; 22 pairs); a season that both"
                " share can look like this, too."
            ),
        ),
        (
            {"at": lag(2, 0.5, 0.1, 0.8)},
            (
                "Visits leads Revenue by 2 months: the correlation of their relative changes"
                " per day is 0.50 (0.10 to 0.80; 21 pairs); a season that both share can look like"
                " this, too."
            ),
        ),
        (
            {"verdict": "together", "at": lag(0, 0.5, 0.1, 0.8)},
            (
                "Visits moves together with Revenue, in the same month: the correlation of their"
                " relative changes per day is 0.50 (0.10 to 0.80; 23 pairs); a season that both"
                " share can look like this, too."
            ),
        ),
        (
            {"verdict": "together", "at": lag(0, -0.5, -0.8, -0.1), "taken": (FLOW, PLAIN)},
            (
                "Visits moves against Revenue, in the same month: the correlation of the"
                " relative changes per day of Visits with the changes of Revenue is −0.50 (−0.80 to"
                " −0.10; 23 pairs); a season that both share can look like this, too."
            ),
        ),
        (
            {"verdict": "not_seen", "at": None, "taken": (PLAIN, PLAIN)},
            (
                "That Visits leads Revenue is not seen: the strongest correlation of their changes"
                " is −0.75 (−0.94 to −0.25; 22 pairs) at 1 month, which chance can give."
            ),
        ),
        (
            {"verdict": "cannot_be_told", "at": None, "reason": "Visits changes by the same"},
            "Whether Visits leads Revenue cannot be told: Visits changes by the same.",
        ),
    ],
)
def test_sentences_of_leads(changes: dict[str, Any], said: str) -> None:
    found = replace(course(), leads=(replace(LEADS, **changes),))
    assert json.loads(FORMATS["json"](found, Style()))["leads"][0]["sentence"] == said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([60.0], "2026-01: above the limits"),
        ([40.0], "2026-01: below the limits"),
        ([53.5] * 3, "2026-03: 3 of 4 near the upper limit"),
        ([46.5] * 3, "2026-03: 3 of 4 near the lower limit"),
        ([49.0, *[51.5] * 8], "2026-09: 8 in a row above the centre"),
        ([48.5] * 8, "2026-08: 8 in a row below the centre"),
        ([60.0, 50.0, 20.0], "2026-03: below the limits; 1 earlier"),
        ([50.0], "none"),
    ],
)
def test_signals_in_words(more: list[float], said: str) -> None:
    text = FORMATS["table"](trend_of(Line(kpi="visits", values=[*CALM, *more])), Style())
    assert said in text


def test_marks_stand_below_their_values() -> None:
    lines = FORMATS["table"](course(), Style()).splitlines()
    titles = next(line for line in lines if line.startswith("KPI"))
    at = next(place for place, line in enumerate(lines) if "Visits" in line)
    start = titles.index("trend")
    assert lines[at][start : start + 14] == "▁▂" * 6 + "█▁"
    assert lines[at + 1][start : start + 14].rstrip() == " " * 12 + "^"


def test_a_hundred_kpis() -> None:
    tree = Tree(
        name="Many",
        root="k0",
        file=TREE.file,
        sources={},
        kpis={f"k{at}": leaf(f"k{at}") for at in range(100)},
    )
    lines = [Line(kpi=f"k{at}", values=[*CALM, 40.0 + at / 5]) for at in range(100)]
    text = FORMATS["table"](trend_of(*lines, tree=tree), Style())
    drawn = [line for line in text.splitlines() if line.startswith("K") and "▁" in line]
    assert len(drawn) == 100
    assert text.count("above the limits") == len([at for at in range(100) if 40 + at / 5 > 55.32])
    assert len(text.splitlines()) < 220


def test_extremes_of_size() -> None:
    found = trend_of(Line(kpi="revenue", values=[1.7e308, -1.7e308, 0.0, 5e-324]))
    for name in FORMATS:
        assert "inf" not in FORMATS[name](found, Style())
    chart = FORMATS["table"](found, CHART)
    assert "inf" not in chart
    assert "nan" not in chart


@pytest.mark.parametrize("value", [0.0, 5.0, -5.0, 1e308])
def test_a_chart_of_what_does_not_move(value: float) -> None:
    text = FORMATS["table"](trend_of(Line(kpi="visits", values=[value] * 3)), CHART)
    drawing = [line for line in text.splitlines() if "│" in line or "┤" in line]
    assert len(drawing) == 11
    assert ["⠤" in line or "⠒" in line for line in drawing].count(True) == 1


def test_the_chart_joins_neighbours_only() -> None:
    """A missing value leaves a gap: no dot between the cells of its neighbours."""
    text = FORMATS["table"](trend_of(Line(kpi="visits", values=[1.0, None, 1.0])), CHART)
    dots = "".join(char for line in text.splitlines() for char in line if "⠁" <= char <= "⣿")
    assert len(dots.removesuffix("⠤")) == 2  # the legend has one more


def test_steps_follow_the_targets() -> None:
    text = FORMATS["table"](
        trend_of(Line(kpi="visits", values=[5.0] * 4, targets=[0.0, 0.0, 10.0, 10.0])), CHART
    )
    rows = [line for line in text.splitlines() if "│" in line or "┤" in line]
    assert rows[0].index("╌") > 41 >= rows[-1].rindex("╌")
    assert rows[0].count("╌") + rows[-1].count("╌") == len(rows[0][rows[0].index("┤") + 1 :])
    assert all("╌" not in row for row in rows[1:-1])
