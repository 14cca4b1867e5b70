"""What moved one KPI between any two states: by driver, by segment, step by step."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import polars as pl

from kpitree.analysis.answer import Reference
from kpitree.analysis.attribution import attribute
from kpitree.analysis.attribution.contract import Attribution
from kpitree.analysis.attribution.cut import cut_at
from kpitree.analysis.attribution.explain import METHODS
from kpitree.analysis.result import Change, Steadiness
from kpitree.analysis.segments.effects import Centre, Convention, Weights
from kpitree.analysis.segments.lines import driver_lines, merge_top
from kpitree.analysis.segments.shape import Ratio, Shape, parts_needed, shapes_of
from kpitree.analysis.segments.split import InSegments, split
from kpitree.errors import SourceError, UsageError, did_you_mean
from kpitree.pipeline.figures import notices_of
from kpitree.pipeline.periods import in_words
from kpitree.pipeline.plan import Plan, columns_of, make_plan, with_parts
from kpitree.pipeline.question import MIX_REFERENCES, ChangeQuestion, Question
from kpitree.pipeline.sides import is_condition, sides, with_sides
from kpitree.pipeline.states import (
    SIDE,
    Moments,
    Pair,
    by_segment,
    pair,
    read_moments,
    reference_to_main,
    state_of,
)
from kpitree.tree.model import Constant, Tree

MIX = "mix"  # in --order, beside the driver whose mix effect it places


def explain(tree: Tree, asked: ChangeQuestion) -> Change:
    """Take one KPI's change apart.

    Raises:
        UsageError: the question names what the tree does not have, or what cannot be.
        SourceError: a state has no value, or the data is missing or unreadable.
    """
    kpi = asked.kpi or tree.root
    _check(tree, kpi, asked)
    question = _question(kpi, asked)
    if is_condition(asked.vs):
        tree = with_sides(tree, asked.vs)
    plan = make_plan(tree, question)
    shapes = _shapes(plan, asked.by)
    read = _read(with_parts(plan, parts_needed(shapes.values())), question, asked)
    references = read.periods.references[-1]
    found = sides(read, asked.vs) if is_condition(asked.vs) else pair(read, references[0])
    attribution = _attribute(found, kpi, asked)
    if attribution.reason is not None:
        hint = "" if found.places is None else f"the data: {in_words(read.coverage)}"
        raise SourceError(attribution.reason, where=attribution.label, hint=hint)
    links = _links(read, references, kpi, asked) if asked.through else ()
    return Change(
        tree=tree,
        attribution=attribution,
        lines=_shown(read, found, attribution, shapes, asked),
        dimensions=asked.by,
        mix_reference=asked.mix_reference if asked.by else None,
        factors=asked.factors,
        links=links,
        steadiness=_steadiness(read, references, found, attribution, asked),
        warnings=(*notices_of(read.cubes), *found.warnings, *attribution.warnings),
    )


# --- what is asked -------------------------------------------------------------------------------


def _check(tree: Tree, kpi: str, asked: ChangeQuestion) -> None:
    if isinstance(tree.kpi(kpi), Constant):
        raise UsageError(f"{kpi!r} is an assumption: it has no drivers", hint="choose another KPI")
    if asked.method not in METHODS:
        hint = did_you_mean(asked.method, METHODS)
        raise UsageError(f"there is no method {asked.method!r}", where="--method", hint=hint)
    if asked.mix_reference not in MIX_REFERENCES:
        hint = f"write {' or '.join(MIX_REFERENCES)}"
        message = f"mix is not measured from {asked.mix_reference!r}"
        raise UsageError(message, where="--mix-reference", hint=hint)
    if asked.order and asked.method != "sequential":
        hint = "add: --method sequential"
        raise UsageError(f"the method {asked.method} knows no order", where="--order", hint=hint)
    if asked.factors and asked.method != "log":
        hint = "add: --method log"
        raise UsageError("only the method log gives factors", where="--form", hint=hint)
    if asked.by and asked.depth is not None:
        hint = "--by splits the drivers; leave out one of the two"
        raise UsageError("--depth and --by cannot be combined", hint=hint)
    if asked.by and asked.vs in ("target", "benchmark"):
        hint = "compare with a period: --vs previous"
        message = f"the {asked.vs} is for the whole, so a miss cannot be split by segment"
        raise UsageError(message, where="--by", hint=hint)
    if asked.through and (asked.vs in ("target", "benchmark") or is_condition(asked.vs)):
        hint = "compare with a period: --vs last-year"
        raise UsageError(f"no periods lead from {asked.vs} on", where="--through", hint=hint)
    for dimension in asked.by:
        if dimension not in tree.segments:
            hint = did_you_mean(dimension, tree.segments) if tree.segments else ""
            hint = hint or "declare it in [sources.NAME.dimensions]"
            raise UsageError(f"there is no dimension {dimension!r}", where="--by", hint=hint)


def _question(kpi: str, asked: ChangeQuestion) -> Question:
    measured = asked.vs not in ("target", "benchmark") and not is_condition(asked.vs)
    return replace(
        asked.about,
        kpis=(kpi,),
        vs=(asked.vs,) if not is_condition(asked.vs) else ("target",),
        by=(),
        explain=(),
        history=False,
        moved=measured,
        links=asked.through,
    )


def _shapes(plan: Plan, by: tuple[str, ...]) -> dict[str, Shape]:
    """How every KPI that may turn out to be a driver is split; {} when nothing is."""
    if not by:
        return {}
    return shapes_of(plan.tree, plan.nodes, by)


def _read(plan: Plan, question: Question, asked: ChangeQuestion) -> Moments:
    sided = (SIDE,) if is_condition(asked.vs) else ()
    dimensions = {
        name: (*sided, *(asked.by if set(asked.by) <= source.dimensions.keys() else ()))
        for name, source in plan.tree.sources.items()
    }
    return read_moments(plan, question, dimensions, sided)


# --- what is answered ----------------------------------------------------------------------------


def _attribute(found: Pair, kpi: str, asked: ChangeQuestion) -> Attribution:
    return attribute(
        found.tree,
        kpi,
        found.before,
        found.after,
        vs=found.vs,
        method=asked.method,
        order=tuple(name for name in asked.order if name != MIX or MIX in found.tree.kpis),
        gradients=bool(asked.by),
        factors=asked.factors,
    )


def _shown(
    read: Moments,
    found: Pair,
    attribution: Attribution,
    shapes: Mapping[str, Shape],
    asked: ChangeQuestion,
) -> pl.DataFrame:
    """SPLIT: by driver, by segment, or over another cut of the tree; at most `top` of them."""
    if asked.by and found.places is not None:
        frames = by_segment(read, found.places, asked.by)
        states = zip(frames, (found.before, found.after), strict=True)
        before, after = (InSegments(frame=one, whole=state.values) for one, state in states)
        lines = split(
            attribution,
            shapes,
            before,
            after,
            columns={
                key: column
                for key, column in columns_of(read.plan).items()
                if column in frames[0].columns
            },
            dimensions=asked.by,
            convention=_convention(asked, shapes),
        )
    elif asked.depth is not None:
        cut = cut_at(found.tree, attribution, asked.depth, found.before.values, found.after.values)
        lines = driver_lines(replace(attribution, lines=cut))
    else:
        lines = driver_lines(attribution)
    return lines if asked.top is None else merge_top(lines, asked.top, attribution.kpi)


def _convention(asked: ChangeQuestion, shapes: Mapping[str, Shape]) -> Convention:
    centred = asked.mix_reference != "none"
    match asked.method:
        case "log":
            return Convention(weights=Weights.LOGARITHMIC, centred=centred)
        case "sequential":
            weights = Weights.RATE_FIRST if _rate_first(asked, shapes) else Weights.MIX_FIRST
            return Convention(weights=weights, centred=centred)
        case _:
            ends = asked.mix_reference == "average"
            return Convention(centred=centred, centre=Centre.ENDS if ends else Centre.SEGMENTS)


def _rate_first(asked: ChangeQuestion, shapes: Mapping[str, Shape]) -> bool:
    """Whether `mix` stands after the driver it belongs to; it is first where nothing is said."""
    if MIX not in asked.order or MIX in shapes:
        return False
    place = asked.order.index(MIX)
    if place + 1 < len(asked.order) and isinstance(shapes.get(asked.order[place + 1]), Ratio):
        return False
    if place and isinstance(shapes.get(asked.order[place - 1]), Ratio):
        return True
    hint = "it is part of a driver that is a ratio or a mean: units,mix,price"
    raise UsageError("'mix' must stand beside the driver it splits", where="--order", hint=hint)


# --- beside it -----------------------------------------------------------------------------------


def _links(
    read: Moments, references: Sequence[Reference], kpi: str, asked: ChangeQuestion
) -> tuple[Attribution, ...]:
    """The steps from period to period. Raises SourceError where one of them has no value."""
    steps = [references[0], *(one for one in references if one.vs == "link")]
    states = [state_of(read, one) for one in (*steps, reference_to_main(read))]
    found = []
    for before, after in pairwise(states):
        one = Pair(tree=read.plan.tree, vs="period", before=before, after=after, places=None)
        link = _attribute(one, kpi, replace(asked, by=()))
        if link.reason is not None:
            raise SourceError(link.reason, where=f"{before.label} to {after.label}")
        found.append(link)
    return tuple(found)


def _steadiness(
    read: Moments,
    references: Sequence[Reference],
    found: Pair,
    attribution: Attribution,
    asked: ChangeQuestion,
) -> Steadiness | None:
    """Whether another reference, a period earlier, has the same driver on top."""
    moved = next((one for one in references if one.vs == "moved"), None)
    if moved is None or is_condition(asked.vs) or len(attribution.lines) < 2:
        return None
    if moved.span is None:
        return Steadiness(reference=moved.label, reason=moved.reason)
    before = state_of(read, moved)
    other = _attribute(replace(found, before=before), attribution.kpi, replace(asked, by=()))
    if other.reason is not None:
        return Steadiness(reference=moved.label, reason=other.reason)
    top, moved_top = _top(attribution), _top(other)
    return Steadiness(reference=moved.label, top=top, moved_top=moved_top)


def _top(found: Attribution) -> str | None:
    """The driver that explains most; the first of equals."""
    largest = max(found.lines, key=lambda line: abs(line.line), default=None)
    return largest.kpi if largest is not None and largest.line else None
