"""Small changes made by hand, for `kpitree drivers`: no files, no engine."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from kpitree.analysis.attribution.contract import Attribution, Flow, Line
from kpitree.analysis.results.change import Change, Steadiness
from kpitree.errors import Notice
from kpitree.tables import SEGMENT, SPLIT
from kpitree.tree.model import Branch, Leaf, Node, Tree
from kpitree.tree.parsing import parse_formula, parse_measure


def leaf(kpi: str, **about: Any) -> Leaf:
    about = {"label": _label(kpi), "measure": parse_measure("count()"), "source": "deals"} | about
    return Leaf(id=kpi, **about)


def branch(kpi: str, formula: str, **about: Any) -> Branch:
    return Branch(id=kpi, formula=parse_formula(formula), **({"label": _label(kpi)} | about))


def _label(kpi: str) -> str:
    return kpi.replace("_", " ").capitalize()


def tree_of(*kpis: Node, name: str = "Sales") -> Tree:
    return Tree(
        name=name,
        root=kpis[0].id,
        file=Path("sales.toml"),
        currency="EUR",
        segments=("region", "channel"),
        sources={},
        kpis={kpi.id: kpi for kpi in kpis},
    )


def sales_tree(**root: Any) -> Tree:
    return tree_of(
        branch("revenue", "deals * close_rate * order_value", **({"unit": "currency"} | root)),
        leaf("deals", unit="deals"),
        leaf("close_rate", unit="percent"),
        leaf("order_value", unit="currency"),
    )


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A row of SPLIT to be."""

    driver: str
    line: float
    ends: tuple[float | None, float | None] = (None, None)
    label: str | None = None
    effect: str = "driver"
    segment: Mapping[str, str] = field(default_factory=dict)
    share: bool = True
    flags: tuple[str, ...] = ()
    reason: str | None = None
    factor: float | None = None
    error: float | None = None


def split_frame(
    tree: Tree, change: float, shown: Sequence[Shown], dimensions: tuple[str, ...]
) -> pl.DataFrame:
    driver, label, *figures = SPLIT.items()
    segments = {SEGMENT + dimension: pl.String for dimension in dimensions}
    rows = [
        {
            "driver": row.driver,
            "label": tree.kpis[row.driver].label if row.label is None else row.label,
            "effect": row.effect,
            "from": row.ends[0],
            "to": row.ends[1],
            "line": row.line,
            "share": row.line / change if row.share and change else None,
            "flags": list(row.flags),
            "reason": row.reason,
            "factor": row.factor,
            "error": row.error,
        }
        | {SEGMENT + dimension: row.segment.get(dimension) for dimension in dimensions}
        for row in shown
    ]
    return pl.DataFrame(rows, schema=dict([driver, label, *segments.items(), *figures]))


def attribution(
    tree: Tree, ends: tuple[float, float], lines: Sequence[Line], **about: Any
) -> Attribution:
    kpi = tree.kpis[tree.root]
    change = ends[1] - ends[0]
    made = Attribution(
        kpi=kpi.id,
        label=kpi.label,
        unit=kpi.unit,
        vs="previous",
        method="path",
        from_label="2026-09",
        to_label="2026-10",
        before=ends[0],
        after=ends[1],
        change=change,
        residual=change - math.fsum(line.line for line in lines),
        gross=math.fsum(abs(line.line) for line in lines),
        lines=tuple(lines),
    )
    return replace(made, **about)


def change_of(
    tree: Tree,
    ends: tuple[float, float],
    shown: Sequence[Shown],
    *,
    drivers: Sequence[Shown] = (),
    about: Mapping[str, Any] | None = None,
    dimensions: tuple[str, ...] = (),
    **more: Any,
) -> Change:
    """shown: the lines of the frame. drivers: those of the attribution, where they are others."""
    whole = ends[1] - ends[0]
    lines = [
        Line(
            kpi=row.driver,
            label=tree.kpis[row.driver].label if row.label is None else row.label,
            effect=row.effect,
            before=row.ends[0],
            after=row.ends[1],
            line=row.line,
            share=row.line / whole if row.share and whole else None,
            flags=row.flags,
            factor=row.factor,
            error=row.error,
        )
        for row in drivers or shown
    ]
    return Change(
        tree=tree,
        attribution=attribution(tree, ends, lines, **(about or {})),
        lines=split_frame(tree, whole, shown, dimensions),
        dimensions=dimensions,
        **more,
    )


# --- October against September -------------------------------------------------------------

OCTOBER = (2_790_150.0, 2_802_480.0)
DEALS = Shown(driver="deals", ends=(1_912.0, 1_979.0), line=96_333.0)
CLOSE_RATE = Shown(driver="close_rate", ends=(0.615, 0.601), line=-64_374.5)
ORDER_VALUE = Shown(driver="order_value", ends=(2_372.83, 2_356.21), line=-19_628.5)
DRIVERS = (DEALS, CLOSE_RATE, ORDER_VALUE)


def october() -> Change:
    """Three drivers; one of them reaches the KPI on two ways."""
    made = change_of(
        sales_tree(),
        OCTOBER,
        DRIVERS,
        about={"nodes": {"deals": 96_333.0, "close_rate": -64_374.5, "order_value": -19_628.5}},
        steadiness=Steadiness(reference="2026-08", top="deals", moved_top="deals"),
        warnings=(Notice(code="null_dates", message="3 rows without a date", source="deals"),),
    )
    first, *others = made.attribution.lines
    ways = (Flow(parent="revenue", flow=90_000.0), Flow(parent="close_rate", flow=6_333.0))
    lines = (replace(first, via=ways), *others)
    return replace(made, attribution=replace(made.attribution, lines=lines))


def by_region() -> Change:
    """A sum by segment, a rate with its mix, and a driver that is not split."""
    rows = []
    for region, ends, line in (
        ("APAC", (512.0, 0.0), -20_000.0),
        ("EMEA", (800.0, 1_179.0), 96_333.0),
        ("(none)", (600.0, 800.0), 20_000.0),
    ):
        flags = ("lost",) if region == "APAC" else ()
        rows.append(
            Shown(driver="deals", segment={"region": region}, ends=ends, line=line, flags=flags)
        )
    for region, rates, rate, shares, mix in (
        ("APAC", (0.52, 0.52), 0.0, (0.27, 0.0), -31_000.25),
        ("EMEA", (0.62, 0.58), -41_000.0, (0.42, 0.6), 12_125.75),
        ("(none)", (0.69, 0.64), -20_500.0, (0.31, 0.4), 16_000.0),
    ):
        segment = {"region": region}
        rows.append(
            Shown(driver="close_rate", effect="rate", segment=segment, ends=rates, line=rate)
        )
        rows.append(
            Shown(driver="close_rate", effect="mix", segment=segment, ends=shares, line=mix)
        )
    rows.append(replace(ORDER_VALUE, effect="rest", reason="a median has no parts that add up"))
    return change_of(
        sales_tree(),
        OCTOBER,
        rows,
        drivers=DRIVERS,
        dimensions=("region",),
        mix_reference="average",
        steadiness=Steadiness(reference="2026-08", top="deals", moved_top="order_value"),
    )


def against_target() -> Change:
    """A miss; targets that do not add up."""
    rows = (
        Shown(driver="deals", ends=(2_000.0, 1_979.0), line=-31_609.34),
        Shown(driver="close_rate", ends=(0.62, 0.601), line=-94_310.33),
        Shown(driver="order_value", ends=(2_400.0, 2_356.21), line=-71_600.33, flags=("carried",)),
        Shown(
            driver="revenue",
            effect="unexplained",
            label="targets that do not add up",
            line=24_000.0,
        ),
    )
    about: dict[str, Any] = {"vs": "target", "from_label": "target", "method": "sequential"}
    about |= {"order": ("close_rate", "deals", "order_value")}
    return change_of(sales_tree(), (2_976_000.0, 2_802_480.0), rows, about=about)


def growing() -> Change:
    """Factors instead of shares, on the way from nearly nothing."""
    rows = (
        Shown(driver="deals", ends=(500.0, 1_000.0), line=1_385.62, factor=2.0),
        Shown(driver="close_rate", ends=(0.5, 0.44), line=-255.36, factor=0.88),
        Shown(driver="order_value", ends=(4.0, 4.0), line=0.0, factor=1.0),
        Shown(
            driver="revenue",
            effect="rest",
            label="2 others",
            line=-370.26,
            factor=0.83,
        ),
    )
    return change_of(sales_tree(), (1_000.0, 1_760.0), rows, about={"method": "log"}, factors=True)


def through() -> Change:
    """The way from July to October, step by step and at once."""
    tree = sales_tree()
    months = ("2026-07", "2026-08", "2026-09", "2026-10")
    values = (2_750_000.0, 2_910_000.0, 2_790_150.0, 2_802_480.0)
    parts = ((0.5, 0.7, -0.2), (1.2, -0.4, 0.2), (7.8, -5.2, -1.6))
    links = tuple(
        attribution(
            tree,
            (values[at], values[at + 1]),
            [
                Line(
                    kpi=row.driver,
                    label=tree.kpis[row.driver].label,
                    effect="driver",
                    before=None,
                    after=None,
                    line=part * (values[at + 1] - values[at]),
                )
                for row, part in zip(DRIVERS, parts[at], strict=True)
            ],
            vs="period",
            from_label=months[at],
            to_label=months[at + 1],
        )
        for at in range(3)
    )
    rows = [
        replace(row, line=line)
        for row, line in zip(DRIVERS, (60_000.0, 5_000.0, -12_520.0), strict=True)
    ]
    ends = (values[0], values[3])
    return change_of(tree, ends, rows, about={"vs": "period", "from_label": "2026-07"}, links=links)


def crossing() -> Change:
    """A profit that becomes a loss; sampled lines, and a change that mostly offsets itself."""
    tree = tree_of(
        branch("profit", "income - costs", unit="currency"),
        leaf("income", unit="currency"),
        leaf("costs", unit="currency"),
        name="Profit",
    )
    rows = (
        Shown(driver="income", ends=(900.0, 400.0), line=-500.0, share=False, error=12.5),
        Shown(driver="costs", ends=(700.0, 520.0), line=180.0, share=False, error=3.25),
    )
    return change_of(tree, (200.0, -120.0), rows, about={"method": "shapley"})


def withheld() -> Change:
    """There is no value for one of the drivers."""
    made = change_of(sales_tree(), OCTOBER, ())
    reason = "Order value has no value in 2026-09"
    found = replace(made.attribution, reason=reason, residual=None, gross=None)
    return replace(made, attribution=found)


def hostile() -> Change:
    """Names, labels and segments that try to be something else than words."""
    words = "[bold red]x[/] :smile: \x1b[31m\x9b5m <script>a|b</script>\n`c`\t\u202e"
    tree = tree_of(
        branch("revenue", "deals * 2", label=f"=cmd|'/C calc'!A0 {words}", unit="€|\x1b"),
        leaf("deals", label="売上高 " * 30),
        name=words,
    )
    rows = (
        Shown(driver="deals", segment={"region": f"+{words}"}, ends=(1.0, 2.0), line=2.5),
        Shown(driver="deals", segment={"region": "@x"}, ends=(1.0, 2.0), line=-8.5, reason=words),
    )
    about = {"from_label": words, "to_label": f"-{words}", "vs": "rest"}
    steady = Steadiness(reference=words, reason=words)
    return change_of(
        tree, (1.0, -5.0), rows, about=about, dimensions=("region",), steadiness=steady
    )


def wide() -> Change:
    """Long labels, large numbers, many columns."""
    tree = tree_of(
        branch("revenue", "deals * rate", label="売上高", unit="currency"),
        leaf("deals", label="取引" * 40),
        leaf("rate", label="x" * 150, unit="currency"),
    )
    rows = (
        Shown(driver="deals", ends=(1.5, 2.5), line=98_765_432.1, factor=1.5, error=1.5),
        Shown(driver="rate", ends=(1e9, 2e9), line=-1_234_567.9, factor=0.9, flags=("carried",)),
    )
    return change_of(tree, (1e9, 1e9 + 97_530_864.2), rows, factors=True)


EXAMPLES = {
    "october": october,
    "by_region": by_region,
    "against_target": against_target,
    "growing": growing,
    "through": through,
    "crossing": crossing,
    "withheld": withheld,
    "hostile": hostile,
    "wide": wide,
}
