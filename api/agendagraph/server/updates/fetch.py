"""Fetch what an update needs of other servers: documents for LOAD, solutions for SERVICE.

What comes is passed on unread; the writer parses it (`server.updates.external_inputs`).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from agendagraph.server.engine.federation import client
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agendagraph.server.engine.federation.outgoing import Outgoing

_AT_ONCE: Final = 2
"""Updates that fetch at the same time: what they fetch is held in memory."""
_WAITING: Final = 16
"""Updates that fetch or wait for it."""


class Fetching:
    """Fetches for updates.

    Args:
        outgoing: Asks the other servers.
        limit_s: Seconds for all that one update needs.
        document_bytes: What one update may fetch in all.
        answer_bytes: The longest answer to a call of SERVICE.
    """

    def __init__(
        self, outgoing: Outgoing, *, limit_s: float, document_bytes: int, answer_bytes: int
    ) -> None:
        """Fetch nothing yet."""
        self._outgoing = outgoing
        self._limit_s = limit_s
        self._document_bytes = document_bytes
        self._answer_bytes = answer_bytes
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def fetch(self, needs: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], bytes]:
        """Return what came of each need, and all that was sent, one behind the other.

        Raises:
            Refusal: One was not met, and its failure is not to be passed over; or too many
                updates fetch already.
        """
        if self._waiting >= _WAITING:
            raise Refusal(Reason.BUSY, retry_after_s=2, why="calls")
        self._waiting += 1
        try:
            async with self._turn:
                return await self._fetch(needs)
        finally:
            self._waiting -= 1

    async def _fetch(self, needs: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], bytes]:
        said: list[dict[str, Any]] = [{} for _ in needs]
        sent = [bytearray() for _ in needs]

        async def one(number: int, need: dict[str, Any]) -> None:
            try:
                said[number] = await self._one(need, sent, number)
            except Refusal as refusal:
                if not need["silent"] or refusal.reason not in client.SILENCED:
                    raise
                sent[number].clear()
                said[number] = {"reason": refusal.reason, "facts": refusal.facts}

        await client.all_at_once([one(number, need) for number, need in enumerate(needs)])
        return said, b"".join(sent)

    async def _one(
        self, need: dict[str, Any], sent: list[bytearray], number: int
    ) -> dict[str, Any]:
        def write(piece: bytes) -> None:
            if sum(map(len, sent)) + len(piece) > self._document_bytes:
                told = {"limit": self._document_bytes, "what": "bytes"}
                host = self._outgoing.named.target(need["iri"]).host
                raise Refusal(Reason.CALL_TOO_LARGE, host=host, **told)
            sent[number] += piece

        asked = self._outgoing, need["iri"]
        limit_s = self._limit_s
        if need["kind"] == "load":
            content_type, base = await client.document(
                *asked, write, limit_s=limit_s, limit_bytes=self._document_bytes
            )
            return {"size": len(sent[number]), "type": content_type, "base": base}
        form = await client.solutions(
            *asked, need["query"], write, limit_s=limit_s, limit_bytes=self._answer_bytes
        )
        return {"size": len(sent[number]), "type": form}
