"""Many figures under conditions, from one look at each row.

A hundred leaves such as count(where=stage == 'won' and region == 'EMEA') ask the same few things of
a row. Its answers are its class; rows are grouped once by day and class, and every figure is then
merged from the classes that fulfil its condition. Figures are those of a plain look: atoms merge
exactly (aggregates.py).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from typing import Final

import polars as pl

from kpitree.data.aggregates import MERGE, ON_ONE_DAY, AtomKey, Column, Figure, RowsOf
from kpitree.data.dialect import POLARS, Expr, Frame
from kpitree.tree import expressions as tree
from kpitree.tree.expressions import names_in

_WORTH_IT: Final = 16  # figures under conditions; fewer are had faster one by one
_MOST: Final = 4_096  # classes that a day may have
_ASKED: Final = "asked:"
_OF_CLASS: Final = "class:"
_HOLDS: Final = "holds:"
_LOGIC: Final = frozenset({"and", "or", "not"})
_ORDERED: Final = frozenset({"<", "<=", ">", ">="})
_EQUAL: Final = frozenset({"==", "!=", "in"})


@dataclass(frozen=True, slots=True)
class Classes:
    """asked: each condition that is not made of others, compiled. values: by what is aggregated."""

    asked: Mapping[tree.Expr, Expr]
    values: Mapping[tree.Expr | None, RowsOf]

    def by_day(
        self,
        rows: Frame,
        keys: Mapping[str, Expr],
        atoms: Mapping[str, AtomKey],
        moment: tuple[Expr, pl.DataType],
        more: Sequence[Expr],
    ) -> Frame:
        """One row for each group: the keys, a column for each atom, and more, which are sums."""
        answers = {f"{_ASKED}{at}": asked for at, asked in enumerate(self.asked.values())}
        of_class: dict[tuple[str, tree.Expr | None], str] = {}
        for atom, argument, _ in atoms.values():
            of_class.setdefault((atom, argument), f"{_OF_CLASS}{len(of_class)}")
        expr, dtype = moment
        figures = {
            name: Figure(
                ON_ONE_DAY.get(atom, atom) if dtype == pl.Date else atom,
                replace(self.values[argument], moment=expr),
            )
            for (atom, argument), name in of_class.items()
        }
        classes = POLARS.grouped(rows, {**keys, **answers}, figures, more)
        return self._merged(classes, list(keys), atoms, of_class, more)

    def _merged(
        self,
        classes: Frame,
        keys: Sequence[str],
        atoms: Mapping[str, AtomKey],
        of_class: Mapping[tuple[str, tree.Expr | None], str],
        more: Sequence[Expr],
    ) -> Frame:
        holds = {where: f"{_HOLDS}{at}" for at, where in enumerate(_conditions(atoms.values()))}
        counted = classes.with_columns(pl.selectors.unsigned_integer().cast(pl.Int64))
        told = counted.with_columns(
            self._holds(where).fill_null(value=False).alias(name) for where, name in holds.items()
        )
        figures = [
            MERGE[key[0]](_column(of_class, key, holds)).alias(name) for name, key in atoms.items()
        ]
        # A mean of no rows is no number; null is what a plain look has.
        numbers = [
            figure.fill_nan(None) if key[0] == "mean" else figure
            for key, figure in zip(atoms.values(), figures, strict=True)
        ]
        again = [pl.col(each.meta.output_name()).sum() for each in more]
        return told.group_by(*keys).agg(*numbers, *again)

    def _holds(self, where: tree.Expr) -> Expr:
        """A condition, of the answers."""
        return holding(where, lambda one: pl.col(f"{_ASKED}{list(self.asked).index(one)}"))


def holding(where: tree.Expr, answer: Callable[[tree.Expr], Expr]) -> Expr:
    """A condition, of the answers to all that it is made of (parts_of)."""
    match where:
        case tree.Call(name="and" | "or" as name, args=args):
            return reduce(and_ if name == "and" else or_, (holding(arg, answer) for arg in args))
        case tree.Call(name="not", args=(arg,)):
            return ~holding(arg, answer)
        case _:
            return answer(where)


def _column(
    of_class: Mapping[tuple[str, tree.Expr | None], str],
    key: AtomKey,
    holds: Mapping[tree.Expr, str],
) -> Column:
    """The atoms of the classes whose rows count for one figure."""
    _, argument, where = key

    def column(atom: str) -> Expr:
        found = pl.col(of_class[atom, argument])
        return found if where is None else found.filter(pl.col(holds[where]))

    return column


def _conditions(atoms: Iterable[AtomKey]) -> dict[tree.Expr, None]:
    return {where: None for _, _, where in atoms if where is not None}


def asked_by(atoms: Collection[AtomKey]) -> list[tree.Expr] | None:
    """What must be asked of each row, or None where figures one by one are had faster."""
    conditions = _conditions(atoms)
    if sum(where is not None for _, _, where in atoms) < _WORTH_IT:
        return None
    asked = list(dict.fromkeys(one for where in conditions for one in parts_of(where)))
    if not all(names_in(one) for one in asked) or _classes_at_most(asked) > _MOST:
        return None
    return asked


def parts_of(where: tree.Expr) -> Iterator[tree.Expr]:
    """The conditions that one is made of by and, or, not."""
    if isinstance(where, tree.Call) and where.name in _LOGIC:
        for arg in where.args:
            yield from parts_of(arg)
    else:
        yield where


def _classes_at_most(asked: Sequence[tree.Expr]) -> int:
    """How many different answers rows can give to all of it."""
    apart: dict[tree.Expr, tuple[set[tree.Expr], set[tree.Expr]]] = {}
    found = 1
    for one in asked:
        match one:
            case tree.Call(name=name, args=(tree.Name() as of, *others)) if (
                name in _EQUAL | _ORDERED and not any(names_in(each) for each in others)
            ):
                equal, ordered = apart.setdefault(of, (set(), set()))
                (ordered if name in _ORDERED else equal).update(others)
            case _:
                found *= 3  # true, false, null
    for equal, ordered in apart.values():
        # Each text of its own, each number and each stretch between two, all others, null.
        found *= len(equal - ordered) + 2 * len(ordered) + 2
    return found
