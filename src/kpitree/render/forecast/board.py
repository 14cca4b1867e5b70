"""The KPIs and where they land as a table: rows of the outline, shared by table and markdown.

KPI          to date  usual by now  heading for            likely     target       gap  status
Revenue    1,801,022        64.1 %    2,810,000  2.62 M to 2.98 M  3,000,000  −190,000  ✗ off track
├─ Deals       1,232        64.9 %        1,899    1,811 to 1,982      2,000      −101  ! at risk
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from kpitree.analysis.forecast import LEVEL
from kpitree.analysis.results.forecast import Forecast
from kpitree.numbers import Numbers
from kpitree.render import outlined
from kpitree.render.figures import Cell, Column, Label
from kpitree.render.forecast.rows import Row, rows_of
from kpitree.render.kpis import ABOVE, ASCII_ABOVE, numbers_of, status_cell
from kpitree.render.outline import Entry, outline
from kpitree.render.outlined import kpi_label
from kpitree.render.style import Style
from kpitree.render.words import visible

NOTHING: Final = Cell("")
STATUS_STYLE: Final = {"on_track": "good", "at_risk": "warning", "off_track": "bad"}


@dataclass(frozen=True, slots=True)
class View:
    """The rows in the order of the outline; the row is None where it is drawn further up."""

    found: Forecast
    style: Style
    rows: tuple[tuple[Entry, Row | None], ...]

    @property
    def known(self) -> list[Row]:
        """The landings, each once."""
        return [row for _, row in self.rows if row is not None]

    @property
    def over(self) -> bool:
        """Whether all of it has come to its end already."""
        return all(row.method == "complete" for row in self.known)


def view_of(found: Forecast, style: Style) -> View:
    """The outline of what is forecast; deadlines below their KPIs."""
    rows: dict[str, list[Row]] = {}
    for row in rows_of(found):
        rows.setdefault(row.kpi.id, []).append(row)
    entries = outline(found.tree, set(rows), ascii_only=style.ascii)
    placed: list[tuple[Entry, Row | None]] = []
    for entry in entries:
        placed += [(entry, None)] if entry.repeated else [(entry, row) for row in rows[entry.kpi]]
    return View(found, style, tuple(placed))


def heading(view: View) -> list[str]:
    """Tree, period, how complete it is, and what rests on data that is too old."""
    found = view.found
    what = ["forecast", visible(found.period.span.label)]
    kpis = {row.kpi.id: row.kpi for row in view.known}
    parts = outlined.heading(found.tree, what, found.period, found.as_of, kpis.values())
    old = found.stale or ()
    return [*parts, *outlined.stale_words(kpi for kpi in kpis.values() if kpi.id in old)]


def labels(view: View) -> tuple[Label, ...]:
    """The KPIs on their branches, and their deadlines."""
    return tuple(_label(view, entry, row) for entry, row in view.rows)


def _label(view: View, entry: Entry, row: Row | None) -> Label:
    if row is None or not row.later:
        return kpi_label(view.found.tree.kpis[entry.kpi], entry, view.style)
    stem = "|  " if view.style.ascii else "│  "
    prefix = entry.hang + (stem if entry.parent else "   ")
    text = f"by {row.by.isoformat()} ({visible(row.period)})"
    return Label(text=text, prefix=prefix, hang=prefix + "  ")


# --- columns -------------------------------------------------------------------------------


def columns(view: View, *, coarse: bool = False) -> list[Column]:
    """The figures, leaving out columns in which no row has anything."""

    def column(
        key: str, title: str, cell: Callable[[Row], Cell], group: str = "", *, right: bool = True
    ) -> Column:
        cells = tuple(NOTHING if row is None else cell(row) for _, row in view.rows)
        return Column(key=key, title=title, cells=cells, group=group, right=right)

    def numbers(row: Row) -> Numbers:
        return numbers_of(row.kpi, view.style, coarse=coarse)

    def to_date(row: Row) -> Cell:
        return NOTHING if view.over or row.later else Cell(numbers(row).value(row.value))

    def due(row: Row) -> Cell:
        known = row.target_to_date is not None and row.target_to_date != row.target
        return Cell(numbers(row).value(row.target_to_date)) if known else NOTHING

    def needed(row: Row) -> Cell:
        if row.needed is None:
            return NOTHING
        return Cell(numbers(row).value(max(row.needed, 0.0) if row.passed else row.needed))

    times = Numbers(unit="number", decimals=2, ascii=view.style.ascii)
    landed = "landed at" if view.over else "heading for"
    built = [
        column("to date", "to date", to_date),
        column("due", "target to date", due),
        column("share", "usual by now", lambda row: Cell(_share(row, view))),
        column("landing", landed, lambda row: Cell(numbers(row).value(row.landing), "heading")),
        column("interval", "likely", lambda row: _interval(row, view)),
        column("target", "target", lambda row: Cell(_promised(row, numbers(row)))),
        column("gap", "gap", lambda row: _gap(row, numbers(row)), "target"),
        column("needed", "needed a day", needed, "needed"),
        column(
            "ratio",
            "x usual" if view.style.ascii else "× usual",
            lambda row: _ratio(row, times),
            "needed",
        ),
        column("reached", "would reach", lambda row: Cell(_reached(row)), "status"),
    ]
    if any(row.status != "no_target" for row in view.known):
        built.append(
            column(
                "status",
                "status",
                lambda row: status_cell(row.status, view.style),
                "status",
                right=False,
            )
        )
    return [each for each in built if any(cell.text for cell in each.cells)]


def _share(row: Row, view: View) -> str:
    if row.share is None or row.method == "complete":
        return ""
    return Numbers(unit="percent", ascii=view.style.ascii).value(row.share)


def _interval(row: Row, view: View) -> Cell:
    if row.low is None or row.high is None:
        return NOTHING
    return Cell(numbers_of(row.kpi, view.style).between(row.low, row.high))


def _promised(row: Row, numbers: Numbers) -> str:
    if row.kpi.direction != "range":
        return numbers.value(row.target)
    if row.range_low is None or row.range_high is None:
        return numbers.none
    return numbers.between(row.range_low, row.range_high)


def _gap(row: Row, numbers: Numbers) -> Cell:
    if row.gap is None:
        return NOTHING
    return Cell(numbers.change(row.gap), STATUS_STYLE.get(row.status, ""))


def _ratio(row: Row, times: Numbers) -> Cell:
    if row.ratio is None or row.ratio < 0.0:
        return NOTHING
    return Cell(times.value(row.ratio))


def _reached(row: Row) -> str:
    return "" if row.reached is None else f"{row.reached} of {row.errors}"


# --- notes ---------------------------------------------------------------------------------


def notes(view: View) -> list[str]:
    """How the landings come about, and why figures are missing; only what occurs."""
    told = [*_grouped(view, _lacking), *_grouped(view, _way), *_grouped(view, _certainty)]
    told += _grouped(view, _leaning)
    if any(row.reached is not None for row in view.known):
        told.append("would reach: how many of these errors would lead to the target")
    if any(entry.repeated for entry, _ in view.rows):
        told.append(f"{ASCII_ABOVE if view.style.ascii else ABOVE} drawn further up")
    return told


def _grouped(view: View, said_of: Callable[[Row, View], Iterator[str]]) -> Iterator[str]:
    """What is said of rows, each once, with the KPIs of which it is said unless that is all."""
    found: dict[str, dict[str, None]] = {}
    for row in view.known:
        for said in said_of(row, view):
            found.setdefault(said, {})[visible(row.kpi.label)] = None
    everyone = {visible(row.kpi.label) for row in view.known}
    for said, names in found.items():
        yield said if names.keys() >= everyone else f"{said} ({', '.join(names)})"


def _lacking(row: Row, view: View) -> Iterator[str]:  # noqa: ARG001 - as the others
    for reason in (row.reason or row.landing_reason, row.target_reason):
        if reason is not None:
            yield visible(reason)


def _way(row: Row, view: View) -> Iterator[str]:
    match row.method:
        case "complete":
            return
        case _ if row.landing is None:
            return
        case "course":
            past = "the period" if row.periods == 1 else f"the {row.periods} periods"
            way = f"counts, sums and stocks go on as in {past} before, formulas follow"
        case "run_rate":
            way = "the pace so far goes on, as no past period shows how it usually goes on"
        case _ if row.later:
            way = (
                f"at the pace and level of {visible(view.found.period.span.label)}, by the deadline"
            )
        case _:
            way = "it stays as it is"
    yield f"heading for: {way}"


def _certainty(row: Row, view: View) -> Iterator[str]:
    if row.low is not None:
        yield f"likely: {100 * LEVEL:.0f} % interval, by {_tried(row, view)}"
    elif row.interval_reason is not None and row.method != "complete":
        yield visible(row.interval_reason)


def _leaning(row: Row, view: View) -> Iterator[str]:  # noqa: ARG001 - as the others
    if row.leaning is not None:
        size = "too little" if row.leaning == "above" else "too much"
        yield (
            f"likely lies {row.leaning} heading for: the rule usually told {size}, so the status is"
            " that of the nearer end of likely"
        )


def _tried(row: Row, view: View) -> str:
    main = view.found.period
    told = f"how far off the same rule was in {row.errors} past periods"
    return told if main.complete else f"{told}, {main.covered_days} d into each"
