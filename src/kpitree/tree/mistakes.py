"""Every mistake of one tree file, collected with its place, and raised together."""

from dataclasses import dataclass, field

from kpitree.errors import TreeError, TreeErrors
from kpitree.tree.expressions import ExpressionError
from kpitree.tree.toml import KeyPath, TomlFile

MAX_EXCERPT = 160  # characters of a line shown around a caret


@dataclass(slots=True)
class Mistakes:
    """What is wrong with one file, so far."""

    file: TomlFile
    found: list[tuple[int, TreeError]] = field(default_factory=list)

    def add(self, key: KeyPath, message: str, hint: str = "") -> None:
        """A mistake about a key (or a table): shown with its line."""
        line = self.file.line_of(key)
        self._add(line, TreeError(message, where=self._where(line, key), hint=hint))

    def add_expression(self, key: KeyPath, text: str, error: ExpressionError) -> None:
        """A mistake inside an expression: shown with the line and a caret under the place."""
        line = self.file.line_of(key)
        excerpt = self._excerpt(key, text, error)
        where = self._where(line, key)
        self._add(line, TreeError(error.message, where=where, hint=error.hint, excerpt=excerpt))

    def raise_any(self) -> None:
        """Raise TreeErrors with everything found, in the order of the file, if there is any."""
        if self.found:
            raise TreeErrors([error for _, error in sorted(self.found, key=lambda one: one[0])])

    def _add(self, line: int | None, error: TreeError) -> None:
        self.found.append((line or 0, error))

    def _where(self, line: int | None, key: KeyPath) -> str:
        place = f"{self.file.path}:{line}" if line else str(self.file.path)
        match key:
            case ():
                return place
            case ("kpi" | "sources" as kind, name, *rest):
                return f"{place}: [{kind}.{name}] {'.'.join(rest)}".rstrip()
            case _:
                table, *rest = key
                return f"{place}: [{table}] {'.'.join(rest)}".rstrip()

    def _excerpt(self, key: KeyPath, text: str, error: ExpressionError) -> tuple[str, ...]:
        """The line of the file with carets, or the expression alone where it is not plain there."""
        start, end = error.at
        before = text[:start].count("\n")
        if "\n" in text or (place := self.file.place_of(key, text)) is None:
            lines = text.splitlines() or [""]
            row = min(before, len(lines) - 1)
            shown, column = lines[row], start - (text.rfind("\n", 0, start) + 1)
        else:
            shown, column = self.file.lines[place[0]], place[1] + start
        carets = max(1, min(end - start, len(shown) - column))
        cut = max(0, column - MAX_EXCERPT // 2)
        shown = shown[cut : cut + MAX_EXCERPT]
        return shown, " " * (column - cut) + "^" * min(carets, MAX_EXCERPT // 2)
