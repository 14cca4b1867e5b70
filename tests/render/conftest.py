"""Small evaluations made by hand: no files, no evaluator, every figure written down here."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from kpitree.analysis.attribution.contract import Attribution, Line
from kpitree.analysis.promise import BY_OPERANDS
from kpitree.analysis.results.evaluation import Evaluation
from kpitree.analysis.results.period import PeriodInfo
from kpitree.calendar import Grain, Span
from kpitree.errors import Notice
from kpitree.tables import COMPARISONS, HISTORY, KPIS, LIMITS, SEGMENT
from kpitree.tree.model import Branch, Leaf, Node, PlainTarget, Source, Tree
from kpitree.tree.parsing import parse_formula, parse_measure


@pytest.fixture
def build() -> ModuleType:
    """The builders of this file; test files are no packages and cannot import it."""
    return sys.modules[__name__]


GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Assert that a text is what golden/<name> holds; record it first with --rewrite."""

    def check(name: str, text: str) -> None:
        file = GOLDEN / name
        if request.config.getoption("--rewrite"):
            file.write_text(text, "utf-8", newline="")
        assert text == file.read_bytes().decode()

    return check


# --- the tree ------------------------------------------------------------------------------

DEALS = Source(
    id="deals",
    path="deals.csv",
    location="deals.csv",
    time="opened_on",
    dimensions={"region": "region", "channel": "channel"},
)


def leaf(kpi: str, **about: object) -> Leaf:
    fields: dict[str, object] = {"label": kpi.replace("_", " ").capitalize()}
    fields |= {"measure": parse_measure("count()"), "source": "deals"} | about
    return Leaf(id=kpi, **fields)  # type: ignore[arg-type]  # mixed kinds of fields


def branch(kpi: str, formula: str, **about: object) -> Branch:
    fields: dict[str, object] = {"label": kpi.replace("_", " ").capitalize()}
    fields |= {"formula": parse_formula(formula)} | about
    return Branch(id=kpi, **fields)  # type: ignore[arg-type]  # mixed kinds of fields


def tree_of(*kpis: Node, name: str = "Sales", root: str | None = None) -> Tree:
    return Tree(
        name=name,
        root=root or kpis[0].id,
        file=Path("sales.toml"),
        currency="EUR",
        segments=("region", "channel"),
        sources={"deals": DEALS},
        kpis={kpi.id: kpi for kpi in kpis},
    )


def tree_of_formulas(text: str, root: str | None = None) -> Tree:
    """A KPI a line: `revenue = deals * rate`; what has no formula is counted."""
    return tree_of(
        *(
            branch(line.split(" = ")[0], line.split(" = ")[1]) if " = " in line else leaf(line)
            for line in (line.strip() for line in text.strip().splitlines())
        ),
        root=root,
    )


def sales_tree() -> Tree:
    return tree_of(
        branch(
            "revenue",
            "deals * close_rate * order_value",
            unit="currency",
            target=PlainTarget(value=3_000_000.0),
            role="kgi",
            owner="Head of Sales",
        ),
        leaf("deals", target=PlainTarget(value=2_000.0), controllable=True),
        leaf(
            "close_rate",
            measure=parse_measure("count(where=stage == 'won') / count()"),
            unit="percent",
            target=PlainTarget(value=0.62),
        ),
        branch(
            "order_value",
            "won_amount / won",
            unit="currency",
            driver=True,
            target=PlainTarget(value=2_400.0),
        ),
        leaf("won_amount", measure=parse_measure("sum(amount)"), unit="currency"),
        leaf("won", unit="deals"),
        leaf("active_reps"),
    )


# --- evaluations ---------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Against:
    """A comparison to be: its reference, and what the frames say beside it."""

    vs: str
    reference: float | None
    label: str = ""
    signal: str | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Known:
    """A row of KPIS to be, with its comparisons and its history."""

    kpi: str
    value: float | None
    target: float | None = None
    target_implied: float | None = None
    reason: str | None = None
    target_reason: str | None = None
    status: str = "no_target"
    limits: tuple[float, float, float] | None = None  # centre, lower, upper
    rule: str | None = None
    period: str = "2026-10"
    segment: Mapping[str, str] = field(default_factory=dict)
    against: tuple[Against, ...] = ()
    history: tuple[float | None, ...] = ()


MONTHS = [f"2025-{month:02}" for month in (11, 12)] + [f"2026-{month:02}" for month in range(1, 11)]
OCTOBER = PeriodInfo(
    span=Span(date(2026, 10, 1), date(2026, 11, 1), "2026-10", Grain.MONTH),
    complete=True,
    covered_days=31,
)
SEPTEMBER = PeriodInfo(
    span=Span(date(2026, 9, 1), date(2026, 10, 1), "2026-09", Grain.MONTH),
    complete=True,
    covered_days=30,
)


def evaluation(
    tree: Tree,
    known: list[Known],
    *,
    attributions: tuple[Attribution, ...] = (),
    dimensions: tuple[str, ...] = (),
    periods: tuple[PeriodInfo, ...] = (OCTOBER,),
    warnings: tuple[Notice, ...] = (),
) -> Evaluation:
    """The frames that these rows make, in their order."""
    references = dict.fromkeys(each.vs for row in known for each in row.against)
    return Evaluation(
        tree=tree,
        grain=Grain.MONTH,
        as_of=date(2026, 11, 5),
        periods=periods,
        dimensions=dimensions,
        references=tuple(references),
        kpis=_frame(KPIS | LIMITS, dimensions, [_kpi_row(row) for row in known]),
        comparisons=_frame(
            COMPARISONS,
            dimensions,
            [_comparison_row(tree, row, each) for row in known for each in row.against],
        ),
        history=_frame(HISTORY, dimensions, [each for row in known for each in _history(row)]),
        depths=_depths(tree),
        parents={
            kpi: tuple(other for other in tree.kpis if kpi in tree.operands(other))
            for kpi in tree.kpis
        },
        attributions=attributions,
        warnings=warnings,
    )


def _frame(
    schema: Mapping[str, type[pl.DataType]],
    dimensions: tuple[str, ...],
    rows: list[dict[str, object]],
) -> pl.DataFrame:
    columns: dict[str, type[pl.DataType]] = {"kpi": pl.String}
    columns |= {SEGMENT + dimension: pl.String for dimension in dimensions}
    columns |= schema
    return pl.DataFrame([{name: row.get(name) for name in columns} for row in rows], schema=columns)


def _place(row: Known) -> dict[str, object]:
    segment = {SEGMENT + dimension: value for dimension, value in row.segment.items()}
    return {"kpi": row.kpi, "period": row.period, "value": row.value, **segment}


def _kpi_row(row: Known) -> dict[str, object]:
    attainment = None if None in (row.value, row.target) else row.value / row.target  # type: ignore[operator]  # mypy does not follow `in`
    source = BY_OPERANDS if row.target is None and row.target_implied is not None else None
    return _place(row) | {
        "reason": row.reason,
        "target": row.target,
        "target_implied": row.target_implied,
        "implied_kind": source.kind if source else None,
        "implied_by": source.by if source else None,
        "target_reason": row.target_reason,
        "attainment": attainment,
        "status": row.status,
        **dict(zip(LIMITS, row.limits or (), strict=False)),
        "rule": row.rule,
    }


def _comparison_row(tree: Tree, row: Known, found: Against) -> dict[str, object]:
    change = percent = favourable = None
    if row.value is not None and found.reference is not None:
        change = row.value - found.reference
        percent = change / abs(found.reference) if found.reference else None
        favourable = (change > 0) == (tree.kpis[row.kpi].direction == "up") if change else None
    return _place(row) | {
        "vs": found.vs,
        "label": found.label or found.vs,
        "reference": found.reference,
        "change": change,
        "percent": percent,
        "favourable": favourable,
        "signal": found.signal,
        "reason": found.reason,
    }


def _history(row: Known) -> list[dict[str, object]]:
    months = MONTHS[len(MONTHS) - len(row.history) :]
    return [
        _place(row) | {"period": month, "start": date.fromisoformat(f"{month}-01"), "value": value}
        for month, value in zip(months, row.history, strict=True)
    ]


def _depths(tree: Tree) -> dict[str, int | None]:
    found: dict[str, int | None] = dict.fromkeys(tree.kpis)
    level, depth = [tree.root], 0
    while level:
        found |= {kpi: depth for kpi in level if found[kpi] is None}
        level = [name for kpi in level for name in tree.operands(kpi)]
        depth += 1
    return found


# --- the sales of October ------------------------------------------------------------------


def three(
    target: float | None, previous: float, last_year: float, *, noise: str = ""
) -> tuple[Against, ...]:
    references = [("target", target, "target"), ("previous", previous, "2026-09")]
    references.append(("last-year", last_year, "2025-10"))
    return tuple(
        Against(
            vs=vs,
            reference=reference,
            label=label,
            signal="noise" if vs in noise.split() else "signal",
        )
        for vs, reference, label in references
        if reference is not None
    )


REVENUE_HISTORY = (2.41e6, 2.2e6, 2.5e6, 2.48e6, 2.61e6, 2.7e6, None, 2.75e6, 2.9e6, 2.88e6)
SALES = [
    Known(
        kpi="revenue",
        value=2_802_480.0,
        target=3_000_000.0,
        target_implied=2_976_000.0,
        status="off_track",
        against=three(3_000_000.0, 2_790_150.0, 2_493_000.0, noise="previous"),
        history=(*REVENUE_HISTORY, 2_790_150.0, 2_802_480.0),
    ),
    Known(
        kpi="deals",
        value=1_979.0,
        target=2_000.0,
        status="at_risk",
        against=three(2_000.0, 1_912.0, 1_805.0),
        limits=(1_800.5, 1_700.25, 1_900.75),
        rule="beyond_limits",
        history=(1700.0, 1720.0, 1750.0, 1741.0, 1760.0, 1790.0, 1800.0, 1850.0, 1880.0, 1901.0,
                 1912.0, 1979.0),
    ),
    Known(
        kpi="close_rate",
        value=0.601,
        target=0.62,
        status="off_track",
        against=three(0.62, 0.615, 0.598, noise="previous last-year"),
        limits=(0.608, 0.596, 0.62),
        history=(0.6, 0.605, 0.598, 0.61, 0.607, 0.604, 0.611, 0.609, 0.613, 0.617, 0.615, 0.601),
    ),
    Known(
        kpi="order_value",
        value=2_356.21,
        target=2_400.0,
        target_implied=None,
        status="at_risk",
        against=three(2_400.0, 2_372.83, 2_309.64),
        history=(2300.0, 2310.0, 2295.0, 2320.0, 2330.0, 2325.0, 2340.0, 2350.0, 2360.0, 2365.0,
                 2372.83, 2356.21),
    ),
    Known(
        kpi="won_amount",
        value=2_802_480.0,
        against=three(None, 2_790_150.0, 2_493_000.0),
        history=(*REVENUE_HISTORY, 2_790_150.0, 2_802_480.0),
    ),
    Known(kpi="won", value=1_189.0, against=three(None, 1_176.0, 1_079.0)),
    Known(
        kpi="active_reps",
        value=None,
        reason="no data after 2026-08-31",
        status="no_data",
    ),
]  # fmt: skip


def attribution(
    kpi: str,
    vs: str,
    ends: tuple[float | None, float | None],
    lines: list[tuple[str, float, float, float]],
    **about: object,
) -> Attribution:
    """ends: before and after. lines: driver, before, after, line; shares follow from them."""
    before, after = ends
    change = None if before is None or after is None else after - before
    made = Attribution(
        kpi=kpi,
        label=kpi.replace("_", " ").capitalize(),
        unit="currency",
        vs=vs,
        method="path",
        from_label={"previous": "2026-09", "last-year": "2025-10"}.get(vs, vs),
        to_label="2026-10",
        before=before,
        after=after,
        change=change,
        residual=None if change is None else change - sum(line[3] for line in lines),
        gross=sum(abs(line[3]) for line in lines),
        lines=tuple(
            Line(
                kpi=driver,
                label=driver.replace("_", " ").capitalize(),
                effect="driver",
                before=start,
                after=end,
                line=line,
                share=line / change if change else None,
            )
            for driver, start, end, line in lines
        ),
    )
    return replace(made, **about)  # type: ignore[arg-type]  # mixed kinds of fields


ATTRIBUTIONS = (
    attribution(
        "revenue",
        "target",
        (3_000_000.0, 2_802_480.0),
        [
            ("deals", 2_000.0, 1_979.0, -31_609.335),
            ("close_rate", 0.62, 0.601, -94_310.335),
            ("order_value", 2_400.0, 2_356.21, -71_600.33),
        ],
    ),
    attribution(
        "revenue",
        "previous",
        (2_790_150.0, 2_802_480.0),
        [
            ("deals", 1_912.0, 1_979.0, 96_333.0),
            ("close_rate", 0.615, 0.601, -64_374.5),
            ("order_value", 2_372.83, 2_356.21, -19_628.5),
        ],
    ),
    attribution(
        "revenue",
        "last-year",
        (2_493_000.0, 2_802_480.0),
        [],
        reason="Order value has no value in 2025-10",
        residual=None,
        gross=None,
    ),
    attribution(
        "close_rate",
        "target",
        (0.62, 0.601),
        [("close_rate", 0.62, 0.601, -0.019)],
        unit="percent",
    ),
)
WARNINGS = (
    Notice(
        code="targets_do_not_add_up",
        message="the targets of deals, close rate and order value give 2.976 M, not 3.0 M",
        kpi="revenue",
    ),
)


@pytest.fixture
def sales() -> Evaluation:
    return evaluation(sales_tree(), SALES, attributions=ATTRIBUTIONS, warnings=WARNINGS)


@pytest.fixture
def by_region() -> Evaluation:
    """Revenue and deals, whole and by region; one region has no data."""
    regions = (("APAC", None), ("EMEA", 0.6), ("(none)", 0.4))
    known: list[Known] = []
    for row in (SALES[0], SALES[1]):
        known.append(row)
        known += [
            Known(
                kpi=row.kpi,
                value=None if part is None or row.value is None else row.value * part,
                reason="division by zero" if part is None else None,
                status="no_data" if part is None else "no_target",
                segment={"region": region},
                against=(
                    Against(vs="target", reference=None, label="target", reason="no target"),
                    Against(vs="previous", reference=1_000.0, label="2026-09"),
                ),
            )
            for region, part in regions
        ]
    return evaluation(sales_tree(), known, dimensions=("region",))


@pytest.fixture
def two_periods() -> Evaluation:
    """September beside October."""
    known = [
        each
        for row in SALES[:4]
        for each in (
            replace(
                row,
                period="2026-09",
                value=next(found.reference for found in row.against if found.vs == "previous"),
                against=(),
                history=(),
            ),
            row,
        )
    ]
    return evaluation(sales_tree(), known, periods=(SEPTEMBER, OCTOBER))


@pytest.fixture
def hostile() -> Evaluation:
    """Labels, units, owners, names and segments that try to be something else than words."""
    words = "[bold red]x[/] :smile: \x1b[31m\x9b5m <script>a|b</script>\n`c`\t\u202e"
    tree = tree_of(
        branch(
            "revenue", "deals * 2", label=f"=cmd|'/C calc'!A0 {words}", owner="@boss", unit="€|\x1b"
        ),
        leaf("deals", label="売上高 " * 30),
        name=words,
    )
    known = [
        Known(
            kpi="revenue",
            value=-5.0,
            status="off_track",
            target=1.0,
            against=three(1.0, 0.0, 2.0),
        ),
        Known(kpi="revenue", value=-5.0, segment={"region": f"+{words}"}),
        Known(kpi="deals", value=None, reason=words, status="no_data"),
    ]
    made = attribution("revenue", "target", (1.0, -5.0), [("deals", 1.0, 2.0, -6.0)])
    line = replace(made.lines[0], label=words, segment={"region": words})
    made = replace(made, label=words, lines=(line,))
    notice = Notice(code="null_dates", message=words)
    return evaluation(tree, known, attributions=(made,), dimensions=("region",), warnings=(notice,))


@pytest.fixture
def wide() -> Evaluation:
    """Labels of double-width characters, and of one long word."""
    tree = tree_of(
        branch("revenue", "deals * rate", label="売上高"),
        leaf("deals", label="取引" * 40),
        leaf("rate", label="x" * 150),
    )
    known = [
        Known(kpi=kpi, value=1.5, against=three(None, 1.0, 2.0))
        for kpi in ("revenue", "deals", "rate")
    ]
    return evaluation(tree, known)
