"""What tells the state of a file without reading it, and that it changed while it was read."""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kpitree.data.files.found import Files, find_files
from kpitree.data.files.uses import Sought, used_by
from kpitree.data.request import CubeRequest
from kpitree.errors import Notice, SourceError

_HINT: Final = "run it again when nothing writes to it"
_DELTA_LOG: Final = "_delta_log"  # each version of a Delta table adds a file to it


@dataclass(frozen=True, slots=True)
class Stamp:
    """The state of a file. modified, changed: in nanoseconds since 1970 (mtime and ctime).

    Of a folder, which is a Delta table, the state of its log.
    """

    path: str
    size: int
    modified: int
    changed: int
    inode: int
    folder: bool = False

    def is_newer_than(self, other: "Stamp") -> bool:
        """Whether it is the same file, and has only grown."""
        return self.inode == other.inode and self.size > other.size

    def is_as(self, other: "Stamp") -> bool:
        """Whether it holds the same; who may read it, or how it is linked, is no matter."""
        mine, others = (
            (self.inode, self.size, self.modified),
            (other.inode, other.size, other.modified),
        )
        return mine == others


def stamp_of(path: str) -> Stamp:
    """Raises OSError: it is not there, or cannot be looked at."""
    found = os.stat(path)  # noqa: PTH116 - of 700 files, making a Path of each would take longer
    folder = stat.S_ISDIR(found.st_mode)
    if folder:
        found = Path(path, _DELTA_LOG).stat()
    size = 0 if folder else found.st_size
    return Stamp(path, size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, folder)


def stamps_of(files: Files) -> tuple[Stamp, ...]:
    """Of all that are to be read; none of what is not on this machine.

    Raises SourceError for one that is gone, or may not be looked at.
    """
    return () if files.remote else tuple(_stamp(path, files) for path in files.found)


def _stamp(path: str, files: Files) -> Stamp:
    try:
        return stamp_of(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(f"it cannot be opened: {reason}", where=files.name(path)) from error


def files_of(request: CubeRequest) -> Files | None:
    """The files of a source; None of one that is a table elsewhere. Raises: see find_files."""
    source = request.source
    if request.files is not None:
        return request.files
    if request.override is None and not source.location:
        return None
    return find_files(request.override or source.location, request.override or source.path)


def looked_up_files(request: CubeRequest) -> list[Files]:
    """Those in which the lookups look that something is asked of."""
    if not request.source.lookups:
        return []
    used = used_by(request.source, request.parts, request.dimensions, request.where)
    tables = [step.lookup.rows for step in used.steps if isinstance(step, Sought)]
    return [find_files(rows.location, rows.path) for rows in tables if rows.location]


@dataclass(frozen=True, slots=True)
class Watch:
    """Files as they were before they were read."""

    groups: tuple[tuple[Files, tuple[Stamp, ...]], ...]

    def changed(self, source: str) -> list[Notice]:
        """A word on each source's files that have grown since.

        Raises SourceError for one that was replaced, written anew or taken away: what was read
        may be some of the one and some of the other.
        """
        return [
            notice for files, stamps in self.groups for notice in _changed(files, stamps, source)
        ]

    def refuse_any(self) -> None:
        """Raise SourceError if any has changed at all: what was read of it made no sense."""
        for files, stamps in self.groups:
            for before, after in _pairs(stamps):
                if after is None or not after.is_as(before):
                    raise _changed_while_read(files, before.path)

    @property
    def is_unchanged(self) -> bool:
        pairs = (pair for _, stamps in self.groups for pair in _pairs(stamps))
        return all(before == after for before, after in pairs)


def watch(groups: Iterable[Files]) -> Watch:
    """Take down how files are now. Raises SourceError for one that is gone."""
    return Watch(tuple((files, stamps_of(files)) for files in groups))


def _pairs(stamps: Sequence[Stamp]) -> Iterator[tuple[Stamp, Stamp | None]]:
    for before in stamps:
        try:
            yield before, stamp_of(before.path)
        except OSError:  # it is gone
            yield before, None


def _changed(files: Files, stamps: Sequence[Stamp], source: str) -> Iterator[Notice]:
    grown: list[str] = []
    for before, after in _pairs(stamps):
        if after is not None and (after.is_as(before) or before.folder):
            continue  # a Delta table is read as it was at the start
        if after is None or not after.is_newer_than(before):
            raise _changed_while_read(files, before.path)
        grown.append(files.name(before.path))
    if grown:
        more = f" and {len(grown) - 1} more" if len(grown) > 1 else ""
        yield Notice(
            code="grew_while_read",
            message=f"{grown[0]}{more} grew while it was read: rows added since may be missing",
            source=source,
        )


def _changed_while_read(files: Files, path: str) -> SourceError:
    return SourceError("it changed while it was read", where=files.name(path), hint=_HINT)
