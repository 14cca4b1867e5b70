"""A table of targets: its rows, and every mistake in them, each with its line."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final

import polars as pl

from kpitree.calendar import Span
from kpitree.data.cube.compiling import make_plan
from kpitree.data.files.delimited import refuse_suspicious
from kpitree.data.files.mistakes import collect
from kpitree.data.request import CubeRequest
from kpitree.data.sources import Opened, open_source
from kpitree.errors import SourceError, TreeError, TreeErrors, UsageError, did_you_mean
from kpitree.tables import NONE
from kpitree.tree.graph import operands_first
from kpitree.tree.model import Branch, Leaf, Source, TargetRow, Tree

KPI: Final = "kpi"
PERIOD: Final = "period"
TARGET: Final = "target"
NEEDED: Final = (KPI, PERIOD, TARGET)
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")

Row = Mapping[str, object]


def read_targets(tree: Tree) -> list[TargetRow]:
    """The rows of the tree's table of targets, in their order; blank ones are none.

    Raises:
        SourceError: the file is missing, unreadable, or lacks a column.
        TreeErrors: rows that cannot be targets of this tree; all of them.
    """
    assert tree.targets is not None
    file = Source(id="targets", path=tree.targets.path, location=tree.targets.location, time="")
    with _without_source_keys():
        opened = open_source(file)
        dimensions = _dimensions(tree, opened)
        frame = _frame(opened)
    reader = _Reader(tree, opened.shown, dimensions, csv=opened.reading.layout is not None)
    rows = list(reader.rows(frame))
    reader.refuse_overlaps(rows)
    if reader.mistakes:
        raise TreeErrors(reader.mistakes)
    return rows


@contextmanager
def _without_source_keys() -> Iterator[None]:
    """[targets] has no key `encoding`, which the hints about sources recommend."""
    try:
        yield
    except SourceError as error:
        if "encoding = " not in error.hint:
            raise
        hint = "save it with encoding UTF-8"
        raise SourceError(error.message, where=error.where, hint=hint) from None


def _dimensions(tree: Tree, opened: Opened) -> list[str]:
    """The columns that are dimensions. Raises SourceError for a lacking or an unknown column."""
    columns = list(opened.types)
    for name in NEEDED:
        if name not in columns:
            hint = did_you_mean(name, columns)
            raise SourceError(f"there is no column {name!r}", where=opened.shown, hint=hint)
    known = list(dict.fromkeys(name for one in tree.sources.values() for name in one.dimensions))
    found = [name for name in columns if name not in NEEDED]
    for name in columns:
        if f"{name}_duplicated_0" in columns:  # how polars renames the second of two
            raise SourceError(f"two columns are named {name!r}", where=opened.shown)
    for name in found:
        if name not in known:
            hint = did_you_mean(name, known) or "declare it in [sources.NAME.dimensions]"
            message = f"the column {name!r} is neither kpi, period, target nor a dimension"
            raise SourceError(message, where=opened.shown, hint=hint)
    return found


def _frame(opened: Opened) -> pl.DataFrame:
    queries = [opened.rows, *([] if opened.suspicious is None else [opened.suspicious])]
    frame, *suspicious = collect(queries, opened.reading)
    if suspicious and opened.reading.layout is not None:
        refuse_suspicious(opened.reading.files, opened.reading.layout, suspicious[0])
    return frame


@dataclass
class _Reader:
    """Rows into targets; what is wrong is noted by line."""

    tree: Tree
    shown: str
    dimensions: list[str]
    csv: bool
    mistakes: list[TreeError] = field(default_factory=list)
    lacking: dict[str, dict[str, str]] = field(default_factory=dict)

    @cached_property
    def _sources(self) -> dict[str, tuple[str, ...]]:
        return sources_under(self.tree)

    def rows(self, frame: pl.DataFrame) -> Iterator[TargetRow]:
        for at, row in enumerate(frame.iter_rows(named=True)):
            line = at + (2 if self.csv else 1)
            if all(_text(value) == "" for value in row.values()):
                continue
            kpi, period = self._kpi(row, line), self._period(row, line)
            value = self._value(row, line)
            segment = {name: text for name in self.dimensions if (text := _text(row[name]))}
            if kpi is None or period is None or value is None:
                continue
            self._check(kpi, segment, line)
            yield TargetRow(
                kpi=kpi, period=period, value=value, segment=segment, where=self.where(line)
            )

    def add(self, line: int, message: str, hint: str = "") -> None:
        self.mistakes.append(TreeError(message, where=self.where(line), hint=hint))

    def where(self, line: int) -> str:
        return f"{self.shown}:{line}" if self.csv else f"{self.shown}, row {line}"

    def _kpi(self, row: Row, line: int) -> str | None:
        name = _text(row[KPI])
        if name in self.tree.kpis:
            return name
        if not name:
            self.add(line, "the row names no KPI")
        else:
            self.add(line, f"there is no KPI {name!r}", did_you_mean(name, self.tree.kpis))
        return None

    def _period(self, row: Row, line: int) -> Span | None:
        label = _text(row[PERIOD])
        try:
            return self.tree.calendar.parse(label)
        except UsageError as error:
            self.add(line, error.message if label else "the row has no period", error.hint)
            return None

    def _value(self, row: Row, line: int) -> float | None:
        given = row[TARGET]
        number = given if isinstance(given, int | float) else _number(_text(given))
        if number is not None and math.isfinite(number):
            return float(number)
        if not _text(given):
            self.add(line, "the row has no target", "leave the row out where there is none")
        else:
            hint = "numbers are written plainly, such as 1234.5, without signs or thousands"
            self.add(line, f"{_text(given)[:60]!r} is not a number to work with", hint)
        return None

    def _check(self, kpi: str, segment: Mapping[str, str], line: int) -> None:
        if not segment and self.tree.kpis[kpi].target is not None:
            message = f"{kpi!r} has a target in the tree file already"
            self.add(line, message, "keep one of the two")
        if segment and self.tree.kpis[kpi].good_range is not None:
            message = f"{kpi!r} has a good range, so it has no goals"
            self.add(line, message, "give it a direction instead of the range, or no goals")
        if kpi not in self.lacking:
            self.lacking[kpi] = self._without_dimension(self._sources[kpi])
        for name in segment:
            if name in self.lacking[kpi]:
                self.add(line, f"{kpi!r} has no goals by {name}: {self.lacking[kpi][name]}")

    def _without_dimension(self, sources: Iterable[str]) -> dict[str, str]:
        """Dimension -> why a KPI of these sources cannot be split by it, of those it cannot."""
        found = {}
        for name in self.dimensions:
            lacking = [one for one in sources if name not in self.tree.sources[one].dimensions]
            if lacking:
                found[name] = f"the source {lacking[0]!r} has no dimension {name!r}"
        return found

    def refuse_overlaps(self, rows: Iterable[TargetRow]) -> None:
        """Of one KPI and segment, a shorter period may lie within a longer one, no more."""
        groups: dict[tuple[str, tuple[tuple[str, str], ...]], list[TargetRow]] = {}
        for row in rows:
            groups.setdefault((row.kpi, tuple(row.segment.items())), []).append(row)
        for group in groups.values():
            around: list[TargetRow] = []
            for row in sorted(group, key=lambda one: (one.period.start, -one.period.days)):
                while around and around[-1].period.end <= row.period.start:
                    around.pop()
                if around:
                    self._refuse_overlap(around[-1], row)
                around.append(row)

    def _refuse_overlap(self, one: TargetRow, other: TargetRow) -> None:
        of = "".join(f", {member}" for member in one.segment.values())
        if (one.period.start, one.period.end) == (other.period.start, other.period.end):
            message = f"a second target of {one.kpi}{of} for {other.period.label}"
            hint = f"the first one: {one.where}"
        elif one.period.end < other.period.end:
            labels = f"{one.period.label} and {other.period.label}"
            message = f"targets of {one.kpi}{of} overlap in part: {labels}"
            hint = f"the other one: {one.where}; a period may lie within another, or beside it"
        else:
            return
        self.mistakes.append(TreeError(message, where=other.where, hint=hint))


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case date():
            return value.isoformat()[:10]
        case _:
            return str(value).strip()


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None


def sources_under(tree: Tree) -> dict[str, tuple[str, ...]]:
    """KPI -> the sources that it rests on, in the order of their measures, operands first."""
    order = [kpi for generation in operands_first(tree) for kpi in generation]
    measures: dict[str, frozenset[int]] = {}  # places in the order
    source_at: dict[int, str] = {}
    for at, name in enumerate(order):
        below = frozenset[int]().union(*(measures[one] for one in tree.operands(name)))
        match tree.kpis[name]:
            case Leaf(source=source) | Branch(measured=Leaf(source=source)):
                source_at[at] = source
                below |= {at}
        measures[name] = below
    return {
        name: tuple(dict.fromkeys(source_at[at] for at in sorted(below)))
        for name, below in measures.items()
    }


# --- members -------------------------------------------------------------------------------------


def refuse_unknown_members(
    tree: Tree,
    rows: Iterable[TargetRow],
    kpis: Iterable[str],
    sources: Mapping[str, str],
    read: Callable[[CubeRequest], pl.DataFrame],
) -> None:
    """Raise TreeErrors for goals of members that no row of the data has, in all of its history.

    kpis: those asked for; only what they rest on is read. sources: other paths than the tree's.
    read: as members_of().
    """
    wanted = set(kpis)
    goals = [row for row in rows if row.segment and row.kpi in wanted]
    asked = {row.kpi for row in goals}
    read_from = {kpi: sources for kpi, sources in sources_under(tree).items() if kpi in asked}
    needed: dict[str, dict[str, None]] = {}
    for row in goals:
        for source in read_from[row.kpi]:
            needed.setdefault(source, {}).update(dict.fromkeys(row.segment))
    known = {
        name: _members(
            read(
                CubeRequest(
                    source=tree.sources[name],
                    parts={},
                    dimensions=tuple(dimensions),
                    timezone=tree.timezone,
                    override=sources.get(name),
                )
            )
        )
        for name, dimensions in needed.items()
    }
    mistakes: list[TreeError] = []
    for row in goals:
        for dimension, member in row.segment.items():
            groups = [known[name][dimension] for name in read_from[row.kpi]]
            if not any(member in group for group in groups):
                members = set[str]().union(*groups)
                mistakes.append(
                    TreeError(
                        f"no row of the data has the {dimension} {member!r}",
                        where=row.where,
                        hint=did_you_mean(member, members),
                    )
                )
    if mistakes:
        raise TreeErrors(mistakes)


def members_of(request: CubeRequest) -> pl.DataFrame:
    """The members of each dimension in all rows that the source is about: columns of texts.

    One column a dimension, its members once and then nulls.
    """
    plan = make_plan(request)
    queries = [
        plan.rows.select(expr.fill_null(NONE).alias(name)).unique()
        for name, expr in plan.dimensions.items()
    ]
    return pl.concat(plan.opened.collect(queries), how="horizontal_extend")


def _members(found: pl.DataFrame) -> dict[str, frozenset[str]]:
    """Dimension -> its members. found: as members_of() gives it."""
    return {column.name: frozenset(column.drop_nulls()) for column in found}
