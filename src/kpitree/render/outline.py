"""The tree as an outline: which line each KPI stands on, and the branches drawn before it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from kpitree.tree.model import Tree

# fork, last fork, stem beside later forks, nothing below the last one
BRANCHES: Final = ("├─ ", "└─ ", "│  ", "   ")
ASCII_BRANCHES: Final = ("|- ", "`- ", "|  ", "   ")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the outline.

    level: 0 at the top. prefix: drawn before the label. hang: drawn before what stands below
    it and still belongs to it (a wrapped label, its segments).
    repeated: drawn in full further up, under another parent. parent: has KPIs drawn below it.
    """

    kpi: str
    level: int
    prefix: str
    hang: str
    repeated: bool
    parent: bool


@dataclass(frozen=True, slots=True)
class _Place:
    kpi: str
    level: int
    prefix: str
    hang: str


def outline(
    tree: Tree,
    shown: Collection[str] | None = None,
    *,
    depth: int | None = None,
    ascii_only: bool = False,
) -> list[Entry]:
    """The tree from its root, then the KPIs that do not stand under the root.

    shown: only these KPIs; the operands of one left out move up into its place.
    depth: nothing deeper than this below the top of its outline.
    A KPI under two parents is drawn in full under the first and as one line afterwards.
    """
    shown = frozenset(tree.kpis if shown is None else shown)
    below = _nearest_shown(tree, shown)
    branches = ASCII_BRANCHES if ascii_only else BRANCHES
    entries: list[Entry] = []
    drawn: set[str] = set()
    waiting = [_Place(kpi, 0, "", "") for kpi in reversed(_tops(tree, shown, below))]
    while waiting:
        place = waiting.pop()
        repeated = place.kpi in drawn
        drawn.add(place.kpi)
        operands = () if repeated or place.level == depth else below[place.kpi]
        entries.append(
            Entry(place.kpi, place.level, place.prefix, place.hang, repeated, bool(operands))
        )
        waiting += reversed(_places(place, operands, branches))
    return entries


def _places(
    above: _Place, operands: tuple[str, ...], branches: tuple[str, str, str, str]
) -> list[_Place]:
    fork, last_fork, stem, nothing = branches
    last = len(operands) - 1
    return [
        _Place(
            kpi,
            above.level + 1,
            above.hang + (last_fork if at == last else fork),
            above.hang + (nothing if at == last else stem),
        )
        for at, kpi in enumerate(operands)
    ]


def _nearest_shown(tree: Tree, shown: Collection[str]) -> dict[str, tuple[str, ...]]:
    """KPI -> the shown KPIs nearest below it. Without recursion: trees may be deep."""
    found: dict[str, tuple[str, ...]] = {}
    waiting = list(tree.kpis)
    while waiting:
        operands = tree.operands(waiting[-1])
        if missing := [name for name in operands if name not in found]:
            waiting += missing
            continue
        nearest = (below for name in operands for below in _shown_at(name, shown, found))
        found[waiting.pop()] = tuple(dict.fromkeys(nearest))
    return found


def _shown_at(
    kpi: str, shown: Collection[str], found: dict[str, tuple[str, ...]]
) -> tuple[str, ...]:
    return (kpi,) if kpi in shown else found[kpi]


def _tops(tree: Tree, shown: Collection[str], below: dict[str, tuple[str, ...]]) -> list[str]:
    """The root, and every shown KPI that is under neither the root nor another such KPI."""
    roots = _shown_at(tree.root, shown, below)
    reached = set(roots)
    waiting = list(roots)
    while waiting:
        new = [kpi for kpi in below[waiting.pop()] if kpi not in reached]
        reached.update(new)
        waiting += new
    rest = [kpi for kpi in tree.kpis if kpi in shown and kpi not in reached]
    operands = {name for kpi in rest for name in below[kpi]}
    return [*roots, *(kpi for kpi in rest if kpi not in operands)]
