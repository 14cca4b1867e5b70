"""What moved one KPI between any two states: by driver, by segment, step by step."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from kpitree.analysis.attribution.contract import Attribution
from kpitree.analysis.attribution.cut import cut_at
from kpitree.analysis.promise import Reference
from kpitree.analysis.results.change import Change
from kpitree.analysis.segments.effects import Centre, Convention, Weights
from kpitree.analysis.segments.lines import driver_lines, merge_top
from kpitree.analysis.segments.shape import Ratio, Shape, parts_needed, shapes_of
from kpitree.analysis.segments.split import InSegments, split
from kpitree.errors import Notice, SourceError, UsageError
from kpitree.pipeline.asked import MIX, check, take_apart
from kpitree.pipeline.figures import notices_of
from kpitree.pipeline.periods import in_words
from kpitree.pipeline.plan import Plan, columns_of, make_plan, with_parts
from kpitree.pipeline.question import Question
from kpitree.pipeline.questions import ChangeQuestion
from kpitree.pipeline.sides import is_condition, sides, with_sides
from kpitree.pipeline.states import (
    SIDE,
    Moments,
    Pair,
    by_segment,
    pair,
    read_moments,
)
from kpitree.pipeline.steps import for_other_states, links, steadiness
from kpitree.tree.model import Tree


def explain(tree: Tree, asked: ChangeQuestion) -> Change:
    """Take one KPI's change apart.

    Raises:
        UsageError: the question names what the tree does not have, or what cannot be.
        SourceError: a state has no value, or the data is missing or unreadable.
    """
    kpi = asked.kpi or tree.root
    asked = replace(asked, by=tuple(dict.fromkeys(asked.by)))
    check(tree, kpi, asked)
    question = _question(kpi, asked)
    if is_condition(asked.vs):
        tree = with_sides(tree, asked.vs)
    plan = make_plan(tree, question)
    shapes = _shapes(plan, asked.by)
    read = _read(with_parts(plan, parts_needed(shapes.values())), question, asked)
    references = read.periods.references[-1]
    found = sides(read, asked.vs) if is_condition(asked.vs) else pair(read, references[0])
    attribution = take_apart(found, kpi, asked)
    if attribution.reason is not None:
        dated = found.places is not None and read.coverage
        hint = f"the data: {in_words(read.coverage)}" if dated else ""
        raise SourceError(attribution.reason, where=attribution.label, hint=hint)
    same = for_other_states(found, kpi, asked)
    through = links(read, references, kpi, same) if asked.through else ()
    return Change(
        tree=tree,
        attribution=attribution,
        lines=_shown(read, found, attribution, shapes, asked),
        dimensions=asked.by,
        mix_reference=asked.mix_reference if asked.by else None,
        factors=asked.factors,
        links=through,
        steadiness=steadiness(read, references, found, attribution, same),
        warnings=(
            *notices_of(read.cubes),
            *found.warnings,
            *_unlike(read, references),
            *attribution.warnings,
        ),
    )


def _unlike(read: Moments, references: Sequence[Reference]) -> Iterator[Notice]:
    """Periods of other lengths can be compared, but what adds up over time is not alike."""
    period = read.periods.shown[-1].period
    for reference in references[:1]:
        other = reference.moment
        if other is not None and reference.vs == "period" and other.period.grain != period.grain:
            message = (
                f"{other.period.label} and {period.label} are not periods of the same kind:"
                f" {other.period.days} days against {period.days}"
            )
            yield Notice(code="unlike_periods", message=message)


# --- what is asked -------------------------------------------------------------------------------


def _question(kpi: str, asked: ChangeQuestion) -> Question:
    measured = asked.vs not in ("target", "benchmark") and not is_condition(asked.vs)
    return replace(
        asked.about,
        kpis=(kpi,),
        # A condition needs no other period, and a target none either.
        vs=("target",) if is_condition(asked.vs) else (asked.vs,),
        by=(),
        explain=(),
        history=0,
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
            convention=_convention(asked),
            exceptions=_rate_first(asked, shapes),
        )
    elif asked.depth is not None:
        cut = cut_at(found.tree, attribution, asked.depth, found.before.values, found.after.values)
        lines = driver_lines(replace(attribution, lines=cut))
    else:
        lines = driver_lines(attribution)
    return lines if asked.top is None else merge_top(lines, asked.top, attribution.kpi)


def _convention(asked: ChangeQuestion) -> Convention:
    centred = asked.mix_reference != "none"
    match asked.method:
        case "log":
            return Convention(weights=Weights.LOGARITHMIC, centred=centred)
        case "sequential":
            return Convention(weights=Weights.MIX_FIRST, centred=centred)
        case _:
            ends = asked.mix_reference == "average"
            return Convention(centred=centred, centre=Centre.ENDS if ends else Centre.SEGMENTS)


def _rate_first(asked: ChangeQuestion, shapes: Mapping[str, Shape]) -> dict[str, Convention]:
    """The drivers after which `mix` stands in --order; elsewhere the mix comes first.

    Raises UsageError where it stands beside no driver that has a mix.
    """
    found: dict[str, Convention] = {}
    centred = asked.mix_reference != "none"
    places = [at for at, name in enumerate(asked.order) if name == MIX and MIX not in shapes]
    for place in places:
        before, after = asked.order[:place][-1:], asked.order[place + 1 :][:1]
        if any(isinstance(shapes.get(name), Ratio) for name in after):
            continue
        if not any(isinstance(shapes.get(name), Ratio) for name in before):
            hint = "it is part of a driver that is a ratio or a mean: units,mix,price"
            message = "'mix' must stand beside the driver it splits"
            raise UsageError(message, where="--order", hint=hint)
        found[before[0]] = Convention(weights=Weights.RATE_FIRST, centred=centred)
    return found
