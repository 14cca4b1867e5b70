"""`mermaid` and `dot`: the tree as a graph to paste, operands below what is computed from them."""

import re

from kpitree.render.drawing.said import target_of, unit_of
from kpitree.render.outline import outline
from kpitree.render.style import Style
from kpitree.render.words import visible
from kpitree.tree.model import Tree


def mermaid(tree: Tree, style: Style) -> str:
    """A flowchart for Markdown."""
    names, edges = _graph(tree, style)
    lines = [
        "flowchart TD",
        *(f'    {name}["{_mermaid_lines(tree, kpi)}"]' for kpi, name in names.items()),
        *(f"    {names[kpi]} --> {names[operand]}" for kpi, operand in edges),
    ]
    return "\n".join(lines) + "\n"


def _mermaid_lines(tree: Tree, kpi: str) -> str:
    return "<br/>".join(map(_mermaid_text, _lines(tree, kpi)))


def _mermaid_text(text: str) -> str:
    """Everything that could mean something to mermaid, Markdown or HTML as a character code."""

    def coded(found: re.Match[str]) -> str:
        return f"#{ord(found[0])};"

    # At its start, "1." or "-" would be read as an item of a list.
    return re.sub(r"^[-+]|(?<=\d)\.(?=\s)", coded, re.sub(r"[^\w .,:/%+-]", coded, visible(text)))


def dot(tree: Tree, style: Style) -> str:
    """A digraph for Graphviz."""
    names, edges = _graph(tree, style)
    lines = [
        "digraph {",
        '    node [shape=box, fontname="sans-serif"]',
        *(f'    {name} [label="{_dot_lines(tree, kpi)}"]' for kpi, name in names.items()),
        *(f"    {names[kpi]} -> {names[operand]}" for kpi, operand in edges),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _dot_lines(tree: Tree, kpi: str) -> str:
    return "\\n".join(map(_dot_text, _lines(tree, kpi)))


def _dot_text(text: str) -> str:
    return visible(text).replace("\\", "\\\\").replace('"', '\\"')


def _lines(tree: Tree, kpi: str) -> list[str]:
    """The label, and the target and owner if there are any."""
    node = tree.kpis[kpi]
    target = target_of(node)
    if target and node.unit == "currency":
        target = f"{target} {unit_of(tree, node)}"
    about = " · ".join(text for text in (target, node.owner or "") if text)
    return [node.label, *([about] if about else [])]


def _graph(tree: Tree, style: Style) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Names for the KPIs drawn (their own could be words of the language), and the edges."""
    entries = outline(tree, depth=style.depth)
    names = {entry.kpi: f"k{at}" for at, entry in enumerate(entries) if not entry.repeated}
    edges = [(kpi, operand) for kpi in names for operand in tree.operands(kpi) if operand in names]
    return names, edges
