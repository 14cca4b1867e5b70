"""What stands below a league table: what columns and marks mean, why figures are missing."""

from collections.abc import Collection, Iterator
from typing import Final

from kpitree.render.ranking.board import (
    CAUTIONS,
    IMPLIED,
    View,
    dimensions,
    range_title,
    reference_title,
)
from kpitree.render.ranking.rows import left_out
from kpitree.render.words import visible
from kpitree.tables import NONE

NAMES: Final = 3  # that a note names; of more it says how many
RANGES: Final = {
    "95 % range": (
        "by its own rows; of 20 that do not differ from the others, about one goes unmarked"
    ),
    "usual range": (
        "what it usually has when the others have as much as now, by its earlier periods"
    ),
}


def notes(view: View, missing: Collection[str] = ()) -> list[str]:
    """Who is left out, what the columns mean, why figures are missing; only what occurs.

    missing: titles of columns that are not shown, and need no words.
    """
    meanings = {**_contributions(view), **_ranges(view)}
    return [
        *_left_out(view),
        *_order(view),
        *_implied(view),
        *_cautions(view),
        *(f"{title}: {text}" for title, text in meanings.items() if title not in missing),
        *_without_name(view),
        *_withheld(view),
        *_reasons(view),
    ]


def _left_out(view: View) -> Iterator[str]:
    count, tied = left_out(view.ranking), view.ranking.tied
    if count and view.members:
        told = f"{count:,} of {view.ranking.members:,} left out"
        yield f"{told}; {tied:,} of them share the last rank shown" if tied else told


def _order(view: View) -> Iterator[str]:
    if view.ranking.sort == "attainment":
        yield "ranked by attainment"
    if view.ranking.sort == "change":
        yield f"ranked by the change against {visible(view.ranking.references[0][1])}"


def _contributions(view: View) -> dict[str, str]:
    label = visible(view.ranking.tree.kpis[view.ranking.kpi].label)
    found: dict[str, str] = {}
    if any(row.share is not None for row in view.members):
        found["share"] = (
            f"its part of {f'what {label} is divided by' if view.ranking.rated else label}"
        )
    if any(row.pull is not None for row in view.members):
        found["pull"] = f"{label} less what it would be without it"
    return found


def _ranges(view: View) -> dict[str, str]:
    title = range_title(view)
    known = any(row.low is not None for row in view.members)
    return {title: RANGES[title]} if known else {}


def _implied(view: View) -> Iterator[str]:
    if any(row.implied for row in view.rows):
        yield f"{IMPLIED} implied by other targets"


def _cautions(view: View) -> Iterator[str]:
    found = {row.caution for row in view.members}
    for kind, (mark, words, meaning) in CAUTIONS.items():
        if kind in found:
            yield f"{mark} {words}: {meaning}"


def _without_name(view: View) -> Iterator[str]:
    if any(NONE in (value for _, value in row.segment) for row in view.members):
        yield f"{NONE}: rows without a value in {dimensions(view.ranking)}; not ranked"


def _withheld(view: View) -> Iterator[str]:
    """Periods that nobody can be compared with."""
    for at in range(len(view.ranking.references)):
        compared = [row.comparisons[at] for row in view.rows]
        if compared and all(one.change is None for one in compared):
            reason = compared[-1].reason or "there is nothing to compare"
            yield f"{reference_title(view, at)}: {_plain(reason, view)}"


def _reasons(view: View) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for row in view.members:
        for reason in dict.fromkeys((row.reason, row.target_reason)):
            if reason is not None:
                found.setdefault(reason, []).append(row.name)
    whole = view.rows[-1].target_reason if view.rows else None
    if whole is not None:
        label = visible(view.ranking.tree.kpis[view.ranking.kpi].label)
        found.setdefault(whole, []).append(label)
    for reason, names in found.items():
        yield f"{_named(names)}: {_plain(reason, view)}"


def _plain(reason: str, view: View) -> str:
    """Reasons are for every format, so their numbers have the real minus sign."""
    return visible(reason).replace("−", "-") if view.style.ascii else visible(reason)


def _named(names: list[str]) -> str:
    if len(names) <= NAMES + 1:
        return ", ".join(names)
    return f"{', '.join(names[:NAMES])} and {len(names) - NAMES:,} more"
