"""Mistakes a user can make and mend. Everything else is a bug and keeps its traceback."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

_LONGEST: Final = 60  # characters of a name in a message


class KpiTreeError(Exception):
    """What is wrong, where it is, and how to mend it.

    message: one sentence naming the culprit, without a full stop.
    where: the file, line, KPI and key, or the column; outer callers may prepend to it.
    hint: the next thing to try, or "" when there is no honest advice.
    excerpt: lines of the user's file with a caret under the place, or ().
    exit_code: what the command line ends with (docs/cli.md).
    """

    exit_code = 2

    def __init__(
        self, message: str, *, where: str = "", hint: str = "", excerpt: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint
        self.excerpt = excerpt

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class UsageError(KpiTreeError):
    """The command or call asks for something that cannot be: an unknown KPI, a bad period."""


class TreeError(KpiTreeError):
    """The tree file cannot be read, or does not describe a tree."""


class TreeErrors(TreeError):
    """Every mistake of one tree file, in the order of the file.

    errors: at least one TreeError, each with its own place and hint.
    """

    def __init__(self, errors: Sequence[TreeError]) -> None:
        super().__init__("; ".join(str(error) for error in errors))
        self.errors = tuple(errors)


class SourceError(KpiTreeError):
    """A data file is missing, unreadable, lacks a column, or holds what cannot be.

    code: what it is, as `kpitree doctor` names it.
    """

    exit_code = 3
    code = "unreadable"


class AmbiguousDateError(SourceError):
    """A date can be read two ways."""

    code = "ambiguous_dates"


class RepeatedKeyError(SourceError):
    """A key stands twice in a lookup."""

    code = "repeated_keys"


class OutputError(KpiTreeError):
    """The answer could not be written where it was asked to go."""

    exit_code = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something the reader should know beside the numbers; never a reason to stop.

    code: a stable word for scripts, such as "targets_do_not_add_up" or "null_dates".
    kpi, source: what it is about, or None. count: of the rows or files that it is about, if known.
    """

    code: str
    message: str
    kpi: str | None = None
    source: str | None = None
    count: int | None = None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint naming the closest known name, or listing them (the first dozen)."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    if not names:
        return ""
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return f"known names: {', '.join(map(_cut, names[:12]))}{more}"


def _cut(name: str) -> str:
    """The name, cut where it is too long for a message."""
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
