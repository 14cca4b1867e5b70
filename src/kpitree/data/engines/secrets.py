"""Words of the environment in addresses, and how they are kept out of everything that is said."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from kpitree.errors import SourceError

_NAME: Final = re.compile(r"\$\{([^}]*)\}")
# scheme://user:password@ - the password may hold anything but what ends it.
_USER: Final = re.compile(r"(?P<before>^[\w+.-]+://[^/?#@:]*:)(?P<password>.*)@", re.DOTALL)
_KEYS: Final = re.compile(
    r"[?&;](?:[\w.-]*(?:password|passwd|pwd|token|secret|key|credential|sig)[\w.-]*)=([^&;#]+)",
    re.IGNORECASE,
)
HIDDEN: Final = "***"


@dataclass(frozen=True, slots=True)
class Address:
    """Where data is. url: what to open. secrets: texts in it that nobody may read."""

    url: str
    secrets: frozenset[str] = frozenset()

    def scrub(self, text: str) -> str:
        """A text without the secrets, in whatever way they are written in it."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return text


def address(written: str, place: str, environment: Mapping[str, str] | None = None) -> Address:
    """An address with the ${NAMES} in it exchanged for their values.

    A value that stands for a user or a password is quoted as a URL needs it; elsewhere it stands
    as it is. place: the key and the source, for messages.
    Raises SourceError: there is no such variable.
    """
    known = os.environ if environment is None else environment
    values: list[str] = []

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in known:
            raise SourceError(
                f"the environment has no variable {name!r}, which {place} names",
                hint=f"set it before calling kpitree: export {name}=…",
            )
        values.append(known[name])
        in_user = "://" in written[: found.start()] and "@" in written[found.end() :]
        return quote(known[name], safe="") if in_user else known[name]

    url = _NAME.sub(value, written)
    told = [*values, *_passwords(url)]
    alike = {form for text in told for form in (text, unquote(text), quote(text, safe=""))}
    return Address(url, frozenset(text for text in alike if text))


def _passwords(url: str) -> list[str]:
    user = _USER.match(url)
    return [*_KEYS.findall(url), *([user["password"]] if user else [])]
