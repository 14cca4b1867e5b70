"""The members of a league table as values that every format iterates once."""

from dataclasses import dataclass
from typing import Final

from kpitree.analysis.results.ranking import Ranking
from kpitree.render.segment import Segment, segment_of
from kpitree.render.words import visible
from kpitree.tables import MEMBERS

COMPARED: Final = ("vs", "label", "reference", "change", "percent", "favourable", "reason")


@dataclass(frozen=True, slots=True)
class Compared:
    """A row of COMPARISONS (tables.py)."""

    vs: str
    label: str
    reference: float | None
    change: float | None
    percent: float | None
    favourable: bool | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of MEMBERS (tables.py); an empty segment is the whole."""

    rank: int | None
    segment: Segment
    value: float | None
    reason: str | None
    share: float | None
    pull: float | None
    target: float | None
    implied: bool | None
    target_reason: str | None
    attainment: float | None
    gap: float | None
    status: str
    others: float | None
    low: float | None
    high: float | None
    caution: str | None
    caution_reason: str | None
    comparisons: tuple[Compared, ...]

    @property
    def name(self) -> str:
        """`Grace Moore`, or `EMEA / web` for cells of several dimensions; harmless."""
        return visible(" / ".join(value for _, value in self.segment))


def rows_of(ranking: Ranking) -> list[Row]:
    """The members shown in their order, then the whole; none where nobody is shown."""
    compared = [Compared(*row) for row in ranking.comparisons.select(COMPARED).iter_rows()]
    count = len(ranking.references)
    return [
        Row(
            segment=segment_of(row, ranking.dimensions),
            comparisons=tuple(compared[at * count : (at + 1) * count]),
            **{name: row[name] for name in MEMBERS},
        )
        for at, row in enumerate(ranking.rows.iter_rows(named=True))
    ]


def members_of(ranking: Ranking) -> list[Row]:
    """The members shown, without the whole."""
    return rows_of(ranking)[:-1]


def left_out(ranking: Ranking) -> int:
    """How many members are not shown."""
    return ranking.members - max(ranking.rows.height - 1, 0)
