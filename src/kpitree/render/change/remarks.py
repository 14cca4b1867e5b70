"""Words around a change: what is compared and how, that it adds up, what its marks mean."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from kpitree.analysis.results.change import Change, Steadiness
from kpitree.numbers import Numbers
from kpitree.render.amounts import residual_text
from kpitree.render.change.ledger import Ledger, factor_text
from kpitree.render.change.rows import ratio_of, residual_of
from kpitree.render.kpis import numbers_of
from kpitree.render.style import Style
from kpitree.render.words import visible

ARROW, ASCII_ARROW = "→", "->"
METHODS: Final = {
    "path": "straight path (Aumann-Shapley)",
    "shapley": "average over all orders (Shapley)",
    "levels": "level by level (chained Shapley)",
    "log": "logarithmic mean (LMDI)",
    "sequential": "one after another",
}
FLAGS: Final = {
    "carried": "a value that the limit or the other state gives stands in for a missing one",
    "indivisible": "could not be opened further",
    "new": "the segment was not there before",
    "lost": "the segment is no longer there",
}
EFFECTS: Final = {
    "rate": "the segment's own value moved",
    "threshold": "a condition of a formula changed sides",
    "unexplained": "what the formulas do not give",
    "overlap": "counted in more than one segment",
    "no_base": "the segment has nothing to divide by",
}
MIX: Final = {
    "average": "the segment's weight moved, by how far the segment is from the average",
    "segments": "the segment's weight moved, by how far the segment is from the segments' mean rate"
    " (the sum of mean share times mean rate)",
    "none": "the segment's weight moved, by all of the segment's value (not centred)",
}


def _arrow(style: Style) -> str:
    return ASCII_ARROW if style.ascii else ARROW


def heading(change: Change, style: Style) -> list[str]:
    """Tree, KPI, the two states, their values, the change, the method."""
    found, tree = change.attribution, change.tree
    kpi = tree.kpis[found.kpi]
    numbers = numbers_of(kpi, style)
    to = f" {_arrow(style)} "
    parts = [
        visible(tree.name),
        visible(found.label),
        visible(found.from_label) + to + visible(found.to_label),
        numbers.value(found.before) + to + numbers.value(found.after),
        numbers.change(found.change),
    ]
    if tree.currency and kpi.unit == "currency":
        parts.append(visible(tree.currency))
    return [*parts, _method(change)]


def _method(change: Change) -> str:
    found = change.attribution
    told = METHODS.get(found.method, visible(found.method))
    labels = (change.tree.kpis[name].label for name in found.order if name in change.tree.kpis)
    order = ", ".join(map(visible, labels))
    return f"{told}: {order}" if order else told


# --- below the table -----------------------------------------------------------------------


def reconciliation(ledger: Ledger, *, coarse: bool = False) -> str:
    """`2,790,150 + 12,330 = 2,802,480; residual 0`, as the figures are printed above."""
    found, style = ledger.change.attribution, ledger.style
    numbers = ledger.of_amounts(coarse=coarse)
    places, scale = numbers.places(), numbers.scale
    before, after = found.before or 0.0, found.after or 0.0
    steps = [round(amount * scale * 10.0**places) for amount in (before, ledger.amount, after)]
    exact = steps[0] + steps[1] == steps[2]
    about = "~" if style.ascii else "≈"
    sign, amount = _signed(numbers, ledger.amount)
    residual = residual_text(residual_of(ledger.change, ledger.rows), numbers)
    return (
        f"{numbers.value(before)} {sign} {amount} {'=' if exact else about}"
        f" {numbers.value(after)}; residual {residual}"
    )


def _signed(numbers: Numbers, amount: float) -> tuple[str, str]:
    text = numbers.change(amount)
    return (text[0], text[1:]) if text[0] in "+-−" else ("+", text)


def product(ledger: Ledger) -> str | None:
    """What the factors multiply to; None where there are none, or from a base of 0."""
    ratio = ratio_of(ledger.change.attribution) if ledger.change.factors else None
    return None if ratio is None else f"the factors multiply to {factor_text(ratio, ledger.style)}"


def cut_axis(base: float, numbers: Numbers) -> str:
    """Where bars begin that would all look alike from 0. base: a printable number."""
    places = 0 if base == round(base) and numbers.unit != "percent" else numbers.places()
    return f"the bars begin at {replace(numbers, decimals=places).value(base)}, not at 0"


def steadiness(change: Change) -> str | None:
    """Whether another reference would have another driver on top."""
    match change.steadiness:
        case Steadiness(reference=reference, reason=str(reason)):
            return f"No comparison with {visible(reference)}: {visible(reason).rstrip('.')}."
        case Steadiness(reference=reference, top=str(top), moved_top=str(moved)):
            labels = [visible(change.tree.kpis[name].label) for name in (top, moved)]
            against = visible(reference)
            if top == moved:
                return f"The top driver stays {labels[0]} against {against} too."
            return f"Against {against} the top driver would be {labels[1]}, not {labels[0]}."
        case _:
            return None


def notes(ledger: Ledger) -> list[str]:
    """What the marks beside the names mean; only what occurs."""
    found = list(_reasons(ledger))
    effects = {row.effect for row in ledger.rows}
    found += [f"{name.replace('_', ' ')}: {EFFECTS[name]}" for name in EFFECTS if name in effects]
    if "mix" in effects:
        found.append(f"mix: {_mix(ledger.change)}")
    flags = {flag for row in ledger.rows for flag in row.flags}
    found += [f"{flag}: {meaning}" for flag, meaning in FLAGS.items() if flag in flags]
    if any(row.error is not None for row in ledger.rows):
        found.append("error: the standard error of a line that was sampled")
    return found


def _mix(change: Change) -> str:
    # Only lines by segment are split into rate and mix, and those say what mix is measured from.
    assert change.mix_reference is not None
    return MIX[change.mix_reference]


def _reasons(ledger: Ledger) -> Iterator[str]:
    """Why drivers are not split, each once."""
    unsplit = dict.fromkeys((row.label, row.reason) for row in ledger.rows if row.reason)
    for label, reason in unsplit:
        yield f"{visible(label)} is not split: {visible(reason or '')}"
