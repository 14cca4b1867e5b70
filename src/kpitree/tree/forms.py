"""The forms of a target that are tables of their own keys, as types: what is read and completed.

A number, and a table by period (`{ "2026-01" = 100 }`), are the two forms that have none.
"""

from datetime import date
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta


class SpreadTable(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A target for each period of a grain, such as a year's, spread over the tree's periods."""

    value: Annotated[float, Meta(description="The target of one such period, in the KPI's unit.")]
    per: Annotated[
        Literal["day", "week", "month", "quarter", "year"],
        Meta(description="For each period of this grain; spread over its days when it adds up."),
    ]


class PathTable(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A value to be reached by a day, and the way there: milestones on a line."""

    value: Annotated[float, Meta(description="What is to be reached, in the KPI's unit.")]
    by: Annotated[date, Meta(description="The last day of the way; the value stays after it.")]
    from_: Annotated[
        float | None, Meta(description="What it was when the way began; goes with since.")
    ] = None
    since: Annotated[
        date | None, Meta(description="The day on which the way begins; goes with from.")
    ] = None
    milestones: Annotated[
        dict[str, float],
        Meta(description="What is to be reached on days in between: {'2026-06-30' = 47}."),
    ] = {}


class GrowthTable(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """So much more than the KPI itself was."""

    growth: Annotated[float, Meta(description="How much more than the KPI was: 0.2 is 20 %.")]
    over: Annotated[
        Literal["last_year", "previous"],
        Meta(description="Than in the same period of last year, or in the period before."),
    ]


class PlanTable(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A target that is data: the rows of a plan."""

    source: Annotated[str, Meta(description="The source whose rows are the plan.")]
    measure: Annotated[str, Meta(description="Aggregates over its rows: 'sum(amount)'.")]
    where: Annotated[
        str | None, Meta(description="A condition on rows for all aggregates of the measure.")
    ] = None
    time: Annotated[
        str | None, Meta(description="Places the plan's rows in time by another column.")
    ] = None
    per: Annotated[
        Literal["day", "week", "month", "quarter", "year"] | None,
        Meta(description="The periods that its rows are for; default: the tree's grain."),
    ] = None


Form = type[SpreadTable] | type[PathTable] | type[GrowthTable] | type[PlanTable]
# Which key tells a form from the others; the first that is there decides.
TOLD_BY: Final[dict[Form, tuple[str, ...]]] = {
    GrowthTable: ("growth", "over"),
    PlanTable: ("source", "measure", "where", "time"),
    PathTable: ("by", "from", "since", "milestones"),
    SpreadTable: ("per",),
}
IN_WORDS: Final = (
    "a target is a number, numbers by period, or one of { value, per }, { value, by, from, since },"
    " { growth, over }, { source, measure }"
)


def form_of(keys: set[str]) -> Form | None:
    """The form that these keys tell, whether or not all of them belong to it."""
    return next((form for form, told in TOLD_BY.items() if keys & set(told)), None)


def keys_of(form: Form) -> tuple[str, ...]:
    """The keys that a form may have."""
    return form.__struct_encode_fields__


KEYS: Final = frozenset(key for form in TOLD_BY for key in keys_of(form))
