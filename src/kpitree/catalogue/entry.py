"""What the catalogue holds: plain frozen values, with no file or terminal in sight."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from kpitree.errors import UsageError, did_you_mean
from kpitree.tree import naming
from kpitree.tree.expressions import names_in
from kpitree.tree.parsing import parse_condition, parse_formula, parse_measure

DEPARTMENTS: Final = (
    "Sales",
    "Marketing",
    "Customer service and success",
    "Product",
    "Finance",
    "Operations",
    "HR and recruiting",
    "IT",
    "Software development",
    "Back office",
    "Project management",
    "Personal goals",
)
RHYTHMS: Final = ("daily", "weekly", "monthly", "quarterly", "yearly")

KpiKeys = dict[str, Any]  # a [kpi.NAME] table as it is written in a tree file (tree/schema.py)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that KPIs need.

    type: "date", "number", "text" or "boolean". values: of a text, what conditions name.
    range: of a number, the smallest and the largest usual value, or None.
    optional: whether some rows have no value.
    """

    name: str
    type: str
    about: str
    values: tuple[str, ...] = ()
    range: tuple[float, float] | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A table of data: one row a `about`.

    time: the column that places a row in time; of rows that last from_ and to instead, their
    first day and the first day on which they are gone. split_by: columns that no KPI needs, and
    that one would split by, with what they say of a row.
    """

    name: str
    about: str
    columns: dict[str, Column]
    time: str | None = None
    from_: str | None = None
    to: str | None = None
    split_by: dict[str, str] = field(default_factory=dict)

    @property
    def times(self) -> dict[str, str]:
        """The keys of [sources.NAME] that say when a row is."""
        keys = {"time": self.time, "from": self.from_, "to": self.to}
        return {key: column for key, column in keys.items() if column is not None}

    def only(self, columns: Collection[str]) -> "Rows":
        """The same rows with these columns, and those that say when a row is."""
        kept = {*columns, *self.times.values()}
        left = {name: column for name, column in self.columns.items() if name in kept}
        return replace(self, columns=left)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A KPI of the catalogue, and what is said of it.

    keys: its [kpi.NAME] table. departments: whose it is, the first one's most. rhythms: how often
    it is usually looked at, most often first. gamed: how it can be made to look good.
    """

    id: str
    keys: KpiKeys
    departments: tuple[str, ...]
    rhythms: tuple[str, ...]
    gamed: str
    also: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    note: str = ""

    @property
    def label(self) -> str:
        return label_of(self.id, self.keys)

    @property
    def description(self) -> str:
        return str(self.keys.get("description", ""))

    @property
    def unit(self) -> str:
        return str(self.keys.get("unit", "number"))

    @property
    def better(self) -> str:
        """Which values are: "up", "down" or "in range"."""
        return "in range" if "range" in self.keys else str(self.keys.get("direction", "up"))

    @property
    def indicator(self) -> str:
        return str(self.keys.get("indicator", ""))

    @property
    def level(self) -> str:
        return str(self.keys.get("level", ""))

    @property
    def leads(self) -> tuple[str, ...]:
        """KPIs of the catalogue that it is believed to lead."""
        return tuple(self.keys.get("leads", ()))

    @property
    def counterweight(self) -> str | None:
        found = self.keys.get("counterweight")
        return None if found is None else str(found)


def label_of(name: str, keys: KpiKeys) -> str:
    """The name that readers see, as a tree has it."""
    return str(keys.get("label") or naming.label_of(name))


@dataclass(frozen=True)
class Catalogue:
    """All of it, by id: entries in the order of departments, KPIs and rows in that of the files.

    kpis: the entries' and those that they are computed from.
    """

    entries: dict[str, Entry]
    kpis: dict[str, KpiKeys]
    rows: dict[str, Rows]

    def entry(self, entry_id: str) -> Entry:
        """Return one entry. Raises UsageError with the nearest names."""
        try:
            return self.entries[entry_id]
        except KeyError:
            raise UsageError(
                f"there is no KPI {entry_id!r} in the catalogue",
                hint=did_you_mean(entry_id, self.entries),
            ) from None

    def table(self, kpi: str) -> KpiKeys:
        """A KPI's [kpi.NAME] table, with the department and the rhythm of one that is an entry."""
        entry = self.entries.get(kpi)
        said = {"department": entry.departments[0], "review": entry.rhythms[0]} if entry else {}
        return {**self.kpis[kpi], **{k: v for k, v in said.items() if k not in self.kpis[kpi]}}

    def of_department(self, department: str) -> list[Entry]:
        """The entries of a department, first those that are its own most."""
        own = [one for one in self.entries.values() if one.departments[0] == department]
        shared = [one for one in self.entries.values() if department in one.departments[1:]]
        return own + shared

    def below(self, *kpis: str, stop: Collection[str] = ()) -> list[str]:
        """The KPIs and everything that they are computed from, each once, operands after them.

        stop: KPIs that are left out, with what only they are computed from.
        """
        found: dict[str, None] = {}
        waiting = [*reversed(kpis)]
        while waiting:
            name = waiting.pop()
            if name not in found and name not in stop:
                found[name] = None
                waiting += reversed(operands_of(self.kpis[name]))
        return list(found)

    def rows_of(self, kpis: Iterable[str]) -> dict[str, Rows]:
        """The tables of data that these KPIs are measured from, with the columns they need."""
        needed: dict[str, set[str]] = {}
        for kpi in kpis:
            keys = self.kpis[kpi]
            if "source" in keys:
                needed.setdefault(keys["source"], set()).update(columns_of(keys))
        return {name: self.rows[name].only(columns) for name, columns in needed.items()}

    @cached_property
    def parents(self) -> dict[str, list[str]]:
        """KPI -> the KPIs whose formulas name it."""
        found: dict[str, list[str]] = {name: [] for name in self.kpis}
        for name, keys in self.kpis.items():
            for operand in operands_of(keys):
                found.setdefault(operand, []).append(name)
        return found


def operands_of(keys: KpiKeys) -> tuple[str, ...]:
    """The KPIs that a KPI's formula names. Raises ExpressionError for what is no formula."""
    formula = keys.get("formula")
    return () if formula is None else names_in(parse_formula(formula))


def columns_of(keys: KpiKeys) -> set[str]:
    """The columns that a KPI's measure and its conditions name. Raises ExpressionError."""
    columns = set(names_in(parse_measure(keys["measure"]))) if "measure" in keys else set()
    if "measured" in keys:
        columns.update(names_in(parse_measure(keys["measured"])))
    if "where" in keys:
        columns.update(names_in(parse_condition(keys["where"])))
    return columns | ({keys["time"]} if "time" in keys else set())
