"""What `kpitree check` finds in one tree file: mistakes, or else advice, each with its line."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kpitree.advice.contract import Finding
from kpitree.errors import KpiTreeError, TreeErrors
from kpitree.tree.positions import KeyPath

LineOf = Callable[[KeyPath], int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A finding, and the line of the tree file that it is about, counted from 1."""

    finding: Finding
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """tree: the file, as the user named it. summary: what is in it, "" where it has mistakes.

    mistakes: each with its place and hint. With mistakes in the file itself nothing is advised;
        data that cannot be read leaves the advice that takes none.
    """

    tree: str
    summary: str = ""
    mistakes: tuple[KpiTreeError, ...] = ()
    findings: tuple[Placed, ...] = ()


def with_mistakes(tree: str, error: KpiTreeError) -> Checked:
    """A file that has mistakes, or whose data cannot be read."""
    mistakes = error.errors if isinstance(error, TreeErrors) else (error,)
    return Checked(tree=tree, mistakes=mistakes)


def placed(findings: Iterable[Finding], line_of: LineOf) -> tuple[Placed, ...]:
    """Findings with their lines, in the order of the file; what is about all of it stands first.

    line_of: the line of a key, or of the nearest table above it; None where neither stands there.
    """
    found = [Placed(finding=one, line=_line(one.key, line_of)) for one in findings]
    return tuple(sorted(found, key=lambda one: (one.line, one.finding.code, one.finding.message)))


def _line(key: KeyPath, line_of: LineOf) -> int:
    return line_of(key or ("tree",)) or 1
