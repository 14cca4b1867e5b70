"""What the data says of measures and formulas: no values, or others than promised."""

from collections.abc import Iterator
from typing import Final

from kpitree.advice.contract import Finding
from kpitree.analysis.advice.evidence import Evidence
from kpitree.numbers import Numbers
from kpitree.tree.model import Kpi

ALLOWED: Final = 1e-4  # of what is measured: roundings of single rows


def no_values(seen: Evidence) -> Iterator[Finding]:
    """KT406: no period has a value of it. With one period, that which only begins in it may yet."""
    for kpi in seen.tree.kpis.values():
        values = seen.values.get(kpi.id, ())
        if values and all(value is None for value in values) and kpi.id not in seen.beginning:
            many = f"any of {len(values)} periods" if len(values) > 1 else seen.periods[-1]
            reason = f": {seen.reasons[kpi.id]}" if kpi.id in seen.reasons else ""
            yield Finding(
                code="KT406",
                message=f"{kpi.id} has no value in {many}{reason}",
                key=("kpi", kpi.id),
                kpi=kpi.id,
            )


def misses_measured(seen: Evidence) -> Iterator[Finding]:
    """KT405: the formula does not give what is measured beside it, and the gap can be seen."""
    for name, given in seen.formulas.items():
        kpi = seen.tree.kpis[name]
        both = [
            (period, formula, measured)
            for period, formula, measured in zip(
                seen.periods, given, seen.values[name], strict=True
            )
            if formula is not None and measured is not None
        ]
        off = [
            (period, formula, measured)
            for period, formula, measured in both
            if _matters(kpi, formula, measured)
        ]
        if off:
            period, formula, measured = off[-1]
            yield Finding(
                code="KT405",
                message=f"the formula of {name} misses what is measured in {len(off)} of"
                f" {len(both)} periods, in {period} by {_gap(seen, kpi, formula, measured)}",
                key=("kpi", name, "measured"),
                kpi=name,
            )


def _matters(kpi: Kpi, formula: float, measured: float) -> bool:
    """Over a ten-thousandth of what is measured, and not hidden by the decimals that are shown."""
    numbers = Numbers(unit=kpi.unit, decimals=kpi.decimals)
    gap = abs(measured - formula)
    shown = 10.0 ** -numbers.places(formula, measured)
    return gap > ALLOWED * abs(measured) and gap * numbers.scale >= shown / 2


def _gap(seen: Evidence, kpi: Kpi, formula: float, measured: float) -> str:
    """Of percentages in points; of others also as a share of what is measured."""
    numbers = Numbers(unit=kpi.unit, decimals=kpi.decimals)
    if kpi.unit == "percent":
        return numbers.change(measured - formula)
    share = numbers.percent((measured - formula) / abs(measured or formula))
    return f"{seen.in_words(kpi, measured - formula)} ({share})"
