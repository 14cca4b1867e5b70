"""Rows that look for what a lookup does not have."""

from kpitree.data.cube.plan import Plan
from kpitree.data.dialect import Expr
from kpitree.data.rows.lookups import Joined


def unmatched(joined: Joined) -> Expr:
    """Whether a row has a key that the lookup does not have."""
    return joined.keyed & joined.found.is_null()


def unmatched_key(plan: Plan, joined: Joined) -> str | None:
    """The key of one such row, its columns joined by commas; None where there is none."""
    columns = plan.columns
    keys = {name: columns.find(name, "doctor") for name in joined.lookup.on}
    rows = plan.rows.filter(unmatched(joined))
    texts = rows.select(columns.text(value).alias(name) for name, value in keys.items())
    [found] = plan.opened.collect([texts.head(1)])
    return ", ".join(map(str, found.row(0))) if found.height else None
