"""What has to be computed for a question: which KPIs, in which order, from which parts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property, reduce
from math import isfinite

from kpitree.analysis.leaves import LeafPlan
from kpitree.analysis.nodes import looked_back
from kpitree.analysis.targets import Adding, Formula, adding_up, formulas_of, mixed
from kpitree.analysis.targets.finer import refuse_finer
from kpitree.errors import UsageError, did_you_mean
from kpitree.pipeline.book import Book
from kpitree.pipeline.question import REFERENCES, Question
from kpitree.pipeline.reading import reader_for
from kpitree.tree.excerpt import excerpt
from kpitree.tree.expressions import (
    OVER_TIME,
    Call,
    Expr,
    ExpressionError,
    Name,
    calls_in,
    names_in,
)
from kpitree.tree.graph import operands_first
from kpitree.tree.lookups import names_of_lookups, with_other_lookups
from kpitree.tree.measures import Part, both, parts_of
from kpitree.tree.model import Branch, Constant, GrowthTarget, Leaf, Node, Source, Tree
from kpitree.tree.parsing import parse_condition


@dataclass(frozen=True, kw_only=True)
class Plan:
    """tree: with assumptions and sources as the question has them.

    kpis: those shown, in file order. generations: all that must be computed, operands first.
    leaves: measured KPI (or the hidden id of a `measured`) -> its plan.
    parts: source -> its parts and their columns. where: the question's row conditions together.
    steps: how many periods back formulas look; year: whether to the year's start.
    rounds: how many looks at other periods lie one above the other.
    grown: what growth targets count from ("last_year", "previous"). ytd: whether the period is a
    year to date, before which there is none. book: targets in files of their own.
    """

    tree: Tree
    kpis: tuple[str, ...]
    generations: tuple[tuple[Node, ...], ...]
    leaves: Mapping[str, LeafPlan]
    parts: Mapping[str, Mapping[Part, str]]
    where: Expr | None
    steps: frozenset[int]
    rounds: int
    year: bool
    grown: frozenset[str]
    ytd: bool
    book: Book = field(compare=False)

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """Every KPI computed, operands first."""
        return {kpi.id: kpi for generation in self.generations for kpi in generation}

    @cached_property
    def adding(self) -> Mapping[str, Adding]:
        """How each of them adds up over time."""
        return adding_up(self.nodes, list(self.nodes))

    @cached_property
    def mixed(self) -> frozenset[str]:
        """Those whose formula puts together what adds up over time and what stays."""
        return mixed(self.nodes, list(self.nodes))

    @cached_property
    def formulas(self) -> tuple[Formula, ...]:
        """Those of them, operands first."""
        return formulas_of(self.generations)


def make_plan(tree: Tree, question: Question) -> Plan:
    """What has to be computed.

    Raises:
        UsageError: names the tree does not know, with the nearest one as a hint.
        TreeErrors: targets by period that are too fine to be used.
    """
    refuse_finer(tree)
    _check_sources(tree, question.sources)
    tree = with_other_lookups(_with_assumptions(tree, question.assumptions), question.sources)
    shown = _shown(tree, question)
    needed = _needed(tree, shown)
    generations = tuple(
        tuple(tree.kpis[kpi] for kpi in generation if kpi in needed)
        for generation in operands_first(tree)
    )
    leaves, parts = _leaf_plans(tree, generations)
    _check_references(tree, question.vs)
    _check_dimensions(tree, question.by, parts)
    calls = _over_time(generations)
    steps = looked_back(calls)
    return Plan(
        tree=tree,
        kpis=shown,
        generations=generations,
        leaves=leaves,
        parts=parts,
        where=reduce(both, map(condition, question.where), None),
        steps=steps,
        rounds=_rounds(generations),
        year=any(call.name == "year_to_date" for call in calls),
        grown=frozenset(_grown(tree, needed)),
        ytd=question.ytd,
        book=Book(tree, sorted(needed), question.sources, reader_for(question)),
    )


def _grown(tree: Tree, kpis: Iterable[str]) -> Iterator[str]:
    for kpi in kpis:
        match tree.kpis[kpi].target:
            case GrowthTarget(over=over):
                yield over


def condition(text: str, option: str = "--where") -> Expr:
    """A condition on rows. Raises UsageError with a caret under the mistake."""
    try:
        return parse_condition(text)
    except ExpressionError as error:
        raise UsageError(
            error.message,
            where=option,
            hint=error.hint,
            excerpt=excerpt(text, *error.at),
        ) from None


def _with_assumptions(tree: Tree, assumptions: Mapping[str, float]) -> Tree:
    kpis = dict(tree.kpis)
    for name, value in assumptions.items():
        kpi = tree.kpi(name)
        if not isinstance(kpi, Constant):
            constants = [one.id for one in tree.kpis.values() if isinstance(one, Constant)]
            known = f"assumptions of this tree: {', '.join(constants)}" if constants else ""
            raise UsageError(
                f"{name!r} is computed from data, so it cannot be assumed",
                where="--set",
                hint=known or "--set changes KPIs that have a value, and this tree has none",
            )
        if not isfinite(value):
            raise UsageError(f"{value!r} is not a number to work with", where="--set")
        kpis[name] = replace(kpi, value=value)
    return replace(tree, kpis=kpis)


def _shown(tree: Tree, question: Question) -> tuple[str, ...]:
    for name in (*question.kpis, *question.explain):
        tree.kpi(name)
    chosen = {*(question.kpis or tree.kpis), *question.explain}
    return tuple(kpi for kpi in tree.kpis if kpi in chosen)


def _needed(tree: Tree, shown: tuple[str, ...]) -> set[str]:
    """The KPIs shown and all that they are computed from."""
    found: set[str] = set()
    open_ones = list(shown)
    while open_ones:
        kpi = open_ones.pop()
        if kpi not in found:
            found.add(kpi)
            open_ones.extend(tree.operands(kpi))
    return found


def _leaf_plans(
    tree: Tree, generations: tuple[tuple[Node, ...], ...]
) -> tuple[dict[str, LeafPlan], dict[str, dict[Part, str]]]:
    """Plans of the leaves, and for each source its parts, each with a column, in file order."""
    computed = {kpi.id for generation in generations for kpi in generation}
    plans: dict[str, LeafPlan] = {}
    parts: dict[str, dict[Part, str]] = {}
    count = 0
    for kpi in tree.kpis.values():
        leaf = kpi if isinstance(kpi, Leaf) else kpi.measured if isinstance(kpi, Branch) else None
        if leaf is None or kpi.id not in computed:
            continue
        arithmetic, found = parts_of(tree, leaf)
        known = parts.setdefault(leaf.source, {})
        for part in found:
            if part not in known:
                known[part] = f"part:{count}"
                count += 1
        columns = tuple(known[part] for part in found)
        plans[leaf.id] = LeafPlan(leaf.id, leaf.source, arithmetic, found, columns)
    return plans, parts


def with_parts(plan: Plan, needed: Mapping[str, Iterable[Part]]) -> Plan:
    """The plan with more parts to compute. needed: source -> parts; known ones are no more."""
    parts = {source: dict(columns) for source, columns in plan.parts.items()}
    count = sum(map(len, parts.values()))
    for source, wanted in needed.items():
        known = parts.setdefault(source, {})
        for part in wanted:
            if part not in known:
                known[part] = f"part:{count}"
                count += 1
    return replace(plan, parts=parts)


def columns_of(plan: Plan) -> dict[tuple[str, Part], str]:
    """(source, part) -> the column that holds it."""
    return {
        (source, part): column
        for source, columns in plan.parts.items()
        for part, column in columns.items()
    }


def _check_references(tree: Tree, references: tuple[str, ...]) -> None:
    for vs in references:
        if vs in REFERENCES:
            continue
        try:
            tree.calendar.parse(vs)
        except UsageError as error:
            close = get_close_matches(vs, REFERENCES, n=1)
            hint = f"did you mean {close[0]!r}?" if close else error.hint
            raise UsageError(error.message, where="--vs", hint=hint) from None


def _check_sources(tree: Tree, given: Mapping[str, str]) -> None:
    known = [*tree.sources, *names_of_lookups(tree)]
    for name in given:
        if name not in known:
            hint = did_you_mean(name, known)
            raise UsageError(f"there is no source {name!r}", where="--source", hint=hint)
    piped = [name for name, path in given.items() if path == "-"]
    if len(piped) > 1:
        raise UsageError(f"only one source can be standard input, not {', '.join(piped)}")


def _check_dimensions(
    tree: Tree, by: tuple[str, ...], parts: Mapping[str, Mapping[Part, str]]
) -> None:
    for dimension in by:
        if dimension not in tree.segments:
            hint = did_you_mean(dimension, tree.segments)
            hint = hint or "declare it in [sources.NAME.dimensions]"
            raise UsageError(f"there is no dimension {dimension!r}", where="--by", hint=hint)
        lacking = [name for name in parts if dimension not in tree.sources[name].dimensions]
        if lacking:
            raise UsageError(
                f"the source {lacking[0]!r} has no dimension {dimension!r}",
                where="--by",
                hint="choose KPIs of other sources with --kpi, or declare the dimension there",
            )


def _over_time(generations: tuple[tuple[Node, ...], ...]) -> list[Call]:
    formulas = [kpi.formula for one in generations for kpi in one if isinstance(kpi, Branch)]
    return [call for formula in formulas for call in calls_in(formula) if call.name in OVER_TIME]


def _rounds(generations: tuple[tuple[Node, ...], ...]) -> int:
    """The most over-time calls on one way through the formulas."""
    found: dict[str, int] = {}
    for kpi in (kpi for generation in generations for kpi in generation):
        looks = {call.args[0] for call in _over_time(((kpi,),))}
        operands = names_in(kpi.formula) if isinstance(kpi, Branch) else ()
        found[kpi.id] = max((found[one] + (Name(one) in looks) for one in operands), default=0)
    return max(found.values(), default=0)


def sources_of(plan: Plan) -> list[Source]:
    """The sources read, in the order of the tree file."""
    return [source for name, source in plan.tree.sources.items() if name in plan.parts]
