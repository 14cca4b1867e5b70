"""Where a KPI lands, in one sentence fit for a mail.

Revenue is heading for 2.81 M (2.62 M to 2.98 M) against 3.00 M: 190.0 k short; it needs 142.0 k
a day for the 11 days left, 1.4 times what usually comes.
"""

from kpitree.numbers import UNITS_WITHOUT_WORD, Numbers
from kpitree.render.forecast.rows import Row
from kpitree.render.kpis import STATUS, numbers_of
from kpitree.render.style import Style
from kpitree.render.words import visible


def sentence(row: Row, style: Style) -> str:
    """Always one line. Figures are in their short form."""
    numbers = numbers_of(row.kpi, style)
    label = visible(row.kpi.label)
    if row.value is None:
        return f"{label} has no value: {visible(row.reason or 'no value')}."
    if row.landing is None:
        so_far = _short(numbers, row.value)
        why = visible(row.landing_reason or "no value")
        return f"{label} is at {so_far}, and where it lands cannot be told: {why}."
    told = f"{label} {_lands(row, row.landing, numbers)}{_against(row, numbers)}"
    effort = _effort(row, numbers)
    return f"{told}; {effort}." if effort else f"{told}."


def _lands(row: Row, landing: float, numbers: Numbers) -> str:
    figure = _short(numbers, landing)
    if row.kpi.unit not in UNITS_WITHOUT_WORD:
        figure += f" {visible(row.kpi.unit)}"
    if row.method == "complete":
        return f"came to {figure}"
    when = f" in {visible(row.period)}" if row.later else ""
    if row.low is None or row.high is None:
        why = visible(row.interval_reason or "").split(":")[0]
        return f"is heading for {figure}{when}" + (f" ({why})" if why else "")
    likely = numbers.between(row.low, row.high)
    if row.leaning is not None:
        likely = f"past errors say {likely}"
    return f"is heading for {figure}{when} ({likely})"


def _against(row: Row, numbers: Numbers) -> str:
    """What is promised, and how far away that is."""
    due = f", due {row.by.isoformat()}" if row.later else ""
    if row.range_low is not None and row.range_high is not None:
        promised = numbers.between(row.range_low, row.range_high)
    elif row.target is not None and row.kpi.direction != "range":
        most = "at most " if row.kpi.direction == "down" else ""
        implied = "an implied " if row.target_label != "target" else ""
        promised = f"{implied}{most}{_short(numbers, row.target)}"
    else:
        return ""
    judged = f", by its past errors {STATUS[row.status][2]}" if row.leaning else ""
    return f" against {promised}{due}: {_gap(row, row.gap or 0.0, numbers)}{judged}"


def _gap(row: Row, gap: float, numbers: Numbers) -> str:
    if gap == 0.0:
        return "inside" if row.kpi.direction == "range" else "right on target"
    scale = numbers.compact_scale(gap)
    size = numbers.compact(abs(scale.of(gap)), scale, signed=False)
    if round(scale.of(gap), scale.places) == 0.0:
        size = f"less than {numbers.compact(scale.smallest, scale, signed=False)}"
    if row.limited:
        return f"{size} {'too much' if gap > 0.0 else 'under'}"
    return f"{size} {'short' if gap < 0.0 else 'over'}"


def _effort(row: Row, numbers: Numbers) -> str:
    if row.needed is None or row.left is None:
        return ""
    if row.passed:
        done = "passed" if row.left else "reached"
        return f"the {'limit' if row.limited else 'target'} is {done} already"
    days = "last day" if row.days_left == 1 else f"{row.days_left} days left"
    if row.left <= 0.0:
        may = "must" if row.kpi.direction == "down" else "may"
        return f"the {days} {may} take {_short(numbers, 0.0 - row.needed)} a day off"
    pace = f"{_short(numbers, row.needed)} a day"
    beside = _beside(row, numbers)
    if row.limited:
        return f"there is room for {pace} for the {days}{beside}"
    if row.missed:
        return f"it needs {pace} for the {days}{beside}"
    return f"{pace} is enough for the {days}{beside}"


def _beside(row: Row, numbers: Numbers) -> str:
    """What the days left need beside what they usually bring."""
    if row.ratio is not None:
        times = Numbers(unit="number", decimals=1, ascii=numbers.ascii).value(row.ratio)
        return f", {times} times what usually comes"
    if row.expected is None or row.expected > 0.0:
        return ""
    return f", on which usually {'less than nothing' if row.expected < 0.0 else 'nothing'} comes"


def _short(numbers: Numbers, value: float) -> str:
    """2.81 M, 190.0 k, 62.0 %."""
    if numbers.unit == "percent":
        return numbers.value(value)
    scale = numbers.compact_scale(value)
    return numbers.compact(scale.of(value), scale, signed=False)
