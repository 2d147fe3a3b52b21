"""Notice that a client has left, and do no more for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from agendagraph.server.http.respond import Receive

T = TypeVar("T")


class ClientGone(Exception):  # noqa: N818 - nothing is wrong on our side
    """The client left before it had sent its request, or before it had its answer."""


async def departure(receive: Receive) -> None:
    """Return when the client leaves."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def unless_gone(work: Coroutine[Any, Any, T], receive: Receive) -> T:
    """Return what *work* does, which is given up when the client leaves before its end.

    Raises:
        ClientGone: It left.
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
