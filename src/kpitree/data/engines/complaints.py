"""What drivers complain of, as errors for readers, without the secrets that they repeat."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from kpitree.data.engines.secrets import Address
from kpitree.errors import KpiTreeError, SourceError

_BUGS: Final = (AssertionError, AttributeError, NameError, TypeError, MemoryError)
_HINTS: Final = {
    "password": "the password, or the variable that holds it, is not the right one",
    "authentication": "the user or the password is not the right one",
    "refused": "is the server running, and are its host and port right?",
    "translate host": "is the name of the host right?",
    "resolve host": "is the name of the host right?",
    "timed out": "can the server be reached from here?",
    "does not exist": "names are those of the database, with its schema: public.orders",
    "not found": "names are those of the database, with its schema: public.orders",
    "closed": "the connection was lost; try again",
    "terminat": "the connection was lost; try again",
    "java": "Spark needs Java 17: apt-get install openjdk-17-jre-headless",
}
_LONGEST: Final = 300


@contextmanager
def complaining(who: str, found: Address, where: str = "") -> Iterator[None]:
    """Turn what a driver raises into a SourceError. who: the engine, and the source it serves."""
    try:
        yield
    except (KpiTreeError, *_BUGS):
        raise
    except ModuleNotFoundError as error:
        raise SourceError(
            f"{who} needs the library {error.name!r}, which is not installed",
            where=where,
            hint="install the driver of this kind of database, as ibis names it",
        ) from None
    except Exception as error:  # noqa: BLE001 - the drivers of a dozen databases share no error
        # `from None`, and not a word unscrubbed: drivers repeat addresses with their passwords.
        said = found.scrub(_said(error))
        raise SourceError(f"{who} says: {said}", where=where, hint=_hint(said)) from None


def _said(error: Exception) -> str:
    """The first line that says something, or the kind of error where none does."""
    lines = (line.strip() for line in str(error).splitlines())
    first = next((line for line in lines if line), type(error).__name__)
    return first if len(first) <= _LONGEST else first[: _LONGEST - 1] + "…"


def _hint(said: str) -> str:
    small = said.lower()
    return next((hint for word, hint in _HINTS.items() if word in small), "")
