"""Segments: values of dimensions, as words and as columns."""

from collections.abc import Collection, Sequence
from typing import Any

from kpitree.tables import SEGMENT

Segment = tuple[tuple[str, str], ...]  # (dimension, value) pairs; () is the whole


def segment_of(row: dict[str, Any], dimensions: Sequence[str]) -> Segment:
    """The segment of a frame's row: the dimensions that are not null."""
    pairs = ((dimension, row[SEGMENT + dimension]) for dimension in dimensions)
    return tuple((dimension, value) for dimension, value in pairs if value is not None)


def segment_words(segment: Segment) -> str:
    """`region = EMEA, channel = web`, as the user wrote them."""
    return ", ".join(f"{dimension} = {value}" for dimension, value in segment)


def column_names(dimensions: Sequence[str], taken: Collection[str]) -> dict[str, str]:
    """Dimension -> its column in a long table: its name, with `segment_` before one taken."""
    known = set(taken)
    names: dict[str, str] = {}
    for dimension in dimensions:
        name = dimension
        while name in known:
            name = f"segment_{name}"
        known.add(name)
        names[dimension] = name
    return names
