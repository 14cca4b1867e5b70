"""The table of actuals: where the values are of leaves of which a sheet says only the name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from kpitree.calendar import Span
from kpitree.numbers import machine_text
from kpitree.tree.sheets.protected import protected
from kpitree.tree.sheets.sheet import Notes, Row, listed

SOURCE: Final = "actuals"
_MOST: Final = 40  # KPIs named in a line


@dataclass(frozen=True, slots=True)
class Actual:
    """A line of the table. day: the first of its period; None where it is not known yet."""

    kpi: str
    day: date | None
    value: float | None


@dataclass(frozen=True, slots=True)
class Table:
    """The table of actuals. path: from the tree file. period: that the values are for, or None.

    values: of the column actual, by KPI. rates: KPIs whose values do not add up over time.
    """

    path: str
    period: Span | None
    values: Mapping[str, float]
    rates: Collection[str]

    def lines(
        self, rows: Sequence[Row], keys: Mapping[str, dict[str, Any]], notes: Notes
    ) -> list[Actual]:
        """Its lines; the KPIs that have one then read it.

        Leaves with nothing else are measured there. A formula with an actual value should
        reproduce that (measured); other KPIs have values of their own already.
        """
        found = []
        for row in rows:
            known = keys[row.name]
            if not {"formula", "measure", "value"} & (known.keys() | row.cells.keys()):
                found += self._leaf(row, known, notes)
            elif row.name in self.values:
                found += self._beside(row, known, notes)
        self._check_period(rows, notes)
        self._tell(found, notes)
        return found

    def _leaf(self, row: Row, keys: dict[str, Any], notes: Notes) -> list[Actual]:
        if "source" in keys or "where" in keys:
            hint = (
                "such as: measure count() or sum(amount); or head the column otherwise, if it only"
                " says where numbers come from"
            )
            column = "source" if "source" in keys else "where"
            notes.mistake(row, column, "a source needs a measure", hint)
            return []
        keys |= self._reading(row.name, "measure")
        return [self._line(row.name)]

    def _beside(self, row: Row, keys: dict[str, Any], notes: Notes) -> list[Actual]:
        if "formula" not in keys or "measured" in keys:
            message = f"the actual value of {row.name} is not read: it has a measure or value"
            notes.notice("actual_not_read", message, row.name)
            return []
        keys |= self._reading(row.name, "measured")
        return [self._line(row.name)]

    def _reading(self, name: str, key: str) -> dict[str, Any]:
        """The sum of a period, or its last value where values do not add up over time."""
        measure = "last(value)" if name in self.rates else "sum(value)"
        return {key: measure, "source": SOURCE, "where": f"kpi == '{name}'"}

    def _line(self, name: str) -> Actual:
        day = None if self.period is None else self.period.start
        return Actual(name, day, self.values.get(name))

    def _check_period(self, rows: Sequence[Row], notes: Notes) -> None:
        if self.period is None:
            for row in rows:
                if row.name in self.values:
                    hint = "such as: --period 2026-10"
                    notes.mistake(row, "actual", "it is not said for which period", hint)

    def _tell(self, lines: Sequence[Actual], notes: Notes) -> None:
        if lines:
            names = [one.kpi for one in lines]
            told = "a table" if self.values else "an empty table"
            message = (
                f"the values of {listed(names)} are read from {told} that is"
                f" written beside the tree: {self.path} (columns kpi, period, value)"
            )
            notes.notice("actuals", message)
            notes.first("over_time", self._over_time(names))

    def _over_time(self, names: Sequence[str]) -> str:
        summed = listed((name for name in names if name not in self.rates), _MOST)
        last = listed((name for name in names if name in self.rates), _MOST)
        return (
            f"over time, values are added up of: {summed or 'none'}; the last one counts of:"
            f" {last or 'none'} (otherwise: a column adds_up with yes or no)"
        )


def source_table(path: str, period: Span | None) -> dict[str, Any]:
    """The source of such leaves. A line stands for its whole period, of which it names a day."""
    covers = [] if period is None else [period.start, period.end - timedelta(days=1)]
    return {"path": path, "time": "period", **({"covers": covers} if covers else {})}


def with_remark(text: str) -> str:
    """The text of the tree file, with a word about the table where its source stands."""
    head = f"[sources.{SOURCE}]\n"
    remark = (
        "# One line a KPI and period, dated with its first day. covers: the first and the last day"
        " of\n# the periods that are filled in; move its end with every period that you add.\n"
    )
    return text.replace(head, remark + head, 1)


def csv_of(actuals: Sequence[Actual]) -> str:
    """The table as CSV, with a header, one line a leaf."""
    lines = [f"{protected(one.kpi)},{one.day or ''},{machine_text(one.value)}\n" for one in actuals]
    return "kpi,period,value\n" + "".join(lines)
