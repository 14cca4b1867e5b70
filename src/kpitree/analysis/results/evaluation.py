"""The answer to `kpitree eval`."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from kpitree.analysis.attribution.contract import Attribution
from kpitree.analysis.results.period import PeriodInfo
from kpitree.analysis.results.standing import Standing, is_stale
from kpitree.calendar import Grain
from kpitree.errors import Notice
from kpitree.tables import LINES, SEGMENT
from kpitree.tree.model import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The answer to `kpitree eval`.

    periods: the periods shown, oldest first; the last is the main one (one unless --last N).
    dimensions: the dimensions of --by, in the order asked for.
    references: the `vs` words compared, in order: target, previous, last-year, benchmark, period.
    kpis, comparisons, history: frames KPIS with LIMITS, COMPARISONS, HISTORY of tables.py.
    depths, parents: KPI id -> distance from the root (0; None when not under it), and the KPIs
        whose formulas name it.
    stale: the KPIs that rest on data older than its source's fresh_within; None without as_of,
        or where no source says how fresh it is to be.
    attributions: for each missed (or asked for) KPI x reference; only of the main period.
    """

    tree: Tree
    grain: Grain
    as_of: date | None
    periods: tuple[PeriodInfo, ...]
    dimensions: tuple[str, ...]
    references: tuple[str, ...]
    kpis: pl.DataFrame
    comparisons: pl.DataFrame
    history: pl.DataFrame
    depths: dict[str, int | None]
    parents: dict[str, tuple[str, ...]]
    attributions: tuple[Attribution, ...]
    warnings: tuple[Notice, ...]
    stale: frozenset[str] | None = None

    @property
    def lines(self) -> pl.DataFrame:
        """LINES of tables.py: every line of every attribution; none for those with a reason."""
        rows = [
            {
                "kpi": found.kpi,
                "period": found.to_label,
                "vs": found.vs,
                "reference": found.from_label,
                "driver": line.kpi,
                "label": line.label,
                "effect": line.effect,
                "from": line.before,
                "to": line.after,
                "line": line.line,
                "share": line.share,
                "flags": list(line.flags),
            }
            for found in self.attributions
            for line in found.lines
        ]
        return pl.DataFrame(rows, schema=LINES)

    @property
    def standings(self) -> list[Standing]:
        """In the main period, of the whole of each KPI, and of its segments that have a target."""
        promised = pl.any_horizontal(pl.col("target", "target_implied").is_not_null())
        whole = [pl.col(SEGMENT + dimension).is_null() for dimension in self.dimensions]
        rows = self.kpis.filter(
            pl.col("period") == self.period.span.label,
            pl.all_horizontal(pl.lit(value=True), *whole) | promised,
        )
        return [
            Standing(kpi, status, is_stale(kpi, self.stale))
            for kpi, status in rows.select("kpi", "status").iter_rows()
        ]

    @property
    def is_empty(self) -> bool:
        return self.kpis.is_empty()

    @property
    def period(self) -> PeriodInfo:
        return self.periods[-1]
