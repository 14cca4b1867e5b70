"""Words around the tree: what is shown above it, and what its marks and gaps mean below it."""

from collections.abc import Iterator
from typing import Final

from kpitree.analysis.answer import WHOLE_ONLY
from kpitree.numbers import Numbers
from kpitree.render import outlined
from kpitree.render.evaluation.facts import Comparison, Fact
from kpitree.render.evaluation.overview import IMPLIED, NOISE, Overview, title_of
from kpitree.render.kpis import ABOVE, ASCII_ABOVE
from kpitree.render.segment import segment_words
from kpitree.render.words import visible

MOST_NAMED: Final = 3  # that a reason holds for; the others are counted


def heading(view: Overview) -> list[str]:
    """Tree, period, whether it is complete, as of when; then what the references are."""
    evaluation = view.evaluation
    first, last = evaluation.periods[0].span.label, view.period
    what = [visible(last if first == last else f"{first} to {last}")]
    kpis = (row.kpi for row in view.rows)
    parts = outlined.heading(evaluation.tree, what, evaluation.period, evaluation.as_of, kpis)
    old = evaluation.stale or ()
    stale = [row.kpi for row in view.rows if row.kpi.id in old and not row.segment]
    return [*parts, *outlined.stale_words(stale), *_reference_names(view)]


def _reference_names(view: Overview) -> Iterator[str]:
    """`previous = 2026-09`, where all rows are compared with the same."""
    for key in ("previous", "last-year"):
        compared = (fact.against(key) for fact in view.main_facts())
        names = {found.label for found in compared if found and found.change is not None}
        if len(names) == 1:
            yield f"{title_of(key)} = {visible(names.pop())}"


# --- footnotes -----------------------------------------------------------------------------


def footnotes(view: Overview) -> list[str]:
    """What the marks in the figures mean, and why figures are missing; only what occurs."""
    found = list(view.main_facts())
    above = ASCII_ABOVE if view.style.ascii else ABOVE
    notes = [*_implied(found), *_benchmarks(found)]
    if any(
        comparison.signal == "noise" and comparison.change is not None
        for fact in found
        for comparison in fact.comparisons
    ):
        notes.append(f"{NOISE} noise: the change is inside the limits of natural variation")
    if any(row.entry.repeated for row in view.rows):
        notes.append(f"{above} drawn further up, under another KPI")
    return notes + _reasons(view, found)


def _implied(found: list[Fact]) -> Iterator[str]:
    """What implies the targets that are marked so, and for which KPIs where there are several."""
    holds_for: dict[tuple[str | None, str], list[str]] = {}
    for fact in found:
        if fact.goal_is_implied:
            source = fact.implied_kind, visible(fact.implied_by or "")
            holds_for.setdefault(source, []).append(_subject(fact))
    for (kind, by), subjects in holds_for.items():
        match kind:
            case "needed":
                yield f"{IMPLIED} needed for the target of {by}, not promised ({_some(subjects)})"
            case "goals":
                yield f"{IMPLIED} target implied by {by} ({_some(subjects)})"
            case _:
                yield f"{IMPLIED} target implied by {by}"


def _benchmarks(found: list[Fact]) -> Iterator[str]:
    """Who says what others reach, where the tree says who."""
    holds_for: dict[str, list[str]] = {}
    for fact in found:
        compared = fact.against("benchmark")
        if (
            compared is not None
            and compared.reference is not None
            and compared.label != "benchmark"
        ):
            holds_for.setdefault(compared.label, []).append(_subject(fact))
    for label, subjects in holds_for.items():
        source = label.removeprefix("benchmark (").removesuffix(")")
        yield f"benchmark: {visible(source)} ({_some(subjects)})"


def _reasons(view: Overview, found: list[Fact]) -> list[str]:
    """Each reason once, with what it holds for (left out when it holds for every row)."""
    none = Numbers(unit="number", ascii=view.style.ascii).none
    holds_for: dict[str, list[str]] = {}
    for fact in found:
        for reason in dict.fromkeys(_reasons_of(fact)):
            holds_for.setdefault(reason, []).append(_subject(fact))
    return [
        f"{none} {reason}" + ("" if len(subjects) == len(found) else f" ({_some(subjects)})")
        for reason, subjects in holds_for.items()
    ]


def _subject(fact: Fact) -> str:
    label = visible(fact.kpi.label)
    return f"{label}, {visible(segment_words(fact.segment))}" if fact.segment else label


def _reasons_of(fact: Fact) -> Iterator[str]:
    if fact.value is None:
        yield visible(fact.reason or "no value")
        return  # without a value every comparison is missing for the same reason
    if fact.target_reason:
        yield f"target: {visible(fact.target_reason)}"
    for comparison in fact.comparisons:
        # That there is no target is said by the status, and is nothing to look into.
        reason = None if fact.segment and _is_of_the_whole(comparison) else comparison.reason
        if reason and reason not in (fact.target_reason, f"no {comparison.vs}"):
            yield f"{title_of(comparison.key)}: {visible(reason)}"


def _is_of_the_whole(comparison: Comparison) -> bool:
    return comparison.vs == "target" and (comparison.reason or "").endswith(WHOLE_ONLY)


def _some(subjects: list[str]) -> str:
    named = "; ".join(subjects[:MOST_NAMED])
    more = len(subjects) - MOST_NAMED
    return f"{named}; and {more} more" if more > 0 else named
