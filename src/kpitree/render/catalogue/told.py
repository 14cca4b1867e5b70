"""An answer of the catalogue in a format. To add a format: a function, and a line in FORMS."""

from difflib import get_close_matches
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Final, cast

from kpitree.catalogue.answers import Answer, Single
from kpitree.errors import UsageError, did_you_mean
from kpitree.render.style import Style

if TYPE_CHECKING:
    from collections.abc import Callable

FORMS: Final = ("table", "plain", "json", "csv", "toml", "markdown")
ENDINGS: Final = {
    ".txt": "table",
    ".json": "json",
    ".csv": "csv",
    ".toml": "toml",
    ".md": "markdown",
}


def form_of(file: PurePath) -> str:
    """The format that a file's ending asks for. Raises UsageError for an ending without one."""
    ending = file.suffix.lower()
    if ending in ENDINGS:
        return ENDINGS[ending]
    what = f"the ending {ending!r} names no format" if ending else "the file has no ending"
    hint = f"endings: {', '.join(ENDINGS)}; or name a format with --format"
    raise UsageError(what, where=str(file), hint=hint)


def told(answer: Answer, form: str, style: Style) -> str:
    """The text of an answer. Raises UsageError: there is no such format, or not of this answer."""
    if form not in FORMS:
        close = did_you_mean(form, FORMS) if get_close_matches(form, FORMS, n=1) else ""
        hint = close or f"formats: {', '.join(FORMS)}"
        raise UsageError(f"there is no format {form!r}", where="--format", hint=hint)
    # What a form does not need is not loaded: rich, and what reads trees, take their time.
    name = "single" if form == "table" and isinstance(answer, Single) else form
    module = import_module(f"kpitree.render.catalogue.{name}")
    return cast("Callable[[Answer, Style], str]", module.render)(answer, style)
