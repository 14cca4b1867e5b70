"""Targets that stand in files of their own: a table of them, and plans that are data."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from kpitree.analysis.targets import Adding, Found
from kpitree.analysis.targets.finer import refuse_finer
from kpitree.calendar import Span
from kpitree.pipeline.planned import Planned, Segment, read_plan
from kpitree.pipeline.reading import Reader
from kpitree.tree.model import DataTarget, TargetRow, Tree

if TYPE_CHECKING:  # what a table needs is loaded only for trees that have one
    from kpitree.analysis.targets.goals import Goals, Present


def checked_targets(tree: Tree) -> list[TargetRow]:
    """The rows of a tree's table of targets, [] without one; its other targets are checked, too.

    Raises:
        SourceError: the table is missing, unreadable, or lacks a column.
        TreeErrors: rows that cannot be targets of this tree, or targets too fine to be used.
    """
    from kpitree.data.targets import read_targets  # noqa: PLC0415 - few trees need it

    rows = [] if tree.targets is None else read_targets(tree)
    refuse_finer(tree, rows)
    return rows


class Book:
    """Read when it is first asked, once for a question; most trees have nothing in it."""

    def __init__(
        self, tree: Tree, kpis: Sequence[str], sources: Mapping[str, str], reader: Reader
    ) -> None:
        """kpis: those computed. sources: other paths than the tree's. reader: who reads them."""
        self._tree = tree
        self._kpis = kpis
        self._sources = sources
        self._reader = reader
        self._plans: dict[tuple[str, tuple[str, ...]], Planned] = {}

    @cached_property
    def goals(self) -> "Goals | None":
        """The tree's table of targets, or None.

        Raises:
            SourceError: the table is missing, unreadable, or lacks a column.
            TreeErrors: rows that cannot be targets of this tree, or goals of unknown members.
        """
        if self._tree.targets is None:
            return None
        from kpitree.analysis.targets.goals import goals_of  # noqa: PLC0415 - few trees need it
        from kpitree.data.targets import read_targets, refuse_unknown_members  # noqa: PLC0415 - few trees need it

        rows = read_targets(self._tree)
        refuse_finer(self._tree, rows)
        refuse_unknown_members(self._tree, rows, self._kpis, self._sources, self._reader.members)
        return goals_of(self._tree, rows)

    def targets_of(self, kpi: str) -> list[tuple[Span, float]]:
        """The targets of a KPI's whole in the table, by period."""
        return [] if self.goals is None else self.goals.whole.get(kpi, [])

    def has_goals(self, kpi: str) -> bool:
        """Whether the table has goals of segments of a KPI."""
        return self.goals is not None and kpi in self.goals.by

    @cached_property
    def present(self) -> "Present":
        """Which segments have a value of a KPI in a span; read when it is asked."""
        from kpitree.pipeline.members import Members  # noqa: PLC0415 - few trees need it

        return Members(self._tree, self._sources, self._reader).present

    def members(self, by: tuple[str, ...], spans: Sequence[Span]) -> list[Segment]:
        """The segments by these dimensions that have goals on any day of the spans."""
        return [] if not by or self.goals is None else self.goals.members(self._kpis, by, spans)

    def planned(
        self, target: DataTarget, span: Span, by: tuple[str, ...], adding: Adding
    ) -> dict[Segment, Found]:
        """Targets from a plan by segment; () is the only one without dimensions.

        by: dimensions that the plan's source has. Raises SourceError where it cannot be read.
        """
        key = (target.plan.id, by)
        if key not in self._plans:
            self._plans[key] = read_plan(self._tree, target, by, self._sources, self._reader)
        return self._plans[key].targets(span, adding)
