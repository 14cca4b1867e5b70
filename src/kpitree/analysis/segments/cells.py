"""Both states side by side: one row per segment, one column per part and state."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

import polars as pl

from kpitree.analysis.segments.algebra import Key
from kpitree.tables import NONE, SEGMENT

BEFORE: Final = "before:"
AFTER: Final = "after:"
THERE: Final = "there:"


class WholeError(Exception):
    """A driver cannot be split in this data, for a reason that the reader is told."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class InSegments:
    """The parts in one state.

    frame: one row per segment: the SEGMENT columns (never null) and one Float64 column per part,
        null where the segment's rows have no value. A segment without a row here has no rows.
    whole: part column -> the same of all rows, None where there is no value.
    """

    frame: pl.DataFrame
    whole: Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Both states, segment by segment.

    frame: the dimension columns, segments by name, (none) last; and each part's column twice,
        with BEFORE and with AFTER in front of its name: 0 where the segment has no rows, null
        where its rows have no value.
    wholes: part column -> the same of all rows, before and after. columns: part -> its column.
    labels: how a reader knows the two states. dimensions: names, as the reader knows them.
    """

    frame: pl.DataFrame
    wholes: tuple[Mapping[str, float | None], Mapping[str, float | None]]
    columns: Mapping[Key, str]
    labels: tuple[str, str]
    dimensions: tuple[str, ...]

    def weighted(self, parts: Mapping[Key, float], state: str) -> pl.Expr:
        """A weighted sum of parts, null where one of them is."""
        terms = (self._part(key, state) * weight for key, weight in parts.items())
        return reduce(pl.Expr.__add__, terms)

    def is_nothing(self, parts: Mapping[Key, float], state: str) -> pl.Expr:
        """Whether every part is 0 or has no value."""
        nothing = [(self._part(key, state) == 0.0).fill_null(value=True) for key in parts]
        return pl.all_horizontal(nothing)

    def _part(self, key: Key, state: str) -> pl.Expr:
        return pl.col(state + self.columns[key])

    def whole(self, parts: Mapping[Key, float], at: int) -> float:
        """The same weighted sum of all rows; raises WholeError where a part has no value."""
        values = [(weight, self.wholes[at].get(self.columns[key])) for key, weight in parts.items()]
        known = [weight * value for weight, value in values if value is not None]
        if len(known) < len(values):
            raise WholeError(f"its parts have no value in {self.labels[at]}")
        return math.fsum(known)

    def over_segments(self, key: Key, state: str) -> float:
        """The sum of a part over all segments that have a value."""
        column = self.frame[state + self.columns[key]]
        return math.fsum(column.drop_nulls())

    def segment(self, row: int) -> str:
        """A segment as the reader knows it: the values of its dimensions."""
        return ", ".join(self.frame.select(segment_columns(self.dimensions)).row(row))


def segment_columns(dimensions: Sequence[str]) -> list[str]:
    """The columns that hold the values of these dimensions."""
    return [SEGMENT + dimension for dimension in dimensions]


def side_by_side(
    before: InSegments,
    after: InSegments,
    columns: Mapping[Key, str],
    labels: tuple[str, str],
    dimensions: Sequence[str],
) -> Cells:
    """Both states in one frame, whichever segments each has, in whatever order."""
    keys = segment_columns(dimensions)
    order = [key for name in keys for key in (pl.col(name) == NONE, pl.col(name))]
    frame = pl.concat([before.frame.select(keys), after.frame.select(keys)]).unique().sort(order)
    parts = list(dict.fromkeys(columns.values()))
    for state, found in ((BEFORE, before), (AFTER, after)):
        there = found.frame.select(
            *keys,
            *(pl.col(part).cast(pl.Float64).alias(state + part) for part in parts),
            pl.lit(value=True).alias(THERE),
        )
        # Counts, sums and distinct counts of no rows are 0.
        frame = (
            frame.join(there, on=keys, how="left", maintain_order="left")
            .with_columns(
                pl.when(pl.col(THERE)).then(pl.col(state + part)).otherwise(0.0).alias(state + part)
                for part in parts
            )
            .drop(THERE)
        )
    return Cells(
        frame=frame,
        wholes=(before.whole, after.whole),
        columns=columns,
        labels=labels,
        dimensions=tuple(dimensions),
    )
