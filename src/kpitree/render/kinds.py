"""The kinds of answers, and what each of them gives to the formats.

A kind of answer is a frozen class with a tree and warnings (analysis/results/), and a folder
here that tells it. The folder has five parts: modules with one function of their own name,
each taking the answer and a Style.

    document.py   document -> the object of `json`: "schema_version", then keys in a fixed order;
                  its docstring is the reference of that object
    long.py       long -> a frame, one row a fact: `jsonl`, `csv`, `tsv` (and xlsx, parquet)
    plain.py      plain -> the fields of each line of `plain`; as many on every line
    markdown.py   markdown -> paragraphs and pipe tables (pipes.py), to be set apart by a blank line
    screen.py     screen -> the lines of `table`: texts and tables of rich. Nothing else of a
                  kind may import rich, so that the other formats do without it

Numbers are given as they are, unrounded, in `document`, `long` and `plain`; the formats write
them all alike. `document` passes its numbers through fields.number. Texts are given as the user
wrote them in these three (the formats make them harmless), and harmless already in `markdown`
and `screen` (words.py). An answer with nothing to show gives no rows, lines or paragraphs.

To add a kind: a folder with these parts, and one line in KINDS. What several kinds share stands
beside the folders: kpis.py, objects.py, sentence.py, names.py, amounts.py (figures that add up),
figures.py and grid.py (tables), blocks.py (headings, notes), bars.py, pipes.py, segment.py.
"""

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from kpitree.errors import Notice
from kpitree.render.fields import Field
from kpitree.render.style import Style
from kpitree.tree.model import Tree

if TYPE_CHECKING:
    import polars as pl
    from rich.text import Text

    from kpitree.render.paint import Rows


class Answer(Protocol):
    """What every kind of answer has."""

    @property
    def tree(self) -> Tree: ...

    @property
    def warnings(self) -> tuple[Notice, ...]: ...


# By the name of the class, so that no command loads the answers of the others.
KINDS: Final = {
    "Evaluation": "kpitree.render.evaluation",
    "Change": "kpitree.render.change",
    "Slices": "kpitree.render.slices",
    "Levers": "kpitree.render.levers",
    "WhatIf": "kpitree.render.whatif",
    "Forecast": "kpitree.render.forecast",
    "Ranking": "kpitree.render.ranking",
    "Trend": "kpitree.render.trend",
    "Diagnosis": "kpitree.render.doctor",
}


def document(answer: Answer, style: Style) -> dict[str, Any]:
    """The answer as one object of texts, numbers, lists and objects."""
    return cast("dict[str, Any]", _part(answer, "document")(answer, style))


def long(answer: Answer, style: Style) -> "pl.DataFrame":
    """The answer as a frame of texts, numbers, flags and lists of texts."""
    return cast("pl.DataFrame", _part(answer, "long")(answer, style))


def plain(answer: Answer, style: Style) -> Iterable[Sequence[Field]]:
    """The answer as lines of fields."""
    return cast("Iterable[Sequence[Field]]", _part(answer, "plain")(answer, style))


def markdown(answer: Answer, style: Style) -> Iterable[str]:
    """The answer as paragraphs and tables of GitHub-flavoured markdown."""
    return cast("Iterable[str]", _part(answer, "markdown")(answer, style))


def screen(answer: Answer, style: Style) -> "Iterable[Text | Rows]":
    """The answer as what a terminal shows, from top to bottom."""
    return cast("Iterable[Text | Rows]", _part(answer, "screen")(answer, style))


def _part(answer: Answer, name: str) -> Callable[[Answer, Style], object]:
    """One part of the answer's kind; its module is loaded now, if it was not before."""
    module = import_module(f"{KINDS[type(answer).__name__]}.{name}")
    return cast("Callable[[Answer, Style], object]", getattr(module, name))
