"""The answer to `kpitree segments`."""

from dataclasses import dataclass

import polars as pl

from kpitree.errors import Notice
from kpitree.tree.model import Tree


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
