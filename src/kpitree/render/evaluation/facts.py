"""The rows of an evaluation's frames as values, which every format iterates."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import polars as pl

from kpitree.analysis.results.evaluation import Evaluation
from kpitree.render.outline import outline
from kpitree.render.segment import Segment, segment_of
from kpitree.tables import SEGMENT
from kpitree.tree.model import Node


# Made by the ten thousand, which takes tuples half the time of frozen classes.
class Comparison(NamedTuple):
    """A row of COMPARISONS (tables.py)."""

    vs: str
    label: str
    reference: float | None
    change: float | None
    percent: float | None
    favourable: bool | None
    signal: str | None
    reason: str | None

    @property
    def key(self) -> str:
        return reference_key(self.vs, self.label)


class Fact(NamedTuple):
    """A row of KPIS and LIMITS (tables.py) with its comparisons, in the order asked for.

    stale: whether it rests on data that is too old; None where nobody asked.
    """

    kpi: Node
    segment: Segment
    period: str
    value: float | None
    reason: str | None
    target: float | None
    target_implied: float | None
    implied_kind: str | None
    implied_by: str | None
    target_reason: str | None
    attainment: float | None
    status: str
    centre: float | None
    lower: float | None
    upper: float | None
    rule: str | None
    stale: bool | None
    comparisons: tuple[Comparison, ...]

    @property
    def goal(self) -> float | None:
        """The target shown: the KPI's own, else the one its operands' targets imply."""
        return self.target_implied if self.target is None else self.target

    @property
    def goal_is_implied(self) -> bool:
        return self.target is None and self.target_implied is not None

    def against(self, key: str) -> Comparison | None:
        for found in self.comparisons:
            if found.key == key:
                return found
        return None


TOLD: Final = Fact._fields[3:-2]  # the columns of KPIS and LIMITS among them


def reference_key(vs: str, label: str) -> str:
    """What tells references apart: several periods may be asked for, each by its label."""
    return label if vs == "period" else vs


def facts(evaluation: Evaluation, *, depth: int | None = None) -> list[Fact]:
    """KPIS joined with COMPARISONS, in the order of KPIS; without KPIs deeper than depth."""
    wanted = drawn(evaluation, depth)
    comparisons = _comparisons(evaluation)
    kpis, old = evaluation.tree.kpis, evaluation.stale
    return [
        Fact._make(
            (
                *(kpis[kpi], segment, period, *told),
                None if old is None else kpi in old,
                tuple(comparisons.get((kpi, segment, period), ())),
            )
        )
        for kpi, segment, period, told in _rows(evaluation.kpis, evaluation, TOLD)
        if kpi in wanted
    ]


def drawn(evaluation: Evaluation, depth: int | None) -> set[str]:
    """The KPIs of the evaluation that an outline of this depth holds."""
    present = set(evaluation.kpis["kpi"].to_list())
    if depth is None:
        return present
    return {entry.kpi for entry in outline(evaluation.tree, present, depth=depth)}


def reference_keys(rows: list[Fact]) -> list[str]:
    """The references compared anywhere, in the order they were asked for."""
    return list(dict.fromkeys(found.key for fact in rows for found in fact.comparisons))


def histories(evaluation: Evaluation) -> dict[tuple[str, Segment], list[float | None]]:
    """KPI and segment -> the values of its history, oldest first."""
    key = ["kpi", *(SEGMENT + dimension for dimension in evaluation.dimensions)]
    series = evaluation.history.group_by(key, maintain_order=True).agg("value")
    return {
        (row["kpi"], segment_of(row, evaluation.dimensions)): row["value"]
        for row in series.iter_rows(named=True)
    }


def _comparisons(
    evaluation: Evaluation,
) -> Mapping[tuple[str, Segment, str], list[Comparison]]:
    found: dict[tuple[str, Segment, str], list[Comparison]] = defaultdict(list)
    columns = Comparison._fields
    for kpi, segment, period, told in _rows(evaluation.comparisons, evaluation, columns):
        found[kpi, segment, period].append(Comparison._make(told))
    return found


def _rows(
    frame: pl.DataFrame, evaluation: Evaluation, columns: Sequence[str]
) -> Iterator[tuple[str, Segment, str, tuple[Any, ...]]]:
    """KPI, segment and period of each row, and what stands in these columns."""
    dimensions = evaluation.dimensions
    first = 2 + len(dimensions)
    segments = (SEGMENT + dimension for dimension in dimensions)
    for row in frame.select("kpi", "period", *segments, *columns).iter_rows():
        pairs = zip(dimensions, row[2:first], strict=True) if dimensions else ()
        segment = tuple(pair for pair in pairs if pair[1] is not None)
        yield row[0], segment, row[1], row[first:]
