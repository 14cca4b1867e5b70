"""The league table: rows and columns, shared by table and markdown.

rep               value   share    target  attained  vs target  status      previous
 1  Ivan Prado  339,688  12.7 %   299,891   113.3 %    +39,797  ✓ on track   +55.7 %
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Final

from kpitree.analysis.results.ranking import Ranking
from kpitree.numbers import Numbers
from kpitree.render import outlined
from kpitree.render.figures import Cell, Column, Label
from kpitree.render.kpis import kpi_words, numbers_of, status_cell
from kpitree.render.ranking.rows import Compared, Row, rows_of
from kpitree.render.style import Style
from kpitree.render.words import visible

NOTHING: Final = Cell("")
IMPLIED: Final = "*"
RANGES: Final = {"rows": "95 % range", "history": "usual range"}
TITLES: Final = {"previous": "previous", "last-year": "last year"}
GOALS: Final = ("on_track", "at_risk", "off_track")  # statuses of what has a goal
# mark, words beside it, and what they mean
CAUTIONS: Final = {
    "like_the_others": (
        "~",
        "like the rest",
        "it may differ from the others by chance alone (95 %), so its rank may be luck",
    ),
    "usual_spread": (
        "~",
        "usual spread",
        "it and the others' average lie in its usual range, so its rank may be luck",
    ),
    "little_history": (
        "?",
        "little history",
        "too few earlier periods to tell it from the others",
    ),
    "few_rows": (
        "?",
        "one row",
        "one row, its own or the others', shows no spread to tell them by",
    ),
}


@dataclass(frozen=True, slots=True)
class View:
    """The rows, the whole last."""

    ranking: Ranking
    style: Style
    rows: tuple[Row, ...]

    @property
    def members(self) -> tuple[Row, ...]:
        return self.rows[:-1]

    def numbers(self, *, coarse: bool = False) -> Numbers:
        return numbers_of(self.ranking.tree.kpis[self.ranking.kpi], self.style, coarse=coarse)


def view_of(ranking: Ranking, style: Style) -> View:
    """The members shown, and the whole."""
    return View(ranking, style, tuple(rows_of(ranking)))


def heading(view: View) -> list[str]:
    """Tree, KPI, dimension, period, how complete it is; then what the references are."""
    ranking = view.ranking
    kpi = ranking.tree.kpis[ranking.kpi]
    what = [f"{kpi_words(kpi)} by {dimensions(ranking)}", visible(ranking.period.span.label)]
    parts = outlined.heading(ranking.tree, what, ranking.period, ranking.as_of, [kpi])
    if ranking.stale:
        parts.append("on stale data")
    named = (
        f"{TITLES[vs]} = {visible(label)}"
        for at, (vs, label) in enumerate(ranking.references)
        if vs in TITLES and any(row.comparisons[at].change is not None for row in view.rows)
    )
    return [*parts, *named]


def dimensions(ranking: Ranking) -> str:
    """`rep`, or `region, channel`."""
    return visible(", ".join(ranking.dimensions))


def labels(view: View) -> tuple[Label, ...]:
    """Ranks and names, and the KPI for the whole."""
    counted = Counter(row.rank for row in view.members)
    shared = {rank for rank, count in counted.items() if count > 1}
    told = [_rank(row, shared, view.style) for row in view.members]
    width = max(map(len, told), default=0)
    hang = " " * (width + 2)
    whole = kpi_words(view.ranking.tree.kpis[view.ranking.kpi])
    return (
        *(
            Label(
                text=row.name,
                prefix=f"{rank:>{width}}  ",
                hang=hang,
                style="" if row.rank is not None else "quiet",
            )
            for rank, row in zip(told, view.members, strict=True)
        ),
        Label(text=whole, hang="  ", style="heading"),
    )


def _rank(row: Row, shared: Collection[int | None], style: Style) -> str:
    """`1`, `2=` where it is shared, a dash without one."""
    if row.rank is None:
        return "-" if style.ascii else "–"
    return f"{row.rank}=" if row.rank in shared else str(row.rank)


# --- columns -------------------------------------------------------------------------------


def columns(view: View, *, coarse: bool = False) -> list[Column]:
    """The figures, leaving out columns in which no row has anything."""
    numbers = view.numbers(coarse=coarse)
    percent = Numbers(unit="percent", ascii=view.style.ascii)
    built = [
        _column(view, "value", "value", lambda row: _value(row, numbers)),
        _column(view, "share", "share", lambda row: _known(row.share, percent.value)),
        _column(view, "pull", "pull", lambda row: _known(row.pull, numbers.change)),
        *_goals(view, numbers, percent),
        *(_change(view, at, numbers) for at in range(len(view.ranking.references))),
        _column(view, "range", range_title(view), lambda row: _range(row, numbers)),
        _column(view, "caution", "caution", _caution, right=False),
    ]
    return [column for column in built if any(cell.text for cell in column.cells)]


def _column(
    view: View, key: str, title: str, cell: Callable[[Row], Cell], *, right: bool = True
) -> Column:
    return Column(key=key, title=title, cells=tuple(map(cell, view.rows)), right=right, group=key)


def _value(row: Row, numbers: Numbers) -> Cell:
    return Cell(numbers.value(row.value), "heading")


def _known(number: float | None, text: Callable[[float], str]) -> Cell:
    return NOTHING if number is None else Cell(text(number))


def _goals(view: View, numbers: Numbers, percent: Numbers) -> Iterator[Column]:
    def target(row: Row) -> Cell:
        mark = IMPLIED if row.implied else ""
        return NOTHING if row.target is None else Cell(mark + numbers.value(row.target))

    def gap(row: Row) -> Cell:
        return _known(row.gap, numbers.change)

    def status(row: Row) -> Cell:
        return status_cell(row.status, view.style)

    if any(row.target is not None for row in view.rows):
        yield _column(view, "target", "target", target)
        attained = lambda row: _known(row.attainment, percent.value)  # noqa: E731 - as the functions beside it
        yield _column(view, "attainment", "attained", attained)
        yield _column(view, "gap", "vs target", gap)
    if any(row.status in GOALS for row in view.rows):
        yield _column(view, "status", "status", status, right=False)


def _change(view: View, at: int, numbers: Numbers) -> Column:
    def change(row: Row) -> Cell:
        found = row.comparisons[at]
        return NOTHING if found.change is None else Cell(_told(found, numbers), _style(found))

    return _column(view, f"vs {at}", reference_title(view, at), change)


def reference_title(view: View, at: int) -> str:
    """`previous`, `last year`, or a period by its name."""
    vs, label = view.ranking.references[at]
    return TITLES.get(vs, f"vs {visible(label)}")


def _told(found: Compared, numbers: Numbers) -> str:
    """In percent; of rates in points; the amount where there is no percentage."""
    if numbers.unit == "percent" or found.percent is None:
        return numbers.change(found.change)
    return numbers.percent(found.percent)


def _style(found: Compared) -> str:
    if found.favourable is None:
        return "quiet"
    return "good" if found.favourable else "bad"


def range_title(view: View) -> str:
    """What the range of a value is; nothing where nobody is judged."""
    return RANGES.get(view.ranking.evidence or "", "")


def _range(row: Row, numbers: Numbers) -> Cell:
    if row.low is None or row.high is None:
        return NOTHING
    dash = "to" if numbers.ascii else "–"
    return Cell(f"{numbers.value(row.low)} {dash} {numbers.value(row.high)}", "quiet")


def _caution(row: Row) -> Cell:
    if row.caution is None:
        return NOTHING
    mark, words, _ = CAUTIONS[row.caution]
    return Cell(f"{mark} {words}", "warning")
