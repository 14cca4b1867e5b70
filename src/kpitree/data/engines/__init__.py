"""Rows that another engine reads: DuckDB, a database that ibis knows, Spark.

One file for each; a library is imported when a source asks for it, and only here.
"""

import atexit
import gc
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from importlib import import_module
from typing import Any, Final

from kpitree.data.files.uses import Use
from kpitree.data.sources import Opened
from kpitree.errors import SourceError
from kpitree.tree.model import Source

Uses = Mapping[str, AbstractSet[Use]]
_EXTRAS: Final = {"duckdb": "sql", "ibis": "sql", "spark": "spark"}


def engine_of(source: Source) -> str | None:
    """The room that reads a source, or None where polars does."""
    if source.engine != "polars":
        return source.engine
    return None if source.connection is None else "ibis"


def open_elsewhere(engine: str, source: Source, override: str | None, uses: Uses) -> Opened:
    """Open a source with an engine; the rows stay where they are.

    override: a file instead of the source's own place. Raises SourceError: the engine is not
    installed or cannot be reached, or has no such rows.
    """
    opened: Opened = _room(engine).open_rows(source, override, uses)
    return opened


def _room(engine: str) -> Any:
    atexit.unregister(gc.freeze)  # DuckDB tells on stderr what is not freed at the end
    try:
        return import_module(f"kpitree.data.engines.{engine}")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "kpitree":
            raise
        raise SourceError(
            f"the library {error.name.partition('.')[0]!r} is not installed",
            hint=f"pip install 'kpitree[{_EXTRAS[engine]}]'",
        ) from None
