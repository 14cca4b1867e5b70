"""Amounts that add up as they are printed, and what they leave."""

from collections.abc import Sequence

from kpitree.analysis.attribution.rounding import shown
from kpitree.numbers import Numbers


def rounded_amounts(
    amounts: Sequence[float], total: float, numbers: Numbers, places: int
) -> list[float]:
    """Changes rounded to these decimals; as printed they add up to the total as printed."""
    scale = numbers.scale
    return [
        amount / scale for amount in shown([one * scale for one in amounts], total * scale, places)
    ]


def printed_amounts(
    amounts: Sequence[float], total: float, numbers: Numbers, places: int
) -> list[str]:
    """The same as texts."""
    rounded = rounded_amounts(amounts, total, numbers, places)
    return [numbers.change(amount, places=places) for amount in rounded]


def printed_residual(residual: float | None, numbers: Numbers) -> float:
    """The residual, or 0 when it is too small to be printed."""
    residual = residual or 0.0
    places = numbers.places(residual)
    return residual if round(residual * numbers.scale, places) else 0.0


def residual_text(residual: float | None, numbers: Numbers) -> str:
    """The residual as notes tell it: 0, an amount, or −2.8e−15 where it is too small to print."""
    residual = residual or 0.0
    if residual == 0.0:
        return "0"
    if round(residual * numbers.scale, numbers.places()):
        return numbers.change(residual)
    text = f"{residual * numbers.scale:.1e}"
    return text if numbers.ascii else text.replace("-", "−")
