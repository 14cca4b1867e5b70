"""For a person: a line for each piece of advice, the way out below the first of its kind.

trees/sales.toml:38: KT104 close_rate has no target
  hint: Set target = ..., range = [low, high], or make it role = "metric" if it is only watched.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from kpitree.advice.checked import Checked, Placed
from kpitree.advice.contract import Severity
from kpitree.advice.rules import BY_CODE
from kpitree.render.messages import Piece, lines_text
from kpitree.render.style import Style
from kpitree.render.words import visible

LONGEST: Final = 400  # characters of a message on a screen; a label may have ten thousand


def render(checked: Sequence[Checked], style: Style) -> str:
    """What is in each file without mistakes, its advice, and how much there is of it."""
    lines: list[list[Piece]] = []
    told: set[str] = set()
    for one in checked:
        if not one.mistakes:
            lines.append([(f"{visible(one.tree)}: no mistakes ({visible(one.summary)})", "")])
        for found in one.findings:
            lines.append(_line(one.tree, found))
            if found.finding.code not in told:
                told.add(found.finding.code)
                lines.append([("  hint: ", "heading"), (BY_CODE[found.finding.code].mend, "")])
    lines.extend(_summary(checked))
    return lines_text(lines, color=style.color)


def brief(checked: Sequence[Checked], style: Style) -> str:
    """The pieces of advice alone, a line each; nothing when there are none."""
    lines = [_line(one.tree, found) for one in checked for found in one.findings]
    return lines_text(lines, color=style.color)


def _line(tree: str, found: Placed) -> list[Piece]:
    code = found.finding.code
    painted = "warning" if BY_CODE[code].severity is Severity.WARNING else "heading"
    return [
        (f"{visible(tree)}:{found.line}: ", ""),
        (code, painted),
        (f" {_cut(visible(found.finding.message))}", ""),
    ]


def _cut(message: str) -> str:
    return message if len(message) <= LONGEST else f"{message[: LONGEST - 1]}…"


def _summary(checked: Sequence[Checked]) -> Iterator[list[Piece]]:
    codes = [found.finding.code for one in checked for found in one.findings]
    if not codes:
        return
    warnings = sum(BY_CODE[code].severity is Severity.WARNING for code in codes)
    pieces = "1 piece of advice" if len(codes) == 1 else f"{len(codes)} pieces of advice"
    if warnings:
        pieces += f" ({warnings} warning{'' if warnings == 1 else 's'})"
    yield [(f"{pieces}; why: kpitree check --explain {codes[0]}", "")]
