"""What stands in the columns that the tree reads, and what does not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from kpitree.analysis.doctor.case import Case
from kpitree.analysis.doctor.codes import EMPTY_ROWS, MANY, OFTEN, STRAGGLERS
from kpitree.analysis.doctor.words import column as named
from kpitree.analysis.doctor.words import number, some
from kpitree.analysis.results.doctor import Finding
from kpitree.numbers import machine


def null_dates(case: Case) -> Iterator[Finding]:
    """Rows that are in no period."""
    count, rows = case.examined.undated, case.examined.rows
    if count and count < rows:
        have = "has" if count == 1 else "have"
        yield case.finding(
            "null_dates",
            "warning" if count > MANY * rows else "info",
            f"{some(count, 'row')} {have} no date and {'is' if count == 1 else 'are'} in no period",
            column=case.source.time,
            count=count,
            of=rows,
            hint="if they are no rows of this kind, leave them out:"
            f' where = "not is_null({named(case.source.time)})"',
        )


def nulls(case: Case) -> Iterator[Finding]:
    """Of all columns but those of which the tree itself says what null means."""
    for row in _columns(case):
        count, rows = row["nulls"], row["rows"]
        if not count or row["column"] == case.source.time or "end" in row["roles"]:
            continue
        if count == rows:
            yield _no_values(case, row)
        elif row["expected"]:
            continue
        elif (emptied := _emptied(case, row["column"])) is not None:
            yield _went_empty(case, row["column"], emptied)
        else:
            yield case.finding(
                "nulls",
                "warning" if count > MANY * rows else "info",
                f"{some(count, 'row')} without a value: {_meaning(row)}",
                column=row["column"],
                count=count,
                of=rows,
            )


@dataclass(frozen=True, slots=True)
class _Emptied:
    """since: the first day without any value. rows: from then on. before: (values, rows)."""

    since: date
    rows: int
    before: tuple[int, int]


def _emptied(case: Case, column: str) -> _Emptied | None:
    """Where a column has lost its values, which those with few lose now and then anyway.

    A straggler is no value: from then on, up to one row in a hundred may have one.
    """
    days = [day for day in case.by_day(column) if day[1]]
    start, rows, values = len(days), 0, 0
    for at in range(len(days) - 1, -1, -1):
        _, wanted, missing = days[at]
        rows, values = rows + wanted, values + wanted - missing
        if missing == wanted and values <= STRAGGLERS * rows:
            start = at
    before = [(wanted, wanted - missing) for _, wanted, missing in days[:start]]
    all_before, with_value = sum(one for one, _ in before), sum(one for _, one in before)
    after = sum(wanted for _, wanted, _ in days[start:])
    if after < EMPTY_ROWS or not all_before or with_value < OFTEN * all_before:
        return None
    return _Emptied(days[start][0], after, (with_value, all_before))


def _no_values(case: Case, row: dict[str, Any]) -> Finding:
    return case.finding(
        "no_values",
        "info" if row["expected"] else "error",
        f"none of {some(row['rows'], 'row')} has a value",
        column=row["column"],
        count=row["nulls"],
        of=row["rows"],
        hint="" if row["expected"] else "is it the right column?",
    )


def _went_empty(case: Case, column: str, emptied: _Emptied) -> Finding:
    values, rows = emptied.before
    return case.finding(
        "went_empty",
        "error",
        f"no value since {emptied.since} ({some(emptied.rows, 'row')}); before that"
        f" {100 * values / rows:.3g} % of the rows had one",
        column=column,
        count=emptied.rows,
        of=case.examined.rows,
        example=str(emptied.since),
        hint="was the column renamed where the rows come from?",
    )


def _meaning(row: dict[str, Any]) -> str:
    """What becomes of rows without a value."""
    roles = set(row["roles"] or ())
    found = {
        "dimension": "they are the segment (none)",
        "time": "they are in no period",
        "argument": "sums and means leave them out",
        "condition": "conditions do not hold for them",
        "key": "they match nothing in the lookup",
    }
    return "; ".join(text for role, text in found.items() if role in roles)


def unmatched_keys(case: Case) -> Iterator[Finding]:
    """A key without a value is told as such."""
    for row in case.examined.lookups.iter_rows(named=True):
        if count := row["unmatched"]:
            yield case.finding(
                "unmatched_keys",
                "warning" if count > MANY * row["rows"] else "info",
                f"{some(count, 'row')} with a key that {row['path']} does not have, such as"
                f" {row['example']!r}",
                column=row["lookup"],
                count=count,
                of=row["rows"],
                example=row["example"],
            )


def non_finite(case: Case) -> Iterator[Finding]:
    """NaN and infinities."""
    for row in _columns(case):
        if count := row["non_finite"]:
            yield case.finding(
                "non_finite",
                "warning",
                f"{some(count, 'value')} NaN or infinite: taken as no value",
                column=row["column"],
                count=count,
                of=row["rows"],
                hint="a division by 0 where the rows come from?",
            )


def out_of_range(case: Case) -> Iterator[Finding]:
    """Of the columns with a declared range."""
    for row in _columns(case):
        count = (row["below"] or 0) + (row["above"] or 0)
        if not count:
            continue
        low, high = number(row["low"]), number(row["high"])
        told = [
            f"{some(row[side], 'row')} {side} {bound}, the {word} {number(row[extreme])}"
            for side, bound, extreme, word in (
                ("below", low, "least", "lowest"),
                ("above", high, "greatest", "highest"),
            )
            if row[side]
        ]
        worst = row["greatest"] if row["above"] else row["least"]
        yield case.finding(
            "out_of_range",
            "warning",
            "; ".join(told),
            column=row["column"],
            count=count,
            of=row["rows"] if row["rows"] is not None else case.examined.rows,
            example=number(worst),
            hint="right them, or the range:"
            f" ranges = {{ {row['column']} = [{machine(row['low'])}, {machine(row['high'])}] }}",
        )


def _columns(case: Case) -> Iterator[dict[str, Any]]:
    return case.examined.columns.iter_rows(named=True)


CHECKS = (null_dates, nulls, non_finite, out_of_range, unmatched_keys)
