"""The league table of a dimension: its members in one period, ranked, and what ranks mean."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import polars as pl

from kpitree.analysis import answer
from kpitree.analysis.answer import CELL
from kpitree.analysis.ranking import table
from kpitree.analysis.ranking.cautions import judged, told_by
from kpitree.analysis.ranking.evidence import Evidence, evidence_of, proven
from kpitree.analysis.ranking.members import Member, contributions, shape_in
from kpitree.analysis.ranking.order import Goodness, goodness
from kpitree.analysis.results.ranking import Ranking
from kpitree.analysis.results.standing import Standing, is_stale
from kpitree.analysis.segments.shape import Ratio, Shape, shape_of
from kpitree.analysis.targets import Adding
from kpitree.analysis.variance import with_status
from kpitree.errors import Notice
from kpitree.pipeline.figures import notices_of
from kpitree.pipeline.freshness import freshness
from kpitree.pipeline.held import in_words, references_to, targets_frame
from kpitree.pipeline.league import League, read_league
from kpitree.pipeline.plan import make_plan
from kpitree.pipeline.question import HISTORY
from kpitree.pipeline.questions import RankQuestion
from kpitree.pipeline.rankable import check, check_dimensions
from kpitree.pipeline.standing import infos
from kpitree.tables import MEMBERS, SEGMENT, STATUSES
from kpitree.tree.model import Tree


def rank(tree: Tree, asked: RankQuestion) -> Ranking:
    """Rank the members of a dimension by a KPI.

    Raises:
        UsageError: the question names what the tree does not have, or what has no members.
        SourceError: the data is missing, unreadable, or says nothing about the period.
    """
    kpi = asked.kpi or tree.root
    check(tree, kpi, asked)
    question = replace(
        asked.about,
        kpis=(kpi,),
        vs=asked.vs or ("previous",),
        by=asked.by,
        explain=(),
        last=1,
        history=HISTORY,
    ).without_repeats()
    check_dimensions(make_plan(tree, replace(question, by=())), kpi, question.by)
    plan = make_plan(tree, question)
    shape = shape_of(plan.tree, kpi, question.by)
    evidence = evidence_of(shape)
    league = read_league(plan, question, kpi, shape, evidence)
    return _answer(league, shape, evidence, asked)


def _answer(league: League, shape: Shape, evidence: Evidence, asked: RankQuestion) -> Ranking:
    read, kpi, whole = league.read, league.kpi, league.whole()
    node = read.plan.tree.kpis[kpi]
    rows, members = _members(league)
    shape, evidence = shape_in(members, whole, shape), proven(evidence, whole)
    compared = _compared(league)
    say = partial(in_words, node)
    judgements = judged(members, whole, evidence, league.baselines(), say)
    rows = table.with_findings(rows, contributions(members, whole, shape), judgements)
    figures = _figures(league, members, rows, compared, asked.sort)
    rows = table.in_order(rows, members, figures)
    fresh = freshness(read.plan, read.coverage, read.question.as_of)
    stale = is_stale(kpi, fresh.kpis)
    cut = table.Cut(
        statuses=_kept(kpi, asked.only, stale=stale) if asked.only else None,
        top=asked.top,
        bottom=asked.bottom,
    )
    shown = table.shown(rows, cut)
    references = read.periods.references[-1]
    return Ranking(
        tree=read.plan.tree,
        kpi=kpi,
        period=infos(read.periods, read.coverage)[-1],
        as_of=read.question.as_of,
        dimensions=league.by,
        references=tuple((one.vs, one.label) for one in references),
        sort=asked.sort,
        rows=shown.select(_columns(league)),
        comparisons=_of_cells(compared, shown[CELL].to_list(), len(references)),
        members=len(members),
        ranked=rows["rank"].count(),
        tied=table.tied_out(rows, shown, cut),
        statuses=table.statuses(rows),
        evidence=told_by(evidence, judgements),
        rated=isinstance(shape, Ratio),
        stale=stale,
        reason=None if members else f"no member of {' and '.join(league.by)} has rows",
        warnings=(
            *fresh.notices,
            *notices_of(read.cubes),
            *(one for one in league.held.contradictions if one.kpi == kpi),
            *_caveats(league, rows, asked.sort),
        ),
    )


def _kept(kpi: str, only: Sequence[str], *, stale: bool | None) -> list[str]:
    """The statuses of members that --only keeps: all of them where the data is stale for all."""
    return [one for one in STATUSES if Standing(kpi, one, stale).is_any(only)]


def _columns(league: League) -> list[str]:
    first, *others = MEMBERS
    return [first, *(SEGMENT + name for name in league.by), *others]


# --- the figures ---------------------------------------------------------------------------------


def _members(league: League) -> tuple[pl.DataFrame, list[Member]]:
    """The whole and its members, with goals and statuses; and the members as they are judged.

    Somebody without rows in any of the periods, and without a goal, is no member any more.
    """
    rows, present = _with_goals(league), league.present()
    goals = (rows["target"].is_not_null() | rows["target_reason"].is_not_null()).to_list()
    found = [
        (cell, member)
        for cell, member in enumerate(league.members(), start=1)
        if member.segment in present or goals[cell]
    ]
    return rows[[0, *(cell for cell, _ in found)]], [member for _, member in found]


def _with_goals(league: League) -> pl.DataFrame:
    """All cells with target, attainment, gap and status: goals of segments are their own."""
    targets = _targets(league)
    segments = [SEGMENT + name for name in league.by]
    rows = league.cells.join(
        targets, on=segments, how="left", nulls_equal=True, maintain_order="left"
    )
    found = with_status(rows.with_columns(held_to=pl.col("target")), league.asked.about)
    return found.drop("held_to", "low", "high").with_columns(gap=_gap())


def _targets(league: League) -> pl.DataFrame:
    """The targets of the whole (with its good range) and of segments."""
    held, kpi = league.held, league.kpi
    low, high = held.ranges.get(kpi, (None, None))
    of_whole = targets_frame(held, [kpi], league.by).with_columns(
        low=pl.lit(low, pl.Float64), high=pl.lit(high, pl.Float64)
    )
    goals = league.read.held_by(league.main, league.by).filter(pl.col("kpi") == kpi)
    return pl.concat([of_whole, goals], how="diagonal").drop("kpi", "implied_by")


def _gap() -> pl.Expr:
    gap = pl.col("value") - pl.col("target")
    return pl.when(gap.is_finite()).then(gap)


def _compared(league: League) -> pl.DataFrame:
    """COMPARISONS of all cells, in their order: for each of them all references."""
    read, held = league.read, league.held
    references = references_to(read.plan, read.periods.references[-1], held)
    shown = [(league.place, league.main.period.label, held, references)]
    return answer.comparison_frame(league.asked, shown)


def _of_cells(compared: pl.DataFrame, cells: Sequence[int], references: int) -> pl.DataFrame:
    return compared[[cell * references + one for cell in cells for one in range(references)]]


# --- the order -----------------------------------------------------------------------------------


def _figures(
    league: League, members: Sequence[Member], rows: pl.DataFrame, compared: pl.DataFrame, sort: str
) -> list[Goodness]:
    """What each member is ranked by. rows: the whole's first."""
    direction, good = league.read.plan.tree.kpis[league.kpi].direction, _good_range(league)
    match sort:
        case "value":
            return [goodness(one.figures.value, direction, good) for one in members]
        case "attainment":
            return rows["attainment"].to_list()[1:]
        case _:
            first = compared.gather_every(len(league.read.periods.references[-1]))
            return table.improvements(first[rows[CELL].to_list()[1:]], direction, good)


def _good_range(league: League) -> tuple[float, float] | None:
    """That of a rate holds for every part of the rows; of a total there is one for the whole."""
    plan, kpi = league.read.plan, league.kpi
    if plan.adding[kpi] is Adding.RATE:
        return plan.tree.kpis[kpi].good_range
    return league.held.ranges.get(kpi)


def _caveats(league: League, rows: pl.DataFrame, sort: str) -> Iterator[Notice]:
    """What the reader should know of the order."""
    label, kpi = league.read.plan.tree.kpis[league.kpi].label, league.kpi
    members = rows.head(-1)
    if members.height and not members["rank"].count():
        lacks = {"attainment": "a goal of its own", "change": "a change that is known"}
        message = f"nobody is ranked: no member has {lacks.get(sort, f'a value of {label}')}"
        yield Notice(code="not_ranked", message=message, kpi=kpi)
    direction = league.read.plan.tree.kpis[kpi].direction
    rate = league.read.plan.adding[kpi] is Adding.RATE
    if direction == "range" and not rate:
        message = f"the good range of {label} is for the whole, and members are ranked by it"
        yield Notice(code="range_of_the_whole", message=message, kpi=kpi)
