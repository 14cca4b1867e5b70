"""The long table: one row a finding, the worst first.

    severity, code, source, column, count, share, example, message, where, hint

As in `plain`; column, count, share and example are null where there is none.
"""

from typing import Final

import polars as pl

from kpitree.analysis.results.doctor import Diagnosis
from kpitree.render.doctor.plain import plain
from kpitree.render.style import Style

COLUMNS: Final = {
    "severity": pl.String,
    "code": pl.String,
    "source": pl.String,
    "column": pl.String,
    "count": pl.Int64,
    "share": pl.Float64,
    "example": pl.String,
    "message": pl.String,
    "where": pl.String,
    "hint": pl.String,
}


def long(found: Diagnosis, style: Style) -> pl.DataFrame:
    """The frame; without rows where nothing is suspect."""
    return pl.DataFrame(list(plain(found, style)), schema=COLUMNS, orient="row")
