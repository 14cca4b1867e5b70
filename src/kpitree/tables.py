"""The frames that pass between rooms: their columns, and what a row means.

CUBE      one row per day x dimensions asked for (private to data/).
PARTS     one row per span x segment: `span` (Int32, position in the list of spans asked for),
          one String column per dimension, one Float64 column per part (as pipeline/plan.py
          names them).
VALUES    as PARTS (`span:` for `span`), with one Float64 column per KPI, in the KPI's own
          unit (a ratio is 0.25, never 25); null where there is no value. Never NaN or infinite.
KPIS      one row per KPI x segment x period, in the order of the tree file, the whole before
          its segments, segments by name with (none) last.
LIMITS    what stands beside the columns of KPIS once each value is judged by its history.
COMPARISONS  one row per KPIS row x reference, in the order the references were asked for.
HISTORY   one row per KPI x segment x period of the history, oldest first.
LINES     one row per line of an attribution, in the order of the tree.
SPLIT     one row per line of one KPI's change, by driver or by driver x segment: in the order of
          the tree, within a driver by segment, (none) last. They add up to the change.
SLICES    one row per slice that a search kept, the largest line first, and `rest` last.
LEVERS    one row per KPI that can be pulled to move another, in the order of the tree.
OUTCOMES  one row per KPI of the tree, before and after some of them were changed.
FORECASTS  one row per KPI x period that it is forecast for, in the order of the tree file.
MEMBERS   one row per member of a dimension, the best first, those without a rank after them, and
          the whole last.
POINTS    one row per KPI x segment x period of a trend, in the order of the tree file, the whole
          before its segments, oldest first.
SEEN_DAYS  one row per day with rows of a source, oldest first.
SEEN_COLUMNS  one row per column of a source that a tree reads.
SEEN_LOOKUPS  one row per lookup in use of a source.
FOUND_COLUMNS  one row per column of a file that a tree may start from, in the order of the file.

Dimension columns stand between `kpi` and `period` under their own names, prefixed with
SEGMENT so that a dimension called "value" does no harm; null there means the whole.
"""

from typing import Final

import polars as pl

STATUSES: Final = ("on_track", "at_risk", "off_track", "no_target", "no_data")
MISSED: Final = ("at_risk", "off_track")  # the statuses of what fell short of its target
STALE: Final = "stale"  # no status: a KPI that rests on data older than it may be

SPAN: Final = "span"
MOMENT: Final = "span:"  # SPAN in VALUES, where a KPI may be called span
SEGMENT: Final = "segment:"  # + dimension name
NONE: Final = "(none)"  # the segment of rows without a value in the dimension

KPIS: Final = {
    "kpi": pl.String,
    # dimension columns
    "period": pl.String,
    "value": pl.Float64,  # in the KPI's unit
    "reason": pl.String,  # why value is null, else null
    "target": pl.Float64,  # own target, pro rata where the period is partial; in the KPI's unit
    "target_implied": pl.Float64,  # by goals of segments, operands' targets, or a target above
    "implied_kind": pl.String,  # operands | goals | needed: what the target that counts follows
    "implied_by": pl.String,  # from, and that in words; null where it is its own, or there is none
    "target_reason": pl.String,  # why there is no target though the file has one, else null
    "attainment": pl.Float64,  # a fraction: 1.0 = target met; null without target or for ranges
    "status": pl.String,  # on_track | at_risk | off_track | no_target | no_data
}
LIMITS: Final = {
    "centre": pl.Float64,  # natural process limits of the periods before, in the KPI's unit;
    "lower": pl.Float64,  # null with under 12 of them, and of a running period
    "upper": pl.Float64,
    "rule": pl.String,  # beyond_limits | run_of_8 | 3_of_4: why it is a signal; null for noise
}
COMPARISONS: Final = {
    "kpi": pl.String,
    # dimension columns
    "period": pl.String,
    "vs": pl.String,  # target | previous | last-year | benchmark | period
    "label": pl.String,  # the reference by name: "2026-09", "target", "target (implied)"
    "value": pl.Float64,  # the actual compared (the same as KPIS.value)
    "reference": pl.Float64,
    "change": pl.Float64,  # value - reference, in the KPI's unit
    "percent": pl.Float64,  # change / |reference|, a fraction; null where the reference is 0
    "favourable": pl.Boolean,  # the change seen through the KPI's direction; null when 0
    "signal": pl.String,  # "signal" | "noise"; null with under 12 periods of history
    "reason": pl.String,  # why reference or change is null, else null
}
HISTORY: Final = {
    "kpi": pl.String,
    # dimension columns
    "period": pl.String,
    "start": pl.Date,
    "value": pl.Float64,
}
LINES: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "kpi": pl.String,  # the KPI explained
    "period": pl.String,
    "vs": pl.String,
    "reference": pl.String,  # the reference by name
    "driver": pl.String,  # a KPI's id; the KPI explained itself where it is unexplained
    "label": pl.String,
    "effect": pl.String,
    "from": pl.Float64,  # the driver's reference value, in its own unit
    "to": pl.Float64,
    "line": pl.Float64,  # in the unit of the KPI explained
    "share": pl.Float64,  # line / change; null where percentages would mislead
    "flags": pl.List(pl.String),
}
SPLIT: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "driver": pl.String,  # a KPI's id; the KPI explained itself for what belongs to no driver
    "label": pl.String,
    # dimension columns; null: the line is not split by this dimension
    "effect": pl.String,  # one of EFFECTS
    "from": pl.Float64,  # driver, rest: the driver's value; rate: the segment's rate; mix: its
    "to": pl.Float64,  # share; all in the driver's own unit (a share is a fraction)
    "line": pl.Float64,  # in the unit of the KPI explained
    "share": pl.Float64,  # line / change; null where percentages would mislead
    "flags": pl.List(pl.String),  # carried | indivisible | new | lost
    "reason": pl.String,  # why a driver is not split, else null
    "factor": pl.Float64,  # exp(line / log mean of the two states), null unless asked for
    "error": pl.Float64,  # standard error of a sampled line, else null
}
EFFECTS: Final = (
    "driver",
    "rate",
    "mix",
    "threshold",
    "unexplained",
    "overlap",
    "no_base",
    "rest",
)
SLICES: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    # dimension columns; null: any value. Both null: the rest
    "from": pl.Float64,  # the KPI in the slice, in its unit
    "to": pl.Float64,
    "line": pl.Float64,  # the slice's part of the change, in the KPI's unit
    "share": pl.Float64,  # line / change; null where percentages would mislead
    "size": pl.Float64,  # its share of the KPI before; of a rate its mean share of the base
    "excess": pl.Float64,  # line - change x size: what its size alone would not give
    "surprise": pl.Float64,  # Jensen-Shannon term of its shares before and after, in bits
}
LEVERS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "kpi": pl.String,  # the lever
    "value": pl.Float64,  # now, in its own unit
    "reason": pl.String,  # why value is null, else null
    "controllable": pl.Boolean,
    "marginal": pl.Float64,  # the explained KPI's change per unit of the lever, at this state
    "elasticity": pl.Float64,  # its change in % per 1 % of the lever; null where either is 0
    "needed": pl.Float64,  # what this lever alone would have to be to reach the goal
    "needed_reason": pl.String,  # why there is none, else null
    "change": pl.Float64,  # needed - value
    "percent": pl.Float64,  # change / |value|, a fraction; null where the value is 0
    "gives": pl.Float64,  # the explained KPI with the lever there: the goal, or past a threshold
    "best": pl.Float64,  # the best value it ever had, by its direction; null without a history
    "best_period": pl.String,
    "within": pl.Boolean,  # needed lies between the lowest and highest it ever was
    "flags": pl.List(pl.String),  # beyond_100 | below_0 | threshold | indivisible | no_slope
}
OUTCOMES: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "kpi": pl.String,
    "given": pl.Boolean,  # its value was set; else it follows from its formula or stays
    "before": pl.Float64,  # in the KPI's unit
    "before_reason": pl.String,  # why it is null, else null
    "after": pl.Float64,
    "after_reason": pl.String,
    "change": pl.Float64,  # after - before
    "percent": pl.Float64,  # change / |before|, a fraction; null where before is 0
    "favourable": pl.Boolean,  # the change seen through the KPI's direction; null when 0
    "target": pl.Float64,  # its own, else the implied one; it stays what it was before
    "before_status": pl.String,
    "after_status": pl.String,
}
MEMBERS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "rank": pl.Int64,  # 1 is the best; shared by ties; null for (none), the whole, and without one
    # dimension columns; null: the whole
    "value": pl.Float64,  # in the KPI's unit
    "reason": pl.String,  # why value is null, else null
    "share": pl.Float64,  # its part of the whole; of a ratio or mean, of what it is divided by
    "pull": pl.Float64,  # of a ratio or mean: the whole less what it would be without the member
    "target": pl.Float64,  # its own goal; of the whole the target that counts
    "implied": pl.Boolean,  # whether that follows from other targets; null without one
    "target_reason": pl.String,  # why there is none though the file gives one, else null
    "attainment": pl.Float64,  # a fraction: 1.0 = target met
    "gap": pl.Float64,  # value - target
    "status": pl.String,
    "others": pl.Float64,  # what the others have: their rows together, or the mean of their values
    "low": pl.Float64,  # where the value may lie (95 %), or usually lies (natural process limits)
    "high": pl.Float64,
    "caution": pl.String,  # why it cannot be told from the others (ranking/cautions.py), else null
    "caution_reason": pl.String,  # the same in words
}
FORECASTS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "kpi": pl.String,
    "horizon": pl.String,  # period | deadline: the period that holds a deadline after this one
    "period": pl.String,  # the label of the period that it is forecast for
    "by": pl.Date,  # that period's last day, or the deadline
    "value": pl.Float64,  # to date, in the KPI's unit
    "reason": pl.String,  # why value is null, else null
    "target": pl.Float64,  # of the whole period: its own, else the implied one
    "target_label": pl.String,  # target | target (implied) | target (implied by ...); null: none
    "target_reason": pl.String,  # why there is no target though the file has one, else null
    "target_to_date": pl.Float64,  # the target pro rata; null where that cannot be had
    "range_low": pl.Float64,  # the good range in that period, where the direction is one
    "range_high": pl.Float64,
    "method": pl.String,  # complete | course | run_rate | carried
    "periods": pl.Int64,  # past periods that the usual course is taken from; null: it has none
    "share": pl.Float64,  # value / landing: what is usually there by now; of what adds up
    "landing": pl.Float64,
    "landing_reason": pl.String,  # why landing is null, else null
    "low": pl.Float64,  # the interval that holds 80 % of the outcomes
    "high": pl.Float64,
    "interval_reason": pl.String,  # why there is no interval, else null
    "errors": pl.Int64,  # past periods in which the same rule was tried
    "reached": pl.Int64,  # of these errors, how many would lead to the target or good range
    "gap": pl.Float64,  # landing - target (or the end of the good range it is beyond; 0 inside)
    "percent": pl.Float64,  # gap / |target|
    "attainment": pl.Float64,  # as in KPIS, of the landing
    "left": pl.Float64,  # target - value; negative where there is more already
    "days_left": pl.Int64,  # from the day after the last one covered to the period's end
    "pace": pl.Float64,  # value a day so far; of what adds up over time
    "expected": pl.Float64,  # (landing - value) a day left
    "needed": pl.Float64,  # left a day left
    "ratio": pl.Float64,  # needed / expected; null where nothing usually comes
    "status": pl.String,  # as in KPIS, of the landing
}
POINTS: Final = {
    "kpi": pl.String,
    # dimension columns
    "period": pl.String,
    "start": pl.Date,
    "end": pl.Date,  # exclusive
    "days": pl.Int64,  # of the whole period
    "covered_days": pl.Int64,  # that the value is about: fewer while the period is running
    "value": pl.Float64,  # in the KPI's unit
    "reason": pl.String,  # why value is null, else null
    "target": pl.Float64,  # the one that counts in this period: its own, else the implied one
    "implied": pl.Boolean,  # whether it is implied; null without a target
    "implied_by": pl.String,  # what it follows from, in words; null where it is its own
    "target_reason": pl.String,  # why there is none though the file gives one, else null
    "centre": pl.Float64,  # natural process limits of the periods before; null with under 12 of
    "lower": pl.Float64,  # them, and of a running period
    "upper": pl.Float64,
    "signal": pl.String,  # "signal" | "noise"; null without limits or value
    "rule": pl.String,  # beyond_limits | run_of_8 | 3_of_4: why it is a signal; null for noise
    "new_baseline": pl.Boolean,  # values start to be judged anew with this period
}
WANTED: Final = "wanted:"  # + column
NULLS: Final = "nulls:"  # + column
SEEN_DAYS: Final[dict[str, type[pl.DataType]]] = {
    "day": pl.Date,
    "rows": pl.Int64,
    # for each of SEEN_COLUMNS that has roles two more: WANTED, rows that the tree wants a value
    # of; NULLS, those of them without one; both Int64
}
SEEN_LOOKUPS: Final[dict[str, type[pl.DataType]]] = {
    "lookup": pl.String,
    "path": pl.String,
    "rows": pl.Int64,
    "without_key": pl.Int64,  # rows with no value in some column of the key: they match nothing
    "unmatched": pl.Int64,  # rows whose key the lookup does not have
    "example": pl.String,  # one such key, or null
}
SEEN_COLUMNS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "column": pl.String,
    "roles": pl.List(pl.String),  # time | end | dimension | argument | condition | key; of a
    # column that is only said to have a range, null, as are the next three
    "rows": pl.Int64,  # that the tree wants a value of
    "nulls": pl.Int64,  # of them without one
    "expected": pl.Boolean,  # the tree says what that means: is_null(x), coalesce(x, ...), count(x)
    "non_finite": pl.Int64,  # NaN or infinite; null: this kind of column has none
    "low": pl.Float64,  # the declared range, or null
    "high": pl.Float64,
    "below": pl.Int64,
    "above": pl.Int64,
    "least": pl.Float64,  # of a column with a range, the least and greatest value that there is
    "greatest": pl.Float64,
}
FOUND_COLUMNS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "column": pl.String,
    "kind": pl.String,  # text | number | boolean | date | instant | nothing | other
    "rows": pl.Int64,  # looked at; the same for all columns
    "nulls": pl.Int64,  # of them without a value, or with nothing but spaces
    "unique": pl.Int64,  # different values
    "repeated": pl.Boolean,  # the name stands twice in the header: nobody can ask for it
    "sample": pl.List(pl.String),  # the first values
    "members": pl.List(pl.String),  # all values of a column with few, the most frequent first
    "null_words": pl.List(pl.String),  # texts such as N/A among them, which stand for no value
    "zeros": pl.Int64,  # texts of digits that begin with a 0 and go on: 007
    "formats": pl.List(pl.String),  # by which every text is a date; "" is ISO 8601; null: by none
    "readings": pl.List(pl.String),  # by which every text is a number: READINGS; null for others
    "stray": pl.String,  # a text among numbers that keeps the column from being read; else null
    "low": pl.Float64,  # of numbers, by the first of the readings
    "high": pl.Float64,
    "whole": pl.Boolean,  # all of them are whole numbers
    "currencies": pl.List(pl.String),  # the signs or codes that stand with its numbers
    "percent": pl.Boolean,  # a percent sign stands with them
    "first": pl.Date,  # of columns that can say when: over all rows, if they can be read one way;
    # without the far ones
    "last": pl.Date,
    "days": pl.Int64,  # different days
    "month_starts": pl.Boolean,  # every one is the first or the last of a month
    "weekdays": pl.Int64,  # different days of the week
    "far": pl.List(pl.Date),  # days years away from nearly all others, a few of them
    "no_dates": pl.List(pl.String),  # the few texts in a column of dates that are none
}
READINGS: Final = ("plain", "comma", "people", "people.", "people,")  # digits with . or with ,;
# numbers written for people whatever the mark, with . or with , as the decimal mark
