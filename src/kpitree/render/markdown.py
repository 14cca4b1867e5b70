"""`markdown`: the facts of `table` for chat and pull requests (GitHub-flavoured pipe tables)."""

from kpitree.render import kinds
from kpitree.render.style import Style


def render(answer: kinds.Answer, style: Style) -> str:
    """Paragraphs and tables; empty when there is nothing to show."""
    blocks = list(kinds.markdown(answer, style))
    return "\n\n".join(blocks) + "\n" if blocks else ""
