"""All checks, and the order in which their findings are told."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from kpitree.analysis.doctor import coverage, values, volume
from kpitree.analysis.doctor.case import Case
from kpitree.analysis.doctor.words import some
from kpitree.analysis.results.doctor import SEVERITIES, Finding
from kpitree.errors import Notice, SourceError

CHECKS: Final[tuple[Callable[[Case], Iterator[Finding]], ...]] = (
    *coverage.CHECKS,
    *values.CHECKS,
    *volume.CHECKS,
)


def findings_of(cases: Mapping[str, Case], together: Sequence[str]) -> list[Finding]:
    """What the checks find in every source. together: the sources that the goal needs."""
    found = [finding for case in cases.values() for check in CHECKS for finding in check(case)]
    return [*found, *coverage.coverage_differs(cases, together)]


def of_mistake(
    source: str,
    code: str,
    error: SourceError,
    *,
    count: int | None = None,
    of: int = 0,
    column: str | None = None,
) -> Finding:
    """What every other command would stop at."""
    counted = "" if count is None or count == 1 else f"; {some(count, 'row')} are like that"
    return Finding(
        code=code,
        severity="error",
        source=source,
        message=error.message + counted,
        column=column,
        count=count,
        share=count / of if of and count is not None else None,
        where=error.where,
        hint=error.hint,
    )


def of_notice(source: str, notice: Notice, *, of: int = 0) -> Finding:
    """What was met when the source was opened. of: the rows of which some are told, or 0."""
    count = notice.count
    return Finding(
        code=notice.code,
        severity="info",
        source=source,
        message=notice.message,
        count=count,
        share=count / of if of and count is not None else None,
    )


def worst_first(findings: Sequence[Finding], sources: Sequence[str]) -> tuple[Finding, ...]:
    """By severity, then in the order of the sources."""
    return tuple(
        sorted(
            findings, key=lambda one: (SEVERITIES.index(one.severity), sources.index(one.source))
        )
    )
