"""Lists that stand in two rooms, so that one of them loads quickly, hold the same."""

from kpitree.cli import evaluate, options
from kpitree.render import formats, overview
from kpitree.tables import MISSED, STATUSES


def test_formats() -> None:
    assert tuple(formats.FORMATS) == options.FORMATS


def test_statuses() -> None:
    assert tuple(overview.STATUS) == STATUSES
    assert set(evaluate.FAILING) <= set(STATUSES)
    assert set(MISSED) <= set(STATUSES)
