"""Targets of a table: those of the whole, goals of segments, and what goals add up to."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from kpitree.analysis.segments.shape import Total, shapes_of
from kpitree.analysis.targets.adding import Adding
from kpitree.analysis.targets.consistency import gap_in_words
from kpitree.analysis.targets.implied import differ
from kpitree.analysis.targets.needed import InWords
from kpitree.analysis.targets.spreading import Found, spread
from kpitree.calendar import Span
from kpitree.errors import Notice
from kpitree.tree.model import Node, TargetRow, Tree

Dimensions = tuple[str, ...]
Segment = tuple[str, ...]  # members, in the order of the dimensions
ByPeriod = list[tuple[Span, float]]
BySegment = dict[Segment, ByPeriod]
Present = Callable[[str, Dimensions, Span], Collection[Segment]]
"""A KPI, dimensions and a span -> the segments that have a value there."""

MOST_NAMED: Final = 3  # of those without a goal; the others are counted


@dataclass(frozen=True, slots=True)
class Split:
    """The goals of one KPI by the dimensions asked for.

    found: segment -> its goal, or why it cannot be had. summed: those whose goal is a sum of
    finer ones. reason: why there are none at all by these dimensions, else None.
    """

    found: Mapping[Segment, Found] = field(default_factory=dict)
    summed: frozenset[Segment] = frozenset()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """What the goals of one KPI add up to. by: the dimensions they are by, in words.

    incomplete: whether there is no sum because somebody has no goal.
    """

    found: Found
    by: str
    incomplete: bool = False

    def contradiction(self, kpi: Node, target: float, in_words: InWords) -> Notice | None:
        """Whether that is something else than the target of the whole, and by how much."""
        given = self.found.value
        if given is None or not differ(given, target):
            return None
        gap = gap_in_words(kpi, given, target, in_words)
        message = f"the goals of {kpi.label} by {self.by} add up to {gap}"
        return Notice(code="goals_do_not_add_up", kpi=kpi.id, message=message)


@dataclass(frozen=True, slots=True)
class Goals:
    """A table of targets, sorted.

    whole: KPI -> its targets by period. by: KPI -> the dimensions that its goals are by, in the
    order of the table -> segment -> its goals by period. adds_up: the KPIs whose segments add up
    to the whole.
    """

    whole: Mapping[str, ByPeriod]
    by: Mapping[str, Mapping[Dimensions, BySegment]]
    adds_up: frozenset[str]
    _spread: dict[tuple[str, Dimensions, Span, Adding], dict[Segment, Found]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def split(
        self, kpi: str, by: Dimensions, span: Span, adding: Adding, present: Present
    ) -> Split | None:
        """The goals of segments in a span; None where the KPI has none of any segment.

        Segments whose goals are all for other days have none. Goals by more dimensions than asked
        for are added up where the KPI's segments do, for segments without one of their own: of
        all that have a value, each must have one for the whole span.
        """
        sets = self.by.get(kpi)
        if not sets:
            return None
        exact = next((dims for dims in sets if set(dims) == set(by)), None)
        finer = [dims for dims in sets if set(by) < set(dims)]
        if exact is not None:
            own = _projected(self._in(kpi, exact, span, adding), exact, by)
            if kpi not in self.adds_up or len(finer) != 1:
                return Split(own)
            below = self._summed(kpi, finer[0], by, span, adding, present)
            return Split({**below, **own}, frozenset(below.keys() - own.keys()))
        if not finer:
            known = " and those by ".join(map(_listed, sets))
            return Split(reason=f"its goals are by {known}, not by {_listed(by)}")
        if kpi not in self.adds_up:
            return Split(reason=f"its goals are by {_listed(finer[0])}, and do not add up to this")
        if len(finer) > 1:
            known = " and by ".join(map(_listed, finer))
            return Split(reason=f"its goals by {known} may add up to different ones")
        found = self._summed(kpi, finer[0], by, span, adding, present)
        return Split(found, frozenset(found))

    def _summed(
        self,
        kpi: str,
        dims: Dimensions,
        by: Dimensions,
        span: Span,
        adding: Adding,
        present: Present,
    ) -> Mapping[Segment, Found]:
        """Sums of finer goals; none of a segment where a part of it with a value has no goal."""
        given = self._in(kpi, dims, span, adding)
        if not given:
            return {}
        lacking: dict[Segment, list[Segment]] = {}
        for part in present(kpi, dims, span):
            if part not in given:
                lacking.setdefault(_reordered(part, dims, by), []).append(part)
        return {
            segment: Found(None, without_goal(lacking[segment])) if segment in lacking else found
            for segment, found in _projected(given, dims, by).items()
        }

    def _in(self, kpi: str, dims: Dimensions, span: Span, adding: Adding) -> dict[Segment, Found]:
        """The goals of a span by the dimensions that they are given by."""
        key = (kpi, dims, span, adding)
        if key not in self._spread:
            self._spread[key] = {
                segment: spread(named, span, adding, "goal")
                for segment, named in self.by[kpi][dims].items()
                if _touches(named, span)
            }
        return self._spread[key]

    def members(self, kpis: Iterable[str], by: Dimensions, spans: Sequence[Span]) -> list[Segment]:
        """The segments that have goals by just these dimensions on any day of the spans."""
        found: dict[Segment, None] = {}
        for dims, given in (one for kpi in kpis for one in self.by.get(kpi, {}).items()):
            if set(dims) == set(by):
                for segment, named in given.items():
                    if any(_touches(named, span) for span in spans):
                        found[_reordered(segment, dims, by)] = None
        return list(found)

    def total(
        self, kpi: Node, span: Span, adding: Adding, in_words: InWords, present: Present | None
    ) -> Sum | None:
        """What the goals of all segments add up to in a span; None where they do not, or are none.

        Every segment with a value must have a goal (present: None does not ask for that), and
        goals by different dimensions must add up to the same.
        """
        if kpi.id not in self.adds_up:
            return None
        sums = [
            one
            for dims in self.by[kpi.id]
            if (one := self._total(kpi.id, dims, span, adding, present)) is not None
        ]
        for one, other in combinations(sums, 2):
            first, second = one.found.value, other.found.value
            if first is not None and second is not None and differ(first, second):
                said = (
                    f"its goals by {one.by} add up to {in_words(kpi, first)},"
                    f" those by {other.by} to {in_words(kpi, second)}"
                )
                return Sum(Found(None, said), one.by)
        known = (one for one in sums if one.found.value is not None)
        return next(known, sums[0] if sums else None)

    def _total(
        self, kpi: str, dims: Dimensions, span: Span, adding: Adding, present: Present | None
    ) -> Sum | None:
        given = self._in(kpi, dims, span, adding)
        if not given:
            return None
        lacking = (
            []
            if present is None
            else [segment for segment in present(kpi, dims, span) if segment not in given]
        )
        if lacking:
            return Sum(Found(None, without_goal(lacking)), _listed(dims), incomplete=True)
        return Sum(_projected(given, dims, ())[()], _listed(dims))


def goals_of(tree: Tree, rows: Iterable[TargetRow]) -> Goals:
    """Sort the rows of a table."""
    whole: dict[str, ByPeriod] = {}
    by: dict[str, dict[Dimensions, BySegment]] = {}
    for row in rows:
        if row.segment:
            segments = by.setdefault(row.kpi, {}).setdefault(tuple(row.segment), {})
            named = segments.setdefault(tuple(row.segment.values()), [])
        else:
            named = whole.setdefault(row.kpi, [])
        named.append((row.period, row.value))
    shapes = shapes_of(tree, by, ())
    adds_up = frozenset(kpi for kpi, shape in shapes.items() if isinstance(shape, Total))
    return Goals(whole, by, adds_up)


def _projected(
    given: Mapping[Segment, Found], dims: Dimensions, by: Dimensions
) -> Mapping[Segment, Found]:
    """Goals by some dimensions as goals by others, fewer or in another order."""
    if dims == by:
        return given
    grouped: dict[Segment, list[tuple[Segment, Found]]] = {}
    for segment, goal in given.items():
        grouped.setdefault(_reordered(segment, dims, by), []).append((segment, goal))
    return {target: _together(parts) for target, parts in grouped.items()}


def _touches(named: ByPeriod, span: Span) -> bool:
    return any(period.start < span.end and span.start < period.end for period, _ in named)


def _reordered(segment: Segment, dims: Dimensions, by: Dimensions) -> Segment:
    """The members of some of the dimensions."""
    members = dict(zip(dims, segment, strict=True))
    return tuple(members[name] for name in by)


def _together(parts: Sequence[tuple[Segment, Found]]) -> Found:
    """The sum of goals; of a single one, itself."""
    if len(parts) == 1:
        return parts[0][1]
    lacking = [(segment, one.reason) for segment, one in parts if one.value is None]
    if lacking:
        segment, reason = lacking[0]
        return Found(None, f"{', '.join(segment)}: {reason}")
    return Found(math.fsum(one.value for _, one in parts if one.value is not None))


def without_goal(segments: Collection[Segment]) -> str:
    """Who has no goal, in words: the first few by name."""
    names = sorted(" / ".join(segment) for segment in segments)
    more = len(names) - MOST_NAMED
    *first, last = [*names[:MOST_NAMED], f"{more} more"] if more > 0 else names
    have = "have" if first else "has"
    return f"{', '.join(first)}{' and ' if first else ''}{last} {have} no goal"


def _listed(dimensions: Dimensions) -> str:
    return " and ".join(dimensions)
