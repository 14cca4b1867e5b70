"""`svg`: the tree as a picture that needs nothing but itself: no script, no font, no other file.

Drawn from left to right: a box for each KPI, what it is made of below it, its operands to its
right. A KPI under two parents is drawn once, and named again in a dashed box. The picture
follows the reader's light or dark mode; title and desc tell it to a screen reader.
"""

from collections.abc import Iterator
from typing import Final

from kpitree.render.drawing.boxes import (
    EDGE,
    GAP,
    LINE,
    MADE_LINE,
    WIDTH,
    Box,
    boxes_of,
    extent,
    wrapped,
)
from kpitree.render.drawing.widths import bold
from kpitree.render.outline import outline
from kpitree.render.style import Style
from kpitree.render.words import visible
from kpitree.tree.model import Tree

MARGIN: Final = 16
HEADING: Final = 40
ROUND: Final = 6
LOOK: Final = """\
svg{--paper:#fff;--ink:#1c1e21;--quiet:#5c6370;--line:#9aa3af;--box:#f5f7fa;--top:#dbe7fb}
@media(prefers-color-scheme:dark){svg{--paper:#15181c;--ink:#e8eaed;--quiet:#a3abb6;--line:#5f6875;\
--box:#21262d;--top:#1f3a60}}
text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;font-size:12px;fill:#1c1e21;\
fill:var(--ink);white-space:pre}
.paper{fill:#fff;fill:var(--paper)}
.box{fill:#f5f7fa;fill:var(--box);stroke:#9aa3af;stroke:var(--line)}
.top{fill:#dbe7fb;fill:var(--top)}
.again{fill:none;stroke-dasharray:4 3}
.edge{fill:none;stroke:#9aa3af;stroke:var(--line)}
.heading{font-size:18px;font-weight:600}
.label{font-size:13px;font-weight:600}
.quiet{fill:#5c6370;fill:var(--quiet)}
.made{font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:10.5px;\
fill:#5c6370;fill:var(--quiet)}
"""


def render(tree: Tree, style: Style) -> str:
    """The picture, of the same bytes for the same tree. style.depth: levels drawn."""
    boxes = boxes_of(tree, outline(tree, depth=style.depth))
    width, height = extent(boxes)
    width, height = width + 2 * MARGIN, height + HEADING + 2 * MARGIN
    [name] = wrapped(tree.name, (width - 2 * MARGIN) / 18, 1, bold)
    size = f'width="{width}" height="{height}"'
    said = f'viewBox="0 0 {width} {height}" role="img" aria-labelledby="title desc"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {said}>',
        f'<title id="title">{escaped(tree.name)}: KPI tree</title>',
        f'<desc id="desc">{"; ".join(map(_told, boxes))}</desc>',
        f"<style>{LOOK}</style>",
        f'<rect class="paper" {size}/>',
        f'<text class="heading" x="{MARGIN}" y="{MARGIN + 20}">{escaped(name)}</text>',
        f'<g transform="translate({MARGIN} {MARGIN + HEADING})">',
        *(line for box in boxes for line in _edges(box, boxes)),
        *(line for box in boxes for line in _drawn(box)),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """A text inside an element: no markup, and no character that XML does not know."""
    text = "".join(
        char if char.isprintable() or char == " " else "\ufffd" for char in visible(text)
    )
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _told(box: Box) -> str:
    """The box in words."""
    return escaped(f"{box.said}, under {box.under}" if box.under else box.said)


def _edges(box: Box, boxes: list[Box]) -> Iterator[str]:
    if box.parent is None:
        return
    parent = boxes[box.parent]
    x, y = parent.x + WIDTH, parent.middle
    bend = x + GAP // 2
    yield f'<path class="edge" d="M{x} {y}H{bend}V{box.middle}H{box.x}"/>'


def _drawn(box: Box) -> Iterator[str]:
    """The box with its texts; what is cut in them is whole in its title."""
    kind = " again" if box.repeated else " top" if box.root else ""
    yield f"<g><title>{escaped(box.said)}</title>"
    yield (
        f'<rect class="box{kind}" x="{box.x}" y="{box.y}" width="{WIDTH}" height="{box.inner}"'
        f' rx="{ROUND}"/>'
    )
    y = box.y + EDGE + LINE - 5
    for kind, text in box.lines:
        yield f'<text class="{kind}" x="{box.x + EDGE}" y="{y}">{escaped(text)}</text>'
        y += LINE
    y = box.y + box.inner + LINE - 3
    for text in box.made_of:
        yield f'<text class="made" x="{box.x + EDGE}" y="{y}">{escaped(text)}</text>'
        y += MADE_LINE
    yield "</g>"
