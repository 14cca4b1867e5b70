"""The segments that have a value of a KPI, whether or not a question is split by them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from kpitree.analysis.segments.shape import parts_needed, shape_of
from kpitree.calendar import Span
from kpitree.data.cube.cube import Cube, CubeRequest
from kpitree.pipeline.reading import Reader
from kpitree.tables import SEGMENT
from kpitree.tree.measures import Part
from kpitree.tree.model import Tree

Dimensions = tuple[str, ...]
Segment = tuple[str, ...]  # members, in the order of the dimensions


@dataclass(frozen=True, slots=True)
class Members:
    """Read when they are first asked for, once for a KPI and dimensions.

    sources: other paths than the tree's. reader: whoever reads them.
    """

    tree: Tree
    sources: Mapping[str, str]
    reader: Reader
    _cubes: dict[tuple[str, Dimensions], list[Cube]] = field(default_factory=dict, init=False)
    _known: dict[tuple[str, Dimensions, Span], frozenset[Segment]] = field(
        default_factory=dict, init=False
    )

    def present(self, kpi: str, by: Dimensions, span: Span) -> frozenset[Segment]:
        """The segments that have a value of a KPI, which adds up over them, in a span.

        by: dimensions that its sources have. Raises SourceError where they cannot be read.
        """
        if (kpi, by, span) not in self._known:
            if (kpi, by) not in self._cubes:
                parts = parts_needed([shape_of(self.tree, kpi, by)])
                self._cubes[kpi, by] = [self._read(source, of, by) for source, of in parts.items()]
            cubes = self._cubes[kpi, by]
            found = frozenset(one for cube in cubes for one in _with_values(cube, by, span))
            self._known[kpi, by, span] = found
        return self._known[kpi, by, span]

    def _read(self, source: str, parts: tuple[Part, ...], by: Dimensions) -> Cube:
        return self.reader.cube(
            CubeRequest(
                source=self.tree.sources[source],
                parts={part: f"part:{at}" for at, part in enumerate(parts)},
                dimensions=by,
                timezone=self.tree.timezone,
                grain=self.tree.grain,
                calendar=self.tree.calendar,
                override=self.sources.get(source),
            )
        )


def _with_values(cube: Cube, by: Dimensions, span: Span) -> list[Segment]:
    rows = cube.roll_up([span], by)
    parts = list(cube.request.parts.values())
    some = rows.filter(pl.any_horizontal(pl.col(parts).is_not_null()))
    return some.select(SEGMENT + name for name in by).rows()
