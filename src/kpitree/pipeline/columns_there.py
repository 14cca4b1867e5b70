"""Which columns the file of a source has: only its beginning is read, and only where it is near."""

from collections.abc import Collection
from dataclasses import replace
from glob import glob, has_magic
from pathlib import Path

from kpitree.data.files.uses import Use
from kpitree.data.opening import open_rows
from kpitree.data.rows.lookups import columns_of_lookups
from kpitree.tree.model import Source


def columns_there(source: Source, asked: Collection[str]) -> list[str] | None:
    """The columns that a KPI on this source may name: its files', and computed ones.

    asked: columns to look for; where files differ in theirs, others may be left out. Where one is
    not there, those of lookups follow. None where nobody has looked: a database, an address, or
    no file there yet.
    Raises SourceError: the file cannot be read.
    """
    if not _is_near(source):
        return None
    names = {*asked, source.time} - {*source.columns}
    uses = {name: {Use.ANY} for name in sorted(names)}
    known = dict.fromkeys((*open_rows(source, uses=uses).types, *source.columns))
    if known.keys() >= {*asked}:
        return list(known)
    near = {name: one for name, one in source.lookups.items() if _is_near(one.rows)}
    return [*known, *columns_of_lookups(replace(source, lookups=near))]


def _is_near(source: Source) -> bool:
    """Whether it is files of this machine, and there are any; a pipe can be read only once."""
    place = source.location
    if source.engine != "polars" or not place or "://" in place:
        return False
    path = Path(place)
    try:
        if path.is_file() or path.is_dir():
            return True
    except OSError:
        return True  # whoever opens it says why that cannot be
    found = glob(place, recursive=True) if has_magic(place) else []  # noqa: PTH207 - as find_files()
    return any(Path(one).is_file() for one in found)
