"""What the league table says, in a sentence or two fit for a mail.

Rank 1 of 12: Ivan Prado with 339,687.87 (12.7 % of Revenue); rank 12: Wei Tan with 107,802.54.
5 on track, 3 at risk, 4 off track. At least 8 of 12 shown cannot be told from the others.
"""

from collections.abc import Iterator
from typing import Final

from kpitree.analysis.results.ranking import Ranking
from kpitree.numbers import Numbers
from kpitree.render.kpis import STATUS, numbers_of
from kpitree.render.ranking.board import GOALS
from kpitree.render.ranking.rows import Row, members_of
from kpitree.render.style import Style
from kpitree.render.words import visible

UNKNOWN: Final = ("little_history", "few_rows")  # nothing says that they are like the others


def sentence(ranking: Ranking, style: Style) -> str:
    """The first and the last shown, how many reach their goals, how many cannot be told apart."""
    return " ".join(f"{part}." for part in _parts(ranking, style))


def _parts(ranking: Ranking, style: Style) -> Iterator[str]:
    rows = members_of(ranking)
    if not rows:
        label = visible(ranking.tree.kpis[ranking.kpi].label)
        reason = visible(ranking.reason or "none of its members is asked for")
        yield f"Nobody is shown for {label} in {visible(ranking.period.span.label)}: {reason}"
        return
    ranked = [row for row in rows if row.rank is not None]
    yield _ends(ranked, ranking, style)
    if any(status in GOALS for status in ranking.statuses):
        counted = [(status, ranking.statuses.get(status, 0)) for status in GOALS]
        yield ", ".join(f"{count:,} {STATUS[status][2]}" for status, count in counted if count)
    unknown = sum(row.caution in UNKNOWN for row in ranked)
    doubtful = sum(row.caution is not None for row in ranked) - unknown
    if doubtful:
        yield _doubts(doubtful, len(ranked))
    if unknown:
        yield f"Too little is known of {unknown:,} of {len(ranked):,} shown to tell"


def _doubts(doubtful: int, ranked: int) -> str:
    """No mark is no proof, so nothing is said of those without."""
    if ranked == 1:
        return "It cannot be told from the others"
    if doubtful == ranked:
        return f"None of {ranked:,} shown can be told from the others"
    return f"At least {doubtful:,} of {ranked:,} shown cannot be told from the others"


def _ends(rows: list[Row], ranking: Ranking, style: Style) -> str:
    if not rows:
        return f"None of those shown has a rank by {ranking.sort}"
    first, last = rows[0], rows[-1]
    label = visible(ranking.tree.kpis[ranking.kpi].label)
    numbers = numbers_of(ranking.tree.kpis[ranking.kpi], style)
    told = f"Rank {first.rank} of {ranking.ranked:,}: {first.name} with {_value(first, numbers)}"
    if first.share is not None and not ranking.rated:
        told += f" ({Numbers(unit='percent', ascii=style.ascii).value(first.share)} of {label})"
    if last is not first:
        told += f"; rank {last.rank}: {last.name} with {_value(last, numbers)}"
    return told


def _value(row: Row, numbers: Numbers) -> str:
    return numbers.value(row.value, word=True)
