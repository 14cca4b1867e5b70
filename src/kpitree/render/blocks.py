"""Blocks of a screen that every kind of answer has."""

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from kpitree.render.paint import hanging, words
from kpitree.render.style import Style


def heading(name: str, parts: Sequence[str], style: Style) -> Iterator[Text]:
    """The name, then what is shown of it: as many lines as it takes, none of them full."""
    dot = " - " if style.ascii else " · "
    lines = [name]
    for part in parts:
        longer = f"{lines[-1]}{dot}{part}"
        if style.width is None or cell_len(longer) <= style.width:
            lines[-1] = longer
        else:
            lines.append(part)
    first, *more = map(words, lines)
    first.stylize("heading", 0, len(name))
    yield from (first, *more)


def quiet(notes: Iterable[str], style: Style) -> Iterator[Text]:
    """Notes below figures, each on lines of its own."""
    return (hanging(note, style.width, style="quiet") for note in notes)
