"""Mistakes and notices as text for standard error.

error: trees/sales.toml:12: [kpi.revenue] formula: there is no KPI 'deal'
  formula = "deal * close_rate"
     |            ^^^^
hint: did you mean 'deals'?
"""

from collections.abc import Iterator

from kpitree.errors import KpiTreeError, Notice, TreeErrors
from kpitree.render.words import visible

Piece = tuple[str, str]


def error_text(error: KpiTreeError, *, color: bool = False) -> str:
    """What is wrong, where, and what to try; one block for each mistake of a tree file."""
    errors = error.errors if isinstance(error, TreeErrors) else (error,)
    return lines_text([line for each in errors for line in _error_lines(each)], color=color)


def notice_text(notice: Notice, *, color: bool = False) -> str:
    """One line: something the reader should know beside the numbers."""
    return lines_text([[("warning: ", "warning"), (visible(notice.message), "")]], color=color)


def _error_lines(error: KpiTreeError) -> Iterator[list[Piece]]:
    where = f"{visible(error.where)}: " if error.where else ""
    yield [("error: ", "error"), (f"{where}{visible(error.message)}", "")]
    for line in error.excerpt:
        # A tab would move the caret of the next line away from its place.
        yield [(f"  {visible(line.replace(chr(9), ' '))}", "")]
    if error.hint:
        yield [("hint: ", "heading"), (visible(error.hint), "")]


def lines_text(lines: list[list[Piece]], *, color: bool) -> str:
    """Lines of words and their styles as text; rich is loaded only for colour."""
    if not color:
        return "".join("".join(text for text, _style in line) + "\n" for line in lines)
    from rich.text import Text  # noqa: PLC0415 - rich, only where colour is shown

    from kpitree.render.paint import painted  # noqa: PLC0415 - only errors are painted

    return painted((Text.assemble(*line) for line in lines), color=True)
