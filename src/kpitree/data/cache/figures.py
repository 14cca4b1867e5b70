"""Figures of rows for spans that are no periods, kept one by one as they are asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from kpitree.data.cache.entry import mark_of, said_of
from kpitree.data.cache.marks import Mark, all_settled
from kpitree.data.cache.packing import packed, unpacked
from kpitree.data.cache.questions import question
from kpitree.data.cache.store import Store
from kpitree.data.request import CubeRequest
from kpitree.data.scan import Figures, Group
from kpitree.tree.measures import Part

_FIGURES = ("figures",)


@dataclass(frozen=True, slots=True)
class Keeper:
    """What to do with figures of the rows of a request.

    marks: of all files that they are made of, as they are now.
    """

    store: Store
    request: CubeRequest
    marks: tuple[Mark, ...]
    is_unchanged: Callable[[], bool]

    def keeping(self, figures: Figures) -> Figures:
        """The same, which reads nothing that is kept, and keeps what it reads."""

        def kept(
            groups: Sequence[tuple[int, Group]], parts: Sequence[Part], dimensions: tuple[str, ...]
        ) -> pl.DataFrame:
            asked = ("rows", groups, parts, dimensions)
            name = question(self.request, closed=True, more=asked)
            found = self._read(name)
            if found is None:
                found = figures(groups, parts, dimensions)
                self._keep(name, found)
            return found

        return kept

    def _read(self, name: str) -> pl.DataFrame | None:
        body = self.store.read(name)
        if body is None:
            return None
        described, frames = unpacked(body)
        same = tuple(map(mark_of, described["marks"])) == self.marks
        return frames[_FIGURES] if same else None

    def _keep(self, name: str, figures: pl.DataFrame) -> None:
        if all_settled(self.marks) and self.is_unchanged():
            said = {"marks": [said_of(mark) for mark in self.marks]}
            # Whether it can be kept has been said when the cube was.
            self.store.write(name, packed(said, {_FIGURES: figures}))
