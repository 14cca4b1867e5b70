"""The change as rows that add up: the reference, the lines, the actual.

drivers            2026-09   2026-10          line     share
Revenue 2026-09                       2,790,150.00
  Deals              1,912     1,979    +96,333.00   781.3 %
  Close rate        61.5 %    60.1 %    −64,374.50  −522.1 %
  Order value     2,372.83  2,356.21    −19,628.50  −159.2 %
Revenue 2026-10                       2,802,480.00
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kpitree.analysis.attribution.rounding import shown
from kpitree.analysis.results.change import Change
from kpitree.numbers import THOUSAND, Numbers
from kpitree.render.amounts import rounded_amounts
from kpitree.render.change.entries import Entry, Header, Residual, State, placed_entries
from kpitree.render.change.rows import Row, rows_of
from kpitree.render.figures import Cell, Column, Label
from kpitree.render.kpis import numbers_of
from kpitree.render.style import Style
from kpitree.render.words import visible

SHORT: Final = 12  # characters of a state's name that may stand above a column
MOST_PLACES: Final = 9
# Effects whose from and to are no values of the driver, or none at all.
WITHOUT_VALUES: Final = ("threshold", "unexplained", "overlap", "no_base")


@dataclass(frozen=True, slots=True)
class Ledger:
    """A change that could be taken apart, row by row."""

    change: Change
    style: Style
    entries: tuple[Entry, ...]
    labels: tuple[Label, ...]

    @property
    def rows(self) -> list[Row]:
        return [entry for entry in self.entries if isinstance(entry, Row)]

    @property
    def amount(self) -> float:
        return self.change.attribution.change or 0.0

    def numbers(self, kpi: str, *, coarse: bool = False) -> Numbers:
        return numbers_of(self.change.tree.kpis[kpi], self.style, coarse=coarse)

    def of_amounts(self, *, coarse: bool = False) -> Numbers:
        """How the two states and all lines are written: with the same decimals."""
        found = self.change.attribution
        # A small change of large values keeps its decimals.
        coarse = coarse and abs(self.amount) >= THOUSAND
        numbers = self.numbers(found.kpi, coarse=coarse)
        lines = [row.line for row in self.rows]
        places = numbers.places(found.before or 0.0, found.after or 0.0, *lines)
        return replace(numbers, decimals=max(places, _telling(lines, numbers)))


def _telling(lines: Sequence[float], numbers: Numbers) -> int:
    """Decimals that the largest line needs to show its first three digits; 0 for whole lines."""
    if all(line * numbers.scale == round(line * numbers.scale) for line in lines):
        return 0
    largest = max(map(abs, lines)) * numbers.scale
    return min(2 - math.floor(math.log10(largest)), MOST_PLACES) if largest else 0


def ledger_of(change: Change, style: Style) -> Ledger | None:
    """The change row by row; None where it could not be taken apart."""
    found = change.attribution
    if found.reason is not None or found.before is None or found.after is None:
        return None
    entries, labels = zip(*placed_entries(change, rows_of(change), style), strict=True)
    return Ledger(change, style, entries, labels)


# --- columns -------------------------------------------------------------------------------


def columns(ledger: Ledger, *, coarse: bool = False) -> list[Column]:
    """The figures beside the labels, leaving out columns that have none."""
    built = [
        *_values(ledger, coarse=coarse),
        _amounts(ledger, coarse=coarse),
        _shares(ledger),
        _factors(ledger),
        _errors(ledger, coarse=coarse),
    ]
    return [column for column in built if any(cell.text for cell in column.cells)]


def _values(ledger: Ledger, *, coarse: bool) -> Iterator[Column]:
    found = ledger.change.attribution
    titles = [visible(found.from_label), visible(found.to_label)]
    if max(map(len, titles)) > SHORT:
        titles = ["from", "to"]
    whole = {line.kpi: line for line in found.lines if line.effect == "driver"}
    for title, key in zip(titles, ("from", "to"), strict=True):
        texts = []
        for entry in ledger.entries:
            match entry:
                case Row():
                    texts.append(_value(ledger, entry, key, coarse=coarse))
                case Header(driver=driver) if driver in whole:
                    line = whole[driver]
                    value = line.before if key == "from" else line.after
                    texts.append(ledger.numbers(driver, coarse=coarse).value(value))
                case _:
                    texts.append("")
        yield Column(key=key, title=title, cells=tuple(map(Cell, texts)))


def _value(ledger: Ledger, row: Row, key: str, *, coarse: bool) -> str:
    value = row.before if key == "from" else row.after
    if value is None and (
        row.effect in WITHOUT_VALUES or row.driver == ledger.change.attribution.kpi
    ):
        return ""
    if row.effect == "mix":
        return Numbers(unit="percent", ascii=ledger.style.ascii).value(value)
    return ledger.numbers(row.driver, coarse=coarse).value(value)


def _amounts(ledger: Ledger, *, coarse: bool) -> Column:
    numbers = ledger.of_amounts(coarse=coarse)
    wholes, rounded = _rounded(ledger, numbers)
    printed = iter(rounded)
    sign = "sum" if ledger.style.ascii else "Σ"
    cells = []
    for entry in ledger.entries:
        match entry:
            case State(value=value):
                cells.append(Cell(numbers.value(value), "heading"))
            case Header(driver=driver):
                cells.append(Cell(f"{sign} {numbers.change(wholes[driver])}", "quiet"))
            case Row() | Residual():
                cells.append(Cell(numbers.change(next(printed))))
    return Column(key="line", title="line", cells=tuple(cells), group="line")


def _rounded(ledger: Ledger, numbers: Numbers) -> tuple[dict[str, float], list[float]]:
    """What is printed of every driver with lines below it, and of every line and the residual.

    Drivers are rounded first, and then their lines to that, so that a driver's amount is the same
    as in a table without segments.
    """
    places = numbers.places()
    groups = _groups(ledger)
    wholes = [math.fsum(amounts) for _, amounts in groups]
    shown_wholes = rounded_amounts(wholes, ledger.amount, numbers, places)
    by_driver: dict[str, float] = {}
    rounded: list[float] = []
    for (driver, amounts), whole in zip(groups, shown_wholes, strict=True):
        if driver is None:
            rounded.append(whole)
        else:
            by_driver[driver] = whole
            rounded += rounded_amounts(amounts, whole, numbers, places)
    return by_driver, rounded


def _groups(ledger: Ledger) -> list[tuple[str | None, list[float]]]:
    """The amounts below each driver that heads some; every other one by itself."""
    found: list[tuple[str | None, list[float]]] = []
    for entry in ledger.entries:
        match entry:
            case Header(driver=driver):
                found.append((driver, []))
            case Row(driver=driver, line=line) if found and found[-1][0] == driver:
                found[-1][1].append(line)
            case Row(line=line) | Residual(line=line):
                found.append((None, [line]))
            case State():
                pass
    return found


def _shares(ledger: Ledger) -> Column:
    """Shares of the change, which add up as they are printed, too."""
    numbers = Numbers(unit="percent", ascii=ledger.style.ascii)
    known = [row.share for row in ledger.rows if row.share is not None]
    percents = [share * 100 for share in known]
    printed = iter(shown(percents, math.fsum(percents), numbers.places()))
    texts = [
        numbers.value(next(printed) / 100)
        if isinstance(entry, Row) and entry.share is not None
        else ""
        for entry in ledger.entries
    ]
    return Column(key="share", title="share", cells=tuple(map(Cell, texts)), group="line")


def _factors(ledger: Ledger) -> Column:
    texts = [
        factor_text(entry.factor, ledger.style) if isinstance(entry, Row) else ""
        for entry in ledger.entries
    ]
    return Column(key="factor", title="factor", cells=tuple(map(Cell, texts)), group="line")


def factor_text(factor: float | None, style: Style) -> str:
    """`×1.760`; nothing where there is none."""
    if factor is None:
        return ""
    return f"{'x' if style.ascii else '×'}{Numbers(unit='number', decimals=3).value(factor)}"


def _errors(ledger: Ledger, *, coarse: bool) -> Column:
    numbers = ledger.of_amounts(coarse=coarse)
    sign = "+/-" if ledger.style.ascii else "±"
    texts = [
        f"{sign}{numbers.value(entry.error)}"
        if isinstance(entry, Row) and entry.error is not None
        else ""
        for entry in ledger.entries
    ]
    return Column(key="error", title="error", cells=tuple(map(Cell, texts)), group="line")
