"""What an attribution takes and gives, whatever its method."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from kpitree.errors import Notice
from kpitree.tree.model import Tree

CLOSING: Final = 1e-9  # of the sizes involved; what sums lack below this is rounding, and no gap


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The values of all KPIs at one moment (a period, or the targets).

    label: how a reader knows it: "2026-10", "target".
    values: KPI id -> value in its own unit; None or absent where there is none.
    absent: what is said of a KPI without a value; "" for "has no value in LABEL".
    measured: False for what was promised (targets, benchmarks): there a KPI with `measured` is
        what its formula gives.
    gaps: KPI -> what it is called where its value is not what its formula gives, if it is known.
    """

    label: str
    values: dict[str, float | None]
    absent: str = ""
    measured: bool = True
    gaps: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a method is to take apart.

    before, after: values of (at least) the drivers of `kpi`, in their own units.
    order: driver ids, for the method that takes them one after another; else ().
    gradients: also find the mean gradient of every driver, those that did not move included.
    """

    tree: Tree
    kpi: str
    before: State
    after: State
    order: tuple[str, ...] = ()
    gradients: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The part of a line that reaches the root through one parent, in the root's unit."""

    parent: str
    flow: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one driver explains of the change.

    kpi: the driver; of a line `unexplained`, the KPI whose formula does not give its value.
    before, after: the driver's values in its own unit; of a line `unexplained`, what the formula
        does not give of what is measured (None where a target is not what its operands' give).
    line: in the explained KPI's unit.
    share: line / change, or None where percentages would mislead (semantics 5.9).
    effect: driver | unexplained | threshold (what the explained KPI leaps by where this driver
        carries a condition over; segments have more effects, see tables.SPLIT).
    via: the line by the parents that it goes through, where there are several.
    flags: "carried" (a value taken from a limit or the other state), "indivisible".
    factor: exp(line / logarithmic mean of the two states), only where factors are asked for.
    error: standard error of the line where it was sampled, else None.
    """

    kpi: str
    label: str
    effect: str
    before: float | None
    after: float | None
    line: float
    share: float | None = None
    segment: dict[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    via: tuple[Flow, ...] = ()
    factor: float | None = None
    error: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """A change, taken apart. reason is not None exactly when it could not be (then no lines).

    change = after - before; residual = change - fsum(lines), printed and never spread;
    gross = sum of |line|. nodes: every KPI strictly between the drivers and the explained one,
    and the drivers: id -> its line over its cut (thresholds crossed within it included); without
    those whose part the method does not tell.
    flows: (parent, child) -> what reaches the explained KPI through this mention, thresholds
    included; every edge between the KPI and its drivers, or none where the method does not tell.
    gradients: driver -> mean gradient along the path (line = gradient x change), where asked for.
    order: the order given, for the method that needs one.
    """

    kpi: str
    label: str
    unit: str
    vs: str
    method: str
    from_label: str
    to_label: str
    before: float | None
    after: float | None
    change: float | None
    residual: float | None = None
    gross: float | None = None
    lines: tuple[Line, ...] = ()
    nodes: dict[str, float] = field(default_factory=dict)
    flows: dict[tuple[str, str], float] = field(default_factory=dict)
    gradients: dict[str, float] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    warnings: tuple[Notice, ...] = ()
    reason: str | None = None
