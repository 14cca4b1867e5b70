"""The lines shown of a change, as values that every format iterates once."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kpitree.analysis.attribution.contract import Attribution
from kpitree.analysis.results.change import Change
from kpitree.render.segment import Segment, segment_of


@dataclass(frozen=True, slots=True)
class Row:
    """A row of SPLIT (tables.py)."""

    driver: str
    label: str
    segment: Segment
    effect: str
    before: float | None
    after: float | None
    line: float
    share: float | None
    flags: tuple[str, ...]
    reason: str | None
    factor: float | None
    error: float | None


def rows_of(change: Change) -> list[Row]:
    """The lines, in the order of the frame."""
    return [
        Row(
            row["driver"],
            row["label"],
            segment_of(row, change.dimensions),
            row["effect"],
            row["from"],
            row["to"],
            row["line"],
            row["share"],
            tuple(row["flags"] or ()),
            row["reason"],
            row["factor"],
            row["error"],
        )
        for row in change.lines.iter_rows(named=True)
    ]


def residual_of(change: Change, rows: Sequence[Row]) -> float | None:
    """What the lines shown leave of the change; None where there are no lines to leave it."""
    whole = change.attribution.change
    if whole is None or change.attribution.reason is not None:
        return None
    return whole - math.fsum(row.line for row in rows)


def gross_of(change: Change, rows: Sequence[Row]) -> float | None:
    """The sum of |line| over the lines shown; None where there are none to add."""
    if change.attribution.reason is not None:
        return None
    return math.fsum(abs(row.line) for row in rows)


def ratio_of(found: Attribution) -> float | None:
    """What all factors multiply to; None from a base of 0."""
    return found.after / found.before if found.before and found.after is not None else None
