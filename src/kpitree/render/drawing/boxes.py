"""Where the boxes of a picture stand, and what is written in them.

Each level of the tree is a column; each KPI without operands has a place of its own below the
one before it, and every other one stands at the middle of its operands.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kpitree.render.drawing.said import definition, target_of, unit_of
from kpitree.render.drawing.widths import bold, monospace, sans
from kpitree.render.kpis import ABOVE
from kpitree.render.outline import Entry
from kpitree.render.words import visible
from kpitree.tree.model import Tree

WIDTH: Final = 232  # of a box
EDGE: Final = 8  # from a box's side to its texts
GAP: Final = 44  # between columns
ABOVE_AND_BELOW: Final = 14  # between boxes
LINE: Final = 16
MADE_LINE: Final = 14
# The room of a line, in ems of its font.
LABEL_EMS: Final = (WIDTH - 2 * EDGE) / 13
SMALL_EMS: Final = (WIDTH - 2 * EDGE) / 12
MADE_EMS: Final = (WIDTH + GAP // 2 - 2 * EDGE) / 10.5
MOST_MADE: Final = 3
MOST_LINES: Final = 2
Measure = Callable[[str], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A KPI's place in the picture, in pixels.

    root: the tree's goal. parent: the box of what is computed from it; None at the top.
    inner: the height of the box itself. lines: its texts, each with its kind. made_of: lines below
    it. said: all of it in words. under: the label of the KPI above.
    """

    root: bool
    parent: int | None
    x: int
    y: int
    inner: int
    repeated: bool
    lines: tuple[tuple[str, str], ...]
    made_of: tuple[str, ...]
    said: str
    under: str = ""

    @property
    def middle(self) -> int:
        return self.y + self.inner // 2

    @property
    def height(self) -> int:
        return self.inner + (6 + MADE_LINE * len(self.made_of) if self.made_of else 0)


def boxes_of(tree: Tree, entries: Sequence[Entry]) -> list[Box]:
    """A box for each line of the outline, in its order."""
    parents = _parents(entries)
    written = [_written(tree, entry) for entry in entries]
    heights = [_inner(lines) + _below(made) for lines, made in written]
    inner = [_inner(lines) for lines, _ in written]
    ys = _ys(parents, heights, inner)
    return [
        Box(
            root=entry.kpi == tree.root,
            parent=parents[at],
            x=entry.level * (WIDTH + GAP),
            y=ys[at],
            inner=inner[at],
            repeated=entry.repeated,
            lines=written[at][0],
            made_of=written[at][1],
            said=_said(tree, entry),
            under=_label_above(tree, entries, parents[at]),
        )
        for at, entry in enumerate(entries)
    ]


def extent(boxes: Sequence[Box]) -> tuple[int, int]:
    """Width and height of all of them."""
    # What a KPI is made of may reach into the gap beside it.
    width = max(box.x for box in boxes) + WIDTH + GAP // 2
    return width, max(box.y + box.height for box in boxes)


def _parents(entries: Sequence[Entry]) -> list[int | None]:
    path: list[int] = []
    found: list[int | None] = []
    for at, entry in enumerate(entries):
        del path[entry.level :]
        found.append(path[-1] if path else None)
        path.append(at)
    return found


def _ys(parents: Sequence[int | None], heights: Sequence[int], inner: Sequence[int]) -> list[int]:
    """The upper edges: operands below each other, and what is made of them at their middle.

    A box that is higher than all of its operands together pushes what follows down.
    """
    below: list[list[int]] = [[] for _ in parents]
    for at, parent in enumerate(parents):
        if parent is not None:
            below[parent].append(at)
    needed = list(heights)  # of a box with everything to its right
    for at in reversed(range(len(parents))):
        if below[at]:
            needed[at] = max(needed[at], _stacked([needed[one] for one in below[at]]))
    tops, ys = [0] * len(parents), [0] * len(parents)
    start = 0
    for at, parent in enumerate(parents):
        if parent is None:
            tops[at] = start
            start += needed[at] + 2 * ABOVE_AND_BELOW
        top = tops[at]
        for one in below[at]:
            tops[one] = top
            top += needed[one] + ABOVE_AND_BELOW
    for at in reversed(range(len(parents))):
        if not below[at]:
            ys[at] = tops[at]
            continue
        first, last = below[at][0], below[at][-1]
        middle = (ys[first] + inner[first] // 2 + ys[last] + inner[last] // 2) // 2
        highest, lowest = tops[at], tops[at] + needed[at] - heights[at]
        ys[at] = min(max(middle - inner[at] // 2, highest), lowest)
    return ys


def _stacked(heights: Sequence[int]) -> int:
    return sum(heights) + ABOVE_AND_BELOW * (len(heights) - 1)


def _inner(lines: Sequence[tuple[str, str]]) -> int:
    return 2 * EDGE + LINE * len(lines) - 4


def _below(made: Sequence[str]) -> int:
    return 6 + MADE_LINE * len(made) if made else 0


# --- words ---------------------------------------------------------------------------------------


def _written(tree: Tree, entry: Entry) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    node = tree.kpis[entry.kpi]
    if entry.repeated:
        [label] = wrapped(node.label, SMALL_EMS - 2, 1)
        return (("quiet", f"{label} {ABOVE}"),), ()
    labels = wrapped(node.label, LABEL_EMS, MOST_LINES, bold)
    about = [text for text in (_goal(tree, entry.kpi), visible(node.owner or "")) if text]
    lines = [("label", line) for line in labels]
    joined = " · ".join(about)
    if joined and sans(joined) <= SMALL_EMS:
        about = [joined]
    lines += [("quiet", line) for text in about for line in wrapped(text, SMALL_EMS, 1)]
    return tuple(lines), tuple(wrapped(definition(node), MADE_EMS, MOST_MADE, monospace))


def _goal(tree: Tree, kpi: str) -> str:
    """Target and unit: `target 3,000,000.00 EUR`, or the unit alone."""
    node = tree.kpis[kpi]
    unit, target = unit_of(tree, node), target_of(node)
    if not target:
        return visible(unit)
    shown = unit if node.unit not in ("percent", "days", "hours") else ""
    return f"target {target} {visible(shown)}".rstrip()


def _said(tree: Tree, entry: Entry) -> str:
    node = tree.kpis[entry.kpi]
    if entry.repeated:
        return f"{node.label} again"
    parts = (
        node.label,
        definition(node),
        _goal(tree, entry.kpi),
        node.owner and f"owner {node.owner}",
    )
    return " ".join(part for part in parts if part)


def _label_above(tree: Tree, entries: Sequence[Entry], parent: int | None) -> str:
    return "" if parent is None else tree.kpis[entries[parent].kpi].label


def wrapped(text: str, room: float, most: int, ems: Measure = sans) -> list[str]:
    """The text in at most so many lines of this many ems; what is left over is cut with …."""
    lines, line = [], ""
    for word in re.findall(r"\S+\s*|\s+", visible(text)):
        for part in _pieces(word, room, ems):
            if line and ems((line + part).rstrip()) > room:
                lines.append(line.rstrip())
                line = ""
            line += part
    lines.append(line.rstrip())
    lines = [line for line in lines if line] or [""]
    if len(lines) > most:
        lines = [*lines[: most - 1], _cut(" ".join(lines[most - 1 :]), room, ems)]
    return lines


def _pieces(word: str, room: float, ems: Measure) -> list[str]:
    """A word that is longer than a line, in pieces that are not."""
    pieces, piece = [], ""
    for char in word:
        if piece and ems(piece + char) > room:
            pieces.append(piece)
            piece = ""
        piece += char
    return [*pieces, piece]


def _cut(text: str, room: float, ems: Measure) -> str:
    while text and ems(text + "…") > room:
        text = text[:-1]
    return text.rstrip() + "…"
