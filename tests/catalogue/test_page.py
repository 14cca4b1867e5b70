"""The table of all KPIs in docs/catalogue.md is the catalogue's; `--rewrite` makes it anew."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kpitree.catalogue.entry import DEPARTMENTS, Entry
from kpitree.catalogue.read import catalogue
from kpitree.render.catalogue.facts import kind
from kpitree.render.words import markdown_safe

PAGE = Path(__file__).parents[2] / "docs" / "catalogue.md"
TABLE = re.compile(r"(?<=<!-- kpis -->\n).*(?=<!-- /kpis -->)", re.DOTALL)
HEAD = "| KPI | meaning | better | kind | rhythm |\n| :-- | :-- | :-- | :-- | :-- |\n"


def told() -> str:
    return "".join(f"\n### {one}\n\n{HEAD}{''.join(lines(one))}" for one in DEPARTMENTS) + "\n"


def lines(department: str) -> Iterator[str]:
    """Every KPI once: where it belongs most."""
    for entry in catalogue().of_department(department):
        if entry.departments[0] == department:
            yield f"| {' | '.join(cells(entry))} |\n"


def cells(entry: Entry) -> Iterator[str]:
    yield f"{markdown_safe(entry.label)} (`{entry.id}`)"
    texts = (entry.description, entry.better, kind(entry), entry.rhythms[0])
    yield from map(markdown_safe, texts)


def test_the_table_is_the_catalogue(request: pytest.FixtureRequest) -> None:
    page = PAGE.read_text("utf-8")
    assert TABLE.search(page)
    now = TABLE.sub(lambda _: told(), page)
    if request.config.getoption("--rewrite"):
        PAGE.write_text(now, "utf-8")
    assert PAGE.read_text("utf-8") == now
    assert told().count("(`") == len(catalogue().entries)
