"""The rows of an evaluation's frames as values, which every format iterates."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kpitree.analysis.results.evaluation import Evaluation
from kpitree.render.outline import outline
from kpitree.render.segment import Segment, segment_of
from kpitree.tables import SEGMENT
from kpitree.tree.model import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
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
        return next((found for found in self.comparisons if found.key == key), None)


def reference_key(vs: str, label: str) -> str:
    """What tells references apart: several periods may be asked for, each by its label."""
    return label if vs == "period" else vs


def facts(evaluation: Evaluation, *, depth: int | None = None) -> list[Fact]:
    """KPIS joined with COMPARISONS, in the order of KPIS; without KPIs deeper than depth."""
    wanted = drawn(evaluation, depth)
    comparisons = _comparisons(evaluation)
    return [
        _fact(evaluation, row, comparisons)
        for row in evaluation.kpis.iter_rows(named=True)
        if row["kpi"] in wanted
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
    for row in evaluation.comparisons.iter_rows(named=True):
        fields = {name: row[name] for name in Comparison.__slots__}
        key = (row["kpi"], segment_of(row, evaluation.dimensions), row["period"])
        found[key].append(Comparison(**fields))
    return found


def _fact(
    evaluation: Evaluation,
    row: dict[str, Any],
    comparisons: Mapping[tuple[str, Segment, str], list[Comparison]],
) -> Fact:
    segment = segment_of(row, evaluation.dimensions)
    return Fact(
        kpi=evaluation.tree.kpis[row["kpi"]],
        segment=segment,
        period=row["period"],
        value=row["value"],
        reason=row["reason"],
        target=row["target"],
        target_implied=row["target_implied"],
        implied_kind=row["implied_kind"],
        implied_by=row["implied_by"],
        target_reason=row["target_reason"],
        attainment=row["attainment"],
        status=row["status"],
        centre=row["centre"],
        lower=row["lower"],
        upper=row["upper"],
        rule=row["rule"],
        stale=None if evaluation.stale is None else row["kpi"] in evaluation.stale,
        comparisons=tuple(comparisons.get((row["kpi"], segment, row["period"]), ())),
    )
