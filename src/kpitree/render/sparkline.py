"""A series as a word-sized picture."""

from collections.abc import Sequence
from typing import Final

BLOCKS: Final = "▁▂▃▄▅▆▇█"
ASCII_BLOCKS: Final = "_.,-=+*#"


def sparkline(values: Sequence[float | None], *, ascii_only: bool = False) -> str:
    """One character a value, lowest to highest between the series' own extremes.

    A null is a gap; a series that does not move is drawn at half height.
    """
    blocks = ASCII_BLOCKS if ascii_only else BLOCKS
    present = [value for value in values if value is not None]
    if not present:
        return ""
    low, high = min(present), max(present)
    # Halved before subtracting: the extremes may be as far apart as floats reach.
    least, half_range = low / 2, high / 2 - low / 2
    if half_range == 0:
        middle = blocks[len(blocks) // 2 - 1]
        return "".join(" " if value is None else middle for value in values)
    count, highest = len(blocks), len(blocks) - 1
    return "".join(
        " "
        if value is None
        else blocks[min(int((value / 2 - least) / half_range * count), highest)]
        for value in values
    )
