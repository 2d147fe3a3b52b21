"""Read an answer that another store sends, in a worker, while it arrives.

The frames that the server passes on become a file, from which the engine's own parsers read
terms one at a time; the worker then writes them as it writes answers of its own. An answer
that does not parse to its end is no answer.
"""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, cast

import pyoxigraph as ox

from agendagraph.processes import channel
from agendagraph.rdf.formats import RDF_FORMATS, RESULTS_FORMATS
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agendagraph.store.backend import QueryAnswer


class RemoteAnswer:
    """The store's answer as a binary file; ``refused`` is the reason if it ended too early."""

    def __init__(self, incoming: Iterator[tuple[int, bytes]]) -> None:
        self._incoming = incoming
        self._rest = b""
        self._begun = False
        self._ended = False
        self.refused: Refusal | None = None

    def format(self) -> str:
        """Wait for the answer's beginning and return its format.

        Raises:
            Refusal: There is no answer.
        """
        kind, payload = next(self._incoming)
        members = json.loads(payload)
        if kind == channel.META:
            self._begun = True
            return str(members["format"])
        raise Refusal(Reason(members["reason"]), **members["facts"])

    def read(self, size: int = -1) -> bytes:
        """Return up to *size* bytes, or nothing at the end (the engine's parsers call this)."""
        while not self._rest and not self._ended:
            kind, payload = next(self._incoming)
            if kind == channel.BODY:
                self._rest = payload
            elif kind == channel.REFUSE:
                members = json.loads(payload)
                self._ended = True
                self.refused = Refusal(Reason(members["reason"]), **members["facts"])
                raise OSError("the store's answer broke off")
            else:
                self._ended = True
        size = len(self._rest) if size < 0 else size
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece

    def skip(self) -> None:
        """Read the rest of the answer, whatever it is, so that what follows it is next."""
        while self._begun and not self._ended:
            self._rest = b""
            self.read(1)

    def drain(self) -> None:
        """Read to the end: an answer is whole when the store's connection says so.

        Raises:
            SyntaxError: More follows than the end of what was parsed.
            OSError: It broke off.
        """
        while piece := self.read():
            if piece.strip(b" \t\r\n}"):
                raise SyntaxError("unexpected data after the end of the answer")


def results(answer: RemoteAnswer, form: str) -> ox.QuerySolutions | ox.QueryBoolean:
    """Return an answer in a format of results, to be read once.

    Raises:
        SyntaxError: It is none.
    """
    body = cast("IO[bytes]", answer)  # it reads as a file does, and that is all that is asked
    return ox.parse_query_results(body, format=RESULTS_FORMATS[form])


def read(answer: RemoteAnswer) -> QueryAnswer:
    """Return the store's answer in the engine's own types, to be read once.

    Raises:
        Refusal: There is no answer.
        SyntaxError: What came is none.
    """
    form = answer.format()
    if form in RESULTS_FORMATS:
        return results(answer, form)
    body = cast("IO[bytes]", answer)
    return (quad.triple for quad in ox.parse(body, format=RDF_FORMATS[form]))


def failure(answer: RemoteAnswer, error: Exception) -> Refusal:
    """Return why reading *answer* ended with *error*."""
    if isinstance(error, Refusal):
        return error
    if answer.refused is not None:
        return answer.refused
    return Refusal(Reason.REMOTE_STORE, problem=f"its answer does not parse: {error}"[:400])
