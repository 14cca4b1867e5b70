"""The few slices of the dimensions that hold most of a change."""

from kpitree.analysis.slices.cuts import Cut, Rate, Total, Whole, adds_up
from kpitree.analysis.slices.telling import Found, most_telling

__all__ = ["Cut", "Found", "Rate", "Total", "Whole", "adds_up", "most_telling"]
