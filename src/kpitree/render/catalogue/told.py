"""An answer of the catalogue in a format. To add a format: a function, and a line in FORMS."""

from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from kpitree.catalogue.answers import Answer, Single
from kpitree.errors import UsageError
from kpitree.render.style import Style

if TYPE_CHECKING:
    from collections.abc import Callable

FORMS: Final = ("table", "plain", "json", "csv", "toml", "markdown")


def told(answer: Answer, form: str, style: Style) -> str:
    """The text of an answer. Raises UsageError: there is no such format, or not of this answer."""
    if form not in FORMS:
        raise UsageError(f"there is no format {form!r}", hint=f"formats: {', '.join(FORMS)}")
    # What a form does not need is not loaded: rich, and what reads trees, take their time.
    name = "single" if form == "table" and isinstance(answer, Single) else form
    module = import_module(f"kpitree.render.catalogue.{name}")
    return cast("Callable[[Answer, Style], str]", module.render)(answer, style)
