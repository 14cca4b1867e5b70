"""What was measured, as a table: printed, and written into docs/benchmarks.md between its marks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from processes import ROOT

PAGE: Final = ROOT / "docs" / "benchmarks.md"


@dataclass
class Table:
    """name: its mark in the page. columns: their titles; the first names the row.

    exceeded: the limits that are, in words.
    """

    name: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    exceeded: list[str] = field(default_factory=list)

    def add(self, *cells: str) -> None:
        self.rows.append(cells)

    def held(self, what: str, value: float, most: float, unit: str = "") -> tuple[str, str]:
        """A figure and its limit as two cells; noted where it is exceeded."""
        digits = 3 if unit == " s" and value < 1 else 2
        if value <= most:
            return f"{value:.{digits}f}{unit}", f"{most:g}{unit}"
        self.exceeded.append(f"{what}: {value:.{digits}f}{unit}, at most {most:g}{unit}")
        return f"**{value:.{digits}f}{unit}**", f"{most:g}{unit}"


def printed(table: Table) -> str:
    lines = [table.columns, *table.rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(table.columns))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def markdown(table: Table) -> str:
    ruler = ["---", *("--:" for _ in table.columns[1:])]
    lines = [table.columns, ruler, *table.rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def written(tables: Iterable[Table], machine: str, page: Path = PAGE) -> None:
    """Put each table in the page's place for it. Raises SystemExit for one that has none."""
    text = page.read_text("utf-8")
    for name, measured in [("machine", machine), *((one.name, markdown(one)) for one in tables)]:
        mark, end = f"<!-- measured: {name} -->\n", "<!-- end -->"
        before, found, after = text.partition(mark)
        if not found or end not in after:
            raise SystemExit(f"{page} has no place for the table {name!r}")
        text = f"{before}{mark}{measured}\n{end}{after.partition(end)[2]}"
    page.write_text(text, encoding="utf-8")
