"""What an edit changes, as a unified diff to be read: words of files are shown, never obeyed."""

import difflib
from collections.abc import Iterator
from typing import Final

from kpitree.render.words import visible

_STYLES: Final = {"+": "good", "-": "bad", "@": "quiet"}
_NO_END: Final = "\\ No newline at end of file"


def diff(before: str, after: str, name: str, *, color: bool = False) -> str:
    """The changed lines of a file with three around them; empty where nothing has changed.

    Line ends of Windows and a byte order mark are not shown.
    """
    lines = list(_lines(before, after, name))
    if not color:
        return "".join(f"{line}\n" for line in lines)
    from kpitree.render.paint import Rows, painted  # noqa: PLC0415 - rich, only for colour

    rows = tuple(((line, _style(number, line)),) for number, line in enumerate(lines))
    return painted([Rows(rows)], color=True)


def _lines(before: str, after: str, name: str) -> Iterator[str]:
    found = difflib.unified_diff(
        _split(before), _split(after), f"{name} (now)", f"{name} (then)", lineterm=""
    )
    for line in found:
        shown, ended = line.removesuffix("\n"), line.endswith("\n")
        yield visible(shown, keep="\t")
        if not ended and not line.startswith(("--- ", "+++ ", "@@ ")):
            yield _NO_END


def _split(text: str) -> list[str]:
    """Lines with their ends; only line feeds end one."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    lines = [f"{line}\n" for line in plain.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    return lines if lines[-1] else lines[:-1]


def _style(number: int, line: str) -> str:
    if number < 2:
        return "heading"
    return _STYLES.get(line[:1], "quiet" if line == _NO_END else "")
