"""Which row is which KPI: its name, its label, and how other cells call it."""

import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import accumulate
from typing import Final

from kpitree.errors import did_you_mean
from kpitree.tree.expressions import RESERVED
from kpitree.tree.naming import label_of, name_of
from kpitree.tree.sheets.cells import texts_of
from kpitree.tree.sheets.columns import columns_of, nearest
from kpitree.tree.sheets.hierarchy import Line, placed
from kpitree.tree.sheets.protected import unprotected
from kpitree.tree.sheets.sheet import Notes, Row, Sheet, listed

_LOGIC: Final = frozenset({"and", "or", "not", "in", "true", "false"})
_INDENT: Final = " \t\u00a0\u3000"
_TITLES: Final = 10  # rows looked through for headings
_UNUSABLE: Final = RESERVED | {"none", "nan", "null"}  # names that formulas read as something else
NO_KPI: Final = "a heading is needed for the KPIs' names: kpi"


def rows_of(sheet: Sheet, notes: Notes) -> list[Row]:
    """The rows with their columns and names; each mistake is noted."""
    sheet = _from_its_headings(sheet, notes)
    columns = _columns(sheet, notes)
    if "kpi" not in columns:
        return []
    lines = [_line(number, texts, columns) for number, texts in sheet.rows]
    rows = [row for line in placed(lines, notes) if (row := _named(line, notes))]
    if not rows and not notes.mistakes:
        notes.mistake(None, None, "the table has headings and no KPI")
    return _once(rows, notes)


def _from_its_headings(sheet: Sheet, notes: Notes) -> Sheet:
    """The sheet without titles above its headings, which is said."""
    if _are_headings(sheet.headings, 1):
        return sheet
    for at, (number, texts) in enumerate(sheet.rows[:_TITLES]):
        headings = tuple(text.strip() for text in texts)
        if _are_headings(headings, 2):
            message = f"the headings are those of row {number}; what stands above is not read"
            notes.notice("titles", message)
            return replace(sheet, headings=headings, rows=sheet.rows[at + 1 :])
    return sheet


def _are_headings(texts: Sequence[str], least: int) -> bool:
    """Whether so many columns are known by them, the KPIs' own among them."""
    columns = [column for column in columns_of(texts) if column is not None]
    return "kpi" in columns and len(set(columns)) >= least


def _line(number: int, texts: Sequence[str], columns: Sequence[str | None]) -> Line:
    """What the row says, and how far its KPI is indented."""
    cells, indent = {}, 0
    for column, text in zip(columns, texts, strict=False):
        bare = unprotected(text.lstrip(_INDENT))
        if column is not None and bare:
            cells[column] = bare
        if column == "kpi":
            wide = text.expandtabs(4)
            indent = len(wide) - len(wide.lstrip())
    return Line(number, cells, indent)


def _columns(sheet: Sheet, notes: Notes) -> list[str | None]:
    columns = columns_of(sheet.headings)
    spelled: dict[str, str] = {}
    for heading, column in zip(sheet.headings, columns, strict=True):
        if column is None and heading:
            near = nearest(heading)
            hint = f"; did you mean {near!r}?" if near else ""
            notes.notice("unknown_column", f"the column {heading!r} is not read{hint}")
        elif column in spelled:
            both = f"{spelled[column]!r} and {heading!r}"
            notes.mistake(1, None, f"two columns mean {column!r}: {both}", "keep one of them")
        elif column is not None:
            spelled[column] = heading
    notes.headings = spelled
    if "kpi" not in spelled:
        notes.mistake(
            1, None, "no column has the KPIs", f"the headings: {listed(sheet.headings)}; {NO_KPI}"
        )
    return columns


def _named(line: Line, notes: Notes) -> Row | None:
    """A name that stands in the sheet is kept; of a label, one is made."""
    number, cells = line.number, line.cells
    text = cells.get("kpi") or cells.get("label", "")
    if not text:
        if cells:
            notes.mistake(number, "kpi", "the row names no KPI")
        return None
    usable = text.isidentifier() and text not in _UNUSABLE and not keyword.iskeyword(text)
    kept = usable and (text == text.lower() or "label" in cells)
    name = text if kept else name_of(text)
    if not name:
        hint = "letters and digits make a name, such as: close_rate"
        notes.mistake(number, "kpi", f"no name can be made of {text[:60]!r}", hint)
        return None
    name = f"kpi_{name}" if name in _UNUSABLE else name
    label = cells.get("label", text if not kept else "")
    about = {"label": label} if label and label != label_of(name) else {}
    cells = {**_without(cells, "label"), "kpi": text, **about}
    return Row(number=number, name=name, cells=cells, above=line.above)


def _without(cells: Mapping[str, str], column: str) -> dict[str, str]:
    return {name: text for name, text in cells.items() if name != column}


def _once(rows: list[Row], notes: Notes) -> list[Row]:
    found: dict[str, Row] = {}
    for row in rows:
        if first := found.get(row.name):
            same = first.cells["kpi"] == row.cells["kpi"]
            what = "" if same else f" ({first.cells['kpi']!r} and {row.cells['kpi']!r})"
            message = f"two rows are the KPI {row.name!r}{what}: {first.number} and {row.number}"
            notes.mistake(row, "kpi", message, "give one of them another name")
        else:
            found[row.name] = row
    return list(found.values())


def _folded(text: str) -> str:
    """Without the difference of capitals; the dot over a capital I goes with the capital."""
    return text.casefold().replace("i\u0307", "i")


def _bare(text: str) -> str:
    return " ".join(_folded(text).split())


class Names:
    """How cells call KPIs: by name, by label, by anything that makes the same name."""

    def __init__(self, rows: list[Row], notes: Notes) -> None:
        self.notes = notes
        self.rows = {row.name: row for row in rows}
        self.labels: dict[str, str] = {}
        self.shared: dict[str, list[Row]] = {}  # label -> its KPIs, where they are several
        called: dict[str, dict[str, Row]] = {}
        for row in rows:
            for text in (row.cells.get("label"), row.cells["kpi"], label_of(row.name)):
                if text:
                    called.setdefault(_bare(text), {})[row.name] = row
        for label, those in called.items():
            self.labels[label] = next(iter(those))
            if len(those) > 1:
                self.shared[label] = list(those.values())

    def calls(self, text: str) -> Iterator[tuple[slice, str]]:
        """Where a formula calls a KPI, and its name.

        A name wins over a label like it; a word with a parenthesis behind it is a function.
        """
        others, pattern = self._spellings
        letters = [_folded(letter) for letter in text]
        ends = list(accumulate(map(len, letters), initial=0))
        at = {end: place for place, end in enumerate(ends)}
        for found in pattern.finditer("".join(letters)):
            if found.start() in at and found.end() in at:  # no half of a letter, such as of ß
                place = slice(at[found.start()], at[found.end()])
                own = text[place]
                yield place, own if own in self.rows else others[found[0]]

    @cached_property
    def _spellings(self) -> tuple[dict[str, str], re.Pattern[str]]:
        """What a formula may call KPIs, each with its name, and the pattern that finds them."""
        others = {
            label: label if label in self.rows else name
            for label, name in self.labels.items()
            if label not in _LOGIC
        }
        pattern = "|".join(
            re.escape(label) + (r"(?!\s*\()" if label in RESERVED else "")
            for label in sorted(others, key=len, reverse=True)
        )
        return others, re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")

    def found(self, text: str) -> str | None:
        """The KPI that a cell means, or None."""
        if text in self.rows:
            return text
        if _bare(text) in self.shared:
            return None
        name = self.labels.get(_bare(text)) or name_of(text)
        return name if name in self.rows else None

    def several(self, text: str) -> str:
        """The KPIs that a cell may mean, each with its row; empty where it is one, or none."""
        if text in self.rows:
            return ""
        return listed(f"{row.name} (row {row.number})" for row in self.shared.get(_bare(text), ()))

    def listed_in(self, row: Row, column: str) -> list[str]:
        """The KPIs in a cell: one, or several between commas, or names between spaces."""
        texts = texts_of(row.cells.get(column, ""))
        if len(texts) == 1 and self.found(texts[0]) is None and not self.several(texts[0]):
            texts = texts[0].split()
        return texts

    def all_of(self, row: Row, column: str, texts: list[str]) -> Iterator[str]:
        """The KPIs that a cell names; each that there is not is a mistake."""
        for text in texts:
            name = self.found(text)
            if name is None and (several := self.several(text)):
                message = f"several KPIs are called {text[:60]!r}: {several}"
                self.notes.mistake(row, column, message, "name the one that is meant")
            elif name is None:
                hint = did_you_mean(text, self.rows)
                if column == "parent" and len(texts_of(text)) > 1:
                    hint = "one parent stands here; the others in a column also_under"
                self.notes.mistake(row, column, f"no row is the KPI {text[:60]!r}", hint)
            else:
                yield name
