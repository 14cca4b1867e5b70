"""Segment lines refine driver lines: every driver's line split among the segments of --by."""

from kpitree.analysis.segments.algebra import Key
from kpitree.analysis.segments.cells import InSegments
from kpitree.analysis.segments.effects import Centre, Convention, Weights
from kpitree.analysis.segments.lines import driver_lines, merge_top
from kpitree.analysis.segments.shape import (
    Distinct,
    Ratio,
    Shape,
    Total,
    Unsplittable,
    parts_needed,
    shape_of,
    shapes_of,
)
from kpitree.analysis.segments.split import split

__all__ = [
    "Centre",
    "Convention",
    "Distinct",
    "InSegments",
    "Key",
    "Ratio",
    "Shape",
    "Total",
    "Unsplittable",
    "Weights",
    "driver_lines",
    "merge_top",
    "parts_needed",
    "shape_of",
    "shapes_of",
    "split",
]
