"""What moved a KPI: its change taken apart by drivers, in lines that add up."""

from kpitree.analysis.attribution.explain import METHODS, attribute

__all__ = ["METHODS", "attribute"]
