"""The members of a dimension in one period, and the whole that they are parts of."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kpitree.analysis.segments.algebra import Key
from kpitree.analysis.segments.shape import Distinct, Ratio, Shape, Total, Unsplittable
from kpitree.tables import NONE

SAME: Final = 1e-9  # relative difference that is rounding
NOTHING_LEFT: Final = 1e-12  # of the whole's base: what is left without a member is nothing
SMALL_WHOLE: Final = 0.01  # of the members' sizes; below, parts of the whole would mislead

Parts = Mapping[Key, float | None]


@dataclass(frozen=True, slots=True)
class Figures:
    """A KPI's value, and what it is made of. before: the same KPI in earlier periods, oldest
    first, as far back as it may be judged by.
    """

    value: float | None
    parts: Parts
    before: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """One value of the dimension, or of each of several."""

    segment: tuple[str, ...]
    figures: Figures

    @property
    def named(self) -> bool:
        """Whether it is somebody: rows without a value in the dimension are not."""
        return NONE not in self.segment


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a member is to the whole.

    share: its part of the whole; of a ratio or mean, of what that is divided by; a fraction.
    pull: of a ratio or mean, the whole less what it would be without the member, in its unit.
    """

    share: float | None = None
    pull: float | None = None


def shape_in(members: Sequence[Member], whole: Figures, shape: Shape) -> Shape:
    """The shape, if the figures are as it says.

    A ratio has to be what its parts give, which a KPI that is also measured may not be; and its
    parts have to add up over the members, which distinct counts may not do.
    """
    if not isinstance(shape, Ratio) or whole.value is None:
        return shape
    given = ratio_of(shape, whole.parts)
    if given is None or not math.isclose(given, whole.value, rel_tol=SAME):
        return Unsplittable("its parts do not give its value")
    for weights in (shape.above, shape.below):
        sums = [sum_of(weights, one.figures.parts) for one in members]
        if not _adds_up(sums, sum_of(weights, whole.parts)):
            return Unsplittable("its parts do not add up over the members")
    return shape


def contributions(members: Sequence[Member], whole: Figures, shape: Shape) -> list[Contribution]:
    """One for each member, in their order; with (none) among them, shares add up to 1.

    shape: one that shape_in() gave. A distinct count has parts where nobody is counted twice.
    """
    match shape:
        case Total() | Distinct():
            return [Contribution(share) for share in _shares(_values(members), whole.value)]
        case Ratio(below=below):
            bases = [sum_of(below, one.figures.parts) for one in members]
            shares = _shares(bases, sum_of(below, whole.parts))
            pulls = [_pull(one, whole, shape) for one in members]
            return [Contribution(*both) for both in zip(shares, pulls, strict=True)]
        case _:
            return [Contribution()] * len(members)


def _pull(member: Member, whole: Figures, shape: Ratio) -> float | None:
    others = others_ratio(member, whole, shape)
    return None if others is None or whole.value is None else whole.value - others


def _values(members: Sequence[Member]) -> list[float | None]:
    return [one.figures.value for one in members]


def _shares(parts: Sequence[float | None], whole: float | None) -> list[float | None]:
    """Nobody has a share where parts offset each other, or do not add up to the whole."""
    known = [part for part in parts if part is not None]
    size = math.fsum(map(abs, known))
    if not whole or abs(whole) < SMALL_WHOLE * size or not _adds_up(known, whole):
        return [None] * len(parts)
    return [None if part is None else part / whole for part in parts]


def _adds_up(parts: Sequence[float], whole: float) -> bool:
    return abs(math.fsum(parts) - whole) <= SAME * math.fsum(map(abs, parts))


def others_ratio(member: Member, whole: Figures, shape: Ratio) -> float | None:
    """The ratio of everything but the member, (none) included; None where that is nothing."""
    total = sum_of(shape.below, whole.parts)
    base = total - sum_of(shape.below, member.figures.parts)
    if abs(base) <= NOTHING_LEFT * abs(total):
        return None
    above = sum_of(shape.above, whole.parts) - sum_of(shape.above, member.figures.parts)
    return _finite(above / base)


def others_means(members: Sequence[Member]) -> list[float | None]:
    """For each member the mean of the other named members' values; None without any."""
    return _means_of_others([one.figures.value if one.named else None for one in members])


def others_before(members: Sequence[Member]) -> list[tuple[float | None, ...]]:
    """The same in the earlier periods, oldest first: of those who were there by then."""
    there = [_since_it_began(one.figures.before) if one.named else None for one in members]
    past = zip(*(one for one in there if one is not None), strict=True)
    means = list(zip(*map(_means_of_others, past), strict=True))
    named = iter(means or [()] * len(members))
    return [() if one is None else next(named) for one in there]


def _since_it_began(series: Sequence[float | None]) -> list[float | None]:
    """The values from the first one other than 0 on; None before that."""
    began = False
    found: list[float | None] = []
    for one in series:
        began = began or bool(one)
        found.append(one if began else None)
    return found


def _means_of_others(values: Sequence[float | None]) -> list[float | None]:
    """For each value the mean of the others that are known."""
    known = [one for one in values if one is not None]
    unit = max(map(abs, known), default=0.0) or 1.0  # sums of huge values do not overflow
    total = math.fsum(one / unit for one in known)
    found: list[float | None] = []
    for value in values:
        count = len(known) - (value is not None)
        rest = total - (0.0 if value is None else value / unit)
        found.append(_finite(rest / count * unit) if count else None)
    return found


def ratio_of(shape: Ratio, parts: Parts) -> float | None:
    """What the parts give; None where the base is 0."""
    base = sum_of(shape.below, parts)
    return _finite(sum_of(shape.above, parts) / base) if base else None


def sum_of(weights: Mapping[Key, float], parts: Parts) -> float:
    """Parts added up; one without a value adds nothing."""
    return math.fsum(weight * (parts[key] or 0.0) for key, weight in weights.items())


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
