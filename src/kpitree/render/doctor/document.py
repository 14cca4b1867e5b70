"""`json`: one object, its keys in this order.

    schema_version  1
    tree            its name
    as_of           ISO date or null
    sources[]       in the order of the tree file
      source, path  path: as written, or of the file read instead
      files         how many; null where it is no files
      readable      whether its rows could be read; else there are neither days nor columns
      rows          in all; undated: of them without a date
      first, last   the days it speaks for, both included, without strays; null without any
      covered_days, days_with_rows
      rows_a_day    {least, median, most} of the days that have any; null without any
      rhythm        day | week | month: what has rows again and again; null
      age           days from its last one to as_of, or without one to that of the newest source
      fresh_within  days, or null
      columns[]     that the tree reads
        column, roles[]   time | end | dimension | key | argument | condition; none: only a
                          range is declared, and there is no rows, nulls, expected
        rows, nulls       rows that the tree wants a value of, and those of them without one
        expected          whether the tree says what null means: is_null(x), coalesce(x), count(x)
        non_finite        NaN or infinite; null where this kind of column has none
        range             {low, high, below, above, least, greatest}, or null
      lookups[]     in use: {lookup, path, rows, without_key, unmatched, example}: rows in all,
                    those without a key, those whose key it does not have, and one such key
    common          {first, last} of the days that all sources of the goal speak for; null
    counts          {error, warning, info}
    findings[]      the worst first
      code, severity, source, column, message, count, share, example, where, hint
                    column, count, share, example: null where there is none
    warnings[]      {code, message, kpi, source}; always empty

Shares are fractions.
"""

from datetime import date
from typing import Any

from kpitree.analysis.results.doctor import SEVERITIES, Diagnosis, Examined, Finding
from kpitree.render.fields import number
from kpitree.render.objects import SCHEMA_VERSION, warning_object
from kpitree.render.style import Style


def document(found: Diagnosis, style: Style) -> dict[str, Any]:  # noqa: ARG001 - the contract of kinds.py
    """The object as Python values."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tree": found.tree.name,
        "as_of": _day(found.as_of),
        "sources": [_source(one) for one in found.sources],
        "common": found.common and {"first": _day(found.common[0]), "last": _day(found.common[1])},
        "counts": {
            word: sum(one.severity == word for one in found.findings) for word in SEVERITIES
        },
        "findings": [_finding(one) for one in found.findings],
        "warnings": [warning_object(notice) for notice in found.warnings],
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _source(one: Examined) -> dict[str, Any]:
    known = one.rows_a_day()
    return {
        "source": one.source,
        "path": one.path,
        "files": one.files,
        "readable": one.readable,
        "rows": one.rows,
        "undated": one.undated,
        "first": _day(one.first),
        "last": _day(one.last),
        "covered_days": one.covered_days,
        "days_with_rows": one.days_with_rows,
        "rows_a_day": known
        and {"least": known[0], "median": number(float(known[1])), "most": known[2]},
        "rhythm": one.rhythm,
        "age": one.age,
        "fresh_within": one.fresh_within,
        "columns": [_column(row) for row in one.columns.iter_rows(named=True)],
        "lookups": one.lookups.rows(named=True),
    }


def _column(row: dict[str, Any]) -> dict[str, Any]:
    figures = ("low", "high", "below", "above", "least", "greatest")
    ranged = row["low"] is not None
    return {
        "column": row["column"],
        "roles": row["roles"] or [],
        "rows": row["rows"],
        "nulls": row["nulls"],
        "expected": row["expected"],
        "non_finite": row["non_finite"],
        "range": {name: number(row[name]) for name in figures} if ranged else None,
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "code": one.code,
        "severity": one.severity,
        "source": one.source,
        "column": one.column,
        "message": one.message,
        "count": one.count,
        "share": number(one.share),
        "example": one.example,
        "where": one.where,
        "hint": one.hint,
    }
