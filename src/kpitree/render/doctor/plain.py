"""`plain`: one finding a line, the worst first.

The fields, in order:

    1   severity   error | warning | info
    2   code       what is suspect (docs/doctor.md)
    3   source
    4   column     empty where it is about no single one
    5   count      of rows; of days, weeks or months where the message says so
    6   share      of all there are, a fraction
    7   example    a value or day
    8   message
    9   where      file and line
    10  hint       what to try
"""

from collections.abc import Iterator

from kpitree.analysis.results.doctor import Diagnosis
from kpitree.render.fields import Field
from kpitree.render.style import Style


def plain(found: Diagnosis, style: Style) -> Iterator[list[Field]]:  # noqa: ARG001 - the contract of kinds.py
    """The fields of each line; none where nothing is suspect."""
    for one in found.findings:
        yield [
            one.severity,
            one.code,
            one.source,
            one.column,
            one.count,
            one.share,
            one.example,
            one.message,
            one.where,
            one.hint,
        ]
