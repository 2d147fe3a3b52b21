"""Put the write side together: tokens, the update service, and the routes that need them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.routing import Route

from agendagraph import files
from agendagraph.errors import AgendaError, StoreError
from agendagraph.server.http import update_history
from agendagraph.server.http.auth import Tokens
from agendagraph.server.http.graph_store import PATH, GraphStore
from agendagraph.server.http.update import Updates
from agendagraph.server.http.update_history import UpdateHistory
from agendagraph.server.updates.service import UpdateLimits, UpdateService
from agendagraph.store.generations import StoreDirectory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agendagraph.server.engine.engine import Engine
    from agendagraph.server.engine.federation.outgoing import Outgoing
    from agendagraph.server.http.endpoint import SparqlEndpoint
    from agendagraph.server.http.state import ServerState
    from agendagraph.server.settings import Settings
    from agendagraph.store.snapshot import Snapshot

logger: Final = logging.getLogger(__name__)
_TEMPORARY: Final = "agendagraph-store-"


class UpdateSide:
    """What a server needs besides answering queries.

    Args:
        state: The server's engine, log and settings.
        directory: The store, locked; ``None`` where the data is not in a directory.
        outgoing: Asks the servers that LOAD and SERVICE name; nobody if not given.

    Attributes:
        tokens: Who may read and write.
        updates: Takes updates; ``None`` on a read-only server.

    Raises:
        AgendaError: The server is to be writable, and nobody could write.
    """

    def __init__(
        self,
        state: ServerState,
        directory: StoreDirectory | None,
        outgoing: Outgoing | None = None,
    ) -> None:
        """Read the tokens; the writer starts with `start`."""
        settings = state.settings
        secret = settings.token.get_secret_value() if settings.token else None
        self.tokens = Tokens.of(settings.token_file, secret)
        self._state = state
        self._directory = directory
        self._service: UpdateService | None = None
        self.updates: Updates | None = None
        if settings.writable:
            if not self.tokens.can_write:
                raise AgendaError("a writable server needs a token that may write; all may read")
            self.updates = Updates(state, self.tokens, outgoing)
        if self.tokens.reading_is_private:
            state.cache_control = state.volatile_control = b"private, no-cache"

    def routes(self, endpoint: SparqlEndpoint) -> list[Route]:
        """Return the routes of updates, of the Graph Store Protocol, and of the history."""
        graphs = GraphStore(self._state, endpoint, self.tokens, self._empty_graphs, self.updates)
        routes = [
            Route("/update", endpoint),
            Route("/update/", endpoint),
            Route(PATH, graphs),
            Route(PATH + "/{name:path}", graphs),
        ]
        if self._directory is not None:
            folder = self._directory.history
            told = UpdateHistory(self._state, endpoint, self.tokens, folder, self.updates)
            below = ("", "/{name}", "/{name}/revert")
            routes += [Route(update_history.PATH + each, told) for each in below]
        return routes

    def _empty_graphs(self) -> frozenset[str]:
        if self._service is not None:
            return self._service.empty_graphs
        if self._directory is None:
            return frozenset()
        return frozenset(self._directory.empty_graphs(self._state.engine.generation))

    async def start(self, engine: Engine) -> None:
        """Start the writer of a writable server.

        Raises:
            StoreError: The store cannot be written.
        """
        if self.updates is None:
            return
        if self._directory is None:
            raise StoreError("a writable server needs a store in a directory")
        settings = self._state.settings
        self._service = UpdateService(
            self._directory,
            engine.publish,
            UpdateLimits(
                limit_s=settings.update_limit_s or settings.query_limit_s,
                memory_bytes=settings.memory_limit_mib << 20,
                waiting=settings.update_queue,
            ),
            shapes=(files.SHAPES,),
            validated=settings.validated_graphs,
        )
        service = self._service
        await service.start()
        self._state.updates_waiting = lambda: service.waiting
        self.updates.service = service

    async def close(self) -> None:
        """End the writer."""
        if self._service is not None:
            await self._service.close()

    def forget(self, snapshot: Snapshot) -> None:
        """Remove a generation that no query reads any more, without waiting for it."""
        if self._directory is not None and self._directory.writable:
            loop = asyncio.get_running_loop()
            loop.run_in_executor(None, self._directory.remove, snapshot)


@contextlib.contextmanager
def with_store(settings: Settings) -> Iterator[Settings]:
    """Give a writable server without a store a temporary one, removed at the end.

    Temporary stores that killed servers have left behind are removed as well, unless somebody
    has changed them: then a warning says where they are.
    """
    if not settings.writable or settings.store is not None:
        yield settings
        return
    _sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=_TEMPORARY) as folder:
        yield settings.model_copy(update={"store": folder})


def _sweep(folder: Path) -> None:
    for each in folder.glob(_TEMPORARY + "*"):
        with contextlib.suppress(OSError, StoreError):
            if each.stat().st_uid != os.getuid():
                continue
            with StoreDirectory(each, writable=True) as left:  # nobody uses it any more
                if left.history.is_dir() and any(left.history.iterdir()):
                    logger.warning("changes made in a server that was killed are in %s", each)
                else:
                    shutil.rmtree(each, ignore_errors=True)
