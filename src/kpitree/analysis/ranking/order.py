"""Who is first: members by a figure, the best first by the KPI's direction."""

from collections.abc import Sequence
from typing import Final

from kpitree.analysis.ranking.members import Member

TIED: Final = 1e-12  # of the larger: a smaller distance between two figures is none
Goodness = float | None  # the higher, the better


def goodness(value: float | None, direction: str, good: tuple[float, float] | None) -> Goodness:
    """How good a value is, whatever the KPI's direction; None where that is not known.

    good: the range that is good, for the direction "range"; nearer to it is better.
    """
    if value is None:
        return None
    match direction:
        case "up":
            return value
        case "down":
            return -value
        case _:
            return None if good is None else -max(good[0] - value, value - good[1], 0.0)


def ranked(members: Sequence[Member], figures: Sequence[Goodness]) -> list[tuple[int, int | None]]:
    """Positions of the members in the order of the table, each with its rank.

    Best first; equal figures share a rank, the next one counts them all (1, 1, 3), and stand by
    name. Then those without a figure, by name, and last those without a name; both have no rank.
    """
    there = [at for at, one in enumerate(members) if one.named and figures[at] is not None]
    there.sort(key=lambda at: -(figures[at] or 0.0))
    found: list[tuple[int, int | None]] = []
    for group in _ties(there, figures):
        rank = len(found) + 1
        found += [(at, rank) for at in sorted(group, key=lambda at: members[at].segment)]
    others = sorted(
        set(range(len(members))) - set(there),
        key=lambda at: (not members[at].named, members[at].segment),
    )
    return [*found, *((at, None) for at in others)]


def _ties(order: Sequence[int], figures: Sequence[Goodness]) -> list[list[int]]:
    """Neighbours whose figures are the same but for rounding."""
    groups: list[list[int]] = []
    for at in order:
        best = figures[groups[-1][0]] if groups else None
        own = figures[at]
        if best is not None and own is not None and _same(best, own):
            groups[-1].append(at)
        else:
            groups.append([at])
    return groups


def _same(left: float, right: float) -> bool:
    return abs(left - right) <= TIED * max(abs(left), abs(right))
