"""The slices of an answer as values that every format iterates once."""

import math
from dataclasses import dataclass

from kpitree.analysis.results.slices import Slices
from kpitree.render.segment import Segment, segment_of, segment_words
from kpitree.render.words import visible

REST = "rest"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of SLICES (tables.py); an empty segment is the rest."""

    segment: Segment
    before: float | None
    after: float | None
    line: float
    share: float | None
    size: float | None
    excess: float | None
    surprise: float | None

    @property
    def name(self) -> str:
        """`region = EMEA, channel = web`, harmless."""
        return visible(segment_words(self.segment)) if self.segment else REST


def rows_of(found: Slices) -> list[Row]:
    """The kept slices in their order, then the rest; none where there is no answer."""
    return [
        Row(
            segment_of(row, found.dimensions),
            row["from"],
            row["to"],
            row["line"],
            row["share"],
            row["size"],
            row["excess"],
            row["surprise"],
        )
        for row in found.rows.iter_rows(named=True)
    ]


def residual_of(found: Slices, rows: list[Row]) -> float | None:
    """What the lines leave of the change: 0, or the last digit of a float."""
    if found.change is None or not rows:
        return None
    return found.change - math.fsum(row.line for row in rows)
