"""A spreadsheet as it was read, and what is noted while a tree is made of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kpitree.errors import Notice, TreeError, TreeErrors


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Cells as texts, without spaces after them; those before may be an indentation.

    shown: the file as the user wrote it. headings: of the first row. rows: each with its number
    as a spreadsheet counts (the headings are row 1); blank ones are none. encoding: of its
    letters, where that is a guess.
    """

    shown: str
    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    encoding: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One KPI. number: of the row. cells: column -> text, those that are not empty.

    above: the number of the row that it stands under, where that is said without a parent.
    """

    number: int
    name: str
    cells: Mapping[str, str]
    above: int | None = None


@dataclass(slots=True)
class Notes:
    """Mistakes and notices, in the order in which they are met.

    headings: column -> how the sheet spells it. mistakes: each with its row, 0 for the whole.
    """

    shown: str
    headings: Mapping[str, str] = field(default_factory=dict)
    mistakes: list[tuple[int, TreeError]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def place(self, row: Row | int | None, column: str | None = None) -> str:
        """The file, the row, and the column as the sheet spells it."""
        number = row.number if isinstance(row, Row) else row
        parts = [self.shown, *([] if number is None else [f"row {number}"])]
        if column is not None:
            parts.append(f"column {self.headings.get(column, column)!r}")
        return ", ".join(parts)

    def mistake(
        self, row: Row | int | None, column: str | None, message: str, hint: str = ""
    ) -> None:
        """Note what keeps the sheet from being a tree."""
        number = row.number if isinstance(row, Row) else row or 0
        error = TreeError(message, where=self.place(row, column), hint=hint)
        self.mistakes.append((number, error))

    def notice(self, code: str, message: str, kpi: str | None = None) -> None:
        """Note what was assumed, or left out."""
        self.notices.append(Notice(code=code, message=message, kpi=kpi))

    def first(self, code: str, message: str) -> None:
        """Note what is to be read before all else."""
        self.notices.insert(0, Notice(code=code, message=message))

    def raise_any(self) -> None:
        """Raise TreeErrors with every mistake, row by row, if there is one."""
        if self.mistakes:
            in_order = sorted(self.mistakes, key=lambda one: one[0])
            raise TreeErrors([error for _, error in in_order])


def listed(names: Iterable[str], most: int = 6) -> str:
    """The first names between commas, and how many more there are."""
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
