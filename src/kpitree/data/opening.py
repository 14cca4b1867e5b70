"""Open a source with whoever reads it: polars, or an engine."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from kpitree.data.engines import engine_of, open_elsewhere
from kpitree.data.files.found import Files
from kpitree.data.files.uses import Use
from kpitree.data.sources import Opened, open_source
from kpitree.tree.model import Source


def open_rows(
    source: Source,
    override: str | None = None,
    uses: Mapping[str, AbstractSet[Use]] | None = None,
    files: Files | None = None,
) -> Opened:
    """See sources.open_source. A file in place of a database's table, or one that rows of a
    database are looked up in, is read by polars.

    files: for polars; an engine finds them by itself.
    """
    engine = engine_of(source)
    if engine is None or (engine == "ibis" and (override is not None or source.location)):
        return open_source(source, override, uses, files)
    return open_elsewhere(engine, source, override, uses or {})
