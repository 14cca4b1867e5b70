"""The shape of the catalogue's files (entries/*.toml), checked as tree files are.

A file holds KPIs exactly as a tree file does ([kpi.NAME], see tree/schema.py), the rows that they
are measured from ([rows.NAME]), and what is said of those KPIs that are entries ([entry.NAME]).
All files are one pool: a KPI may name another file's KPIs, and its source is one of the rows.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class _Table(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A TOML table."""


class ColumnTable(_Table):
    type: Annotated[
        Literal["date", "number", "text", "boolean"], Meta(description="What it holds.")
    ]
    about: Annotated[str, Meta(description="What it says of a row.")]
    values: Annotated[
        list[str], Meta(description="Of a text: what it may be, as conditions name it.")
    ] = []
    range: Annotated[
        list[float] | None, Meta(description="Of a number: the smallest and largest usual value.")
    ] = None
    optional: Annotated[bool, Meta(description="Whether some rows have no value.")] = False


class RowsTable(_Table, rename={"from_": "from"}):
    about: Annotated[str, Meta(description="What a row is: 'One row a deal'.")]
    columns: Annotated[dict[str, ColumnTable], Meta(description="The columns that KPIs need.")]
    time: Annotated[str | None, Meta(description="The column that places a row in time.")] = None
    from_: Annotated[
        str | None, Meta(description="Of rows that last: the column with their first day.")
    ] = None
    to: Annotated[
        str | None,
        Meta(description="Of rows that last: the column with the first day they are gone."),
    ] = None
    split_by: Annotated[
        dict[str, str],
        Meta(description="What one would split by: column = what it says of a row; not needed."),
    ] = {}


class EntryTable(_Table):
    departments: Annotated[list[str], Meta(description="Whose KPI it is; the first one's most.")]
    rhythms: Annotated[
        list[Literal["daily", "weekly", "monthly", "quarterly", "yearly"]],
        Meta(description="How often it is usually looked at, most often first."),
    ]
    gamed: Annotated[str, Meta(description="How it can be made to look good without being so.")]
    also: Annotated[list[str], Meta(description="Other names under which it is known.")] = []
    readers: Annotated[list[str], Meta(description="Who reads it: 'sales managers'.")] = []
    note: Annotated[
        str, Meta(description="What else should be known: choices of definition, traps.")
    ] = ""


def required(struct: type[msgspec.Struct]) -> tuple[str, ...]:
    """The keys that such a table must have, as they are written."""
    return tuple(one.encode_name for one in msgspec.structs.fields(struct) if one.required)
