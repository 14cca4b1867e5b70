"""What a value is held against: references of any kind, and the targets of one period."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from kpitree.analysis.moments import Moment
from kpitree.errors import Notice


@dataclass(frozen=True, slots=True)
class Reference:
    """What a value is compared with.

    vs: the word asked for; label: its name for a reader.
    span: the position of its moment in VALUES, or None for targets, benchmarks and what cannot be.
    values: KPI -> reference of the whole, for targets and benchmarks.
    labels, reasons: KPI -> its own label, or why it has none. reason: why nobody has one.
    segments: segment -> its own reference, where it has one. unsplit: KPI -> why segments have
    none, where that is not because it is for the whole.
    """

    vs: str
    label: str
    span: int | None = None
    moment: Moment | None = None
    values: Mapping[str, float | None] | None = None
    labels: Mapping[str, str] | None = None
    reasons: Mapping[str, str] | None = None
    reason: str | None = None
    segments: Mapping[tuple[str, ...], "Reference"] = field(default_factory=dict)
    unsplit: Mapping[str, str] = field(default_factory=dict)


class Implied(NamedTuple):
    """What a target that is not a KPI's own follows from.

    kind: operands (their targets give it), goals (of segments, which add up to it) or needed (for
    a target above it). by: in words; of `needed`, the KPI above.
    """

    kind: str
    by: str


BY_OPERANDS: Final = Implied("operands", "the targets of what it is computed from")


@dataclass(frozen=True, slots=True)
class Held:
    """What the whole, or one segment, is held to in one period.

    own: KPI -> target of its own. upward: the one that its operands' targets give.
    implied: the one it is held to where it has none of its own: what its segments' goals add up
    to, what its operands' targets give, or what it would need for a target above it.
    implied_by: KPI -> what implies it in words, where that is not its operands.
    needed: the KPIs whose implied target is only what a target above them needs: promised by
    nobody, so that they are neither on nor off track.
    ranges, benchmarks: KPI -> its good range, and what others reach, in this period.
    constants: constant KPI, or formula of nothing else -> its value, which is its own target.
    reasons: KPI -> why it has no target (or range) here though the file gives one;
    no_benchmark: likewise.
    disagreeing: finds the contradictions, which are looked for only when they are read.
    later: of a running period, the KPIs whose target is the whole period's, and what they are
    computed from due only in part: stocks, of which flows have yet to make the rest.
    segments: segment -> what it is held to, for segments with targets. unsplit: KPI -> why
    segments have none, where that is not because the target is for the whole.
    """

    own: Mapping[str, float | None]
    implied: Mapping[str, float | None]
    constants: Mapping[str, float | None]
    reasons: Mapping[str, str]
    upward: Mapping[str, float | None] = field(default_factory=dict)
    implied_by: Mapping[str, str] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    benchmarks: Mapping[str, float | None] = field(default_factory=dict)
    no_benchmark: Mapping[str, str] = field(default_factory=dict)
    disagreeing: Callable[[], Iterable[Notice]] = field(default=tuple, compare=False)
    later: frozenset[str] = frozenset()
    segments: Mapping[tuple[str, ...], "Held"] = field(default_factory=dict)
    unsplit: Mapping[str, str] = field(default_factory=dict)

    @property
    def contradictions(self) -> tuple[Notice, ...]:
        """Targets that do not add up."""
        return tuple(self.disagreeing())

    def counts(self, kpi: str) -> float | None:
        """The target that counts: the KPI's own, else the implied one.

        None where its own cannot be had for this period: what others imply does not replace it.
        """
        own = self.own.get(kpi)
        return self.implied.get(kpi) if own is None and kpi not in self.reasons else own

    def promise(self, kpi: str) -> float | None:
        """The target that it is judged by: the one that counts, unless nobody promised it.

        That is `the target` of a KPI wherever there is one; what is merely needed is compared
        with (by eval and drivers), and said to be no promise.
        """
        return None if kpi in self.needed else self.counts(kpi)

    def is_implied(self, kpi: str) -> bool | None:
        """Whether the target it is judged by follows from others; None without one."""
        return None if self.promise(kpi) is None else self.own.get(kpi) is None

    def implied_from(self, kpi: str) -> Implied | None:
        """What the target that counts follows from; None where it is its own, or there is none."""
        if self.own.get(kpi) is not None or self.counts(kpi) is None:
            return None
        if kpi in self.needed:
            return Implied("needed", self.implied_by[kpi])
        return Implied("goals", self.implied_by[kpi]) if kpi in self.implied_by else BY_OPERANDS

    def label(self, kpi: str) -> str:
        """What the target that counts is called: implied ones say by what."""
        found = self.implied_from(kpi)
        if found is None:
            return "target"
        return "target (implied)" if found is BY_OPERANDS else f"target (implied by {found.by})"
