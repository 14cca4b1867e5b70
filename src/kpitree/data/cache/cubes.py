"""From a request to its cube: what is kept of unchanged files, and the others read and kept."""

from functools import cache

from kpitree.data.cache.asked import Asked, asked_of
from kpitree.data.cache.entry import Entry, from_bytes, to_bytes
from kpitree.data.cache.gone import understood_as_before
from kpitree.data.cache.keeper import Keeper
from kpitree.data.cache.missing import completed
from kpitree.data.cache.questions import question
from kpitree.data.cache.shares import still_true, together
from kpitree.data.cache.store import Store
from kpitree.data.cube.compiling import make_plan
from kpitree.data.cube.cube import Cube, cube_of, read_cube
from kpitree.data.cube.facts import whole
from kpitree.data.cube.plan import Plan
from kpitree.data.cube.scan import Figures, figures_of_rows
from kpitree.data.moments import Forms
from kpitree.data.request import CubeRequest
from kpitree.errors import Notice


def kept_cube(request: CubeRequest, store: Store | None) -> Cube:
    """The same cube as read_cube() gives, of what is kept as far as that is of the same files.

    store: None to read everything, and keep nothing. Raises SourceError: see scan().
    """
    asked = None if store is None else asked_of(request)
    return read_cube(request) if store is None or asked is None else _answer(asked, store)


def _answer(asked: Asked, store: Store) -> Cube:
    known, notices = _known(asked, store)
    return cube_of(
        asked.request,
        together(known, asked.request),
        whole(known.told),
        (*known.notices, *notices),
        _rows(asked, known, store),
    )


def _known(asked: Asked, store: Store) -> tuple[Entry, tuple[Notice, ...]]:
    """All figures, and what is to be said of how they were had this time."""
    name = question(asked.request, closed=asked.closed)
    body = store.read(name)
    entry = None if body is None else from_bytes(body)
    known = entry and still_true(entry, asked.request, asked.marks, asked.marks_of_tables)
    if entry is not None and known is not None and not understood_as_before(asked, entry):
        known = None
    if known is not None and known.marks.issuperset(asked.marks):
        return known, ()
    found, notices = completed(asked, known)
    settled = found.settled() if asked.watched.is_unchanged else None
    refused = None if settled is None else store.write(name, to_bytes(settled))
    return found, (*notices, *([] if refused is None else [refused]))


def _rows(asked: Asked, entry: Entry, store: Store) -> Figures:
    """Figures of the rows, which are opened when some are asked for that are not kept."""

    @cache
    def opened() -> Plan:
        forms = {text: Forms(number) for text, number in entry.forms.items()}
        return make_plan(asked.request, entry.not_finite, forms)

    figures = figures_of_rows(opened, asked.watched, asked.request.source.id)
    return Keeper(store, asked).figures(figures)
