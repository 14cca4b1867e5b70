"""Which KPIs are believed to lead others, and whether their values say so."""

from collections.abc import Collection, Iterator, Sequence

import polars as pl

from kpitree.analysis.lead import Lead, Series, lead
from kpitree.analysis.moments import Moment
from kpitree.analysis.signal import baselines
from kpitree.analysis.targets import Adding, adding_up
from kpitree.pipeline.states import Moments
from kpitree.tables import MOMENT


def leads(read: Moments, moments: Sequence[Moment], shown: Collection[str]) -> Iterator[Lead]:
    """Each KPI shown with each one it names in `leads`, in the order of the tree file.

    moments: whole periods next to each other, oldest first; the values are those of the whole.
    What adds up over time is compared per day: months of 31 days have more of everything.
    """
    kpis = read.plan.tree.kpis
    adding = adding_up(read.plan.nodes, list(read.plan.nodes))
    for kpi in read.plan.kpis:
        for follower in dict.fromkeys(kpis[kpi].leads):
            if kpi in shown and follower in read.plan.kpis and follower != kpi:
                yield lead(
                    _series(read, moments, kpi, adding[kpi]),
                    _series(read, moments, follower, adding[follower]),
                )


def _series(read: Moments, moments: Sequence[Moment], kpi: str, adding: Adding) -> Series:
    node = read.plan.tree.kpis[kpi]
    places = [read.periods.times.position(moment) for moment in moments]
    wanted = pl.DataFrame({MOMENT: places}, schema={MOMENT: read.frame.schema[MOMENT]})
    starts = [moment.period.start for moment in moments]
    return Series(
        kpi=kpi,
        label=node.label,
        values=wanted.join(read.frame, on=MOMENT, how="left", maintain_order="left")[kpi].to_list(),
        baselines=baselines(node.rebaseline, starts, read.periods.calendar),
        days=[moment.period.days for moment in moments] if adding is Adding.FLOW else None,
    )
