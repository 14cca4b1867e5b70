"""Which formats there are, and which one a file's ending asks for.

`renderer(name)(answer, style)` is the text of any answer in any format. A format is a writer
over what every kind of answer offers (kinds.py): `json` writes its document, `jsonl`, `csv` and
`tsv` its long table, `plain` its lines, `markdown` its paragraphs, `table` its screen.

To add a format: one file with `render(answer, style) -> str`, and one line below; it never asks
which kind the answer is. To add a kind of answer: a folder with the five parts that kinds.py
describes, and one line in KINDS there; all formats have it then. render/change/ is an example.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePath
from typing import Final, cast

from kpitree.errors import UsageError
from kpitree.render.kinds import Answer
from kpitree.render.style import Style

Renderer = Callable[[Answer, Style], str]


@dataclass(frozen=True, slots=True)
class OnDemand:
    """A renderer whose module is loaded when it is first asked: only `table` needs rich."""

    module: str

    def __call__(self, answer: Answer, style: Style) -> str:
        renderer = cast("Renderer", import_module(self.module).render)
        return renderer(answer, style)


FORMATS: Final[dict[str, Renderer]] = {
    "table": OnDemand("kpitree.render.table"),
    "plain": OnDemand("kpitree.render.plain"),
    "json": OnDemand("kpitree.render.json"),
    "jsonl": OnDemand("kpitree.render.jsonl"),
    "csv": OnDemand("kpitree.render.csv"),
    "tsv": OnDemand("kpitree.render.tsv"),
    "markdown": OnDemand("kpitree.render.markdown"),
}
ENDINGS: Final = {
    ".txt": "table",
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".md": "markdown",
}
LATER: Final = ("html", "xlsx", "parquet")


def renderer(name: str) -> Renderer:
    """The renderer of a format. Raises UsageError for one that is unknown or not there yet."""
    if name in FORMATS:
        return FORMATS[name]
    known = f"formats: {', '.join(FORMATS)}"
    if name in LATER:
        raise UsageError(f"the format {name!r} is not supported yet", hint=known)
    raise UsageError(f"there is no format {name!r}", hint=known)


def format_of(file: str | PurePath) -> str:
    """The format that a file's ending asks for. Raises UsageError for an ending without one."""
    ending = PurePath(file).suffix.lower()
    if ending in ENDINGS:
        return ENDINGS[ending]
    known = f"endings: {', '.join(ENDINGS)}; or name a format with --format"
    if ending.removeprefix(".") in LATER:
        raise UsageError(f"{ending} files are not supported yet", where=str(file), hint=known)
    what = f"the ending {ending!r} names no format" if ending else "the file has no ending"
    raise UsageError(what, where=str(file), hint=known)
