"""What the rules of a signal say of a value, in words."""

from typing import Final, NamedTuple

from kpitree.analysis.signal import BEYOND_LIMITS, RUN_OF_8, THREE_OF_FOUR


class Said(NamedTuple):
    """One rule's words for a value on one side of the centre.

    full: for a sentence. short: for a narrow screen. beside: right after the limits themselves.
    """

    full: str
    short: str
    beside: str


SIDES: Final = {  # rule -> its words for a value above the centre, and below it
    BEYOND_LIMITS: (
        Said("above the limits", "over limits", "above"),
        Said("below the limits", "under limits", "below"),
    ),
    RUN_OF_8: (
        Said("8 in a row above the centre", "8 above centre", "8 in a row above centre"),
        Said("8 in a row below the centre", "8 below centre", "8 in a row below centre"),
    ),
    THREE_OF_FOUR: (
        Said("3 of 4 near the upper limit", "3 of 4 high", "3 of 4 far above centre"),
        Said("3 of 4 near the lower limit", "3 of 4 low", "3 of 4 far below centre"),
    ),
}


def said_of(rule: str, value: float, centre: float) -> Said:
    """Why a value is a signal."""
    above, below = SIDES[rule]
    return above if value > centre else below
