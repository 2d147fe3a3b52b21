"""Detect that a client disconnects, and cancel its work."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from agendagraph.server.http.respond import Receive

T = TypeVar("T")


class ClientGone(Exception):  # noqa: N818 - no error of the server
    """The client disconnected before its request or its answer was complete."""


async def departure(receive: Receive) -> None:
    """Return when the client disconnects."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def unless_gone(work: Coroutine[Any, Any, T], receive: Receive) -> T:
    """Return the result of *work*, which is cancelled if the client disconnects first.

    Raises:
        ClientGone: It disconnected.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(departure(receive))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientGone
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()
