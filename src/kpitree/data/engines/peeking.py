"""Files that an engine reads, looked at by polars first: one rule for what their columns are."""

from kpitree.data.engines import Uses
from kpitree.data.files import Kind
from kpitree.data.sources import Opened, open_source
from kpitree.errors import SourceError
from kpitree.tree.model import Source


def peeked(source: Source, override: str | None, uses: Uses, engine: str) -> Opened:
    """What polars makes of the files; nothing but a sample of them is read.

    Raises SourceError: see open_source; files or keys of a source that the engine cannot read.
    """
    _refuse_keys(source, engine)
    opened = open_source(source, override, uses)
    kind = opened.reading.files.kind
    if kind not in (Kind.CSV, Kind.PARQUET):
        raise SourceError(
            f"engine = {engine!r} reads CSV and Parquet files, and this is {kind}",
            where=opened.shown,
            hint="leave out the engine: polars reads it",
        )
    return opened


def _refuse_keys(source: Source, engine: str) -> None:
    keys = {
        "encoding": source.encoding is not None,
        "decimal": source.decimal not in (None, "."),
        "clean": bool(source.clean),
        "sheet": source.sheet is not None,
    }
    for key, given in keys.items():
        if given:
            raise SourceError(
                f"engine = {engine!r} does not know {key!r}",
                where=source.path,
                hint="leave out the engine: polars does",
            )
