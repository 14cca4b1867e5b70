"""stdout is the answer, stderr is talk; files are replaced whole or not at all."""

import os
import shutil
import sys
from pathlib import Path
from typing import TextIO

from kpitree.cli.replacing import Replacement, replace_files, told
from kpitree.errors import KpiTreeError, Notice, OutputError
from kpitree.render import messages
from kpitree.render.style import Style

ASCII = {ord("−"): "-", ord("–"): "-"}


def style_for(
    output: Path | None, color: str, *, ascii_only: bool, depth: int | None = None
) -> Style:
    """What the file named, or stdout, can show.

    A file is UTF-8, as wide as it needs to be and without escape codes, whatever the terminal.
    """
    if output is not None:
        return Style(ascii=ascii_only, depth=depth)
    return Style(
        width=shutil.get_terminal_size().columns if sys.stdout.isatty() else None,
        color=wants_color(sys.stdout, color),
        ascii=ascii_only or not _can_draw(sys.stdout),
        depth=depth,
    )


def wants_color(stream: TextIO, color: str) -> bool:
    """--color first, then NO_COLOR and FORCE_COLOR (no-color.org), then the terminal."""
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _can_draw(stream: TextIO) -> bool:
    try:
        "├─▁█−–".encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def answer(text: str) -> None:
    """Write to stdout; what its encoding cannot say is written as an escape, never a crash."""
    if text:
        _write(sys.stdout, text)


def deliver(text: str, output: Path | None) -> None:
    """The answer, to the file named or to stdout."""
    if output is None:
        answer(text)
    else:
        write_file(output, text)


def say(text: str) -> None:
    """Write to stderr; its numbers without typography where the encoding has none."""
    if text:
        _write(sys.stderr, text if _can_draw(sys.stderr) else text.translate(ASCII))


def _write(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        raise  # the reader has gone: main() ends the program silently
    except OSError as error:
        _write_no_more(stream)
        name = "standard output" if stream is sys.stdout else "standard error"
        raise OutputError(f"cannot write to {name}: {error.strerror or error}") from None


def _write_no_more(stream: TextIO) -> None:
    """What is left in the stream's buffer goes nowhere, instead of failing again at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def complain(error: KpiTreeError) -> None:
    """Show a user's mistake: what, where, and the way out."""
    say(messages.error_text(error, color=wants_color(sys.stderr, "auto")))


def warn(notices: tuple[Notice, ...], color: str, *, ascii_only: bool = False) -> None:
    """Say what should be known beside the numbers, each once."""
    painted = wants_color(sys.stderr, color)
    for notice in dict.fromkeys(notices):
        text = messages.notice_text(notice, color=painted)
        say(text.translate(ASCII) if ascii_only else text)


def write_file(path: Path, text: str) -> None:
    """Put text into a file so that readers see the old one or the whole new one, never a part.

    Raises OutputError where the file cannot be written; it is then untouched.
    """
    with told(path):
        if path.exists() and not path.is_file():  # a pipe or a device has no old text
            path.write_text(text, encoding="utf-8", newline="")
            return
    replace_files([Replacement(path, text)])
