"""The league table as a frame: findings beside the figures, in order, and the part to be shown.

Rows are those of MEMBERS (tables.py), and CELL (answer.py) says which one each is. Before they
are ordered the whole stands first, afterwards last.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from kpitree.analysis.answer import CELL
from kpitree.analysis.ranking.cautions import Judgement
from kpitree.analysis.ranking.members import Contribution, Member
from kpitree.analysis.ranking.order import Goodness, goodness, ranked
from kpitree.tables import MEMBERS, STATUSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Which members are shown: with one of these statuses (None: any), the first or last ranks."""

    statuses: Collection[str] | None = None
    top: int | None = None
    bottom: int | None = None


def with_findings(
    rows: pl.DataFrame, parts: Sequence[Contribution], judgements: Sequence[Judgement]
) -> pl.DataFrame:
    """Add what members are to the whole, and whether they can be told apart."""
    found: dict[str, Sequence[object]] = {
        "share": [one.share for one in parts],
        "pull": [one.pull for one in parts],
        "others": [one.others for one in judgements],
        "low": [one.low for one in judgements],
        "high": [one.high for one in judgements],
        "caution": [one.caution for one in judgements],
        "caution_reason": [one.reason for one in judgements],
    }
    return rows.with_columns(
        pl.Series(name, [None, *values], MEMBERS[name]) for name, values in found.items()
    )


def improvements(
    pairs: pl.DataFrame, direction: str, good: tuple[float, float] | None
) -> list[Goodness]:
    """How much better each `value` is than its `reference` (rows of COMPARISONS)."""
    return [
        _improved(direction, good, value, reference, change)
        for value, reference, change in pairs.select("value", "reference", "change").iter_rows()
    ]


def _improved(
    direction: str,
    good: tuple[float, float] | None,
    value: float | None,
    reference: float | None,
    change: float | None,
) -> Goodness:
    if change is None or direction != "range":
        return goodness(change, direction, good)
    now, before = goodness(value, direction, good), goodness(reference, direction, good)
    return None if now is None or before is None else now - before


def in_order(
    rows: pl.DataFrame, members: Sequence[Member], figures: Sequence[Goodness]
) -> pl.DataFrame:
    """Add `rank`, best first by these figures of the members, and the whole last."""
    order = ranked(members, figures)
    ranks = pl.Series("rank", [*(rank for _, rank in order), None], MEMBERS["rank"])
    return rows[[*(at + 1 for at, _ in order), 0]].with_columns(ranks)


def shown(rows: pl.DataFrame, cut: Cut) -> pl.DataFrame:
    """The members to be shown, in order, and the whole; not even that without members."""
    members = rows.head(-1)
    if cut.statuses is not None:
        members = members.filter(pl.col("status").is_in(list(cut.statuses)))
    if cut.top is not None or cut.bottom is not None:
        members = members.filter(pl.col("rank").is_not_null())
    if cut.top is not None:
        members = members.head(cut.top)
    if cut.bottom is not None:
        members = members.tail(cut.bottom)
    return pl.concat([members, rows.tail(1)]) if members.height else members


def tied_out(rows: pl.DataFrame, kept: pl.DataFrame, cut: Cut) -> int:
    """How many that are not shown share the rank of the one at the cut."""
    if kept.is_empty() or (cut.top is None and cut.bottom is None):
        return 0
    ranks = kept["rank"].drop_nulls()
    edge = ranks[-1] if cut.top is not None else ranks[0]
    left = rows.filter(~pl.col(CELL).is_in(kept[CELL].to_list()), rank=edge)
    if cut.statuses is not None:
        left = left.filter(pl.col("status").is_in(list(cut.statuses)))
    return left.height


def statuses(rows: pl.DataFrame) -> dict[str, int]:
    """Status -> how many of all members have it; those that nobody has are left out."""
    counted = dict(rows.head(-1)["status"].value_counts().iter_rows())
    return {status: counted[status] for status in STATUSES if status in counted}
