"""Days and periods: labels, half-open ranges, what comes before, and last year's counterpart.

Knows nothing of data. One Calendar says what a period is, by itself: of calendar months, of
fiscal years that begin in another month, or of whole weeks as retailers count (4-4-5).
"""

from kpitree.calendar.calendar import Calendar, YearName
from kpitree.calendar.labels import FIRST_YEAR, LAST_YEAR
from kpitree.calendar.spans import Grain, Span
from kpitree.calendar.years import Pattern

__all__ = ["FIRST_YEAR", "LAST_YEAR", "Calendar", "Grain", "Pattern", "Span", "YearName"]
