"""What is said of an entry, as fields that all formats share."""

from collections.abc import Iterator

from kpitree.catalogue.answers import Answer, Departments, Listing, Overview, Single
from kpitree.catalogue.entry import Catalogue, Column, Entry, Rows, label_of
from kpitree.render.fields import Field

KINDS = ("formula", "measure", "value")

FIELDS = (
    "kpi",
    "label",
    "departments",
    "description",
    "formula",
    "unit",
    "better",
    "indicator",
    "level",
    "leads",
    "rhythms",
    "readers",
    "also",
    "data",
    "gamed",
    "counterweight",
    "note",
)


def entries_of(answer: Answer) -> tuple[Entry, ...]:
    """The entries that an answer shows, each once, in its order."""
    match answer:
        case Departments():
            return ()
        case Overview(catalogue=catalogue):
            return tuple(catalogue.entries.values())
        case Listing(entries=entries):
            return entries
        case Single(entry=entry):
            return (entry,)


def fields_of(catalogue: Catalogue, entry: Entry) -> tuple[Field, ...]:
    """The values of FIELDS; lists are joined by semicolons."""
    data = catalogue.rows_of(catalogue.below(entry.id))
    columns = (f"{rows.name}.{column}" for rows in data.values() for column in rows.columns)
    return (
        entry.id,
        entry.label,
        "; ".join(entry.departments),
        entry.description,
        definition(entry),
        entry.unit,
        entry.better,
        entry.indicator,
        entry.level,
        "; ".join(entry.leads),
        "; ".join(entry.rhythms),
        "; ".join(entry.readers),
        "; ".join(entry.also),
        "; ".join(columns),
        entry.gamed,
        entry.counterweight,
        entry.note or None,
    )


def definition(entry: Entry) -> str:
    """Its formula, or its measure with the rows that it is about."""
    keys = entry.keys
    text = next(str(keys[kind]) for kind in KINDS if kind in keys)
    if "measure" not in keys:
        return text
    source = f" from {keys['source']}" if "source" in keys else ""
    where = f" where {keys['where']}" if "where" in keys else ""
    return f"{text}{source}{where}"


def good(entry: Entry) -> str:
    """Which values are better, in words."""
    match entry.better:
        case "up":
            return "higher is better"
        case "down":
            return "lower is better"
        case _:
            low, high = entry.keys["range"]
            return f"good between {low:g} and {high:g}"


def kind(entry: Entry) -> str:
    """`leading, operational`."""
    return ", ".join(word for word in (entry.indicator, entry.level) if word)


def shown_unit(entry: Entry) -> str:
    """The unit in a table: nothing for plain numbers."""
    return "" if entry.unit == "number" else entry.unit


def column_words(column: Column) -> str:
    """What a column says of a row: `what it was spent on; such as materials, rent`."""
    values = f"; such as {', '.join(column.values)}" if column.values else ""
    empty = "; may be empty" if column.optional and "empty" not in column.about else ""
    return column.about + values + empty


def when(rows: Rows) -> str:
    """Which columns say when a row is: `by booked_on`, `from started_on to ended_on`."""
    return f"by {rows.time}" if rows.time else f"from {rows.from_} to {rows.to}"


def split_words(rows: Rows) -> str:
    """What one would split the rows by: `plan (which plan), country (where the customer is)`."""
    return ", ".join(f"{name} ({about})" for name, about in rows.split_by.items())


def led(catalogue: Catalogue, entry: Entry) -> str:
    """The labels of the KPIs that it leads."""
    return ", ".join(label_of(name, catalogue.kpis[name]) for name in entry.leads)


def weight(catalogue: Catalogue, entry: Entry) -> str:
    """Its counterweight, and what that means: `nps (Net promoter score): Share of ...`."""
    name = entry.counterweight
    if name is None:
        return ""
    keys = catalogue.kpis[name]
    label, about = label_of(name, keys), keys.get("description", "")
    known = name if label.casefold().replace(" ", "_") == name else f"{name} ({label})"
    return f"{known}: {about}" if about else known


def next_steps(entry: Entry) -> Iterator[tuple[str, str]]:
    """What to type next, and what for."""
    yield "add it to a tree", f"kpitree catalog {entry.id} --add TREE --under PARENT"
    yield "as a tree file", f"kpitree catalog {entry.id} --format toml"
