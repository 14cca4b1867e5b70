"""Single frames made of the rows of a request, kept one by one as they are asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from kpitree.data.cache.asked import Asked, asked_of
from kpitree.data.cache.entry import mark_of, said_of
from kpitree.data.cache.marks import all_settled
from kpitree.data.cache.packing import packed, unpacked
from kpitree.data.cache.questions import question
from kpitree.data.cache.store import Store
from kpitree.data.cube.scan import Figures, Group
from kpitree.data.request import CubeRequest
from kpitree.tree.measures import Part

_FRAME: Final = ("frame",)


@dataclass(frozen=True, slots=True)
class Keeper:
    """Whether a frame can be kept is not said: that was said when the request's cube was."""

    store: Store
    asked: Asked

    def figures(self, figures: Figures) -> Figures:
        """The same figures of rows, which reads nothing that is kept, and keeps what it reads."""

        def kept(
            groups: Sequence[tuple[int, Group]], parts: Sequence[Part], dimensions: tuple[str, ...]
        ) -> pl.DataFrame:
            asked = ("figures of rows", groups, parts, dimensions)
            return self.frame(asked, lambda: figures(groups, parts, dimensions))

        return kept

    def frame(self, what: tuple[object, ...], made: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """what: names the frame among those of the same request."""
        name = question(self.asked.request, closed=True, more=what)
        found = self._read(name)
        if found is None:
            found = made()
            self._keep(name, found)
        return found

    def _read(self, name: str) -> pl.DataFrame | None:
        body = self.store.read(name)
        if body is None:
            return None
        described, frames = unpacked(body)
        same = tuple(map(mark_of, described["marks"])) == self.asked.every_mark
        return frames[_FRAME] if same else None

    def _keep(self, name: str, frame: pl.DataFrame) -> None:
        marks = self.asked.every_mark
        if all_settled(marks) and self.asked.watched.is_unchanged:
            said = {"marks": [said_of(mark) for mark in marks]}
            self.store.write(name, packed(said, {_FRAME: frame}))


def kept_frame(
    request: CubeRequest,
    store: Store | None,
    what: str,
    made: Callable[[CubeRequest], pl.DataFrame],
) -> pl.DataFrame:
    """A frame that a request and its files alone decide. what: names it."""
    asked = None if store is None else asked_of(request)
    if store is None or asked is None:
        return made(request)
    return Keeper(store, asked).frame((what,), lambda: made(asked.request))
