"""What an evaluation gives: frames with documented columns (tables.py), and words beside them."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from kpitree.analysis.attribution.contract import Attribution
from kpitree.calendar import Grain, Span
from kpitree.errors import Notice
from kpitree.tables import LINES
from kpitree.tree.model import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodInfo:
    """The period shown.

    days: its length; covered_days: how many of them (from its start) the data speaks for.
    complete: all of them, and as_of is past its end.
    """

    span: Span
    complete: bool
    covered_days: int

    @property
    def days(self) -> int:
        return self.span.days


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The answer to `kpitree eval`.

    periods: the periods shown, oldest first; the last is the main one (one unless --last N).
    dimensions: the dimensions of --by, in the order asked for.
    references: the `vs` words compared, in order: target, previous, last-year, benchmark, period.
    kpis, comparisons, history: frames KPIS, COMPARISONS, HISTORY of tables.py.
    depths, parents: KPI id -> distance from the root (0; None when not under it), and the KPIs
        whose formulas name it.
    attributions: for each missed (or asked for) KPI x reference; only of the main period.
    """

    tree: Tree
    grain: Grain
    as_of: date | None
    periods: tuple[PeriodInfo, ...]
    dimensions: tuple[str, ...]
    references: tuple[str, ...]
    kpis: pl.DataFrame
    comparisons: pl.DataFrame
    history: pl.DataFrame
    depths: dict[str, int | None]
    parents: dict[str, tuple[str, ...]]
    attributions: tuple[Attribution, ...]
    warnings: tuple[Notice, ...]

    @property
    def lines(self) -> pl.DataFrame:
        """LINES of tables.py: every line of every attribution; none for those with a reason."""
        rows = [
            {
                "kpi": found.kpi,
                "period": found.to_label,
                "vs": found.vs,
                "reference": found.from_label,
                "driver": line.kpi,
                "label": line.label,
                "effect": line.effect,
                "from": line.before,
                "to": line.after,
                "line": line.line,
                "share": line.share,
                "flags": list(line.flags),
            }
            for found in self.attributions
            for line in found.lines
        ]
        return pl.DataFrame(rows, schema=LINES)

    @property
    def period(self) -> PeriodInfo:
        return self.periods[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Steadiness:
    """Whether the driver that explains most stays the same when the reference moves by a period.

    reference: the period compared with instead. top, moved_top: the drivers that explain most
    (ids), against the reference asked for and against this one. reason: why it cannot be said.
    """

    reference: str
    top: str | None = None
    moved_top: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The answer to `kpitree drivers`: one KPI's change between two states, taken apart.

    attribution: by driver, whole. Its reason is not None exactly when there are no lines.
    lines: SPLIT of tables.py: what is shown, after --by, --depth and --top; it adds up to the
        change as the attribution's lines do.
    dimensions: of --by. mix_reference: "average", "segments" or "none" when split by segment, else
        None.
    factors: whether lines are told as factors (their product is after / before).
    links: with --through, one attribution for each step from period to period, oldest first.
    steadiness: None where the reference is no period.
    """

    tree: Tree
    attribution: Attribution
    lines: pl.DataFrame
    dimensions: tuple[str, ...] = ()
    mix_reference: str | None = None
    factors: bool = False
    links: tuple[Attribution, ...] = ()
    steadiness: Steadiness | None = None
    warnings: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slices:
    """The answer to `kpitree segments`: the few slices that explain most of a KPI's change.

    rows: SLICES of tables.py; their lines add up to the change. examined: slices looked at.
    noise: whether slices that stand out no more than chance were asked for, too.
    reason: why there is no answer, else None (then rows is empty).
    """

    tree: Tree
    kpi: str
    vs: str
    from_label: str
    to_label: str
    before: float | None
    after: float | None
    change: float | None
    dimensions: tuple[str, ...]
    rows: pl.DataFrame
    examined: int
    noise: bool = False
    reason: str | None = None
    warnings: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a KPI is to reach.

    value: in its unit; None where there is none, for `reason`.
    label: target | target (implied) | good range | goal (one that was asked for).
    reached: whether the KPI is there already, or on the good side of it.
    """

    label: str
    value: float | None = None
    reason: str | None = None
    reached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Levers:
    """The answer to `kpitree levers`: what pulls on one KPI, and what it takes to reach its goal.

    value: the KPI's own, in its unit; reason: why it has none.
    rows: LEVERS of tables.py. history: labels of the first and last period in which the best
    values were looked for (as many days of each as the period shown has, where it is running);
    None where no period is comparable with it.
    """

    tree: Tree
    kpi: str
    period: PeriodInfo
    as_of: date | None
    value: float | None
    reason: str | None
    goal: Goal
    rows: pl.DataFrame
    history: tuple[str, str] | None
    warnings: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The answer to `kpitree whatif`: the tree before and after some of its values are changed.

    settings: KPI -> what it was set to, as written. rows: OUTCOMES of tables.py.
    attribution: the change of `kpi` by what moved it; without lines where it has no value.
    """

    tree: Tree
    kpi: str
    period: PeriodInfo
    as_of: date | None
    settings: dict[str, str]
    rows: pl.DataFrame
    attribution: Attribution
    warnings: tuple[Notice, ...] = ()
