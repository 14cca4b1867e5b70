"""A request, and the files that answer it as they were before any was opened."""

from dataclasses import dataclass, replace
from typing import Final

from kpitree.data.cache.marks import Mark, marks_of
from kpitree.data.cube.stamps import Watch, files_of, looked_up_files
from kpitree.data.files.found import STANDARD_INPUT, Files
from kpitree.data.request import CubeRequest

_KEEPABLE: Final = ("polars", "duckdb")  # with whatever is not in files, nobody knows its state


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """request: with its files. tables: those in which lookups look.

    closed: whether the figures of some files and those of others do not add up to those of all.
    """

    request: CubeRequest
    files: Files
    tables: tuple[Files, ...]
    marks: tuple[Mark, ...]
    marks_of_tables: tuple[Mark, ...]
    closed: bool

    @property
    def every_mark(self) -> tuple[Mark, ...]:
        """Of all files that the figures are made of."""
        return (*self.marks, *self.marks_of_tables)

    @property
    def watched(self) -> Watch:
        """All the files as they were."""
        stamps = iter(mark.stamp for mark in self.every_mark)
        groups = (self.files, *self.tables)
        return Watch(tuple((files, tuple(next(stamps) for _ in files.found)) for files in groups))


def asked_of(request: CubeRequest) -> Asked | None:
    """None where nobody can tell whether the data has changed: then it is read each time.

    Raises SourceError: nothing there, see find_files.
    """
    if not _is_keepable(request):
        return None
    files, tables = files_of(request), looked_up_files(request)
    if files is None or any(each.remote for each in (files, *tables)):
        return None
    return Asked(
        request=replace(request, files=files),
        files=files,
        tables=tuple(tables),
        marks=marks_of(files),
        marks_of_tables=tuple(mark for each in tables for mark in marks_of(each)),
        closed=_is_closed(request),
    )


def _is_keepable(request: CubeRequest) -> bool:
    source = request.source
    tables = [lookup.rows for lookup in source.lookups.values()]
    if any(
        each.engine not in _KEEPABLE or each.connection is not None for each in (source, *tables)
    ):
        return False
    places = [request.override or source.location, *(each.location for each in tables)]
    return all(place and place != STANDARD_INPUT for place in places)


def _is_closed(request: CubeRequest) -> bool:
    source = request.source
    additive = all(part.additive for part in request.parts)
    return not additive or bool(source.unique_by) or source.engine != "polars"
