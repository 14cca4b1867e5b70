"""Reading what is not known yet: some of the files, or all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from kpitree.data.cache.asked import Asked
from kpitree.data.cache.entry import Entry, Sense, Share
from kpitree.data.cache.marks import Mark
from kpitree.data.cache.shares import merged
from kpitree.data.cube.facts import whole
from kpitree.data.cube.plan import DAY, ROWS, Plan
from kpitree.data.cube.scan import Scan, scan
from kpitree.data.files.found import FILE, Kind
from kpitree.data.files.uses import used_by
from kpitree.data.moments import Forms
from kpitree.data.request import CubeRequest
from kpitree.errors import Notice, SourceError
from kpitree.tables import SEGMENT


def completed(asked: Asked, known: Entry | None) -> tuple[Entry, tuple[Notice, ...]]:
    """All of the figures, and what is to be said of this reading of some of them alone."""
    if known is not None:
        there = known.marks
        missing = [mark for mark in asked.marks if mark not in there]
        added = _added(asked, known, missing)
        if added is not None:
            return added
    read = _read(asked, asked.marks, {})
    return read.entry, read.passing


def _added(
    asked: Asked, known: Entry, missing: Sequence[Mark]
) -> tuple[Entry, tuple[Notice, ...]] | None:
    """What is known, and the missing files; None where these have to be read with the others.

    They have to where they are understood in another way: a time written in another form, numbers
    where there were texts. What is wrong in them is said of all files as well.
    """
    forms = {text: Forms(number) for text, number in known.forms.items()}
    try:
        read = _read(asked, missing, forms)
    except SourceError:
        return None
    fresh = read.entry
    alike = fresh.sense == known.sense and fresh.forms == known.forms
    schemas = {name: frame.schema for name, frame in known.figures.items()}
    if not alike or fresh.closed or schemas != {n: f.schema for n, f in fresh.figures.items()}:
        return None
    return known.with_shares_of(fresh), read.passing


@dataclass(frozen=True, slots=True)
class _Read:
    """passing: notices that hold for this reading alone."""

    entry: Entry
    passing: tuple[Notice, ...]


def _read(asked: Asked, marks: Sequence[Mark], forms: Mapping[str, Forms]) -> _Read:
    """Read some of the files, each by itself where the figures are to be kept so."""
    by_path = dict(zip(asked.files.found, asked.files.paths, strict=True))
    paths = tuple(by_path[mark.stamp.path] for mark in marks)
    by_file = len(paths) > 1 and not asked.closed
    files = replace(asked.files, paths=paths, by_file=by_file)
    found = scan(replace(asked.request, files=files), forms)
    opened = found.plan.opened
    closed = asked.closed or bool(opened.notices)
    # Where the rows do not say which file they are of, and where nothing can be added to them.
    groups = [(mark,) for mark in marks] if opened.by_file and not closed else [tuple(marks)]
    told, figures = _numbered(found, groups, asked.request)
    entry = Entry(
        closed=closed,
        shares=tuple(
            Share(number=number, marks=group, days=asked.request.days)
            for number, group in enumerate(groups)
        ),
        tables=asked.marks_of_tables,
        sense=sense_of(found.plan),
        forms={text: form.value for text, form in found.plan.columns.met.items()},
        not_finite=found.not_finite,
        notices=found.notices,
        told=told,
        figures=figures,
    )
    return _Read(entry, found.grown)


def _numbered(
    found: Scan, groups: Sequence[tuple[Mark, ...]], request: CubeRequest
) -> tuple[pl.DataFrame, dict[tuple[str, ...], pl.DataFrame]]:
    """told and figures of a scan, with the number of the share under FILE."""
    told = found.told.with_columns(pl.selectors.integer().cast(pl.Int64))
    figures = {
        name: _bare(frame, request, name[1]) if name[0] == "days" else frame
        for name, frame in found.figures.items()
    }
    if len(groups) > 1:
        files = found.plan.opened.reading.files
        originals = dict(zip(files.paths, files.found, strict=True))
        numbers = {mark.stamp.path: at for at, group in enumerate(groups) for mark in group}
        shares = {path: numbers[original] for path, original in originals.items()}
        number = pl.col(FILE).replace_strict(shares, return_dtype=pl.Int32)
    else:
        number = pl.lit(0, pl.Int32).alias(FILE)
        if FILE in told:
            told = whole(told)
            figures = {name: merged(frame, request, name[1]) for name, frame in figures.items()}
    others = pl.exclude(FILE)
    return told.select(number, others), {
        name: frame.select(number, others) for name, frame in figures.items()
    }


def _bare(days: pl.DataFrame, request: CubeRequest, time: str) -> pl.DataFrame:
    """A daily frame without the probes that may stand in it."""
    atoms = request.atom_names(time).values()
    return days.select(
        pl.col(name for name in days.columns if name in (FILE, DAY)),
        pl.selectors.starts_with(SEGMENT),
        ROWS,
        *atoms,
    )


def sense_of(plan: Plan) -> Sense:
    """How a plan's files are understood."""
    request, source = plan.request, plan.request.source
    used = used_by(source, request.parts, request.dimensions, request.where).raw.keys()
    types = {
        name: str(dtype)
        for name, dtype in plan.columns.rows.collect_schema().items()
        if name in used or name in source.columns or name.startswith("moment:")
    }
    formats = {unread.column: unread.time_format for unread in plan.columns.unread}
    return Sense(types=types, formats=formats, plain=_is_plain(plan, formats))


def _is_plain(plan: Plan, formats: Mapping[str, str | None]) -> bool:
    """Whether nothing of the columns was found out of what several files together hold."""
    source, opened = plan.request.source, plan.opened
    if opened.unified or opened.reading.files.kind is Kind.NDJSON:
        return False
    if source.time_format is not None and None in formats.values():
        return False  # texts that might be of this format, had they been alone
    return not opened.reading.flags  # found among the first rows of one of the files
