"""From a request to its cube: what is kept of unchanged files, and the others read and kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import polars as pl

from kpitree.data.cache.entry import Entry, Sense, Share, from_bytes, to_bytes
from kpitree.data.cache.figures import Keeper
from kpitree.data.cache.marks import Mark, marks_of
from kpitree.data.cache.questions import question
from kpitree.data.cache.shares import merged, still_true, together
from kpitree.data.cache.store import Store
from kpitree.data.compiling import make_plan
from kpitree.data.cube import Cube, cube_of, read_cube
from kpitree.data.facts import whole
from kpitree.data.files import FILE, STANDARD_INPUT, Files
from kpitree.data.moments import Forms
from kpitree.data.plan import DAY, ROWS, Plan
from kpitree.data.request import CubeRequest
from kpitree.data.scan import Figures, Scan, figures_of_rows, scan
from kpitree.data.stamps import Watch, files_of, looked_up_files
from kpitree.data.uses import used_by
from kpitree.errors import Notice, SourceError
from kpitree.tables import SEGMENT

_KEEPABLE: Final = ("polars", "duckdb")  # with whatever is not in files, nobody knows its state


def kept_cube(request: CubeRequest, store: Store | None) -> Cube:
    """The same cube as read_cube() gives, of what is kept as far as that is of the same files.

    store: None to read everything, and keep nothing. Raises SourceError: see scan().
    """
    if store is None or not _is_keepable(request):
        return read_cube(request)
    files = files_of(request)
    tables = looked_up_files(request)
    if files is None or any(each.remote for each in (files, *tables)):
        return read_cube(replace(request, files=files))
    asked = _Asked(
        request=replace(request, files=files),
        files=files,
        tables=tuple(tables),
        marks=marks_of(files),
        marks_of_tables=tuple(mark for each in tables for mark in marks_of(each)),
        closed=_is_closed(request),
    )
    return _answer(asked, store)


def _is_keepable(request: CubeRequest) -> bool:
    source = request.source
    sources = [source, *(lookup.rows for lookup in source.lookups.values())]
    if any(each.engine not in _KEEPABLE or each.connection is not None for each in sources):
        return False
    places = [request.override or source.location, *(each.location for each in sources[1:])]
    return all(place and place != STANDARD_INPUT for place in places)


def _is_closed(request: CubeRequest) -> bool:
    """Whether the figures of some files and those of others do not add up to those of all."""
    source = request.source
    additive = all(part.additive for part in request.parts)
    return not additive or bool(source.unique_by) or source.engine != "polars"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A request, and the files that answer it, with their marks before any was opened."""

    request: CubeRequest
    files: Files
    tables: tuple[Files, ...]
    marks: tuple[Mark, ...]
    marks_of_tables: tuple[Mark, ...]
    closed: bool

    @property
    def watched(self) -> Watch:
        """All the files as they were."""
        stamps = iter(mark.stamp for mark in (*self.marks, *self.marks_of_tables))
        groups = (self.files, *self.tables)
        return Watch(tuple((files, tuple(next(stamps) for _ in files.found)) for files in groups))


def _answer(asked: _Asked, store: Store) -> Cube:
    name = question(asked.request, closed=asked.closed)
    body = store.read(name)
    entry = None if body is None else from_bytes(body)
    known = entry and still_true(entry, asked.request, asked.marks, asked.marks_of_tables)
    if known is not None and _marks(known) == set(asked.marks):
        notices: tuple[Notice, ...] = ()
    else:
        known, notices = _completed(asked, known)
        if asked.watched.is_unchanged and (settled := known.settled()):
            refused = store.write(name, to_bytes(settled))
            notices += (refused,) if refused else ()
    return cube_of(
        asked.request,
        together(known, asked.request),
        whole(known.told),
        (*known.notices, *notices),
        _rows(asked, known, store),
    )


def _marks(entry: Entry) -> set[Mark]:
    return {mark for share in entry.shares for mark in share.marks}


def _rows(asked: _Asked, entry: Entry, store: Store) -> Figures:
    """Figures of the rows, opened when they are first asked for and not kept."""

    @cache
    def opened() -> Plan:
        forms = {text: Forms(number) for text, number in entry.forms.items()}
        return make_plan(asked.request, entry.not_finite, forms)

    keeper = Keeper(
        store,
        asked.request,
        (*asked.marks, *asked.marks_of_tables),
        lambda: asked.watched.is_unchanged,
    )
    return keeper.keeping(figures_of_rows(opened, asked.watched, asked.request.source.id))


# --- reading what is missing ---------------------------------------------------------------------


def _completed(asked: _Asked, known: Entry | None) -> tuple[Entry, tuple[Notice, ...]]:
    """All of the figures, and what is to be said of this reading of some of them alone."""
    if known is not None:
        there = _marks(known)
        missing = [mark for mark in asked.marks if mark not in there]
        added = _added(asked, known, missing)
        if added is not None:
            return added
    read = _read(asked, asked.marks, {})
    return read.entry, read.passing


def _added(
    asked: _Asked, known: Entry, missing: Sequence[Mark]
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


def _read(asked: _Asked, marks: Sequence[Mark], forms: Mapping[str, Forms]) -> _Read:
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
        sense=_sense(found.plan),
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


def _sense(plan: Plan) -> Sense:
    request, source = plan.request, plan.request.source
    used = used_by(source, request.parts, request.dimensions, request.where).raw.keys()
    types = {
        name: str(dtype)
        for name, dtype in plan.columns.rows.collect_schema().items()
        if name in used or name in source.columns or name.startswith("moment:")
    }
    formats = {unread.column: unread.time_format for unread in plan.columns.unread}
    return Sense(types=types, formats=formats)
