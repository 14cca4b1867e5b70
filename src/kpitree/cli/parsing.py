"""What options' texts mean, where typer does not know: lists, NAME=VALUE, the question of time."""

import math
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kpitree.calendar import Grain
from kpitree.errors import UsageError

if TYPE_CHECKING:
    from kpitree.pipeline.question import Question
    from kpitree.render.formats import Renderer


def listed(texts: Sequence[str] | None) -> tuple[str, ...]:
    """The words of repeated options, each of which may hold several between commas."""
    parts = (part.strip() for text in texts or () for part in text.split(","))
    return tuple(part for part in parts if part)


def only_one(texts: Sequence[str] | None, option: str) -> str | None:
    """Raises UsageError for an option that was given twice where only one counts."""
    if texts and len(texts) > 1:
        raise UsageError(f"only one is taken, not {len(texts)}", where=option)
    return texts[0] if texts else None


def name_and_value(text: str, option: str, example: str) -> tuple[str, str]:
    """Raises UsageError for what is not NAME=VALUE."""
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise UsageError(f"{text!r} is not NAME=VALUE", where=option, hint=f"such as {example}")
    return name, value


def names_and_values(texts: Sequence[str] | None, option: str, example: str) -> dict[str, str]:
    """Of a repeated option. Raises UsageError for what is not NAME=VALUE, or a name twice."""
    pairs: dict[str, str] = {}
    for text in texts or ():
        name, value = name_and_value(text, option, example)
        if name in pairs:
            raise UsageError(f"{name!r} stands here twice", where=option)
        pairs[name] = value
    return pairs


def assumption(text: str) -> tuple[str, float]:
    """`price=12.5`, or `share=5%` for 0.05."""
    name, value = name_and_value(text, "--set", "price=12.5")
    try:
        number = float(value.removesuffix("%")) / (100 if value.endswith("%") else 1)
    except ValueError:
        raise UsageError(f"{value!r} is not a number", where="--set") from None
    if not math.isfinite(number):
        raise UsageError(f"{value!r} is not a number to work with", where="--set")
    return name, number


def day_of(text: str) -> date:
    """The day of --as-of: `2026-11-20`, or `today` by this computer's clock."""
    if text.strip().lower() == "today":
        return datetime.now().astimezone().date()
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        hint = "write 2026-11-20, or today"
        raise UsageError(f"{text!r} is not a day", where="--as-of", hint=hint) from None


def renderer_of(form: str | None, output: Path | None) -> "Renderer":
    """Of the format asked for, that of the file's ending, or table.

    Raises UsageError for a format or an ending that there is not.
    """
    from kpitree.render.formats import format_of, renderer

    return renderer(form or (format_of(output) if output else "table"))


def question_of(
    *,
    period: str | None,
    as_of: str | None,
    grain: Grain | None,
    ytd: bool,
    where: Sequence[str] | None,
    assume: Sequence[str] | None = None,
    source: Sequence[str] | None,
    cache: bool,
) -> "Question":
    """What every command that looks at data asks: which period, which rows, from where."""
    from kpitree.pipeline.question import Question

    return Question(
        period=period,
        as_of=None if as_of is None else day_of(as_of),
        grain=grain,
        ytd=ytd,
        where=tuple(where or ()),
        assumptions=dict(assumption(one) for one in assume or ()),
        sources=dict(name_and_value(one, "--source", "deals=deals.csv") for one in source or ()),
        cache=cache,
    )
