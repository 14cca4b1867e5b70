"""Targets against what was reached: out of reach, never missed, contradictory, run out."""

from collections.abc import Iterator, Sequence
from typing import Final

from kpitree.advice.contract import Finding
from kpitree.advice.roles import counterweights
from kpitree.analysis.advice.evidence import Evidence, Series
from kpitree.analysis.signal import readings
from kpitree.tree.model import Constant, Kpi

NEEDED: Final = 12  # periods, with fewer of which a target is neither out of reach nor too easy
LATEST: Final = 3  # values; with the best of all among them a KPI is growing, over so many periods


def never_reached(seen: Evidence) -> Iterator[Finding]:
    """KT401: the latest target is beyond every value there was, beyond chance and beyond growth.

    Beyond chance: outside of the natural process limits of these values, so that a goal a little
    above the best month is no complaint. Beyond growth: where the best value is one of the latest,
    further from it than the values ever rose in three periods. Good ranges are left out: they have
    two sides.
    """
    for kpi, values, targets in _promised(seen):
        target = targets[-1]
        if target is None or len(values) < NEEDED:
            continue
        sign = 1.0 if kpi.direction == "up" else -1.0
        if _is_out_of_reach([sign * value for value in values], sign * target):
            best = max(values) if sign > 0 else min(values)
            reached = f"{seen.in_words(kpi, best)} is the best of {len(values)} periods"
            yield Finding(
                code="KT401",
                message=f"the target of {kpi.id}, {seen.in_words(kpi, target)}, was never reached:"
                f" {reached}",
                key=("kpi", kpi.id, "target"),
                kpi=kpi.id,
            )


def _is_out_of_reach(values: Sequence[float], target: float) -> bool:
    """For values of which more is better."""
    limits = readings([*values, target])[-1].limits
    best = max(values)
    if limits is None or target <= max(best, limits.high):
        return False
    growing = best in values[-LATEST:]
    rise = max(after - before for before, after in zip(values, values[LATEST:], strict=False))
    return not growing or target - best > rise


def never_missed(seen: Evidence) -> Iterator[Finding]:
    """KT402: in every period that had a target it was met. Guardrails and counterweights should."""
    weights = counterweights(seen.tree)
    for kpi, _, _ in _promised(seen):
        if kpi.role in ("guardrail", "metric") or kpi.id in weights:
            continue
        pairs = [
            (value, target)
            for value, target in zip(seen.values[kpi.id], seen.targets[kpi.id], strict=True)
            if value is not None and target is not None
        ]
        up = kpi.direction == "up"
        met = all(value >= target if up else value <= target for value, target in pairs)
        if len(pairs) >= NEEDED and met:
            worst = min(pairs, key=lambda pair: pair[0] if up else -pair[0])[0]
            yield Finding(
                code="KT402",
                message=f"the target of {kpi.id} was met in all {len(pairs)} periods;"
                f" {seen.in_words(kpi, worst)} is the worst of them",
                key=("kpi", kpi.id, "target"),
                kpi=kpi.id,
            )


def do_not_add_up(seen: Evidence) -> Iterator[Finding]:
    """KT403: the targets of a formula's operands give another target than the KPI's own."""
    for notice in seen.contradictions:
        key = ("kpi", notice.kpi, "target") if notice.kpi else ()
        yield Finding(
            code="KT403",
            message=f"in {seen.periods[-1]} {notice.message}",
            key=key,
            kpi=notice.kpi,
        )


def ran_out(seen: Evidence) -> Iterator[Finding]:
    """KT407: earlier periods had a target, or an assumption its value, and the latest has none."""
    for kpi in seen.tree.kpis.values():
        yield from _ran_out(seen, kpi, "target", seen.targets.get(kpi.id, ()))
        if isinstance(kpi, Constant):
            yield from _ran_out(seen, kpi, "value", seen.values.get(kpi.id, ()))


def _ran_out(seen: Evidence, kpi: Kpi, what: str, series: Series) -> Iterator[Finding]:
    had = [at for at, one in enumerate(series) if one is not None]
    if had and had[-1] < len(series) - 1:
        yield Finding(
            code="KT407",
            message=f"the last {what} of {kpi.id} is that of {seen.periods[had[-1]]};"
            f" {seen.periods[-1]} has none",
            key=("kpi", kpi.id, what),
            kpi=kpi.id,
        )


def _promised(seen: Evidence) -> Iterator[tuple[Kpi, list[float], Sequence[float | None]]]:
    """KPIs with a direction and targets: their values without gaps, and their targets."""
    for kpi in seen.tree.kpis.values():
        targets = seen.targets.get(kpi.id, ())
        if kpi.direction != "range" and any(target is not None for target in targets):
            yield kpi, [one for one in seen.values[kpi.id] if one is not None], targets
