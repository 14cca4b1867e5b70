"""What `kpitree catalog` answers: departments, a list of KPIs, or one of them in full."""

from dataclasses import dataclass

from kpitree.catalogue.choosing import Choice
from kpitree.catalogue.entry import DEPARTMENTS, Catalogue, Entry
from kpitree.catalogue.search import cut, found, the_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Departments:
    """How many KPIs each department has; one that several share counts in each."""

    catalogue: Catalogue
    counts: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything: the KPIs of each department, its own first."""

    catalogue: Catalogue
    entries: dict[str, tuple[Entry, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Some KPIs, best first. title: what was asked for."""

    catalogue: Catalogue
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """A KPI in full. others: what the same words found besides, best first."""

    catalogue: Catalogue
    entry: Entry
    others: tuple[Entry, ...] = ()


Answer = Departments | Overview | Listing | Single


def departments(catalogue: Catalogue) -> Departments:
    """Every department with its number of KPIs."""
    counts = {one: len(catalogue.of_department(one)) for one in DEPARTMENTS}
    return Departments(catalogue=catalogue, counts=counts)


def answer_of(catalogue: Catalogue, text: str, choice: Choice) -> Answer:
    """What these words and filters find; without any, everything.

    Raises UsageError: nothing is found, or a filter names what there is not.
    """
    if not text.strip() and choice == Choice():
        entries = {one: tuple(catalogue.of_department(one)) for one in DEPARTMENTS}
        kept = {department: kpis for department, kpis in entries.items() if kpis}
        return Overview(catalogue=catalogue, entries=kept)
    matches = found(catalogue, text, choice)
    one = the_one(matches) if text.strip() else None
    if one is not None:
        others = tuple(match.entry for match in matches if match.entry.id != one.id)
        return Single(catalogue=catalogue, entry=one, others=others)
    entries_found = tuple(match.entry for match in matches)
    return Listing(catalogue=catalogue, title=_title(text, choice), entries=entries_found)


def _title(text: str, choice: Choice) -> str:
    words = text.strip() and repr(cut(text.strip()))
    return ", ".join(part for part in (words, choice.told) if part)
