"""What stands below an answer on a screen: commands to type next."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from kpitree.render.paint import cell_len, hanging
from kpitree.render.style import Style


def steps(commands: Sequence[tuple[str, str]], style: Style) -> Iterator[Text]:
    """Commands, and what each is for."""
    widest = max(cell_len(what) for what, _ in commands) + 2
    for what, command in commands:
        prefix = f"{what}{' ' * (widest - cell_len(what))}"
        yield hanging(command, style.width, prefix=prefix, hang=" " * widest, style="quiet")
