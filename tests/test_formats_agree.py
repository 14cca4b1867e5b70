"""Lists that stand in two rooms, so that one of them loads quickly, hold the same."""

import re
from pathlib import Path

import pytest

from kpitree.analysis.attribution.explain import METHODS
from kpitree.analysis.lead import VERDICTS
from kpitree.analysis.signal import RULES
from kpitree.cli import drivers, options, statuses
from kpitree.pipeline.question import LIMITS_AROUND
from kpitree.pipeline.questions import MIX_REFERENCES
from kpitree.render import formats, kpis
from kpitree.render.change import document, remarks
from kpitree.render.names import TOLD
from kpitree.render.signals import SIDES
from kpitree.render.trend import document as of_trend
from kpitree.render.trend.remarks import AROUND
from kpitree.tables import EFFECTS, MISSED, STALE, STATUSES

ROOT = Path(__file__).parents[1]


def test_formats() -> None:
    assert tuple(formats.FORMATS) == options.FORMATS


def test_statuses() -> None:
    assert tuple(kpis.STATUS) == STATUSES
    assert set(statuses.FAILING) <= {*STATUSES, STALE}
    assert set(MISSED) <= set(STATUSES)


def test_methods() -> None:
    assert set(METHODS) <= set(remarks.METHODS)
    assert tuple(METHODS) == options.METHOD_NAMES


def test_effects() -> None:
    assert {*remarks.EFFECTS, "mix", *TOLD} == set(EFFECTS)


@pytest.mark.parametrize("effect", EFFECTS)
def test_every_effect_is_described(effect: str) -> None:
    attribution = (ROOT / "docs/attribution.md").read_text("utf-8")
    [listed] = re.findall(r"`effect` is ([^.]*)\.", (ROOT / "docs/cli.md").read_text("utf-8"))
    named = re.search(r"effect +(driver \|[^\n]*\n[^\n]*)", document.__doc__ or "")
    assert f"`{effect}`" in attribution
    assert f"`{effect}`" in listed
    assert named is not None
    assert effect in re.findall(r"\w+", named[1])


def test_every_mix_reference_is_told() -> None:
    assert set(remarks.MIX) == set(MIX_REFERENCES) == {one.value for one in drivers.MixReference}
    assert all(remarks.MIX.values())
    assert f"mix_reference   {' | '.join(MIX_REFERENCES)}; null" in (document.__doc__ or "")


def test_what_limits_lie_around() -> None:
    assert tuple(one.value for one in options.Around) == LIMITS_AROUND == tuple(AROUND)


@pytest.mark.parametrize("word", [*RULES, *VERDICTS])
def test_signals_and_verdicts_are_described(word: str) -> None:
    assert f"`{word}`" in (ROOT / "docs/trend.md").read_text("utf-8")
    assert word in (of_trend.__doc__ or "")


def test_every_signal_has_words() -> None:
    assert tuple(SIDES) == RULES
