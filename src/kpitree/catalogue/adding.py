"""A KPI of the catalogue put into a tree file: it, what it is computed from, and its sources.

What the tree has already is used where it is defined alike; nothing of it is ever replaced.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kpitree.catalogue.alike import alike, renamed
from kpitree.catalogue.entry import Catalogue, Entry, KpiKeys, Rows
from kpitree.catalogue.extract import source_of
from kpitree.errors import Notice, TreeErrors, UsageError, did_you_mean
from kpitree.tree.editing.edits import add_kpi, add_source, set_keys
from kpitree.tree.editing.operands import OPERATORS, add_operand
from kpitree.tree.editing.text import Source
from kpitree.tree.model import Source as TreeSource
from kpitree.tree.read import read_tree
from kpitree.tree.writing import text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How the entry is to stand in the tree.

    under: the KPI above it. op: how that is computed with it, "+", "-", "*" or "/"; None: the new
    KPI is said to lead it. name: its name in the tree. names: those of KPIs below it. use: KPIs of
    the tree that stand for KPIs below it. sources: rows -> a source of the tree. files: rows -> a
    file, relative to the tree file, for a new source. counterweight: whether that comes along.
    """

    under: str | None = None
    op: str | None = None
    name: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    use: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    counterweight: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """The tree file's new text.

    kpis: the new KPIs by their names in it, the entry first. sources: the new ones. notices: what
    the user has to know, and to do.
    """

    text: str
    kpis: tuple[str, ...]
    sources: tuple[str, ...]
    notices: tuple[Notice, ...]

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
        self.name = wish.name or entry.id
        self.kpis = self._wanted()
        self.rows = catalogue.rows_of(self.kpis)
        self._check()
        self.names = {kpi: self._name_of(kpi) for kpi in self.kpis} | dict(wish.use)
        self.sources = {name: self._source_of(rows) for name, rows in self.rows.items()}
        self.tables = {kpi: self._table(kpi) for kpi in self.kpis}

    def done(self) -> Added:
        new = [kpi for kpi in self.kpis if not self._is_there(kpi)]
        text = self.text
        sources = {
            source: source_of(self.rows[name], self.wish.files.get(name))
            for name, source in self.sources.items()
            if source not in self.tree.sources
        }
        for source, table in sources.items():
            text = add_source(text, source, table)
        after = self.wish.under
        for kpi in new:
            text = add_kpi(text, self.names[kpi], self.tables[kpi], after=after)
            after = self.names[kpi]
        text = self._with_parent(text)
        return Added(
            text=text,
            kpis=tuple(self.names[kpi] for kpi in new),
            sources=tuple(sources),
            notices=tuple(self._notices()),
        )

    # --- what is wanted --------------------------------------------------------------------

    def _wanted(self) -> list[str]:
        """The entry and what stands below it, less what KPIs of the tree stand for."""
        tops = [self.entry.id]
        if self.wish.counterweight:
            if self.entry.counterweight is None:
                message = f"{self.entry.id!r} has no counterweight"
                raise UsageError(message, where="--counterweight", hint=self.entry.note)
            tops.append(self.entry.counterweight)
        below = self.catalogue.below(*tops)[1:]
        for option, given in (("--use", self.wish.use), ("--as", self.wish.names)):
            for driver in given:
                if driver not in below:
                    message = f"{self.entry.id!r} is not computed from {driver!r}"
                    hint = did_you_mean(driver, below) if below else "it is computed from no KPI"
                    raise UsageError(message, where=option, hint=hint)
        return self.catalogue.below(*tops, stop=self.wish.use)

    def _check(self) -> None:
        """Everything that the wish names is there."""
        wish, tree = self.wish, self.tree
        for name in (self.name, *wish.names.values()):
            _check_name(name)
        for kpi in (wish.under, *wish.use.values()):
            if kpi is not None:
                tree.kpi(kpi)
        if wish.op is not None:
            self._check_op(wish.op)
        for option, given in (("--source", wish.sources), ("--data", wish.files)):
            for rows in given:
                if rows not in self.rows:
                    message = f"{self.entry.id!r} needs no rows {rows!r}"
                    hint = did_you_mean(rows, self.rows) or "it needs no data"
                    raise UsageError(message, where=option, hint=hint)
        for source in wish.sources.values():
            if source not in tree.sources:
                hint = did_you_mean(source, tree.sources)
                raise UsageError(f"the tree has no source {source!r}", where="--source", hint=hint)
        if both := wish.sources.keys() & wish.files.keys():
            message = f"the rows {min(both)!r} come from a source or from a file, not from both"
            raise UsageError(message, where="--data")

    def _check_op(self, op: str) -> None:
        if op not in OPERATORS:
            raise UsageError(f"{op!r} is not one of: {' '.join(OPERATORS)}", where="--op")
        if self.wish.under is None:
            hint = "name the KPI that is computed with it: --under PARENT"
            raise UsageError("this needs --under", where="--op", hint=hint)

    def _name_of(self, kpi: str) -> str:
        if kpi == self.entry.id:
            return self.name
        return self.wish.names.get(kpi, kpi)

    # --- sources ---------------------------------------------------------------------------

    def _source_of(self, rows: Rows) -> str:
        """The source that has these rows: one of the tree, or a new one."""
        named = self.wish.sources.get(rows.name)
        if named is not None:
            _same_kind(rows, self.tree.sources[named], "--source")
            return named
        if rows.name in self.wish.files:
            return _free(rows.name, self.tree.sources)
        if rows.name in self.tree.sources:
            _same_kind(rows, self.tree.sources[rows.name], str(self.path))
        return rows.name

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
            keys["source"] = self.sources[keys["source"]]
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
        for name, source in self.sources.items():
            columns = "the columns " + ", ".join(
                f"{column.name} ({column.type})" for column in self.rows[name].columns.values()
            )
            if source in self.tree.sources:
                message = f"the source {source!r} has to have {columns}"
                yield Notice(code="columns_needed", message=message, source=source)
            else:
                path = self.wish.files.get(name, f"{name}.csv")
                message = f"new source {source!r}: the file {path} has to have {columns}"
                yield Notice(code="new_source", message=message, source=source)
        weight = self.entry.counterweight
        if weight is not None and "counterweight" not in self.tables[self.entry.id]:
            message = f"its counterweight {weight!r} is not in the tree: --counterweight adds it"
            yield Notice(code="no_counterweight", message=message, kpi=self.name)
        message = (
            "it has no owner and no target yet:"
            f" kpitree set {self.path} {self.name} owner=... target=..."
        )
        yield Notice(code="no_owner", message=message, kpi=self.name)


def _check_name(name: str) -> None:
    """Raises UsageError for what cannot be a KPI's name."""
    try:
        read_tree(text_of({"kpi": {name: {"value": 1}}}), Path("name.toml"))
    except TreeErrors as found:
        first = found.errors[0]
        raise UsageError(f"{name!r}: {first.message}", where="--as", hint=first.hint) from None


def _same_kind(rows: Rows, source: TreeSource, where: str) -> None:
    """Rows that last are not measured as those of one day are."""
    if (rows.from_ is None) == (source.until is None):
        return
    lasting, other = "has rows that last (from, to)", "has rows of one day each (time)"
    has, needs = (other, lasting) if source.until is None else (lasting, other)
    raise UsageError(
        f"the source {source.id!r} {has}, and this KPI needs one that {needs}",
        where=where,
        hint=f"a new source with a file of its own: --data {rows.name}=FILE",
    )


def _free(name: str, taken: Collection[str]) -> str:
    """The name, with a number behind it if it is taken."""
    names = (name, *(f"{name}_{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in names if one not in taken)
