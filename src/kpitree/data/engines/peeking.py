"""Files that an engine reads, looked at by polars first: one rule for what their columns are."""

from typing import Final

from kpitree.data.engines import Uses
from kpitree.data.files.found import Kind
from kpitree.data.sources import Opened, open_source
from kpitree.errors import SourceError
from kpitree.tree.model import Source

_IN_A_QUERY: Final = "read the texts there: a query instead of the table, such as \
select cast(replace(amount, ',', '.') as double precision) as amount"


def peeked(source: Source, override: str | None, uses: Uses, engine: str) -> Opened:
    """What polars makes of the files; nothing but a sample of them is read.

    Raises SourceError: see open_source; files or keys of a source that the engine cannot read.
    """
    refuse_keys_of_files(source, f"engine = {engine!r}", "leave out the engine: polars does")
    opened = open_source(source, override, uses)
    kind = opened.reading.files.kind
    if kind not in (Kind.CSV, Kind.PARQUET):
        raise SourceError(
            f"engine = {engine!r} reads CSV and Parquet files, and this is {kind}",
            where=opened.shown,
            hint="leave out the engine: polars reads it",
        )
    return opened


def refuse_keys_of_files(source: Source, who: str, hint: str = _IN_A_QUERY) -> None:
    """Raise SourceError for a key of how texts are read, which only polars knows."""
    keys = {
        "encoding": source.encoding is not None,
        "decimal": source.decimal not in (None, "."),
        "clean": bool(source.clean),
        "sheet": source.sheet is not None,
    }
    for key, given in keys.items():
        if given:
            raise SourceError(
                f"{who} does not know {key!r}",
                where=source.path,
                hint=hint,
            )
