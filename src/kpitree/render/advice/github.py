"""For GitHub Actions: a workflow command for each place, shown beside its line in a pull request.

::warning file=trees/sales.toml,line=38,title=KT104::close_rate has no target. Set target = ...
"""

from collections.abc import Sequence

from kpitree.advice.checked import Checked, Placed
from kpitree.advice.rules import BY_CODE
from kpitree.errors import KpiTreeError
from kpitree.render.advice.places import place_of
from kpitree.render.style import Style
from kpitree.render.words import visible


def render(checked: Sequence[Checked], style: Style) -> str:  # noqa: ARG001 - as all formats
    """Errors for mistakes, warnings for advice; nothing when there are none."""
    lines: list[str] = []
    for one in checked:
        lines += [_mistake(error, one.tree) for error in one.mistakes]
        lines += [_finding(found, one.tree) for found in one.findings]
    return "".join(f"{line}\n" for line in lines)


def _mistake(error: KpiTreeError, tree: str) -> str:
    file, line = place_of(error, tree)
    hint = f" ({error.hint})" if error.hint else ""
    return _command("error", file, line, "mistake", f"{error.message}{hint}")


def _finding(found: Placed, tree: str) -> str:
    code = found.finding.code
    message = f"{found.finding.message}. {BY_CODE[code].mend}"
    return _command("warning", tree, found.line, code, message)


def _command(kind: str, file: str, line: int | None, title: str, message: str) -> str:
    place = f"file={_property(file)}" + (f",line={line}" if line else "")
    return f"::{kind} {place},title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    """As GitHub reads it back; what would end the line is written as an escape before."""
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
