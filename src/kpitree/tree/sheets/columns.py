"""The columns of a spreadsheet of KPIs, and the many ways in which people head them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final


@dataclass(frozen=True, slots=True)
class Column:
    """other: further headings that mean it. always: written even if no KPI has anything there."""

    name: str
    other: tuple[str, ...] = ()
    always: bool = True


_UP: Final = (
    "higher_is_better", "higher_better", "more_is_better", "bigger_is_better", "up_is_good",
)  # fmt: skip
_DOWN: Final = (
    "lower_is_better", "lower_better", "less_is_better", "smaller_is_better", "down_is_good",
)  # fmt: skip
_BETTER: Final = (*_UP, *_DOWN, "good_when", "good_if", "better_when", "better_if")
COLUMNS: Final = (
    Column("kpi", ("kpi_name", "id", "kpi_id", "key", "metric", "measure_name", "kpis")),
    Column("label", ("title", "display_name", "kpi_label")),
    Column("parent", ("parent_kpi", "parent_name", "parent_id", "belongs_to", "under", "feeds")),
    Column("also_under", ("other_parents", "also_feeds"), always=False),
    Column("formula", ("calculation", "computation", "computed_as")),
    Column("measure", ("aggregate", "aggregation")),
    Column("value", ("constant", "assumption", "constant_value")),
    Column("source", ("data_source", "data")),
    Column("where", ("filter", "condition")),
    Column("time", ("time_column", "date_column")),
    Column("at", (), always=False),
    Column("count_when", (), always=False),
    Column("carry", (), always=False),
    Column("measured", ("measured_as",), always=False),
    Column("unit", ("units", "unit_of_measure", "uom")),
    Column("decimals", ("digits", "decimal_places"), always=False),
    Column("direction", ("good_direction", "better", "polarity", "desired_direction", *_BETTER)),
    Column("range", ("good_range", "target_range"), always=False),
    Column("role", ("kind", "type", "kpi_type")),
    Column("owner", ("responsible", "owned_by", "kpi_owner", "accountable")),
    Column("department", ("team", "dept", "area")),
    Column("review", ("review_rhythm", "frequency", "rhythm", "cadence", "review_frequency")),
    Column("deadline", ("due", "due_date", "target_date", "by_when"), always=False),
    Column("indicator", ("leading_or_lagging", "leading_lagging", "indicator_type")),
    Column("leads", ("leads_to", "leading_for")),
    Column("level", ()),
    Column("tags", ("labels", "keywords"), always=False),
    Column("controllable", ("lever", "can_be_moved", "is_controllable")),
    Column("driver", ("is_driver",)),
    Column("missing", (), always=False),
    Column("counterweight", ("guardrail", "counter_metric"), always=False),
    Column("target", ("target_value", "goal", "plan", "target_number")),
    Column("at_risk", ("at_risk_threshold", "threshold_at_risk", "amber")),
    Column("off_track", ("off_track_threshold", "threshold_off_track", "red")),
    Column("benchmark", ("benchmark_value",), always=False),
    Column("benchmark_source", (), always=False),
    Column("rebaseline", (), always=False),
    Column("ignore", (), always=False),
    Column("description", ("definition", "meaning", "comment", "comments", "notes")),
)
# What only a table that is brought in has: they are no keys of a tree.
ONLY_READ: Final = (
    Column("operator", ("operation",)),
    Column("relation", ("relationship", "combined_by", "combines", "children")),
    Column("adds_up", ("adds_up_over_time", "additive", "summable")),
    Column("number", ("nr", "no", "numbering", "outline", "outline_number", "wbs", "pos")),
    Column("actual", ("actual_value", "current", "current_value", "latest_value")),
)
_NAMES: Final = {
    heading: column.name
    for column in (*COLUMNS, *ONLY_READ)
    for heading in (column.name, *column.other)
}
_WAYS: Final = {**dict.fromkeys(_UP, "up"), **dict.fromkeys(_DOWN, "down")}
_GOOD: Final = frozenset({"good", "better", "best", "higher", "lower", "direction", "desired"})
_IDS: Final = ("id", "kpi_id", "key")  # beside one of them, the KPI's column has its label
_NAME: Final = "name"  # the KPI itself, or its label where another column has the KPI


def columns_of(headings: Sequence[str]) -> list[str | None]:
    """The column that each heading means; None for one that means none."""
    found = [_NAMES.get(plain(heading)) for heading in headings]
    named = [at for at, column in enumerate(found) if column == "kpi"]
    ids = [at for at in named if plain(headings[at]) in _IDS]
    if len(named) == 2 and len(ids) == 1 and "label" not in found:
        found[next(at for at in named if at not in ids)] = "label"
    for at, heading in enumerate(headings):
        if plain(heading) == _NAME:
            found[at] = "label" if "kpi" in found and "label" not in found else "kpi"
    return found


def plain(heading: str) -> str:
    """A heading without what people vary: "Parent KPI " and "parent-kpi" are parent_kpi."""
    small = unicodedata.normalize("NFKC", heading).casefold()
    return re.sub(r"[\W_]+", "_", small).strip("_")


def way_of(heading: str) -> str | None:
    """up or down, where the heading itself says what is better, and its cells yes or no."""
    return _WAYS.get(plain(heading))


def nearest(heading: str) -> str | None:
    """The column that may have been meant: of the direction, or spelled most like this one."""
    if _GOOD & set(plain(heading).split("_")):
        return "direction"
    close = get_close_matches(plain(heading), [*_NAMES, _NAME], n=1)
    return close[0] if close else None
