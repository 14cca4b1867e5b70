"""Which slices of the dimensions tell most of a KPI's change between two periods."""

from dataclasses import replace
from itertools import combinations
from typing import Final

import polars as pl

from kpitree.analysis.results.slices import Slices
from kpitree.analysis.segments.shape import Distinct, Unsplittable, parts_needed, shape_of
from kpitree.analysis.slices import Cut, Whole, adds_up, most_telling
from kpitree.errors import Notice, UsageError
from kpitree.pipeline.cuts import Searched
from kpitree.pipeline.figures import notices_of
from kpitree.pipeline.plan import Plan, make_plan, sources_of, with_parts
from kpitree.pipeline.question import Question
from kpitree.pipeline.sides import is_condition
from kpitree.pipeline.states import read_moments
from kpitree.tables import SEGMENT, SLICES
from kpitree.tree.model import Constant, Tree

DEEPEST: Final = 2  # dimensions at once


def search(
    tree: Tree,
    question: Question,
    *,
    kpi: str | None = None,
    vs: str = "previous",
    by: tuple[str, ...] = (),
    top: int = 5,
    deep: int = DEEPEST,
    noise: bool = False,
) -> Slices:
    """Search for the slices that tell most of one KPI's change.

    question: which period and rows; its vs, by, kpis and explain are not looked at.
    kpi: None = the root. vs: previous, last-year or a period label. by: the dimensions searched;
    () = all that the KPI's sources have. top: how many slices at most; deep: 1 or 2 dimensions.
    noise: also slices that stand out no more than chance would make them.

    Raises:
        UsageError: the question names what the tree does not have, or what has no segments.
        SourceError: a state has no value, or the data is missing or unreadable.
    """
    kpi = kpi or tree.root
    _check(tree, kpi, vs, top, deep)
    asked = replace(
        question, kpis=(kpi,), vs=(vs,), by=by, explain=(), last=1, history=0
    ).without_repeats()
    plan = make_plan(tree, asked)
    dimensions = asked.by or _dimensions(plan)
    if not dimensions:
        raise _nothing_to_search(plan, kpi)
    shape = shape_of(tree, kpi, dimensions)
    of_all = dict.fromkeys(plan.tree.sources, dimensions)
    read = read_moments(with_parts(plan, parts_needed([shape])), asked, of_all)
    searched = Searched.of(read, kpi, shape)
    return _answer(searched, dimensions, deep=deep, top=top, noise=noise)


# --- what is asked -------------------------------------------------------------------------------


def _check(tree: Tree, kpi: str, vs: str, top: int, deep: int) -> None:
    if isinstance(tree.kpi(kpi), Constant):
        hint = "choose another KPI"
        raise UsageError(f"{kpi!r} is an assumption: it has no segments", hint=hint)
    if vs in ("target", "benchmark") or is_condition(vs):
        what = "a condition on rows" if is_condition(vs) else f"the {vs}"
        hint = "compare with a period: --vs previous"
        raise UsageError(f"{what} cannot be searched: it has no segments", where="--vs", hint=hint)
    if top < 1:
        raise UsageError("--top takes a number of slices, 1 or more")
    if not 1 <= deep <= DEEPEST:
        raise UsageError(f"slices are 1 or {DEEPEST} dimensions deep", where="--deep")


def _dimensions(plan: Plan) -> tuple[str, ...]:
    """The dimensions that all sources of the KPI have, in the tree's order."""
    sources = sources_of(plan)
    return tuple(
        one
        for one in plan.tree.segments
        if sources and all(one in source.dimensions for source in sources)
    )


def _nothing_to_search(plan: Plan, kpi: str) -> UsageError:
    if not plan.tree.segments:
        return UsageError(
            "this tree has no dimensions to search",
            where=str(plan.tree.file),
            hint="declare some in [sources.NAME.dimensions]",
        )
    if not sources_of(plan):
        return UsageError(f"{kpi!r} is computed from assumptions: it has no segments")
    names = ", ".join(source.id for source in sources_of(plan))
    return UsageError(
        f"the sources of {kpi!r} have no dimension in common: {names}",
        where=str(plan.tree.file),
        hint="declare one in each [sources.NAME.dimensions], or choose a KPI of one source",
    )


# --- what is answered ----------------------------------------------------------------------------


def _answer(
    searched: Searched, dimensions: tuple[str, ...], *, deep: int, top: int, noise: bool
) -> Slices:
    whole = searched.whole()
    cuts, warnings = _cuts(searched, whole, dimensions, deep)
    schema = dict.fromkeys((SEGMENT + name for name in dimensions), pl.String) | SLICES
    rows = pl.DataFrame(schema=schema)
    examined = 0
    if cuts:
        found = most_telling(tuple(cuts), whole, top=top, noise=noise)
        lacking = (pl.lit(None, pl.String).alias(one) for one in schema if one not in found.rows)
        rows = found.rows.with_columns(lacking).select(*schema)
        examined = found.examined
    return Slices(
        tree=searched.read.plan.tree,
        kpi=searched.kpi,
        vs=searched.states.vs,
        from_label=searched.states.before.label,
        to_label=searched.states.after.label,
        before=searched.before,
        after=searched.after,
        change=searched.after - searched.before,
        dimensions=dimensions,
        rows=rows,
        examined=examined,
        noise=noise,
        reason=None if cuts else _reason(searched, dimensions),
        warnings=(*notices_of(searched.read.cubes), *(warnings if cuts else ())),
    )


def _cuts(
    searched: Searched, whole: Whole, dimensions: tuple[str, ...], deep: int
) -> tuple[list[Cut], list[Notice]]:
    """The cuts that add up, and a word on those that do not."""
    cuts: list[Cut] = []
    warnings: list[Notice] = []
    for count in range(1, deep + 1):
        for by in combinations(dimensions, count):
            cut = searched.cut(by)
            if adds_up(cut, whole):
                cuts.append(cut)
            else:
                warnings.append(_left_out(searched, by))
    return cuts, warnings


def _left_out(searched: Searched, by: tuple[str, ...]) -> Notice:
    message = f"{searched.label} does not add up over {' and '.join(by)}: not searched"
    return Notice(code="does_not_add_up", message=message, kpi=searched.kpi)


def _reason(searched: Searched, dimensions: tuple[str, ...]) -> str:
    match searched.shape:
        case Unsplittable(reason=reason):
            return reason
        case Distinct():
            return f"distinct counts do not add up over {' or '.join(dimensions)}"
        case _:
            return f"it does not add up over {' or '.join(dimensions)}"
