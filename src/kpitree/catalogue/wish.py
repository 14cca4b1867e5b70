"""How a KPI of the catalogue is to stand in a tree, and whether that can be."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kpitree.catalogue.entry import Entry
from kpitree.errors import TreeErrors, UsageError, did_you_mean
from kpitree.tree.editing.operands import OPERATORS
from kpitree.tree.model import Tree
from kpitree.tree.read import read_tree
from kpitree.tree.writing import text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How the entry is to stand in the tree.

    under: the KPI above it. op: how that is computed with it, "+", "-", "*" or "/"; None: the new
    KPI is said to lead it. name: its name in the tree. names: those of KPIs below it. use: KPIs of
    the tree that stand for KPIs below it. sources: rows -> a source of the tree. files: rows -> a
    file, relative to the tree file: of a source, else of a new one. counterweight: whether that
    comes along.
    """

    under: str | None = None
    op: str | None = None
    name: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    use: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    counterweight: bool = False


def tops_of(entry: Entry, wish: Wish) -> list[str]:
    """The entry, and its counterweight where that comes along. Raises UsageError: it has none."""
    if not wish.counterweight:
        return [entry.id]
    if entry.counterweight is None:
        message = f"{entry.id!r} has no counterweight"
        raise UsageError(message, where="--counterweight", hint=entry.note)
    return [entry.id, entry.counterweight]


def check_drivers(entry: Entry, wish: Wish, below: Collection[str]) -> None:
    """Raises UsageError: --use or --as names what is not below the entry, or both name one."""
    for option, given in (("--use", wish.use), ("--as", wish.names)):
        for driver in given:
            if driver not in below:
                message = f"{entry.id!r} is not computed from {driver!r}"
                hint = did_you_mean(driver, below) if below else "it is computed from no KPI"
                raise UsageError(message, where=option, hint=hint)
    both = [driver for driver in wish.names if driver in wish.use]
    if both:
        driver = both[0]
        raise UsageError(
            f"{driver!r} is another KPI of the tree or gets a name, not both",
            where="--as",
            hint=f"leave out --as {driver}={wish.names[driver]}"
            f" or --use {driver}={wish.use[driver]}",
        )


def check_names(entry: Entry, names: Mapping[str, str]) -> None:
    """names: KPI of the catalogue -> its name in the tree.

    Raises UsageError: one cannot be a KPI's name, or two KPIs would have the same.
    """
    whose: dict[str, str] = {}
    for kpi, name in names.items():
        if name != kpi:
            _check_name(name)
        if name in whose:
            first, second = (
                "--as NAME" if one == entry.id else f"--as {one}=NAME" for one in (whose[name], kpi)
            )
            raise UsageError(
                f"{whose[name]!r} and {kpi!r} would both be called {name!r}",
                where="--as",
                hint=f"give one of them another name: {first} or {second}",
            )
        whose[name] = kpi


def check_places(entry: Entry, wish: Wish, tree: Tree, rows: Collection[str]) -> None:
    """Everything that the wish names is there: KPIs and sources of the tree, rows of the entry."""
    for kpi in (wish.under, *wish.use.values()):
        if kpi is not None:
            tree.kpi(kpi)
    if wish.op is not None:
        _check_op(wish.op, wish.under)
    for option, given in (("--source", wish.sources), ("--data", wish.files)):
        for name in given:
            if name not in rows:
                message = f"{entry.id!r} needs no rows {name!r}"
                hint = did_you_mean(name, rows) or "it needs no data"
                raise UsageError(message, where=option, hint=hint)
    for source in wish.sources.values():
        if source not in tree.sources:
            hint = did_you_mean(source, tree.sources)
            raise UsageError(f"the tree has no source {source!r}", where="--source", hint=hint)
    if both := wish.sources.keys() & wish.files.keys():
        message = f"the rows {min(both)!r} come from a source or from a file, not from both"
        raise UsageError(message, where="--data")


def _check_op(op: str, under: str | None) -> None:
    if op not in OPERATORS:
        raise UsageError(f"{op!r} is not one of: {' '.join(OPERATORS)}", where="--op")
    if under is None:
        hint = "name the KPI that is computed with it: --under PARENT"
        raise UsageError("this needs --under", where="--op", hint=hint)


def _check_name(name: str) -> None:
    """Raises UsageError for what cannot be a KPI's name."""
    try:
        read_tree(text_of({"kpi": {name: {"value": 1}}}), Path("name.toml"))
    except TreeErrors as found:
        first = found.errors[0]
        raise UsageError(f"{name!r}: {first.message}", where="--as", hint=first.hint) from None
