"""Stores for tests: small ones, each in a directory of its own."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from agendagraph.server.updates.history import HISTORY_GRAPH
from agendagraph.server.updates.writer_client import UpdateLimits, WriterClient
from agendagraph.store.generations import StoreDirectory, current_snapshot
from agendagraph.store.initialise import fill

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from agendagraph.store.snapshot import Snapshot

    Opening = Callable[..., AbstractAsyncContextManager[WriterClient]]


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[StoreDirectory]:
    """A new store that holds nothing, locked."""
    with StoreDirectory(tmp_path / "store", writable=True) as made:
        fill(made, "empty")
        yield made


@pytest.fixture(scope="session")
def opening() -> Opening:
    """Run an update service over a store for the length of an ``async with`` block."""
    return _opening


@contextlib.asynccontextmanager
async def _opening(
    directory: StoreDirectory,
    *,
    limits: UpdateLimits | None = None,
    shapes: tuple[Path, ...] = (),
    validated: str = "",
) -> AsyncIterator[WriterClient]:
    async def publish(snapshot: Snapshot) -> None:
        """Remove the previous generation: nothing reads it."""
        for each in directory.path.joinpath("generations").iterdir():
            if each.is_dir() and each.name < snapshot.generation:
                directory.remove(snapshot.__class__(each.name, "checkpoint", str(each)))

    service = WriterClient(
        directory, publish, limits or UpdateLimits(), shapes=shapes, validated=validated
    )
    await service.start()
    try:
        yield service
    finally:
        await service.close()


@pytest.fixture(scope="session")
def held() -> Callable[[Path], set[str]]:
    """Return the quads of a store's current generation, without its history."""

    def quads(store: Path) -> set[str]:
        opened = ox.Store.read_only(current_snapshot(store).path)
        return {str(q) for q in opened if q.graph_name != ox.NamedNode(HISTORY_GRAPH)}

    return quads
