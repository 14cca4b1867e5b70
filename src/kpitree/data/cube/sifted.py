"""Thousands of figures under conditions, of few rows.

Where figures are many and rows are few, asking every row for every figure is what takes the time.
The rows are collected with their answers to all that conditions ask; those that fulfil a condition
which many figures share are sifted out once, and all of these figures are had of them alone.
Figures are those of a plain look: a row that does not count for one adds nothing to it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from pathlib import Path
from typing import Final

import polars as pl

from kpitree.data.aggregates import ON_ONE_DAY, SUMMED, AtomKey, Figure, RowsOf
from kpitree.data.cube.classes import holding, parts_of
from kpitree.data.dialect import Expr, Frame, figure_of
from kpitree.data.files.found import Files
from kpitree.tree import expressions as tree

_MANY: Final = 1_000  # figures under conditions; fewer are had as fast from a scan
_FEW: Final = 2**25  # bytes of all files; the rows of more are not to be held in memory
_SHARED: Final = 16  # figures for which it is worth sifting the rows
_ASKED: Final = "asked:"
_VALUE: Final = "value:"
_MOMENT: Final = "moment of:"
_FIGURE: Final = "figure:"

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
        look = _Look(self, rows, keys)
        sieves = look.sieves(atoms)
        plain = sieves.pop(None, {})
        named = [look.figure(*of).alias(name) for name, of in plain.items()]
        whole = rows.group_by(keys).agg(*named, *more)
        found = {series.name: series for series in whole}
        for sieve, figures in sieves.items():
            if sieve is not None:
                found |= look.through(sieve, figures, whole.select(keys))
        return pl.DataFrame([found[name] for name in dict.fromkeys([*keys, *atoms, *found])])


Wanted = dict[str, tuple[AtomKey, Conditions]]  # figures by name, and what else holds for each


@dataclass(frozen=True, slots=True)
class _Look:
    """made: the figures said so far, which are the same behind many sieves."""

    of: Sifted
    rows: pl.DataFrame
    keys: Sequence[str]
    made: dict[tuple[str, tree.Expr | None, Conditions], Expr] = field(default_factory=dict)

    def sieves(self, atoms: Mapping[str, AtomKey]) -> dict[tree.Expr | None, Wanted]:
        """Figures by the condition to sift by: of those shared the one that leaves fewest rows."""
        together = {where: tuple(_together(where)) for _, _, where in atoms.values()}
        shared = Counter(one for _, _, where in atoms.values() for one in together[where])
        worth = [one for one, figures in shared.items() if figures >= _SHARED]
        counted = (self.holds(one).sum().alias(str(at)) for at, one in enumerate(worth))
        left = dict(zip(worth, self.rows.select(counted).row(0), strict=True)) if worth else {}
        found: dict[tree.Expr | None, Wanted] = defaultdict(dict)
        by_where = {where: _best(conditions, left) for where, conditions in together.items()}
        for name, atom in atoms.items():
            sieve, others = by_where[atom[2]]
            found[sieve][name] = atom, others
        return found

    def through(
        self, sieve: tree.Expr, figures: Wanted, groups: pl.DataFrame
    ) -> Iterator[tuple[str, pl.Series]]:
        """Figures of the rows that a sieve leaves, in the order of the groups."""
        said = {name: self.figure(*of) for name, of in figures.items()}
        columns = {name: figure.meta.output_name() for name, figure in said.items()}
        unlike = {columns[name]: figure for name, figure in said.items()}
        left = self.rows.filter(self.holds(sieve)).group_by(self.keys).agg(*unlike.values())
        there = groups.join(
            left, on=self.keys, how="left", nulls_equal=True, maintain_order="left"
        ).with_columns(
            pl.col(columns[name] for name, (atom, _) in figures.items() if atom[0] in SUMMED)
            .fill_null(0)
        )  # fmt: skip
        return ((name, there[column].alias(name)) for name, column in columns.items())

    def figure(self, atom: AtomKey, others: Conditions) -> Expr:
        """A figure of rows that have been sifted; others: what else must hold."""
        kind, argument, _ = atom
        key = kind, argument, others
        if key not in self.made:
            every = reduce(and_, map(self.holds, others)) if others else None
            value = self._value(argument)
            counted = value if every is None or value is None else pl.when(every).then(value)
            if self.of.moment[1] == pl.Date:
                kind = ON_ONE_DAY.get(kind, kind)
            figure = Figure(kind, RowsOf(every, counted, pl.col(_MOMENT)))
            self.made[key] = figure_of(figure).alias(f"{_FIGURE}{len(self.made)}")
        return self.made[key]

    def holds(self, where: tree.Expr) -> Expr:
        """A condition, of the answers."""
        return holding(where, lambda one: pl.col(f"{_ASKED}{list(self.of.asked).index(one)}"))

    def _value(self, argument: tree.Expr | None) -> Expr | None:
        if argument is None:
            return None
        return pl.col(f"{_VALUE}{list(self.of.values).index(argument)}")


def _together(where: tree.Expr | None) -> Iterator[tree.Expr]:
    """The conditions that must all hold."""
    if isinstance(where, tree.Call) and where.name == "and":
        for arg in where.args:
            yield from _together(arg)
    elif where is not None:
        yield where


def _best(
    together: Conditions, left: Mapping[tree.Expr, int]
) -> tuple[tree.Expr | None, Conditions]:
    """The condition to sift by, None where none is worth it, and the others."""
    sieve = min((one for one in together if one in left), key=left.__getitem__, default=None)
    return sieve, tuple(one for one in together if one != sieve)


def sifted_by(atoms: Mapping[AtomKey, object], files: Files) -> list[tree.Expr] | None:
    """What must be asked of each row, or None where figures or rows are not of such numbers."""
    conditions = [where for _, _, where in atoms if where is not None]
    if len(conditions) < _MANY or files.remote:
        return None
    asked = dict.fromkeys(one for where in dict.fromkeys(conditions) for one in parts_of(where))
    if not all(map(tree.names_in, asked)) or not all(Path(one).is_file() for one in files.paths):
        return None
    few = sum(Path(one).stat().st_size for one in files.paths) <= _FEW
    return list(asked) if few else None
