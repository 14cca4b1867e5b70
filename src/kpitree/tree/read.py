"""From a tree file to a Tree: shape, then parts, then whether they fit together."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from kpitree.calendar import Calendar, Grain
from kpitree.tree.build import build_kpi, check_codes
from kpitree.tree.checks import CHECKS
from kpitree.tree.draft import Draft
from kpitree.tree.mistakes import Mistakes
from kpitree.tree.model import Tree
from kpitree.tree.schema import CalendarTable, File, KpiTable, SourceTable, TreeTable
from kpitree.tree.shape import read_table, read_tables, unknown_key
from kpitree.tree.sources import build_source
from kpitree.tree.surroundings import Surroundings
from kpitree.tree.targets import read_targets_file
from kpitree.tree.toml import TomlFile, parse_toml, read_toml

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def load_tree(path: Path) -> Tree:
    """Read a tree file, whole and checked.

    Raises:
        TreeError: the file is missing, unreadable or not TOML.
        TreeErrors: it has mistakes; all of them, each with its line and a hint.
    """
    return tree_of(read_toml(path))


def read_tree(text: str, path: Path) -> Tree:
    """A Tree from a tree file's text, as load_tree() would read it from that path.

    Nothing is opened: the path is for messages, and what the file's own paths are relative to.
    Raises TreeError and TreeErrors as load_tree() does.
    """
    return tree_of(parse_toml(path, text))


def tree_of(file: TomlFile) -> Tree:
    """The checked Tree of a file that has been read. Raises TreeErrors: all mistakes."""
    path, mistakes = file.path, Mistakes(file)
    draft, calendar = _read(file.data, path, mistakes)
    targets = read_targets_file(file.data.get("targets"), path.parent, mistakes)
    for check in CHECKS:
        for mistake in check(draft):
            if mistake.inside is not None:
                mistakes.add_expression(mistake.key, mistake.inside)
            else:
                mistakes.add(mistake.key, mistake.message, mistake.hint)
    mistakes.raise_any()
    return replace(_tree(path, draft, calendar), targets=targets)


def _read(data: dict[str, Any], path: Path, mistakes: Mistakes) -> tuple[Draft, Calendar]:
    _refuse_unknown(data, mistakes)
    tree = read_table(data.get("tree", {}), TreeTable, ("tree",), mistakes)
    times = read_table(data.get("calendar", {}), CalendarTable, ("calendar",), mistakes)
    tables = read_tables(data.get("sources", {}), SourceTable, ("sources",), "source", mistakes)
    kpi_tables = read_tables(data.get("kpi", {}), KpiTable, ("kpi",), "kpi", mistakes)

    calendar = Calendar(
        week_start=WEEKDAYS.index(times["week_start"]),
        year_start=times["fiscal_year_start"],
        year_name=times["fiscal_year_name"],
        pattern=times["pattern"],
    )
    check_codes(tree["ignore"], ("tree", "ignore"), mistakes)
    sources = {
        name: build_source(name, table, path.parent, mistakes) for name, table in tables.items()
    }
    around = Surroundings(
        tuple(_names(data.get("sources"))),
        calendar,
        mistakes,
        Grain(times["grain"]),
        frozenset(name for name, source in sources.items() if source.until is not None),
    )
    built = {name: build_kpi(name, table, around) for name, table in kpi_tables.items()}
    draft = Draft(
        names=tuple(_names(data.get("kpi"))),
        kpis={name: kpi for name, kpi in built.items() if kpi is not None},
        sources=sources,
        source_names=around.sources,
        tree=tree,
        calendar=times,
        tables=kpi_tables,
        unread=frozenset(name for name in ("kpi", "sources") if mistakes.about((name,))),
    )
    return draft, calendar


def _names(tables: Any) -> list[str]:
    """The names of all KPIs or sources, also of those that are no tables."""
    return list(tables) if isinstance(tables, dict) else []


def _refuse_unknown(data: dict[str, Any], mistakes: Mistakes) -> None:
    for name, value in data.items():
        if name in File.__struct_fields__:
            continue
        if not isinstance(value, dict):
            hint = "it belongs to [tree]" if name in TreeTable.__struct_fields__ else ""
            mistakes.add((name,), "this key stands outside of a table", hint)
        elif not {"formula", "measure", "value"}.isdisjoint(value):
            mistakes.add((name,), "there is no such table", f"a KPI is a table: [kpi.{name}]")
            mistakes.explain(("kpi",))
        else:
            unknown_key(name, (), File.__struct_fields__, mistakes)


def _tree(path: Path, draft: Draft, calendar: Calendar) -> Tree:
    return Tree(
        name=draft.tree["name"] or path.stem,
        root=draft.tree["root"] or draft.tops()[0],
        file=path,
        grain=Grain(draft.calendar["grain"]),
        calendar=calendar,
        timezone=draft.calendar["timezone"],
        currency=draft.tree["currency"],
        segments=tuple(draft.tree["segments"] or draft.dimensions()),
        ignore=tuple(draft.tree["ignore"]),
        sources=draft.sources,
        kpis=draft.kpis,
    )
