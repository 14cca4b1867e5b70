"""Delta and Iceberg tables, which polars scans with the help of a library of theirs.

The extras kpitree[delta] and kpitree[iceberg] bring these; nothing else of kpitree needs them.
"""

import importlib
import importlib.util
from typing import Final

import polars as pl

from kpitree.data.files.found import Files, Kind
from kpitree.errors import SourceError

_LIBRARIES: Final = {Kind.DELTA: "deltalake", Kind.ICEBERG: "pyiceberg"}


def scan_table(files: Files) -> pl.LazyFrame:
    """The rows of the table as it is now. Raises SourceError: its library is missing, or it is
    no whole table.
    """
    library = _LIBRARIES[files.kind]
    if importlib.util.find_spec(library) is None:
        raise SourceError(
            f"reading {files.kind} tables needs {library}, which is not installed",
            where=files.shown,
            hint=f"pip install 'kpitree[{files.kind.lower()}]'",
        )
    (path,) = files.paths
    try:
        rows = pl.scan_delta(path) if files.kind is Kind.DELTA else pl.scan_iceberg(path)
        rows.collect_schema()
    except _mistakes_of(library) as error:
        raise SourceError(
            f"the {files.kind} table cannot be read: {str(error).partition(chr(10))[0]}",
            where=files.shown,
        ) from error
    return rows


def _mistakes_of(library: str) -> tuple[type[Exception], ...]:
    """What a library says of tables that it cannot read; each has a class of its own for each."""
    found = vars(importlib.import_module(f"{library}.exceptions")).values()
    return tuple(one for one in found if isinstance(one, type) and issubclass(one, Exception))
