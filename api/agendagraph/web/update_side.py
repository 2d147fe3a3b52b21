"""Put the write side together: tokens, the update service, and the routes that need them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.routing import Route

from agendagraph import files
from agendagraph.errors import AgendaError, StoreError
from agendagraph.sparql.directory import StoreDirectory
from agendagraph.updates.service import UpdateLimits, UpdateService
from agendagraph.web.auth import Tokens
from agendagraph.web.graph_store import PATH, GraphStore
from agendagraph.web.update import Updates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agendagraph.settings import Settings
    from agendagraph.sparql.engine import Engine
    from agendagraph.sparql.snapshot import Snapshot
    from agendagraph.web.endpoint import SparqlEndpoint
    from agendagraph.web.state import ServerState

_TEMPORARY: Final = "agendagraph-store-"


class UpdateSide:
    """What a server needs besides answering queries.

    Args:
        state: The server's engine, log and settings.
        directory: The store, locked; ``None`` where the data is not in a directory.

    Attributes:
        tokens: Who may read and write.
        updates: Takes updates; ``None`` on a read-only server.

    Raises:
        AgendaError: The server is to be writable, and nobody could write.
    """

    def __init__(self, state: ServerState, directory: StoreDirectory | None) -> None:
        """Read the tokens; the writer starts with :meth:`start`."""
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
            self.updates = Updates(state, self.tokens)
        if self.tokens.reading_is_private:
            state.cache_control = b"private, no-cache"

    def routes(self, endpoint: SparqlEndpoint) -> list[Route]:
        """Return the routes of updates and of the Graph Store Protocol."""
        graphs = GraphStore(self._state, endpoint, self.tokens, self._empty_graphs, self.updates)
        return [
            Route("/update", endpoint),
            Route(PATH, graphs),
            Route(PATH + "/{name:path}", graphs),
        ]

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
        await self._service.start()
        self.updates.service = self._service

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

    Temporary stores that killed servers have left behind are removed as well.
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
            if each.stat().st_uid == os.getuid():
                with StoreDirectory(each, writable=True):  # nobody uses it any more
                    shutil.rmtree(each, ignore_errors=True)
