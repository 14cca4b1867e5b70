"""Words below the values: what marks and limits mean, and why figures are missing."""

from collections.abc import Iterator
from typing import Final

from kpitree.analysis.promise import BY_OPERANDS
from kpitree.analysis.signal import BASELINE, MEAN_REACH, MEDIAN_REACH, NEEDED
from kpitree.render.trend.board import IMPLIED, MARK, View, signal_points, subject
from kpitree.render.trend.leading import HOW
from kpitree.render.trend.rows import Row
from kpitree.render.words import visible

MOST_NAMED: Final = 3  # that a note is about; the others are counted
AROUND: Final = {
    "mean": f"mean ± {MEAN_REACH} × mean moving range",
    "median": f"median ± {MEDIAN_REACH} × median moving range",
}


def notes(view: View, *, marked: bool) -> list[str]:
    """Only what occurs. marked: signals are marked below the line of values."""
    found = [*_what_is_drawn(view, marked=marked), *_what_is_judged(view), *_missing(view)]
    if view.trend.leads:
        found.append(HOW)
    return [_plain(note) for note in found] if view.style.ascii else found


def _plain(note: str) -> str:
    return note.replace("−", "-").replace("–", "-").replace("±", "+-").replace("×", "x")


def _what_is_drawn(view: View, *, marked: bool) -> Iterator[str]:
    if not view.rows:
        return
    points = view.rows[0].points
    if marked and view.drawn < len(points):
        yield f"trend: the latest {view.drawn} of {len(points)} {view.trend.grain.value}s"
    if marked and signal_points(view):
        yield f"{MARK} signal: the value stands out from those before it"
    yield from _implied(view)
    last = view.rows[0].last
    if last.running:
        days = f"{last.covered_days}/{last.days} d"
        yield f"{visible(last.period)} is running ({days}), so it is not judged"


def _implied(view: View) -> Iterator[str]:
    """What implies the targets marked so, and for which KPIs where that is not their operands."""
    holds_for: dict[str, list[str]] = {}
    for row in view.rows:
        if row.last.implied:
            holds_for.setdefault(row.last.implied_by or "", []).append(subject(row))
    for by, subjects in holds_for.items():
        whom = "" if by == BY_OPERANDS.by else f" ({_some(subjects)})"
        yield f"{IMPLIED} target implied by {visible(by)}{whom}"


def _what_is_judged(view: View) -> Iterator[str]:
    if any(row.judged is not None for row in view.rows):
        yield (
            f"limits: {AROUND[view.trend.limits]}, of up to {BASELINE} {view.trend.grain.value}s"
            " before the one judged"
        )
    short = [row for row in view.rows if row.judged is None]
    if short:
        every = len(short) == len(view.rows)
        whom = "" if every else f" ({_some([subject(row) for row in short])})"
        yield f"too short: limits need {NEEDED} values before the one judged{whom}"
    for row in view.rows:
        anew = [visible(point.period) for point in row.points if point.new_baseline]
        if anew and not row.segment:
            yield f"{subject(row)}: judged anew from {', '.join(anew)} on"


def _missing(view: View) -> Iterator[str]:
    """Each way of missing values once, with what it holds for."""
    found: dict[str, list[str]] = {}
    for row in view.rows:
        for said in _missing_of(row, view.trend.grain.value):
            found.setdefault(said, []).append(subject(row))
    for said, subjects in found.items():
        whom = "" if len(subjects) == len(view.rows) > 1 else f" ({_some(subjects)})"
        yield f"{said}{whom}"


def _missing_of(row: Row, grain: str) -> Iterator[str]:
    reasons = [visible(point.reason or "no data") for point in row.points if point.value is None]
    if reasons:
        many = "any" if len(reasons) == len(row.points) else f"{len(reasons)} of {len(row.points)}"
        plural = "" if many == "any" else "s"
        why = "" if len(set(reasons)) == 1 else "the last time "
        yield f"no value in {many} {grain}{plural}: {why}{reasons[-1]}"
    if row.last.target is None and row.last.target_reason:
        yield f"target: {visible(row.last.target_reason)}"


def _some(subjects: list[str]) -> str:
    named = "; ".join(subjects[:MOST_NAMED])
    more = len(subjects) - MOST_NAMED
    return f"{named}; and {more} more" if more > 0 else named
