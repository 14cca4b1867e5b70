"""How the lines of an attribution are called, wherever they stand."""

from collections.abc import Collection
from typing import Final

from kpitree.render.segment import Segment, segment_words
from kpitree.render.words import visible

# What is unexplained, and what is left over, says so in its label.
TOLD: Final = ("driver", "unexplained", "rest")


def line_name(label: str, segment: Segment, notes: Collection[str]) -> str:
    """`Close rate, region = EMEA (rate, new)`, harmless."""
    name = visible(label)
    if segment:
        name += f", {visible(segment_words(segment))}"
    return f"{name} ({visible(', '.join(notes))})" if notes else name


def effect_notes(effect: str) -> list[str]:
    """What is said of a line's effect beside its name."""
    return [] if effect in TOLD else [effect.replace("_", " ")]
