"""Fetch the external inputs of updates: the server's side of `external_inputs`.

A file of its own because it runs in another process: the server has the HTTP client and parses
nothing, the writer parses and has no sockets.
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
"""Updates that fetch at the same time: the responses are in memory."""
_WAITING: Final = 16
"""Updates that fetch or wait for it."""


class Fetching:
    """Fetches external inputs.

    All inputs of one update have *limit_s* seconds and *document_bytes* bytes; the response to
    one SERVICE call has *answer_bytes* at most.
    """

    def __init__(
        self, outgoing: Outgoing, *, limit_s: float, document_bytes: int, answer_bytes: int
    ) -> None:
        self._outgoing = outgoing
        self._limit_s = limit_s
        self._document_bytes = document_bytes
        self._answer_bytes = answer_bytes
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def fetch(self, needs: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], bytes]:
        """Return the head of each response, and the concatenated bodies.

        Raises:
            Refusal: A request that is not SILENT failed, or too many updates fetch already.
        """
        if self._waiting >= _WAITING:
            raise Refusal(Reason.BUSY, retry_after_s=2, why="calls")
        self._waiting += 1
        try:
            async with self._slots:
                return await self._fetch_all(needs)
        finally:
            self._waiting -= 1

    async def _fetch_all(
        self, needs: Sequence[dict[str, Any]]
    ) -> tuple[list[dict[str, Any]], bytes]:
        heads: list[dict[str, Any]] = [{} for _ in needs]
        bodies = [bytearray() for _ in needs]

        async def one(number: int, need: dict[str, Any]) -> None:
            try:
                heads[number] = await self._fetch(need, bodies, number)
            except Refusal as refusal:
                if not need["silent"] or refusal.reason not in client.SILENCED:
                    raise
                bodies[number].clear()
                heads[number] = {"reason": refusal.reason, "facts": refusal.facts}

        await client.all_at_once([one(number, need) for number, need in enumerate(needs)])
        return heads, b"".join(bodies)

    async def _fetch(
        self, need: dict[str, Any], bodies: list[bytearray], number: int
    ) -> dict[str, Any]:
        def write(piece: bytes) -> None:
            if sum(map(len, bodies)) + len(piece) > self._document_bytes:
                facts = {"limit": self._document_bytes, "what": "bytes"}
                host = self._outgoing.named.target(need["iri"]).host
                raise Refusal(Reason.CALL_TOO_LARGE, host=host, **facts)
            bodies[number] += piece

        target = self._outgoing, need["iri"]
        limit_s = self._limit_s
        if need["kind"] == "load":
            content_type, base = await client.document(
                *target, write, limit_s=limit_s, limit_bytes=self._document_bytes
            )
            return {"size": len(bodies[number]), "type": content_type, "base": base}
        form = await client.solutions(
            *target, need["query"], write, limit_s=limit_s, limit_bytes=self._answer_bytes
        )
        return {"size": len(bodies[number]), "type": form}
