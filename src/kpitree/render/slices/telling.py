"""What the slices say, in words: heading, sentence, notes.

Revenue fell by 277.7 k (−9.4 %) against 2026-06: channel = event −370.1 k (133.3 % of the fall,
12.5 % of the size); rest +92.4 k.
"""

from collections.abc import Iterator

from kpitree.analysis.attribution.contract import Attribution
from kpitree.analysis.attribution.rounding import shown
from kpitree.analysis.results.slices import Slices
from kpitree.numbers import Compact, Numbers
from kpitree.render.amounts import residual_text
from kpitree.render.kpis import numbers_of
from kpitree.render.sentence import sentence as told_change
from kpitree.render.slices.rows import Row, residual_of, rows_of
from kpitree.render.style import Style
from kpitree.render.words import visible

ARROW, ASCII_ARROW = "→", "->"


def heading(found: Slices, style: Style) -> list[str]:
    """Tree, KPI, the two periods, their values, the change, what was searched."""
    kpi = found.tree.kpis[found.kpi]
    numbers = numbers_of(kpi, style)
    to = f" {ASCII_ARROW if style.ascii else ARROW} "
    parts = [
        visible(found.tree.name),
        visible(kpi.label),
        visible(found.from_label) + to + visible(found.to_label),
        numbers.value(found.before) + to + numbers.value(found.after),
        numbers.change(found.change),
    ]
    if found.tree.currency and kpi.unit == "currency":
        parts.append(visible(found.tree.currency))
    return parts


def sentence(found: Slices, style: Style) -> str:
    """What happened, and which slices hold it; always one line, fit for a mail.

    The printed lines add up to the printed change.
    """
    told = told_change(_whole(found), found.tree.kpis[found.kpi], ascii_only=style.ascii)
    told = told.removesuffix(".")
    if found.reason is not None:
        return f"{told}; its slices are not known: {visible(found.reason).rstrip('.')}."
    rows = rows_of(found)
    if not any(row.segment for row in rows):
        over = _listed(found.dimensions)
        return f"{told}: no slice of {over} stands out: the change is spread by size or chance."
    return f"{told}: {'; '.join(_told_rows(found, rows, style))}."


def _whole(found: Slices) -> Attribution:
    """The change as one, for the sentence that all kinds of answers begin with."""
    kpi = found.tree.kpis[found.kpi]
    return Attribution(
        kpi=kpi.id,
        label=kpi.label,
        unit=kpi.unit,
        vs=found.vs,
        method="",
        from_label=found.from_label,
        to_label=found.to_label,
        before=found.before,
        after=found.after,
        change=found.change,
    )


def _told_rows(found: Slices, rows: list[Row], style: Style) -> Iterator[str]:
    numbers = numbers_of(found.tree.kpis[found.kpi], style)
    scale = _scale(found, rows, numbers)
    change = scale.of(found.change or 0.0)
    printed = shown([scale.of(row.line) for row in rows], change, scale.places)
    what = "rise" if change > 0 else "fall"
    for row, amount in zip(rows, printed, strict=True):
        told = f"{row.name} {numbers.compact(amount, scale)}"
        parts = []
        if row.segment and row.share is not None and row.share > 0:
            parts.append(f"{_percent(row.share, style)} of the {what}")
        if row.segment and row.size is not None:
            parts.append(f"{_percent(row.size, style)} of the size")
        yield f"{told} ({', '.join(parts)})" if parts else told


def _scale(found: Slices, rows: list[Row], numbers: Numbers) -> Compact:
    """As the sentence's beginning has it, or as the largest line where nothing changed."""
    return numbers.compact_scale(found.change or max(abs(row.line) for row in rows))


def _percent(fraction: float, style: Style) -> str:
    return Numbers(unit="percent", ascii=style.ascii).value(fraction)


def _listed(names: tuple[str, ...]) -> str:
    *first, last = map(visible, names)
    return f"{', '.join(first)} or {last}" if first else last


# --- below the table -----------------------------------------------------------------------


def notes(found: Slices, style: Style) -> list[str]:
    """That the lines add up, what was looked at, what columns mean, what else to ask for."""
    rows = rows_of(found)
    if not rows:
        return []
    numbers = numbers_of(found.tree.kpis[found.kpi], style)
    residual = residual_text(residual_of(found, rows), numbers)
    told = [
        f"the lines add up to the change; residual {residual}",
        f"{found.examined:,} slices of {_listed(found.dimensions)} examined",
        "size: the slice's part of the KPI before; of a rate, of what it is divided by",
    ]
    if not (found.noise or any(row.segment for row in rows)):
        told.append("--noise lists the largest anyway")
    return told
