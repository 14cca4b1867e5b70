"""What was examined, and what was found: rows and columns, shared by table and markdown.

source  file       rows    first day   last day    days with rows  rows a day
deals   deals.csv  39,265  2024-11-01  2026-10-31      730 of 730    14 to 99

finding                                 code   where          count  share
· 395 rows without a value: …           nulls  deals.channel    395  1.0 %
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from kpitree.analysis.results.doctor import SEVERITIES, Diagnosis, Examined, Finding
from kpitree.numbers import Numbers
from kpitree.render.figures import Cell, Column, Label
from kpitree.render.style import Style
from kpitree.render.words import visible

MARKS: Final = {"error": ("✗", "x"), "warning": ("!", "!"), "info": ("·", "-")}
STYLES: Final = {"error": "bad", "warning": "warning", "info": ""}
SEVERAL: Final = {"error": "errors", "warning": "warnings", "info": "info"}


def heading(found: Diagnosis) -> list[str]:
    """The tree's name, then what was examined, and the day that counts as today."""
    parts = [visible(found.tree.name), examined(found)]
    if found.as_of is not None:
        parts.append(f"as of {found.as_of}")
    return parts


def examined(found: Diagnosis) -> str:
    """`2 sources, 44,000 rows`."""
    rows = sum(one.rows for one in found.sources)
    return f"{_some(len(found.sources), 'source')}, {_some(rows, 'row')}"


def _some(count: int, one: str) -> str:
    return f"{count:,} {one}{'s' * (count != 1)}"


def sentence(found: Diagnosis) -> str:
    """How many findings of each severity; or that there are none, and what was looked at."""
    if not found.sources:
        return f"{visible(found.tree.name)}: there are no sources, so no data to look at"
    if found.is_empty:
        known = [one for one in found.sources if one.first is not None]
        days = ", ".join(f"{visible(one.source)} {one.first} to {one.last}" for one in known)
        return f"{visible(found.tree.name)}: nothing suspect in {examined(found)} ({days})"
    counts = [(word, sum(one.severity == word for one in found.findings)) for word in SEVERITIES]
    return ", ".join(
        f"{count:,} {word if count == 1 else SEVERAL[word]}" for word, count in counts if count
    )


def together(found: Diagnosis) -> str:
    """Which days all sources of the goal speak for; empty where there is one."""
    if len(found.sources) < 2 or found.common is None:
        return ""
    first, last = found.common
    return f"All sources of {visible(found.tree.kpi(found.tree.root).label)}: {first} to {last}."


# --- what was examined ---------------------------------------------------------------------


def source_labels(found: Diagnosis) -> tuple[Label, ...]:
    """Their names, in the order of the file."""
    return tuple(Label(text=visible(one.source)) for one in found.sources)


def source_columns(found: Diagnosis, style: Style) -> list[Column]:
    """Without the columns in which no source has anything."""
    none = Numbers(unit="number", ascii=style.ascii).none

    def column(
        key: str, title: str, cell: Callable[[Examined], str], *, right: bool = True
    ) -> Column:
        cells = tuple(Cell(cell(one) or none) for one in found.sources)
        return Column(key=key, title=title, cells=cells, right=right)

    columns = [
        column("file", "file", _file, right=False),
        column("rows", "rows", lambda one: f"{one.rows:,}" if one.readable else ""),
        column("first", "first day", lambda one: str(one.first or ""), right=False),
        column("last", "last day", lambda one: str(one.last or ""), right=False),
        column("with", "days with rows", _days_with_rows),
        column("a day", "rows a day", _rows_a_day),
        column("fresh", "fresh within", _fresh_within),
        column("age", "age" if found.as_of else "behind", lambda one: _age(one, found)),
    ]
    return [one for one in columns if any(cell.text != none for cell in one.cells)]


def _file(one: Examined) -> str:
    more = f" ({one.files:,} files)" if one.files is not None and one.files > 1 else ""
    return visible(one.path) + more


def _days_with_rows(one: Examined) -> str:
    return f"{one.days_with_rows:,} of {one.covered_days:,}" if one.covered_days else ""


def _rows_a_day(one: Examined) -> str:
    known = one.rows_a_day()
    if known is None:
        return ""
    least, _, most = known
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def _fresh_within(one: Examined) -> str:
    return "" if one.fresh_within is None else f"{one.fresh_within} d"


def _age(one: Examined, found: Diagnosis) -> str:
    """Behind the newest source; nothing where there is no other."""
    if one.age is None or (found.as_of is None and len(found.sources) < 2):
        return ""
    return f"{one.age:,} d"


# --- what was found ------------------------------------------------------------------------


def place(one: Finding) -> str:
    """`deals.amount`, or `deals` where it is about no single column."""
    return visible(one.source if one.column is None else f"{one.source}.{one.column}")


def advice(one: Finding) -> str:
    """Where, and what to try; may be empty."""
    return visible(": ".join(text for text in (one.where, one.hint) if text))


def count(one: Finding) -> str:
    """Of rows or days, with thousands; empty where nothing is counted."""
    return "" if one.count is None else f"{one.count:,}"


def share(one: Finding, style: Style) -> str:
    """At least 0.1 %, as a share that is there is not 0."""
    if one.share is None:
        return ""
    percent = Numbers(unit="percent", ascii=style.ascii)
    return percent.value(one.share) if one.share >= 0.0005 else f"<{percent.value(0.001)}"


def finding_columns(findings: Sequence[Finding | None], style: Style) -> list[Column]:
    """Of each finding; None stands for a line below one, which has no figures."""

    def column(key: str, cell: Callable[[Finding], str], *, right: bool = True) -> Column:
        cells = tuple(Cell("" if one is None else cell(one)) for one in findings)
        return Column(key=key, title=key, cells=cells, right=right)

    return [
        column("code", lambda one: one.code, right=False),
        column("where", place, right=False),
        column("count", count),
        column("share", lambda one: share(one, style)),
    ]


def finding_lines(found: Diagnosis, style: Style) -> Iterator[tuple[Label, Finding | None]]:
    """Each finding, and below it what to try."""
    for one in found.findings:
        mark = MARKS[one.severity][style.ascii]
        label = Label(
            text=visible(one.message), prefix=f"{mark} ", hang="  ", style=STYLES[one.severity]
        )
        yield label, one
        if told := advice(one):
            arrow = "->" if style.ascii else "→"
            yield (
                Label(text=told, prefix=f"  {arrow} ", hang="    ", style="quiet", wide=True),
                None,
            )
