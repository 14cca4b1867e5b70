"""How the data of a question is read: as far as it is known, from the user's cache."""

from collections.abc import Callable
from functools import partial

from kpitree.data.cache.cubes import kept_cube
from kpitree.data.cache.store import open_store
from kpitree.data.cube import Cube, CubeRequest

Reader = Callable[[CubeRequest], Cube]


def reader(*, cache: bool) -> Reader:
    """cache: whether it may be used. Raises UsageError: KPITREE_CACHE_SIZE is no size."""
    return partial(kept_cube, store=open_store(wanted=cache))
