"""Rows that last from one day to another, and the mistake of an end before the start."""

from typing import Final

import polars as pl

from kpitree.data.cube.plan import Plan
from kpitree.data.dialect import Expr
from kpitree.errors import SourceError

BACKWARDS: Final = "backwards:"


def backwards(plan: Plan) -> Expr:
    """Whether a row's last day lies before its first; one that ends when it starts lasts none."""
    source = plan.request.source
    assert source.until is not None, "the rows of this source do not last"
    return plan.day(source.until) < plan.day(source.time)


def refuse_backwards(plan: Plan, facts: pl.DataFrame) -> None:
    """Raise SourceError naming the first row that ends before it starts, if BACKWARDS has any.

    Rows that the source's where leaves out are no rows.
    """
    source = plan.request.source
    if not facts[BACKWARDS].item() or source.until is None:
        return
    first = plan.rows.filter(backwards(plan)).select(
        _shown(plan, source.time).alias("start"), _shown(plan, source.until).alias("end")
    )
    start, end = plan.opened.collect([first.head(1)])[0].row(0)
    columns = [_named(source.time), _named(source.until)]
    raise SourceError(
        f"a row of [sources.{source.id}] ends on {end}, before it starts on {start}",
        where=plan.columns.row_with({source.time: start, source.until: end}),
        hint="right it, or leave such rows out:"
        f' where = "is_null({columns[1]}) or days_between({", ".join(columns)}) >= 0"',
    )


def _shown(plan: Plan, time: str) -> Expr:
    text = plan.columns.text_of(time)
    return plan.columns.text(plan.moments[time]) if text is None else text


def _named(column: str) -> str:
    return column if column.isidentifier() else f"col({column!r})"
