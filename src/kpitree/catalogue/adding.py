"""A KPI of the catalogue put into a tree file: it, what it is computed from, and its sources.

What the tree has already is used where it is defined alike; nothing of it is ever replaced.
"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kpitree.catalogue.alike import alike, renamed
from kpitree.catalogue.entry import Catalogue, Entry, KpiKeys
from kpitree.catalogue.extract import source_of
from kpitree.catalogue.needs import Needs
from kpitree.catalogue.sources import (
    columns_needed,
    implied,
    source_for,
    source_written,
    with_its_time,
)
from kpitree.catalogue.wish import Wish, check_drivers, check_names, check_places, tops_of
from kpitree.errors import Notice, UsageError
from kpitree.tree.editing.edits import add_kpi, add_source, set_keys
from kpitree.tree.editing.narrowed import narrowed
from kpitree.tree.editing.operands import add_operand
from kpitree.tree.editing.text import Source
from kpitree.tree.read import read_tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """The tree file's new text.

    kpis: the new KPIs by their names in it, the entry first. sources: the new ones. needs: what
    the sources have to hold. others: what the user has to know besides, and to do.
    """

    text: str
    kpis: tuple[str, ...]
    sources: tuple[str, ...]
    needs: tuple[Needs, ...]
    others: tuple[Notice, ...]

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What has to be known where nobody has looked into the files."""
        return self.notices_with({})

    def notices_with(self, there: Mapping[str, Sequence[str]]) -> tuple[Notice, ...]:
        """The same where somebody has. there: source -> the columns that it has."""
        found = (needs.notice(there.get(needs.source)) for needs in self.needs)
        return (*(notice for notice in found if notice is not None), *self.others)

    @property
    def summary(self) -> str:
        """`added churn_rate, with lost_customers, the source customers`."""
        first, *others = self.kpis
        with_ = [*others, *(f"the source {name}" for name in self.sources)]
        return f"added {first}, with {', '.join(with_)}" if with_ else f"added {first}"


def with_entry(text: str, path: Path, catalogue: Catalogue, entry: Entry, wish: Wish) -> Added:
    """The text of a tree file with the entry in it; nothing is opened.

    Whether that is still a tree is for read_tree() to say.
    Raises TreeError, TreeErrors: the text is no tree. UsageError: the wish names what there is
    not, or the tree has a KPI or a source of this name that is another one.
    """
    return _Adding(text, path, catalogue, entry, wish).done()


class _Adding:
    """One entry on its way into one tree."""

    def __init__(
        self, text: str, path: Path, catalogue: Catalogue, entry: Entry, wish: Wish
    ) -> None:
        self.text, self.path, self.catalogue = text, path, catalogue
        self.entry, self.wish = entry, wish
        self.tree = read_tree(Source(text).plain, path)
        self.name = entry.id if wish.name is None else wish.name
        tops = tops_of(entry, wish)
        check_drivers(entry, wish, catalogue.below(*tops)[1:])
        self.kpis = catalogue.below(*tops, stop=wish.use)
        self.rows = catalogue.rows_of(self.kpis)
        check_places(entry, wish, self.tree, self.rows)
        own = {kpi: self._name_of(kpi) for kpi in self.kpis}
        check_names(entry, own)
        self.names = own | dict(wish.use)
        self.sources = {
            name: source_for(rows, self.tree, path, wish) for name, rows in self.rows.items()
        }
        self.tables = {kpi: self._table(kpi) for kpi in self.kpis}
        new = set(self.sources.values()) - self.tree.sources.keys()
        self.implied = implied(Source(text).data()) if new else []

    def done(self) -> Added:
        new = [kpi for kpi in self.kpis if not self._is_there(kpi)]
        text = self.text
        sources = {
            source: source_of(self.rows[name], self.wish.files.get(name))
            for name, source in self.sources.items()
            if source not in self.tree.sources
        }
        text = self._with_sources(text, sources)
        after = self.wish.under
        for kpi in new:
            text = add_kpi(text, self.names[kpi], self.tables[kpi], after=after)
            after = self.names[kpi]
        text = self._with_parent(text)
        return Added(
            text=text,
            kpis=tuple(self.names[kpi] for kpi in new),
            sources=tuple(sources),
            needs=tuple(self._needs(name, source) for name, source in self.sources.items()),
            others=(*self._narrowed(new), *self._notices()),
        )

    def _name_of(self, kpi: str) -> str:
        if kpi == self.entry.id:
            return self.name
        return self.wish.names.get(kpi, kpi)

    # --- KPIs ------------------------------------------------------------------------------

    def _table(self, kpi: str) -> KpiKeys:
        """Its table, with the names that its KPIs and its source have in this tree."""
        keys = self.catalogue.table(kpi)
        known = {*self.tree.kpis, *self.names.values()}
        leads = [self.names.get(one, one) for one in keys.pop("leads", ())]
        counterweight = keys.pop("counterweight", None)
        if "formula" in keys:
            keys["formula"] = renamed(keys["formula"], self.names)
        if "source" in keys:
            rows = self.rows[keys["source"]]
            keys["source"] = self.sources[rows.name]
            keys = with_its_time(keys, rows, self.tree.sources.get(keys["source"]))
        if kpi == self.entry.id and self.wish.under is not None and self.wish.op is None:
            leads.append(self.wish.under)
        if kept := [one for one in dict.fromkeys(leads) if one in known]:
            keys["leads"] = kept
        weight = self.names.get(counterweight, counterweight) if counterweight else None
        if weight in known:
            keys["counterweight"] = weight
        return keys

    def _is_there(self, kpi: str) -> bool:
        """Whether the tree has it. Raises UsageError: it has another one of this name."""
        name = self.names[kpi]
        if name not in self.tree.kpis:
            return False
        own = kpi == self.entry.id
        if not own and alike(self.tree, name, self.tables[kpi]):
            return True
        option = "--as NAME" if own else f"--as {kpi}=NAME"
        hint = f"give the new one another name: {option}"
        if not own:
            hint += f"; or take the tree's: --use {kpi}={name}"
        what = "a KPI" if own else "another KPI"
        raise UsageError(f"the tree has {what} {name!r} already", where=str(self.path), hint=hint)

    def _with_sources(self, text: str, sources: Mapping[str, KpiKeys]) -> str:
        """The new ones; KPIs that left theirs out, as there was one only, name it now."""
        if self.implied:
            (only,) = self.tree.sources
            text = set_keys(text, {("kpi", name, "source"): only for name in self.implied})
        for source, table in sources.items():
            text = add_source(text, source, table)
        return text

    def _with_parent(self, text: str) -> str:
        """The formula above takes it in; else the tree's goal is named, if it has been implied."""
        wish = self.wish
        if wish.op is not None and wish.under is not None:
            return add_operand(text, wish.under, wish.op, self.name)
        if "root" in Source(text).data().get("tree", {}):
            return text
        return set_keys(text, {("tree", "root"): self.tree.root})

    # --- what has to be known --------------------------------------------------------------

    def _notices(self) -> Iterator[Notice]:
        if self.implied:
            yield source_written(next(iter(self.tree.sources)), self.implied)
        weight = self.entry.counterweight
        if weight is not None and "counterweight" not in self.tables[self.entry.id]:
            message = f"its counterweight {weight!r} is not in the tree: --counterweight adds it"
            yield Notice(code="no_counterweight", message=message, kpi=self.name)
        message = (
            "it has no owner and no target yet:"
            f" kpitree set {shlex.quote(str(self.path))} {self.name} owner=... target=..."
        )
        yield Notice(code="no_owner", message=message, kpi=self.name)

    def _narrowed(self, new: Sequence[str]) -> Iterator[Notice]:
        """Of the sources of the tree that leave rows out, and get one of these KPIs."""
        for name, source in self.sources.items():
            if source in self.tree.sources:
                there = self.tree.sources[source]
                kpis = [
                    self.names[kpi] for kpi in new if self.catalogue.kpis[kpi].get("source") == name
                ]
                way_out = f"--data {name}=FILE makes a source of its own"
                if notice := narrowed(there, kpis, way_out):
                    yield notice

    def _needs(self, name: str, source: str) -> Needs:
        rows, there = self.rows[name], self.tree.sources.get(source)
        tables = [keys for keys in self.tables.values() if keys.get("source") == source]
        new = there is None
        return Needs(
            source=source,
            path=self.wish.files.get(name, f"{name}.csv") if new else None,
            columns=columns_needed(rows, tables, there),
            split_by=tuple(rows.split_by) if new else (),
        )
