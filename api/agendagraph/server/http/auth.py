"""Authorisation by bearer tokens, of which only hashes are kept.

A token file has one token per line; blank lines and lines that begin with ``#`` are ignored::

    s3cret-of-the-operator
    write/alice:another-secret-one
    read:a-third-secret-one

A token without a prefix may write. A name after the slash appears in the history of updates. A
token that may write may also read. If there is a token for reading, reading requires a token;
otherwise reading is public. A token of fewer than 16 characters could be guessed, and a warning
is logged. Cookies are ignored, so that no page of another site can write in its visitor's name.

Source: RFC 6750 (bearer tokens), sections 2.1 and 3.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from agendagraph.errors import AgendaError
from agendagraph.server.http import respond
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from agendagraph.server.http.respond import Scope

logger: Final = logging.getLogger(__name__)

Right = Literal["read", "write"]

SHORTEST: Final = 16
"""Characters that a token should have at least."""

_LINE: Final = re.compile(
    r"(?:(?P<right>read|write)(?:/(?P<name>[^:/\s]{1,64}))?:|(?!(?:read|write)[:/]))(?P<token>\S+)"
)
_BEARER: Final = re.compile(r"bearer +(?P<token>\S.*?) *", re.IGNORECASE)
_ANONYMOUS: Final = "anonymous"


@dataclass(frozen=True, slots=True)
class _Token:
    digest: bytes
    right: Right
    name: str


class Tokens:
    """The tokens of a server."""

    def __init__(self, lines: Iterable[str] = (), token: str | None = None) -> None:
        """Parse the lines of a token file, and the token of the environment.

        Raises:
            AgendaError: A line is no token.
        """
        self._tokens = [
            _parse(text, f"line {number} of the token file")
            for number, line in enumerate(lines, 1)
            if (text := line.strip()) and not text.startswith("#")
        ]
        if token:
            self._tokens.append(_parse(token.strip(), "AGENDAGRAPH_TOKEN"))
        self.reading_is_private = any(known.right == "read" for known in self._tokens)

    @classmethod
    def of(cls, file: Path | None, token: str | None) -> Tokens:
        """Return the tokens of a file and of the environment, either of which may be missing.

        Raises:
            AgendaError: The file cannot be read, or is given and holds no token.
        """
        lines: list[str] = []
        if file is not None:
            try:
                lines = file.read_text("utf-8").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                raise AgendaError(f"cannot read the token file {file}: {error}") from None
            if file.stat().st_mode & stat.S_IROTH:
                logger.warning("all users of this machine can read %s: chmod 600 %s", file, file)
        tokens = cls(lines, token)
        if file is not None and not tokens._tokens:
            raise AgendaError(f"the token file {file} holds no token")
        return tokens

    @property
    def can_write(self) -> bool:
        """Whether a token may write."""
        return any(known.right == "write" for known in self._tokens)

    def require(self, scope: Scope, right: Right) -> str:
        """Return the name of the token of a request, which must have a right.

        Raises:
            Refusal: There is no token, an unknown one, or one without that right.
        """
        if right == "read" and not self.reading_is_private:
            return _ANONYMOUS
        header = respond.header(scope, b"authorization")
        match = _BEARER.fullmatch(header or "")
        if match is None:
            raise Refusal(Reason.UNAUTHORIZED)
        digest = _digest(match["token"])
        matching = [known for known in self._tokens if hmac.compare_digest(known.digest, digest)]
        if not matching:
            raise Refusal(Reason.UNKNOWN_TOKEN)
        best = max(matching, key=lambda known: known.right == "write")
        if right == "write" and best.right != "write":
            raise Refusal(Reason.INSUFFICIENT_SCOPE, found=best.right, expected=right)
        return best.name


def _parse(text: str, where: str) -> _Token:
    """Parse a line of a token file.

    Raises:
        AgendaError: It is no token.
    """
    match = _LINE.fullmatch(text)
    if match is None:
        raise AgendaError(
            f"{where} is not a valid token: expected TOKEN, read:TOKEN, write:TOKEN or"
            " write/NAME:TOKEN"
        )
    if len(match["token"]) < SHORTEST:
        logger.warning(
            "%s: the token has %d characters and could be guessed; better %d or more, at random:"
            " head -c 24 /dev/urandom | base64",
            *(where, len(match["token"]), SHORTEST),
        )
    right: Right = "read" if match["right"] == "read" else "write"
    name = match["name"] or ("reader" if right == "read" else "operator")
    return _Token(_digest(match["token"]), right, name)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
