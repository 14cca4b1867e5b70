"""Who names a KPI: formulas, leads, counterweight and the root, each at its exact place."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kpitree.tree.editing.layout import Key, Place, layout_of
from kpitree.tree.editing.text import Source
from kpitree.tree.expressions import Name, walk
from kpitree.tree.parsing import parse_formula
from kpitree.tree.positions import KeyPath, after_value, characters


@dataclass(frozen=True, slots=True)
class Naming:
    """A place that names a KPI. path: of the key. line: from 1. at: its offsets in plain text."""

    kpi: str
    path: KeyPath
    line: int
    at: Place


def namings(text: str, names: Collection[str]) -> list[Naming]:
    """Every place that names one of these KPIs, in the order of the file."""
    plain = Source(text).plain
    return [
        Naming(name, key.path, plain.count("\n", 0, at[0]) + 1, at)
        for key in layout_of(plain).all_keys()
        for name, at in _named(plain, key)
        if name in names
    ]


def _named(text: str, key: Key) -> Iterator[tuple[str, Place]]:
    """The KPIs that a key names, and where."""
    match key.path:
        case ("tree", "root") | ("kpi", _, "counterweight"):
            yield _whole(text, key.value.start)
        case ("kpi", _, "leads"):
            for item in key.value.items:
                yield _whole(text, item.start)
        case ("kpi", _, "formula"):
            yield from _operands(text, key.value.start)


def _whole(text: str, start: int) -> tuple[str, Place]:
    """A text value that is a name, and where that stands between its quotes."""
    places = characters(text, start)
    return _text(text, start), (places[0][0], places[-1][0])


def _operands(text: str, start: int) -> Iterator[tuple[str, Place]]:
    places = characters(text, start)
    found = [one for one in walk(parse_formula(_text(text, start))) if isinstance(one, Name)]
    for name in sorted(found, key=lambda one: one.at):
        yield name.id, (places[name.at[0]][0], places[name.at[1] - 1][1])


def _text(text: str, start: int) -> str:
    """A text value as TOML reads it."""
    written = text[start : after_value(text, start)]
    return str(Source(f"text = {written}").data()["text"])
