"""One look at a file that a tree may start from: a row of FOUND_COLUMNS for each column."""

from dataclasses import dataclass

import polars as pl

from kpitree.data.files.found import Files, find_files
from kpitree.data.sources import Opened, open_source
from kpitree.data.starting.asking import MARK, Asking
from kpitree.data.starting.dates import days_of, formats_of
from kpitree.data.starting.encodings import encoding_of
from kpitree.data.starting.first_look import first_look
from kpitree.data.starting.numbers import likely_numbers, ranges_of, readings_of, strays_of
from kpitree.errors import SourceError
from kpitree.tables import FOUND_COLUMNS
from kpitree.tree.model import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen. columns: FOUND_COLUMNS. encoding: that the source has to say, or None."""

    columns: pl.DataFrame
    kind: str
    encoding: str | None


def look_into(location: str, shown: str, time_format: str | None = None) -> Look:
    """Look at a file, glob or folder. time_format: how texts that can be read two ways are meant.

    Raises SourceError: nothing there, unreadable, no column, no rows.
    """
    opened, files, encoding = opened_at(location, shown)
    rows: pl.LazyFrame = opened.rows
    asked = Asking(opened, rows, opened.types, time_format)
    return Look(columns=_found(asked), kind=str(files.kind), encoding=encoding)


def opened_at(location: str, shown: str) -> tuple[Opened, Files, str | None]:
    """A file, glob or folder, its files, and the encoding that a source has to say.

    Raises SourceError: nothing there, or unreadable.
    """
    files = find_files(location, shown)
    encoding = encoding_of(files)
    source = Source(id="data", path=shown, location=location, time="", encoding=encoding)
    return open_source(source, files=files), files, encoding


def _found(asking: Asking) -> pl.DataFrame:
    names = list(asking.types)
    seen = first_look(asking, names)
    rows = seen.pop(MARK)["rows"] if names else 0
    if not rows:
        raise SourceError(
            "there are no rows below the header" if names else "there are no columns",
            where=asking.opened.shown,
        )
    numbers = readings_of(asking, seen)
    strays = strays_of(asking, [name for name in likely_numbers(seen) if name not in numbers])
    dates = formats_of(asking, seen)
    ranges = ranges_of(asking, seen, numbers)
    days = days_of(asking, seen, dates)
    found = [
        {
            "column": name,
            "rows": rows,
            **seen[name],
            **ranges.get(name, {}),
            **days.get(name, {}),
        }
        | {"readings": numbers.get(name), "formats": dates.get(name)}
        | {"stray": strays.get(name)}
        for name in names
    ]
    return pl.DataFrame(
        [{key: row.get(key) for key in FOUND_COLUMNS} for row in found],
        schema=FOUND_COLUMNS,
    )
