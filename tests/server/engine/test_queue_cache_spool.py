"""Clients take turns; the cache and the spool stay within their bytes."""

from __future__ import annotations

import asyncio
import os

import pytest

from agendagraph.server.engine.cache import AnswerCache, CachedAnswer
from agendagraph.server.engine.scheduler import FairQueue
from agendagraph.server.engine.spool import Spool, SpoolSpace
from agendagraph.sparql.refusal import Reason, Refusal


def test_a_client_with_many_queries_does_not_delay_another() -> None:
    queue: FairQueue[str] = FairQueue()
    for item in ("a1", "a2", "a3"):
        queue.put("a", item)
    queue.put("b", "b1")

    assert [queue.take() for _ in range(5)] == ["a1", "b1", "a2", "a3", None]


def test_a_client_that_may_not_go_is_passed_over() -> None:
    queue: FairQueue[str] = FairQueue()
    queue.put("a", "a1")
    queue.put("b", "b1")

    assert queue.take(lambda client: client != "a") == "b1"
    assert queue.take(lambda client: client != "a") is None
    queue.remove("a", "a1")
    assert len(queue) == 0


def answer(size: int) -> CachedAnswer:
    return CachedAnswer(b"x" * size, "text/csv", "g", "digest")


def test_the_cache_forgets_what_was_not_asked_for_longest() -> None:
    cache = AnswerCache(20_000, largest_bytes=5000)
    for key in "abcd":
        cache.put(key, answer(4000))
    assert cache.get("a") is not None

    cache.put("e", answer(4000))

    assert cache.get("b") is None
    assert cache.get("a") is not None
    assert cache.size <= 20_000


def test_an_answer_that_is_too_large_is_not_kept() -> None:
    cache = AnswerCache(20_000, largest_bytes=5000)

    cache.put("a", answer(6000))

    assert len(cache) == 0
    assert cache.size == 0


def test_compressed_forms_count() -> None:
    cache = AnswerCache(12_000, largest_bytes=5000)
    cache.put("a", answer(2000))
    cache.put("b", answer(2000))

    cache.add_encoded("b", "gzip", b"y" * 9000)

    assert cache.size <= 12_000
    assert cache.get("a") is None


def test_a_cache_of_no_bytes_keeps_nothing() -> None:
    cache = AnswerCache(0)

    cache.put("a", answer(1))

    assert len(cache) == 0


async def read_all(spool: Spool) -> bytes:
    data = b""
    while piece := await spool.read(len(data)):
        data += piece
    return data


@pytest.mark.parametrize("pieces", [1, 3, 10])
def test_a_spool_gives_back_what_it_took(pieces: int) -> None:
    """In memory, across its border, and on disk; and leaves neither file nor reservation."""

    async def run() -> None:
        space = SpoolSpace(1_000_000, memory_bytes=100_000)
        spool = Spool(space)
        spool.attach()
        written = [os.urandom(40_000) for _ in range(pieces)]
        reading = asyncio.create_task(read_all(spool))
        for piece in written:
            spool.write(piece)
            await asyncio.sleep(0)
        spool.finish()

        assert await reading == b"".join(written)
        assert (spool.body() is None) == (pieces > 2)
        spool.detach()
        assert (space.used_bytes, space.files) == (0, 0)

    asyncio.run(run())


def test_all_spools_together_have_a_limit() -> None:
    space = SpoolSpace(250_000, memory_bytes=1000)
    first, second, third = spools = [Spool(space, owner) for owner in "abc"]
    for each in spools:
        each.attach()
    first.write(b"x" * 100_000)
    second.write(b"x" * 100_000)

    with pytest.raises(Refusal) as refused:
        third.write(b"x" * 100_000)

    assert refused.value.reason is Reason.BUSY
    first.detach()
    third.write(b"x" * 100_000)
    second.detach()
    third.detach()
    assert (space.used_bytes, space.files) == (0, 0)


def test_one_client_has_half_of_the_disk_at_most() -> None:
    """Whoever reads slowly, on many connections, leaves the other half to others."""
    space = SpoolSpace(250_000, memory_bytes=1000)
    first, second, other = spools = [Spool(space, owner) for owner in "aab"]
    for each in spools:
        each.attach()
    first.write(b"x" * 100_000)

    with pytest.raises(Refusal) as refused:
        second.write(b"x" * 100_000)

    assert refused.value.reason is Reason.BUSY
    other.write(b"x" * 100_000)
    first.detach()
    second.write(b"x" * 100_000)
    second.detach()
    other.detach()
    assert space.used_bytes == 0


def test_a_file_that_was_cut_is_no_short_answer() -> None:
    async def run() -> None:
        spool = Spool(SpoolSpace(1_000_000, memory_bytes=1000))
        spool.attach()
        spool.write(b"x" * 100_000)
        spool.finish()
        os.truncate(spool._file.fileno(), 50_000)  # type: ignore[union-attr]  # noqa: SLF001

        with pytest.raises(Refusal):
            await read_all(spool)
        spool.detach()

    asyncio.run(run())


def test_a_failed_answer_is_no_short_answer() -> None:
    async def run() -> None:
        spool = Spool(SpoolSpace(1_000_000))
        spool.write(b"half")
        reading = asyncio.create_task(read_all(spool))
        await asyncio.sleep(0)
        spool.fail(Refusal(Reason.TIME_LIMIT, limit_s=1))
        with pytest.raises(Refusal):
            await reading

    asyncio.run(run())
