"""Rows that stand in a source several times: by unique_by they are one, and count once.

They must be alike in everything that a question reads of them; where they are not, none of them
can be taken for the true one. Rows without a value in any of the columns of unique_by are not
known to be the same, and all count.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final

import polars as pl

from kpitree.data.dialect import Expr, Frame
from kpitree.data.rows.columns import Columns, Value
from kpitree.data.rows.twins import COUNT, count_of_each, first_twins, is_key, places_of
from kpitree.errors import Notice, SourceError
from kpitree.tree.model import Source

COPIES: Final = "copies:"
_SHOWN: Final = 1_000  # rows of one key that are looked at, to say what they differ in
_IN_ORDER: Final = frozenset({"number", "text", "date", "instant"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """The rows of a source before those that repeat others are left out.

    keys: by column of unique_by, the name under which `rows` holds it. read: the columns that the
    question reads.
    """

    source: Source
    columns: Columns
    rows: Frame
    keys: Mapping[str, str]
    read: Sequence[Value]

    def counted(self) -> Frame:
        """One row: COPIES, how many rows repeat others, and of how many keys the rows differ."""
        say = self.columns.dialect
        extra = (say.col(COUNT) - say.lit(1, pl.Int64())).sum().alias(COPIES)
        return self._by_key().select(extra, say.how_many(self._differs()).alias("differ"))

    def _by_key(self) -> Frame:
        """The keys that stand in several rows, and what these hold."""
        say = self.columns.dialect
        has_key = reduce(or_, (~say.col(key).is_null() for key in self.keys.values()))
        values = [value.expr.alias(f"value:{number}") for number, value in enumerate(self.read)]
        rows = self.rows.filter(has_key)
        rows = rows.with_columns(*values) if values else rows
        return count_of_each(say, rows, [*self.keys.values()], list(self._held()))

    def _held(self) -> Iterator[Expr]:
        for number, value in enumerate(self.read):
            held = self.columns.dialect.col(f"value:{number}")
            yield held.count().alias(f"held:{number}")
            if value.kind in _IN_ORDER:
                yield held.min().alias(f"least:{number}")
                yield held.max().alias(f"most:{number}")

    def _differs(self) -> Expr:
        """Whether the rows of a key differ in anything that is read."""
        return reduce(or_, map(self._differs_in, range(len(self.read))), self._never)

    def _differs_in(self, number: int) -> Expr:
        say = self.columns.dialect
        held = say.col(f"held:{number}")
        some = (held > 0) & (held < say.col(COUNT))
        if self.read[number].kind not in _IN_ORDER:
            return some
        unlike = say.col(f"least:{number}") != say.col(f"most:{number}")
        return some | say.coalesce([unlike, self._never])

    @property
    def _never(self) -> Expr:
        return self.columns.dialect.col(COUNT).is_null()

    def refuse_differing(self, counts: pl.DataFrame) -> None:
        """Raise SourceError where rows of one key differ. counts: of counted()."""
        if counts["differ"].item():
            raise self._error()

    def rows_differing(self) -> int:
        """How many rows there are of the keys whose rows differ."""
        rows = self._by_key().filter(self._differs())
        (found,) = self.columns.opened.collect([rows.select(self.columns.dialect.col(COUNT).sum())])
        return int(found.item())

    def _error(self) -> SourceError:
        say, opened = self.columns.dialect, self.columns.opened
        key = first_twins(opened, self._by_key().filter(self._differs()), [*self.keys.values()])
        assert key is not None, "some rows were counted"
        values = (value.expr.alias(value.column) for value in self.read)
        held = self.rows.filter(is_key(say, key)).select(values).head(_SHOWN)
        (rows,) = opened.collect([held])
        unlike = [name for name in rows.columns if rows[name].n_unique() > 1]
        raw = [name for name in self.keys if name in opened.types]
        raw = raw if self.source.columns.keys().isdisjoint(raw) else []
        first, second = places_of(opened, self.rows, key, raw)
        said = ", ".join(f"{name} {key[self.keys[name]]!r}" for name in self.keys)
        example = " and ".join(
            repr(each) for each in rows[unlike[0]].unique(maintain_order=True)[:2]
        )
        also = "" if second == first else f" (here and {second})"
        return SourceError(
            f"rows with the same {said} differ in {unlike[0]!r}: {example}{also}",
            where=first,
            hint="rows alike in unique_by are one row that stands there twice; where they are"
            " not, unique_by needs another column that tells them apart",
        )


def repeats_of(source: Source, columns: Columns, rows: Frame, read: Sequence[str]) -> Repeats:
    """read: the columns of the files that the question reads."""
    used = f"unique_by of [sources.{source.id}]"
    found = {name: columns.find(name, used) for name in source.unique_by}
    keys = {name: f"unique:{number}" for number, name in enumerate(found)}
    held = rows.with_columns(found[name].expr.alias(key) for name, key in keys.items())
    others = [name for name in read if name not in keys]
    values = [columns.find(name, used) for name in others]
    return Repeats(source=source, columns=columns, rows=held, keys=keys, read=values)


def copies_notices(source: Source, counts: pl.DataFrame) -> Iterator[Notice]:
    """How many rows were left out. counts: has COPIES."""
    count = int(counts[COPIES].sum()) if COPIES in counts else 0
    if count:
        what = "1 row repeats another" if count == 1 else f"{count} rows repeat others"
        yield Notice(
            code="duplicates",
            message=f"{what} in {' and '.join(map(repr, source.unique_by))} and"
            f" {'counts' if count == 1 else 'count'} once",
            source=source.id,
            count=count,
        )
