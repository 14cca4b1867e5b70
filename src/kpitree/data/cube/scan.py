"""One streaming scan of a source: the frames of a request, and what it tells beside them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

import polars as pl

from kpitree.data.cube.compiling import make_plan
from kpitree.data.cube.facts import (
    Frames,
    extremes,
    facts_of,
    not_finite,
    read_rows,
    told_of,
    whole,
)
from kpitree.data.cube.plan import Plan
from kpitree.data.cube.rollup import by_period
from kpitree.data.cube.spans import refuse_backwards
from kpitree.data.cube.stamps import Watch, files_of, looked_up_files, watch
from kpitree.data.cube.years import refuse_impossible
from kpitree.data.dialect import Frame
from kpitree.data.files.delimited import refuse_suspicious
from kpitree.data.moments import Forms
from kpitree.data.request import CubeRequest
from kpitree.errors import Notice, SourceError
from kpitree.tables import SPAN
from kpitree.tree.measures import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What was read of the files of a request.

    figures: by what they are: ("days", time), the daily frame of a time column as by_day() gives
    it; ("periods", time, dimension, …) as by_period() does. told: see facts.told_of().
    notices: of how the files were opened. grown: of those that grew meanwhile.
    not_finite: the columns whose numbers are looked at one by one. watched: the files, before.
    """

    plan: Plan
    figures: Mapping[tuple[str, ...], pl.DataFrame]
    told: pl.DataFrame
    notices: tuple[Notice, ...]
    grown: tuple[Notice, ...]
    not_finite: frozenset[str]
    watched: Watch


def scan(request: CubeRequest, known: Mapping[str, Forms] = MappingProxyType({})) -> Scan:
    """Read what a request needs of its source.

    known: forms of times to be reckoned with, see Columns.forms. A second scan follows only when
    the first meets NaN or infinities, which are then null, or times written in a form that the
    first rows do not have, which are then read as well.
    Raises SourceError: see make_plan, whatever is wrong in the data, and a file that was changed
    while it was read.
    """
    files = files_of(request)
    watched = watch([*([files] if files else []), *looked_up_files(request)])
    with_files = replace(request, files=files)
    try:
        plan, frames = _read(with_files, frozenset(), known)
        unusual = frozenset(not_finite(plan, frames))
        if unusual:
            plan, frames = _read(with_files, unusual, plan.columns.forms)
        told = told_of(plan, frames, unusual)
    except (SourceError, pl.exceptions.PanicException):  # of files that were cut short meanwhile
        watched.refuse_any()
        raise
    return Scan(
        plan=plan,
        figures={name: frame for name, frame in frames.items() if name[0] in ("days", "periods")},
        told=told,
        notices=(
            *plan.opened.notices,
            *(notice for lookup in plan.joined for notice in lookup.notices),
        ),
        grown=tuple(watched.changed(request.source.id)),
        not_finite=unusual,
        watched=watched,
    )


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of which figures are had by themselves.

    start: the first of the days by which `time` places them, or None: those active at the end of
    the day before `end`.
    """

    time: str
    start: date | None
    end: date


Figures = Callable[[Sequence[tuple[int, Group]], Sequence[Part], tuple[str, ...]], pl.DataFrame]


def from_rows(
    plan: Plan,
    groups: Sequence[tuple[int, Group]],
    parts: Sequence[Part],
    dimensions: tuple[str, ...],
) -> pl.DataFrame:
    """Parts that do not add up, of groups of rows: SPAN (the group's number), dimensions, parts.

    One row for each group x segment that has rows, in no order; as the engine gives them.
    """
    queries = []
    for number, group in groups:
        key = (SPAN, plan.dialect.lit(number, pl.Int32()))
        queries.append(plan.from_rows(_rows_of(plan, group), parts, key, dimensions))
    return pl.concat(plan.opened.collect(queries))


def _rows_of(plan: Plan, group: Group) -> Frame:
    if group.start is None:
        return plan.active(group.end)
    return plan.dated(group.time, (group.start, group.end))


def figures_of_rows(opened: Callable[[], Plan], watched: Watch, source: str) -> Figures:
    """from_rows() of a plan, made when it is needed.

    It raises SourceError where files were changed since they were looked at.
    """

    def figures(
        groups: Sequence[tuple[int, Group]], parts: Sequence[Part], dimensions: tuple[str, ...]
    ) -> pl.DataFrame:
        found = from_rows(opened(), groups, parts, dimensions)
        watched.changed(source)
        return found

    return figures


def _read(
    request: CubeRequest, not_finite: frozenset[str], forms: Mapping[str, Forms]
) -> tuple[Plan, Frames]:
    plan = make_plan(request, not_finite, forms)
    frames = _collect(plan)
    if ("unread",) in frames:
        met = plan.columns.forms_unread(frames["unread",])
        if met != forms:
            return _read(request, not_finite, met)
    _refuse_wrong(plan, frames)
    return plan, frames


def _collect(plan: Plan) -> Frames:
    """Every query of the plan, collected together so that they share one scan."""
    queries = _queries(plan)
    found = dict(zip(queries, plan.opened.collect(list(queries.values())), strict=True))
    days = {name: plan.days(name[1], frame) for name, frame in found.items() if name[0] == "days"}
    return found | days


def _queries(plan: Plan) -> dict[tuple[str, ...], Frame]:
    request = plan.request
    queries: dict[tuple[str, ...], Frame] = {}
    for time in request.additive_times:
        queries["days", time] = plan.by_day(time)
    for time in request.other_times:
        for dimensions in request.groupings():
            queries["periods", time, *dimensions] = by_period(plan, time, dimensions)
    if not request.covered_by_days:
        queries["facts",] = plan.told(plan.rows, facts_of(plan))
    if plan.floats and not request.one_frame:
        queries["finite",] = read_rows(plan).select(plan.probes())
    if plan.columns.unread:
        queries["unread",] = plan.columns.rows.select(
            unread.count(plan.dialect) for unread in plan.columns.unread
        )
    if plan.joined:
        queries["unmatched",] = plan.unmatched()
    if plan.repeats is not None:
        queries["repeats",] = plan.repeats.counted()
    if plan.opened.suspicious is not None:
        queries["suspicious",] = plan.opened.suspicious
    return queries


def _refuse_wrong(plan: Plan, frames: Frames) -> None:
    reading = plan.opened.reading
    if reading.layout is not None and ("suspicious",) in frames:
        refuse_suspicious(reading.files, reading.layout, frames["suspicious",])
    if ("unread",) in frames:
        plan.columns.refuse_unread(frames["unread",])
    if plan.repeats is not None:
        plan.repeats.refuse_differing(frames["repeats",])
    for time, days in extremes(plan, frames).items():
        refuse_impossible(plan, time, days)
    if plan.request.source.until is not None:
        refuse_backwards(plan, whole(frames["facts",]))
