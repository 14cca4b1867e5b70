"""From the files of the package to a Catalogue.

The shape of every table is checked as that of a tree file's is. Whether formulas and measures are
right is not looked at here: a test evaluates all of them, and `tree/` reads what is extracted.
"""

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from kpitree.catalogue.entry import DEPARTMENTS, Catalogue, Column, Entry, KpiKeys, Rows
from kpitree.catalogue.schema import ColumnTable, EntryTable, RowsTable, required
from kpitree.errors import did_you_mean
from kpitree.tree.mistakes import Mistakes
from kpitree.tree.shape import read_tables
from kpitree.tree.toml import TomlFile, parse_toml

FOLDER = "entries"
TABLES = ("rows", "kpi", "entry")


@cache
def catalogue() -> Catalogue:
    """The catalogue that comes with kpitree. Raises TreeErrors: a mistake in one of its files."""
    folder = resources.files("kpitree.catalogue") / FOLDER
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=str)
    return catalogue_of({one.name: one.read_text("utf-8") for one in files})


def catalogue_of(texts: dict[str, str]) -> Catalogue:
    """One pool of everything that these files hold: name of the file -> its text.

    Raises TreeErrors: all mistakes of the first file that has any.
    """
    pool = _Pool()
    for name, text in texts.items():
        pool.take(parse_toml(Path(name), text))
    return pool.catalogue()


class _Pool:
    """What has been read so far."""

    def __init__(self) -> None:
        self._kpis: dict[str, KpiKeys] = {}
        self._rows: dict[str, Rows] = {}
        self._said: dict[str, dict[str, Any]] = {}

    def take(self, file: TomlFile) -> None:
        """Add a file's tables. Raises TreeErrors: its mistakes."""
        mistakes = Mistakes(file)
        for name in file.data:
            if name not in TABLES:
                mistakes.add((name,), "there is no such table", did_you_mean(name, TABLES))
        for kind, known in (("rows", self._rows), ("kpi", self._kpis), ("entry", self._said)):
            for name in file.data.get(kind, {}):
                if name in known:
                    mistakes.add((kind, name), "this stands in the catalogue twice")
        self._kpis |= file.data.get("kpi", {})
        self._rows |= _rows(file, mistakes)
        self._said |= _entries(file, mistakes)
        mistakes.raise_any()

    def catalogue(self) -> Catalogue:
        """Entries in the order of departments, then of the files."""
        order = {department: at for at, department in enumerate(DEPARTMENTS)}
        ids = sorted(self._said, key=lambda one: order[self._said[one]["departments"][0]])
        return Catalogue(
            {one: Entry(id=one, keys=self._kpis[one], **self._said[one]) for one in ids},
            self._kpis,
            self._rows,
        )


def _rows(file: TomlFile, mistakes: Mistakes) -> dict[str, Rows]:
    tables = read_tables(file.data.get("rows", {}), RowsTable, ("rows",), "rows", mistakes)
    found = {}
    for name, table in tables.items():
        _expect(table, RowsTable, ("rows", name), mistakes)
        columns = {}
        for column, keys in (table["columns"] or {}).items():
            _expect(keys, ColumnTable, ("rows", name, "columns", column), mistakes)
            bounds = None if keys["range"] is None else (keys["range"][0], keys["range"][-1])
            values = tuple(keys["values"])
            columns[column] = Column(name=column, **keys | {"range": bounds, "values": values})
        times = {"time": table["time"], "from_": table["from"], "to": table["to"]}
        said = {"about": table["about"], "split_by": table["split_by"]}
        found[name] = Rows(name=name, columns=columns, **said, **times)
    return found


def _entries(file: TomlFile, mistakes: Mistakes) -> dict[str, dict[str, Any]]:
    tables = read_tables(file.data.get("entry", {}), EntryTable, ("entry",), "entry", mistakes)
    found = {}
    for name, table in tables.items():
        key = ("entry", name)
        _expect(table, EntryTable, key, mistakes)
        if name not in file.data.get("kpi", {}):
            mistakes.add(key, f"the file has no KPI {name!r}", f"write: [kpi.{name}]")
        for department in table["departments"] or ():
            if department not in DEPARTMENTS:
                hint = did_you_mean(department, DEPARTMENTS)
                mistakes.add((*key, "departments"), f"there is no department {department!r}", hint)
        found[name] = {
            field: tuple(value) if isinstance(value, list) else value
            for field, value in table.items()
        }
    return found


def _expect(
    table: dict[str, Any], struct: type[Any], key: tuple[str, ...], mistakes: Mistakes
) -> None:
    """Every key that must be there is, and holds something."""
    for name in required(struct):
        if not table[name] and not mistakes.about((*key, name)):
            mistakes.add(key, f"the key {name!r} is missing")
