"""What tables are made of, on a screen and in markdown: labels, and columns of figures."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure: its text, and its style when colour is shown."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a row is about: branches drawn before it, then words.

    hang: drawn instead of prefix when the words go on in another line.
    wide: no figures stand beside it, so it may take the whole line.
    """

    text: str
    prefix: str = ""
    hang: str = ""
    style: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One figure of every row.

    key: what it is, for leaving it out. group: columns of the same group stand together.
    """

    key: str
    title: str
    cells: tuple[Cell, ...]
    right: bool = True
    group: str = ""
