"""Every mistake of one tree file, collected with its place, and raised together."""

import re
from dataclasses import dataclass, field
from typing import Final

from kpitree.errors import TreeError, TreeErrors
from kpitree.tree.excerpt import excerpt
from kpitree.tree.expressions import ExpressionError
from kpitree.tree.positions import KeyPath
from kpitree.tree.toml import TomlFile

MAX_NAME: Final = 60  # characters of a name shown


@dataclass(slots=True)
class Mistakes:
    """What is wrong with one file, so far."""

    file: TomlFile
    found: list[tuple[int, TreeError]] = field(default_factory=list)
    explained: set[KeyPath] = field(default_factory=set)

    def add(self, key: KeyPath, message: str, hint: str = "") -> None:
        """A mistake about a key (or a table): shown with its line."""
        self.explained.add(key)
        line = self.file.line_of(key)
        self._add(line, TreeError(message, where=self._where(line, key), hint=hint))

    def add_expression(self, key: KeyPath, error: ExpressionError) -> None:
        """A mistake inside an expression: shown with its line and carets under the place."""
        self.explained.add(key)
        row, start, end = self.file.place_of(key, error.at)
        shown = excerpt(self.file.lines[row], start, end)
        where = self._where(row + 1, key)
        self._add(row + 1, TreeError(error.message, where=where, hint=error.hint, excerpt=shown))

    def explain(self, key: KeyPath) -> None:
        """Note that a key is missing because of a mistake already found, such as its spelling."""
        self.explained.add(key)

    def about(self, key: KeyPath) -> bool:
        """Whether there is a mistake at a key, or one that explains that it is missing."""
        return key in self.explained

    def raise_any(self) -> None:
        """Raise TreeErrors with everything found, in the order of the file, if there is any."""
        if self.found:
            raise TreeErrors([error for _, error in sorted(self.found, key=lambda one: one[0])])

    def _add(self, line: int | None, error: TreeError) -> None:
        self.found.append((line or 0, error))

    def _where(self, line: int | None, key: KeyPath) -> str:
        place = f"{self.file.path}:{line}" if line else str(self.file.path)
        if not key:
            return place
        parts = [_as_written(part) for part in key]
        if len(key) == 1 and not isinstance(self.file.data.get(key[0], {}), dict):
            return f"{place}: {parts[0]}"
        size = 2 if key[:1] in (("kpi",), ("sources",)) else 1
        return f"{place}: [{'.'.join(parts[:size])}] {'.'.join(parts[size:])}".rstrip()


def _as_written(name: str) -> str:
    """A name as TOML has it, cut where it is too long for a line."""
    name = name if len(name) <= MAX_NAME else f"{name[: MAX_NAME - 1]}…"
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{name}"'
