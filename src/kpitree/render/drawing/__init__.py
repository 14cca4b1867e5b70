"""`kpitree show`: the tree without data, as an outline, a graph, a picture, a sheet or a file."""

from collections.abc import Callable
from importlib import import_module
from pathlib import PurePath
from typing import Final, cast

from kpitree.errors import UsageError
from kpitree.render.style import Style
from kpitree.tree.model import Tree

Drawer = Callable[[Tree, Style], str]
# Format -> the function that draws it: only the outline needs rich.
FORMS: Final = {
    "table": "outlined:render",
    "mermaid": "graphs:mermaid",
    "dot": "graphs:dot",
    "svg": "picture:render",
    "csv": "sheet:csv",
    "tsv": "sheet:tsv",
    "toml": "file:render",
}
ENDINGS: Final = {
    ".txt": "table",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".svg": "svg",
    ".csv": "csv",
    ".tsv": "tsv",
    ".toml": "toml",
}


def draw(tree: Tree, form: str, style: Style) -> str:
    """The tree in one of FORMS. Raises UsageError for another."""
    if form not in FORMS:
        raise UsageError(f"there is no format {form!r}", hint=f"formats: {', '.join(FORMS)}")
    module, _, name = FORMS[form].partition(":")
    drawer = cast("Drawer", getattr(import_module(f"{__name__}.{module}"), name))
    return drawer(tree, style)


def form_of(file: str | PurePath) -> str:
    """The format that a file's ending asks for. Raises UsageError for an ending without one."""
    ending = PurePath(file).suffix.lower()
    if ending in ENDINGS:
        return ENDINGS[ending]
    what = f"the ending {ending!r} names no format" if ending else "the file has no ending"
    hint = f"endings: {', '.join(ENDINGS)}; or name a format with --format"
    raise UsageError(what, where=str(file), hint=hint)
