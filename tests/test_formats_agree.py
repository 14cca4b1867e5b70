"""Lists that stand in two rooms, so that one of them loads quickly, hold the same."""

from kpitree.analysis.attribution.explain import METHODS
from kpitree.cli import evaluate, options
from kpitree.render import formats, kpis
from kpitree.render.change import remarks
from kpitree.render.names import TOLD
from kpitree.tables import EFFECTS, MISSED, STATUSES


def test_formats() -> None:
    assert tuple(formats.FORMATS) == options.FORMATS


def test_statuses() -> None:
    assert tuple(kpis.STATUS) == STATUSES
    assert set(evaluate.FAILING) <= set(STATUSES)
    assert set(MISSED) <= set(STATUSES)


def test_methods() -> None:
    assert set(METHODS) <= set(remarks.METHODS)
    assert tuple(METHODS) == options.METHOD_NAMES


def test_effects() -> None:
    assert {*remarks.EFFECTS, "mix", *TOLD} == set(EFFECTS)
