"""Files that are gone may have been why the others were understood as they were."""

from kpitree.data.cache.asked import Asked
from kpitree.data.cache.entry import Entry
from kpitree.data.cache.missing import sense_of
from kpitree.data.cube.compiling import make_plan
from kpitree.data.moments import Forms
from kpitree.errors import SourceError


def understood_as_before(asked: Asked, entry: Entry) -> bool:
    """Whether the files there are now are understood as those were that an entry is of.

    Where that is in doubt, files are opened, and the first rows of some are read.
    """
    if entry.closed or entry.marks.issubset(asked.marks):
        return True
    if any(forms.bit_count() > 1 for forms in entry.forms.values()):
        return False  # only reading all of them would tell which forms are left
    if entry.sense.plain:
        return True
    forms = {text: Forms(number) for text, number in entry.forms.items()}
    try:
        plan = make_plan(asked.request, forms=forms)
    except SourceError:  # reading them says what is wrong
        return False
    return sense_of(plan) == entry.sense
