"""A writer may be killed at any moment: what was acknowledged is there, and nothing is half."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import time
from typing import TYPE_CHECKING

import pytest

from agendagraph.server.updates.requests import WriteRequest
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agendagraph.server.updates.writer_client import WriterClient
    from agendagraph.store.generations import StoreDirectory

pytestmark = pytest.mark.slow

EX = "http://example.org/"
KILLS = 100
MEMBERS = 20
"""Quads of one update: all of them are there, or none."""


def bundle(number: int) -> set[str]:
    return {f"<{EX}u{number}> <{EX}has> <{EX}m{i}> <{EX}g{number % 3}>" for i in range(MEMBERS)}


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


async def insert(service: WriterClient, number: int) -> None:
    triples = " . ".join(quad.rpartition(" ")[0] for quad in bundle(number))
    text = f"INSERT DATA {{ GRAPH <{EX}g{number % 3}> {{ {triples} }} }}"
    await service.submit(WriteRequest("update", "tester", "insert"), text.encode())


@pytest.mark.timeout(600)
def test_a_hundred_kills(
    directory: StoreDirectory, opening: Callable[..., object], held: Callable[[Path], set[str]]
) -> None:
    """The writer is killed after a random time, which falls into every step of an update."""
    acknowledged: set[int] = set()
    refused: set[int] = set()
    reasons: set[Reason] = set()
    chance = random.Random(20221122)  # noqa: S311 - the same moments every time

    async def work() -> None:
        number = 0
        async with opening(directory) as service:
            began = time.perf_counter()
            for _ in range(3):
                number += 1
                await insert(service, number)
                acknowledged.add(number)
            window_s = time.perf_counter() - began  # so that some fall into an update anywhere
            for _ in range(KILLS):
                pid = service.pid
                assert pid is not None
                loop = asyncio.get_running_loop()
                loop.call_later(chance.uniform(0, window_s), kill, pid)
                while service.pid == pid:
                    number += 1
                    try:
                        await insert(service, number)
                        acknowledged.add(number)
                    except Refusal as refusal:
                        reasons.add(refusal.reason)
                        refused.add(number)
                await service.settled()

    asyncio.run(work())

    there = held(directory.path)
    lost = [n for n in acknowledged if not bundle(n) <= there]
    kept = [n for n in refused if bundle(n) & there]
    assert reasons == {Reason.STORE_FAULT}
    assert not lost
    assert not kept
    assert there == set().union(*(bundle(n) for n in acknowledged))
    assert len(acknowledged) >= KILLS / 2
    assert len(refused) >= KILLS / 2


def test_leftovers_of_a_killed_run_are_removed(
    directory: StoreDirectory, opening: Callable[..., object]
) -> None:
    async def work() -> None:
        async with opening(directory) as service:
            await insert(service, 1)

    asyncio.run(work())
    store = directory.path
    current = (store / "current").read_text().strip()
    (store / "generations" / "000000000009-deadbeef.new").mkdir()
    (store / "generations" / "000000000001-deadbeef").mkdir()
    (store / "history" / "000000000009-deadbeef.rdfp").write_text("TX .\n")
    (store / "history" / f"{current}.tmp").write_text("")
    (store / "work" / "0").mkdir(parents=True, exist_ok=True)
    (store / "work" / "0" / "bulk-1.sst").write_text("rubbish")

    directory.sweep()

    assert {each.name for each in (store / "generations").iterdir()} == {
        current,
        current + ".json",
    }
    assert [each.name for each in (store / "history").iterdir()] == [f"{current}.rdfp"]
    assert not (store / "work").exists()
