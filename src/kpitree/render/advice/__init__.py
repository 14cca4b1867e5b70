"""What `kpitree check` found, in the formats it has: for a person, a program, or GitHub."""

from collections.abc import Callable, Sequence
from typing import Final

from kpitree.advice.checked import Checked
from kpitree.render.advice import github, json, text
from kpitree.render.style import Style

Renderer = Callable[[Sequence[Checked], Style], str]

FORMATS: Final[dict[str, Renderer]] = {
    "text": text.render,
    "json": json.render,
    "github": github.render,
}
