"""Every KPI that the catalogue was made to hold is found by its own words.

names.csv has what the material behind this project calls them, whose they are there, and how often
they are looked at where that is said.
"""

import csv
from pathlib import Path

import pytest

from kpitree.catalogue.choosing import Choice
from kpitree.catalogue.entry import DEPARTMENTS
from kpitree.catalogue.read import catalogue
from kpitree.catalogue.search import found

POOL = catalogue()
NEAR = 3  # places from the top


def rows() -> list[dict[str, str]]:
    text = (Path(__file__).parent / "names.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def names() -> list[tuple[str, str]]:
    return [(row["department"], row["name"]) for row in rows()]


def test_the_list_is_whole() -> None:
    assert {department for department, _ in names()} == set(DEPARTMENTS)
    assert len(names()) == len(set(names())) == 142


@pytest.mark.parametrize(("department", "name"), names())
def test_a_kpi_is_found_by_its_words(department: str, name: str) -> None:
    matches = found(POOL, name, Choice(department=department))
    assert matches[0].entry.departments
    everywhere = [match.entry.id for match in found(POOL, name, Choice())]
    assert matches[0].entry.id in everywhere[:NEAR]


def test_the_rhythms_that_are_named_are_the_catalogues() -> None:
    told = [row for row in rows() if row["rhythms"]]
    assert len(told) > 20
    for row in told:
        match = found(POOL, row["name"], Choice(department=row["department"]))[0]
        assert set(row["rhythms"].split()) <= set(match.entry.rhythms), row["name"]
