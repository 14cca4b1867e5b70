"""One rule in full: why it matters, how to mend it, and an example of each."""

from collections.abc import Iterator

from kpitree.advice.contract import Rule
from kpitree.advice.examples import EXAMPLES
from kpitree.advice.examples.data import ON_DATA
from kpitree.render.messages import Piece, lines_text
from kpitree.render.style import Style


def explained(rule: Rule, style: Style) -> str:
    """Code, name, severity, why and mend; then what the rule speaks up about, and what not."""
    lines: list[list[Piece]] = [
        [(rule.code, "heading"), (f" {rule.name} ({rule.severity})", "")],
        [],
        [("Why:  ", "heading"), (rule.why, "")],
        [("Mend: ", "heading"), (rule.mend, "")],
    ]
    if on_data := ON_DATA.get(rule.code):
        lines += [[], [("In the data: ", "heading"), (on_data.seen, "")]]
    if example := on_data or EXAMPLES.get(rule.code):
        lines += [[], [("Advised against:", "heading")], *_indented(example.bad)]
        lines += [[], [("Better:", "heading")], *_indented(example.good)]
    return lines_text(lines, color=style.color)


def _indented(text: str) -> Iterator[list[Piece]]:
    return ([(f"  {line}".rstrip(), "")] for line in text.strip().splitlines())
