"""A persistent store is made once, opened again, and never half-changed."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from agendagraph.errors import StoreError
from agendagraph.server.engine.engine import Engine, EngineLimits, answer_whole
from agendagraph.server.engine.pool import PoolLimits
from agendagraph.sparql.negotiation import choose
from agendagraph.sparql.protocol import QueryOperation, SparqlQuery
from agendagraph.store import is_store_directory, open_current
from agendagraph.store.generations import StoreDirectory
from agendagraph.store.initialise import fill

if TYPE_CHECKING:
    from agendagraph.store.snapshot import Snapshot

COUNT = SparqlQuery(QueryOperation("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"), choose("text/csv"))


@pytest.fixture
def path(tmp_path: Path, data_file: Path) -> Path:
    """A store that was filled with 10,000 quads, and closed."""
    with StoreDirectory(tmp_path / "store", writable=True) as directory:
        fill(directory, "files", str(data_file))
    return tmp_path / "store"


def change(directory: StoreDirectory, quads: int) -> None:
    """Do what a writer does: copy, change the copy, commit it."""
    current = directory.current()
    assert current is not None
    made = directory.reserve()
    ox.Store.read_only(current.path).backup(str(made))
    store = ox.Store(str(made))
    store.update("INSERT DATA { <urn:a> <urn:b> 1 }")
    store.flush()
    del store
    directory.commit(made, quads=quads)


def test_a_new_store_is_empty_until_it_is_filled(tmp_path: Path) -> None:
    with StoreDirectory(tmp_path / "new", writable=False) as directory:
        assert directory.current() is None
        snapshot = fill(directory, "empty")

        assert directory.current() == snapshot
        assert snapshot.quads == 0


def test_a_store_is_found_as_it_was_left(path: Path) -> None:
    with StoreDirectory(path, writable=False) as directory:
        snapshot = directory.current()

    assert snapshot is not None
    assert snapshot.quads == 10_000


def test_readers_share_and_a_writer_is_alone(path: Path) -> None:
    reading = StoreDirectory(path, writable=False)
    StoreDirectory(path, writable=False).close()
    with pytest.raises(StoreError, match="another server"):
        StoreDirectory(path, writable=True)
    reading.close()

    with StoreDirectory(path, writable=True), pytest.raises(StoreError):
        StoreDirectory(path, writable=False)


def test_what_a_crash_left_is_swept_away(path: Path) -> None:
    with StoreDirectory(path, writable=True) as directory:
        (directory.reserve()).mkdir()
        change(directory, 10_001)

    with StoreDirectory(path, writable=True) as directory:
        current = directory.current()

    assert current is not None
    assert current.quads == 10_001
    left = {entry.name for entry in (path / "generations").iterdir()}
    assert left == {current.generation, current.generation + ".json"}


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")

    with pytest.raises(StoreError, match="something else"):
        StoreDirectory(tmp_path, writable=True)

    assert [entry.name for entry in tmp_path.iterdir()] == ["letter.txt"]


def test_a_missing_generation_is_told(path: Path) -> None:
    (path / "current").write_text("000000000009-gone\n")

    directory = StoreDirectory(path, writable=False)

    with pytest.raises(StoreError, match="is missing"):
        directory.current()
    directory.close()


@pytest.mark.server
def test_a_store_is_served_from_disk_and_then_from_memory(path: Path) -> None:
    """A published change is seen at once, whichever of the two serves it."""

    async def test() -> None:
        with StoreDirectory(path, writable=True) as directory:
            first = directory.current()
            assert first is not None
            engine = Engine(EngineLimits(pool=PoolLimits(settle_s=0.5)), on_unused=directory.remove)
            try:
                await engine.publish(first)
                assert not engine.pool.in_memory
                assert (await answer_whole(engine, COUNT, client="")).body == b"n\r\n10000\r\n"

                change(directory, 10_001)
                second = directory.current()
                assert second is not None
                await engine.publish(second)
                assert (await answer_whole(engine, COUNT, client="")).body == b"n\r\n10001\r\n"

                async with asyncio.timeout(20):
                    while not engine.pool.in_memory:  # noqa: ASYNC110 - a process loads
                        await asyncio.sleep(0.05)
                engine.cache.clear()
                assert (await answer_whole(engine, COUNT, client="")).body == b"n\r\n10001\r\n"
            finally:
                await engine.close()

    asyncio.run(test())


@pytest.mark.server
def test_the_process_that_serves_from_disk_is_kept_for_the_next_change(path: Path) -> None:
    """To start another would take longer than the commit that waits for it."""

    async def test() -> int:
        with StoreDirectory(path, writable=True) as directory:
            engine = Engine(EngineLimits(pool=PoolLimits(settle_s=0.1)), on_unused=directory.remove)
            try:
                await engine.publish(current(directory))
                on_disk = engine.pool.processes()[0]
                for quads in (10_001, 10_001):
                    async with asyncio.timeout(20):
                        while not engine.pool.in_memory:  # noqa: ASYNC110 - a process loads
                            await asyncio.sleep(0.02)
                    change(directory, quads)
                    await engine.publish(current(directory))
                    assert engine.pool.processes()[0] == on_disk
                    body = (await answer_whole(engine, COUNT, client="")).body
                    assert body == b"n\r\n10001\r\n"
            finally:
                await engine.close()
            return on_disk

    assert not Path(f"/proc/{asyncio.run(test())}").exists()


@pytest.mark.server
def test_a_new_process_for_the_disk_reads_the_newest_generation(path: Path) -> None:
    async def test() -> None:
        with StoreDirectory(path, writable=True) as directory:
            engine = Engine(EngineLimits(pool=PoolLimits(settle_s=60)), on_unused=directory.remove)
            try:
                await engine.publish(current(directory))
                change(directory, 10_001)
                await engine.publish(current(directory))
                os.kill(engine.pool.processes()[0], signal.SIGKILL)
                await asyncio.sleep(0.3)
                async with asyncio.timeout(20):
                    body = (await answer_whole(engine, COUNT, client="")).body
                assert body == b"n\r\n10001\r\n"
            finally:
                await engine.close()

    asyncio.run(test())


def current(directory: StoreDirectory) -> Snapshot:
    snapshot = directory.current()
    assert snapshot is not None
    return snapshot


def test_the_current_generation_is_read_while_a_writer_has_the_store(path: Path) -> None:
    with StoreDirectory(path, writable=True) as directory:
        before = open_current(path)
        quads = len(before)
        old = directory.current()
        change(directory, 5)
        assert old is not None
        directory.remove(old)

        assert is_store_directory(path)
        assert len(open_current(path)) == quads + 1
        assert len(before) == quads


def test_a_store_that_cannot_be_read_says_why(path: Path, tmp_path: Path) -> None:
    with StoreDirectory(tmp_path / "new", writable=True):
        pass
    with pytest.raises(StoreError, match="was never filled"):
        open_current(tmp_path / "new")

    for file in path.glob("generations/*/MANIFEST-*"):
        file.write_bytes(b"junk" * 50)
    with pytest.raises(StoreError, match="it is damaged"):
        open_current(path)

    (path / "current").write_text("000-gone")
    with pytest.raises(StoreError, match="generation '000-gone' is missing"):
        open_current(path)

    (path / "agendagraph.json").write_text('{"layout": 99}')
    with pytest.raises(StoreError, match="it has layout 99"):
        open_current(path)
