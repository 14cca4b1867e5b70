"""The codes of all findings, and from where on what is seen is worth a word."""

from typing import Final

CODES: Final = (
    # figures are wrong or cannot be had
    "unreadable",
    "ambiguous_dates",
    "not_dates",
    "impossible_dates",
    "ends_before_start",
    "repeated_keys",
    "duplicates_differ",
    "no_rows",
    "repeated_days",
    "stray_dates",
    "went_empty",
    "no_values",
    # suspect
    "stale",
    "stopped",
    "coverage_differs",
    "gaps",
    "future_dates",
    "volume",
    "null_dates",
    "nulls",
    "non_finite",
    "out_of_range",
    "unmatched_keys",
    # good to know
    "covers_unknown",
    "duplicates",
    "missing_columns",
    "empty_files",
    "grew_while_read",
)

MANY: Final = 0.05  # a share of rows from which on it is suspect, not only good to know
BY_CHANCE: Final = 0.01  # runs as long as one expected by chance, below which it is a gap
LONG: Final = 7  # days by which daily data may end before other data without a word
HOLIDAYS: Final = 3  # days without rows on end that need no other reason
QUIET: Final = 3  # times the longest earlier pause, after which a source has stopped
EMPTY_ROWS: Final = 10  # without a value after all others had some: fewer may be chance
STRAGGLERS: Final = 0.01  # of the rows may have a value even so
OFTEN: Final = 0.5  # of its rows had a value before: one with few has pauses
STRAY_SHARE: Final = 0.001  # of the rows at most lie apart from all others
STRAY_DAYS: Final = 180  # days without any row between them and the others
STRAY_TIMES: Final = 3  # and so many times the longest pause among the others
NEW: Final = 8  # weeks or months: for so long a change of volume is news
BIG: Final = 0.25  # of its usual volume a week must differ to be worth a word
BEFORE: Final = 4  # and by as much from the median of so many before it: growth is not sudden
