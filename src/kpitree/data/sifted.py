"""Thousands of figures under conditions, of few rows.

Where figures are many and rows are few, asking every row for every figure is what takes the time.
The rows are collected with their answers to all that conditions ask; those that fulfil a condition
which many figures share are sifted out once, and all of these figures are had of them alone.
Figures are those of a plain look: a row that does not count for one adds nothing to it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from pathlib import Path
from typing import Final

import polars as pl

from kpitree.data.aggregates import ON_ONE_DAY, AtomKey, Figure, RowsOf
from kpitree.data.classes import questions_of
from kpitree.data.dialect import Expr, Frame, figure_of
from kpitree.data.files import Files
from kpitree.tree import expressions as tree
from kpitree.tree.expressions import names_in

_MANY: Final = 1_000  # figures under conditions; fewer are had as fast from a scan
_FEW: Final = 2**25  # bytes of all files; the rows of more are not to be held in memory
_SHARED: Final = 16  # figures that are worth sifting the rows for
_ASKED: Final = "asked:"
_VALUE: Final = "value:"
_MOMENT: Final = "moment of:"
_FIGURE: Final = "figure:"
_OF_NO_ROWS: Final = dict.fromkeys(("rows", "values", "high", "low"), 0)

Conditions = tuple[tree.Expr, ...]  # that hold together


@dataclass(frozen=True, slots=True)
class Sifted:
    """asked: each condition that is not made of others, compiled. values: by what is aggregated.

    moment: what places a row, and its type.
    """

    asked: Mapping[tree.Expr, Expr]
    values: Mapping[tree.Expr | None, RowsOf]
    moment: tuple[Expr, pl.DataType]

    def rows(self, rows: Frame, keys: Mapping[str, Expr], more: Sequence[Expr]) -> Frame:
        """All that figures are made of: the keys, answers, values, and the columns of more."""
        values = enumerate(one.value for one in self.values.values())
        return rows.select(
            *(key.alias(name) for name, key in keys.items()),
            *(asked.alias(f"{_ASKED}{at}") for at, asked in enumerate(self.asked.values())),
            *(value.alias(f"{_VALUE}{at}") for at, value in values if value is not None),
            self.moment[0].alias(_MOMENT),
            *dict.fromkeys(name for each in more for name in each.meta.root_names()),
        )

    def by_day(
        self,
        rows: pl.DataFrame,
        keys: Sequence[str],
        atoms: Mapping[str, AtomKey],
        more: Sequence[Expr],
    ) -> pl.DataFrame:
        """One row for each group: the keys, a column for each atom, and more, which are sums.

        rows: collected from rows().
        """
        look = _Look(self, rows, keys, {}, {})
        by_sieve = look.by_sieve(atoms)
        plain = by_sieve.pop(None, {})
        named = [look.figure(atom, rest).alias(name) for name, (atom, rest) in plain.items()]
        whole = rows.group_by(keys).agg(*named, *more)
        found = {series.name: series for series in whole}
        for sieve, figures in by_sieve.items():
            found |= look.through(sieve, figures, whole.select(keys))
        order = [*keys, *atoms, *(each.meta.output_name() for each in more)]
        return pl.DataFrame([found[name] for name in order])

    def holds(self, where: tree.Expr) -> Expr:
        """A condition, of the answers."""
        match where:
            case tree.Call(name="and", args=args):
                return reduce(and_, map(self.holds, args))
            case tree.Call(name="or", args=args):
                return reduce(or_, map(self.holds, args))
            case tree.Call(name="not", args=(arg,)):
                return ~self.holds(arg)
            case _:
                return pl.col(f"{_ASKED}{list(self.asked).index(where)}")


Wanted = dict[str, tuple[AtomKey, Conditions]]  # by its name, a figure and what is left to ask


@dataclass(frozen=True, slots=True)
class _Look:
    """made, counted: figures said and conditions compiled so far, which sieves have in common."""

    of: Sifted
    rows: pl.DataFrame
    keys: Sequence[str]
    made: dict[tuple[str, tree.Expr | None, Conditions], Expr]
    names: dict[tree.Expr | None, str]

    def by_sieve(self, atoms: Mapping[str, AtomKey]) -> dict[tree.Expr | None, Wanted]:
        """Every figure under the condition that is to be sifted by for it, or None."""
        parts = {where: tuple(_together(where)) for _, _, where in atoms.values()}
        shared = Counter(one for _, _, where in atoms.values() for one in parts[where])
        worth = [one for one, figures in shared.items() if figures >= _SHARED]
        counted = self.rows.select(
            self.of.holds(one).sum().alias(str(at)) for at, one in enumerate(worth)
        )
        left = dict(zip(worth, counted.row(0), strict=True)) if worth else {}
        found: dict[tree.Expr | None, Wanted] = defaultdict(dict)
        for name, atom in atoms.items():
            together = parts[atom[2]]
            sieve = min((one for one in together if one in left), key=left.__getitem__, default=None)
            rest = tuple(one for one in together if one != sieve)
            found[sieve][name] = atom, rest
        return found

    def through(
        self, sieve: tree.Expr | None, figures: Wanted, groups: pl.DataFrame
    ) -> Iterator[tuple[str, pl.Series]]:
        """Figures of the rows that a sieve leaves, in the order of the groups."""
        assert sieve is not None
        wanted = {name: self.figure(atom, rest) for name, (atom, rest) in figures.items()}
        left = self.rows.filter(self.of.holds(sieve))
        found = groups.join(
            left.group_by(self.keys).agg(*dict.fromkeys(wanted.values())),
            on=self.keys, how="left", nulls_equal=True, maintain_order="left",
        )  # fmt: skip
        for name, figure in wanted.items():
            of_none = _OF_NO_ROWS.get(figures[name][0][0])
            ...
