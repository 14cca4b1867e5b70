"""An attribution in one sentence, fit for a mail (semantics.md 5.9 and 5.10).

Revenue missed its target by 197.5 k (−6.6 %): close rate −94.3 k, order value −71.6 k,
deals −31.6 k.
"""

from kpitree.analysis.attribution.contract import Attribution, Line
from kpitree.analysis.attribution.rounding import shown
from kpitree.numbers import Compact, Numbers
from kpitree.render.names import effect_notes
from kpitree.render.segment import segment_words
from kpitree.render.words import in_running_text, visible
from kpitree.tree.model import Kpi

MOST_DRIVERS = 5  # more than these are told as the largest four and the others together


def sentence(attribution: Attribution, kpi: Kpi, *, ascii_only: bool = False) -> str:
    """What happened and which drivers made it, largest first; always one line.

    kpi: the KPI explained, for its direction, unit and decimals. Lines that are 0 are left
    out; the printed lines add up to the printed change. A percentage needs a base other than
    0, and lines whose shares mean something.
    """
    numbers = Numbers(unit=kpi.unit, decimals=kpi.decimals, ascii=ascii_only)
    label = visible(attribution.label)
    if attribution.change is None:
        against = visible(attribution.from_label)
        return f"{label} cannot be compared with {against}: {_because(attribution)}."
    scale = numbers.compact_scale(attribution.change or _largest(attribution))
    told = label + _what_happened(attribution, kpi, numbers, scale)
    if attribution.reason is not None:
        return f"{told}; its drivers are not known: {_because(attribution)}."
    lines = _told_lines(attribution, numbers, scale)
    return f"{told}: {', '.join(lines)}." if lines else f"{told}."


def _because(attribution: Attribution) -> str:
    return visible(attribution.reason or "no value").rstrip(".")


def _largest(attribution: Attribution) -> float:
    return max((abs(line.line) for line in attribution.lines), default=0.0)


def _what_happened(attribution: Attribution, kpi: Kpi, numbers: Numbers, scale: Compact) -> str:
    change = attribution.change or 0.0
    offsets = _offsets(attribution, numbers, scale)
    if change == 0:
        return f" {_unchanged(attribution)}{offsets}"
    amount = numbers.compact(abs(scale.of(change)), scale, signed=False)
    if round(scale.of(change), scale.places) == 0:
        amount = f"less than {numbers.compact(scale.smallest, scale, signed=False)}"
    growth = _growth(attribution, numbers)
    return f" {_moved(attribution, kpi, amount, growth)}{offsets}"


def _unchanged(attribution: Attribution) -> str:
    if attribution.vs in ("target", "benchmark"):
        return f"met its {visible(attribution.from_label)}"
    if attribution.vs == "rest":
        return f"is the same where {visible(attribution.to_label)} as in the rest"
    verb = "would not" if attribution.vs == "what-if" else "did not"
    return f"{verb} change against {visible(attribution.from_label)}"


def _moved(attribution: Attribution, kpi: Kpi, amount: str, growth: str) -> str:
    up = (attribution.change or 0.0) > 0
    reference = visible(attribution.from_label)
    if attribution.vs == "target" and kpi.direction in ("up", "down"):
        good = up == (kpi.direction == "up")
        its = "implied target" if "implied" in reference else "target"
        return f"{'beat' if good else 'missed'} its {its} by {amount}{growth}"
    if attribution.vs in ("target", "benchmark"):
        return f"is {amount}{growth} {'above' if up else 'below'} its {attribution.vs}"
    if attribution.vs == "rest":
        side = "above" if up else "below"
        return f"is {amount}{growth} {side} the rest where {visible(attribution.to_label)}"
    if attribution.vs == "what-if":
        return f"would {'rise' if up else 'fall'} by {amount}{growth} against {reference}"
    return f"{'rose' if up else 'fell'} by {amount}{growth} against {reference}"


def _growth(attribution: Attribution, numbers: Numbers) -> str:
    """` (−6.6 %)`; nothing for percentages (their change is in points) or where it misleads."""
    if numbers.unit == "percent" or not attribution.before or _shares_mislead(attribution):
        return ""
    return f" ({numbers.percent((attribution.change or 0.0) / abs(attribution.before))})"


def _shares_mislead(attribution: Attribution) -> bool:
    return bool(attribution.lines) and all(line.share is None for line in attribution.lines)


def _offsets(attribution: Attribution, numbers: Numbers, scale: Compact) -> str:
    if not _shares_mislead(attribution) or not attribution.gross:
        return ""
    gross = numbers.compact(scale.of(attribution.gross), scale, signed=False)
    return f", out of {gross} of movements that offset each other"


def _told_lines(attribution: Attribution, numbers: Numbers, scale: Compact) -> list[str]:
    moved = [line for line in attribution.lines if round(scale.of(line.line), scale.places) != 0]
    if [line.kpi for line in moved] == [attribution.kpi] and moved[0].effect == "driver":
        return []  # a leaf is its own and only driver
    # Stable: equal lines keep the tree's order. What is left over is told last.
    moved.sort(key=lambda line: (line.effect == "rest", -abs(line.line)))
    named = moved if len(moved) <= MOST_DRIVERS else moved[: MOST_DRIVERS - 1]
    words = [_name(line) for line in named]
    amounts = [line.line for line in named]
    if others := moved[len(named) :]:
        words.append(f"{len(others)} others")
        amounts.append(sum(line.line for line in others))
    residual = attribution.residual or 0.0
    if round(scale.of(residual), scale.places) != 0:
        words.append("residual")
        amounts.append(residual)
    change = scale.of(attribution.change or 0.0)
    printed = shown([scale.of(amount) for amount in amounts], change, scale.places)
    return [
        f"{word} {numbers.compact(amount, scale)}"
        for word, amount in zip(words, printed, strict=True)
    ]


def _name(line: Line) -> str:
    name = visible(in_running_text(line.label, line.kpi))
    if line.segment:
        name += f" ({visible(segment_words(tuple(line.segment.items())))})"
    notes = effect_notes(line.effect)
    return f"{name} ({', '.join(notes)})" if notes else name
