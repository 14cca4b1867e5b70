"""What the data says of measures and formulas: no values, or others than promised."""

from collections.abc import Iterator

from kpitree.advice.contract import Finding
from kpitree.analysis.advice.evidence import Evidence
from kpitree.analysis.attribution.contract import CLOSING
from kpitree.numbers import Numbers


def no_values(seen: Evidence) -> Iterator[Finding]:
    """KT406: no period has a value of it."""
    for kpi in seen.tree.kpis.values():
        values = seen.values.get(kpi.id, ())
        if values and all(value is None for value in values):
            many = f"any of {len(values)} periods" if len(values) > 1 else seen.periods[-1]
            reason = f": {seen.reasons[kpi.id]}" if kpi.id in seen.reasons else ""
            yield Finding(
                code="KT406",
                message=f"{kpi.id} has no value in {many}{reason}",
                key=("kpi", kpi.id),
                kpi=kpi.id,
            )


def misses_measured(seen: Evidence) -> Iterator[Finding]:
    """KT405: the formula does not give what is measured beside it, to a part in 10^9."""
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
            if abs(measured - formula) > CLOSING * max(abs(formula), abs(measured))
        ]
        if off:
            period, formula, measured = off[-1]
            gap = seen.in_words(kpi, measured - formula)
            share = Numbers(unit="number").percent((measured - formula) / abs(measured or formula))
            yield Finding(
                code="KT405",
                message=f"the formula of {name} misses what is measured in {len(off)} of"
                f" {len(both)} periods, in {period} by {gap} ({share})",
                key=("kpi", name, "measured"),
                kpi=name,
            )
