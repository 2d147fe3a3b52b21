"""The engine shares, stops, replaces and switches, with real worker processes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from agendagraph.errors import StoreError
from agendagraph.processes import zygote
from agendagraph.server.engine.engine import Engine, EngineLimits, answer_whole
from agendagraph.server.engine.pool import PoolLimits
from agendagraph.server.engine.scheduler import SchedulerLimits
from agendagraph.sparql.negotiation import choose
from agendagraph.sparql.protocol import QueryOperation, SparqlQuery
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.store.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

pytestmark = pytest.mark.server

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def question(text: str) -> SparqlQuery:
    return SparqlQuery(QueryOperation(text), choose("text/csv"))


@asynccontextmanager
async def running(snapshot: Snapshot, **limits: object) -> AsyncIterator[Engine]:
    unused: list[Snapshot] = []
    engine = Engine(EngineLimits(**limits), on_unused=unused.append)
    engine.unused = unused  # type: ignore[attr-defined]
    await engine.publish(snapshot)
    try:
        yield engine
    finally:
        await engine.close()


async def count(engine: Engine) -> int:
    answer = await answer_whole(engine, question(COUNT), client="test")
    return int(answer.body.split()[1])


async def until(holds: Callable[[], bool], limit_s: float = 10) -> None:
    async with asyncio.timeout(limit_s):
        while not holds():  # noqa: ASYNC110 - the state is another process's
            await asyncio.sleep(0.01)


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(test())  # type: ignore[arg-type]


@pytest.fixture
def snapshot(data_file: Path) -> Snapshot:
    return Snapshot("one", "files", str(data_file))


@pytest.fixture
def other(tmp_path: Path) -> Snapshot:
    path = tmp_path / "other.nt"
    path.write_text("<urn:a> <urn:b> 1 .\n".replace("1", '"1"'))
    return Snapshot("two", "files", str(path))


def test_equal_questions_in_flight_share_one_execution(snapshot: Snapshot) -> None:
    async def test() -> None:
        async with running(snapshot) as engine:
            flights = [engine.ask(question(COUNT), client=f"c{i}") for i in range(5)]
            await asyncio.gather(*(asyncio.shield(each.done) for each in flights))

            assert len({id(each) for each in flights}) == 1
            assert engine.coalesced == 4
            for each in flights:
                each.leave()
            assert engine.cached(question(COUNT)) is not None

    run(test)


def test_a_volatile_question_is_neither_shared_nor_kept(snapshot: Snapshot) -> None:
    async def test() -> None:
        async with running(snapshot) as engine:
            text = "SELECT (STRUUID() AS ?x) {}"
            answers = {
                (await answer_whole(engine, question(text), client="c")).body for _ in range(3)
            }

            assert len(answers) == 3

    run(test)


def test_a_query_that_nobody_waits_for_is_killed(snapshot: Snapshot) -> None:
    async def test() -> None:
        async with running(snapshot) as engine:
            first = engine.ask(question(ENDLESS), client="a")
            second = engine.ask(question(ENDLESS), client="b")
            await asyncio.sleep(0.3)
            first.leave()
            assert engine.scheduler.running == 1
            second.leave()

            assert engine.scheduler.running == 0
            assert await count(engine) == 10_000

    run(test)


def test_the_time_limit_counts_from_the_question(snapshot: Snapshot) -> None:
    async def test() -> None:
        async with running(snapshot, query_limit_s=0.5) as engine:
            began = asyncio.get_running_loop().time()
            with pytest.raises(Refusal) as refused:
                await answer_whole(engine, question(ENDLESS), client="a")

            assert refused.value.reason is Reason.TIME_LIMIT
            assert asyncio.get_running_loop().time() - began < 1.0

    run(test)


def test_lookups_pass_by_endless_queries(snapshot: Snapshot) -> None:
    """Many endless queries, more than there are slots, of the same client."""

    async def test() -> None:
        limits = SchedulerLimits(quick_slots=2, slow_slots=2, client_slow=1, client_waiting=3)
        async with running(snapshot, query_limit_s=8, scheduler=limits) as engine:
            texts = [ENDLESS.replace("?a", f"?a{i}") for i in range(8)]
            flights = []
            for text in texts:
                flights.append(engine.ask(question(text), client="hostile"))
                await asyncio.sleep(0.1)
            await asyncio.sleep(0.5)
            for i in range(10):
                async with asyncio.timeout(2):
                    text = f"SELECT ?o {{ <http://example.org/e{i}> ?p ?o }}"
                    await answer_whole(engine, question(text), client="hostile")

            over = [each.done.exception() for each in flights if each.done.done()]
            assert {refusal.reason for refusal in over} == {Reason.TOO_MANY_QUERIES}
            assert [each.state.name for each in flights].count("SLOW") == 1
            for each in flights:
                each.leave()

    run(test)


def test_one_client_does_not_keep_another_from_the_slow_slots(snapshot: Snapshot) -> None:
    async def test() -> None:
        limits = SchedulerLimits(quick_slots=1, slow_slots=2, client_slow=2, evict_s=0.3)
        async with running(snapshot, query_limit_s=20, scheduler=limits) as engine:
            greedy = [
                engine.ask(question(ENDLESS.replace("?a", f"?a{i}")), client="greedy")
                for i in range(2)
            ]
            await until(lambda: all(each.state.name == "SLOW" for each in greedy))
            other = engine.ask(question(ENDLESS), client="other")
            await until(lambda: other.state.name == "QUICK")
            waiting = engine.ask(question(COUNT + "#"), client="other")
            await until(lambda: other.state.name == "SLOW")

            stopped = [each for each in greedy if each.done.done()]
            assert [each.done.exception().reason for each in stopped] == [Reason.EVICTED]
            for each in (*greedy, other, waiting):
                each.leave()

    run(test)


def test_a_new_generation_is_seen_and_a_running_query_keeps_its_own(
    snapshot: Snapshot, other: Snapshot
) -> None:
    async def test() -> None:
        async with running(snapshot, query_limit_s=5) as engine:
            assert await count(engine) == 10_000
            long = engine.ask(question(ENDLESS), client="a")
            await asyncio.sleep(0.1)
            await engine.publish(other)

            assert await count(engine) == 1
            assert long.generation == "one"
            assert not long.done.done()
            assert engine.unused == []
            long.leave()
            await until(lambda: engine.unused == [snapshot])

    run(test)


def test_a_snapshot_that_cannot_be_loaded_leaves_the_old_one(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    async def test() -> None:
        bad = tmp_path / "bad.nt"
        bad.write_text("this is no RDF\n")
        async with running(snapshot) as engine:
            with pytest.raises(StoreError):
                await engine.publish(Snapshot("bad", "files", str(bad)))

            assert await count(engine) == 10_000

    run(test)


@pytest.mark.parametrize("whom", ["worker", "zygote"])
def test_processes_that_are_killed_from_outside_are_replaced(snapshot: Snapshot, whom: str) -> None:
    async def test() -> None:
        async with running(snapshot, pool=PoolLimits(spares=2)) as engine:
            await until(lambda: len(engine.pool.processes()) >= 3)
            zygote, *workers = engine.pool.processes()
            for pid in [zygote] if whom == "zygote" else workers:
                os.kill(pid, signal.SIGKILL)
            await asyncio.sleep(0.3)

            async with asyncio.timeout(15):
                assert await count(engine) == 10_000

    run(test)


def test_a_query_whose_data_have_died_is_told_at_once(snapshot: Snapshot) -> None:
    """Not at its time limit: the process that held the data took the worker with it."""

    async def test() -> None:
        async with running(snapshot, query_limit_s=20) as engine:
            flight = engine.ask(question(ENDLESS), client="a")
            await until(lambda: flight.worker is not None)
            os.kill(engine.pool.processes()[0], signal.SIGKILL)
            async with asyncio.timeout(5):
                with pytest.raises(Refusal) as refused:
                    await asyncio.shield(flight.done)

            assert refused.value.reason is Reason.NOT_READY
            assert refused.value.facts["retry_after_s"] == 1
            flight.leave()
            assert await count(engine) == 10_000

    run(test)


def test_the_data_are_held_again_before_anybody_asks(snapshot: Snapshot) -> None:
    async def test() -> None:
        async with running(snapshot) as engine:
            zygote, *_ = engine.pool.processes()
            os.kill(zygote, signal.SIGKILL)
            await until(lambda: engine.pool.processes()[0] != zygote and engine.pool.ready)

    run(test)


def test_a_machine_without_a_process_left_keeps_those_that_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The process that holds the data survives a fork that fails, and tells of it."""

    def fail() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", fail)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    end, descriptor = os.pipe()
    with ours, theirs:
        zygote._Zygote(theirs, {}).fork(descriptor)  # noqa: SLF001

        assert "unavailable" in json.loads(ours.recv(4096))["unforked"]
    assert os.read(end, 1) == b"", "the worker's socket is closed"
    os.close(end)


def test_a_fork_that_failed_is_tried_again(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As told by the zygote, in the place of the worker that was asked for."""

    async def test() -> None:
        async with running(snapshot, pool=PoolLimits(spares=1)) as engine:
            send_fds, failures = socket.send_fds, iter(range(3))

            def refuse(control: socket.socket, data: list[bytes], descriptors: list[int]) -> int:
                if next(failures, None) is None:
                    return send_fds(control, data, descriptors)
                parent = engine.pool._zygote  # noqa: SLF001
                assert parent is not None
                asyncio.get_running_loop().call_soon(parent._unforked)  # noqa: SLF001
                return 0

            monkeypatch.setattr(socket, "send_fds", refuse)
            for worker in engine.pool._idle:  # noqa: SLF001
                worker.kill()
            async with asyncio.timeout(15):
                assert await count(engine) == 10_000
            assert next(failures, None) is None

    run(test)


def test_memory_that_runs_out_ends_one_query_only(snapshot: Snapshot) -> None:
    async def test() -> None:
        pool = PoolLimits(memory_limit_bytes=128 << 20)
        async with running(snapshot, pool=pool, query_limit_s=20) as engine:
            text = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a"
            with pytest.raises(Refusal) as refused:
                await answer_whole(engine, question(text), client="a")

            assert refused.value.reason is Reason.MEMORY_LIMIT
            assert await count(engine) == 10_000

    run(test)
