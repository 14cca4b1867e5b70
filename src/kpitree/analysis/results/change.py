"""The answer to `kpitree drivers`."""

from dataclasses import dataclass

import polars as pl

from kpitree.analysis.attribution.contract import Attribution
from kpitree.errors import Notice
from kpitree.tree.model import Tree


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
