"""How the data of a question is read: as far as it is known, from the user's cache."""

from dataclasses import dataclass

import polars as pl

from kpitree.data.cache.cubes import kept_cube
from kpitree.data.cache.keeper import kept_frame
from kpitree.data.cache.store import Store, open_store
from kpitree.data.cube.cube import Cube, CubeRequest
from kpitree.pipeline.question import Question


@dataclass(frozen=True, slots=True)
class Reader:
    """store: None to read everything, and keep nothing."""

    store: Store | None

    def cube(self, request: CubeRequest) -> Cube:
        """See read_cube(). Raises SourceError."""
        return kept_cube(request, self.store)

    def members(self, request: CubeRequest) -> pl.DataFrame:
        """See targets.members_of(). Raises SourceError."""
        from kpitree.data.targets import members_of  # noqa: PLC0415 - few trees need it

        return kept_frame(request, self.store, "members", members_of)


def reader_for(question: Question) -> Reader:
    """Raises UsageError: KPITREE_CACHE_SIZE is no size."""
    return Reader(open_store(wanted=question.cache))
