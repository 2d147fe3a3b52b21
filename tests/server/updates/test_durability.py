"""Acknowledged means on the disk; a full, damaged or shared disk costs nothing that was there."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agendagraph.errors import StoreError
from agendagraph.server.updates.requests import WriteRequest
from agendagraph.server.updates.writer_client import UpdateLimits
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.store.generations import StoreDirectory, current_snapshot
from agendagraph.store.initialise import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Server

    from agendagraph.server.updates.writer_client import WriterClient

EX = "http://example.org/"


async def update(service: WriterClient, text: str) -> None:
    await service.submit(WriteRequest("update", "tester", text[:60]), text.encode())


def insert(number: int, size: int = 1) -> str:
    return f"INSERT DATA {{ GRAPH <{EX}g> {{ <{EX}s{number}> <{EX}p> '{'x' * size}' }} }}"


STRACED = """
import asyncio, os, sys
from pathlib import Path
from agendagraph.store.generations import StoreDirectory
from agendagraph.store.initialise import fill
from agendagraph.server.updates.requests import WriteRequest
from agendagraph.server.updates.writer_client import UpdateLimits, WriterClient

async def main():
    async def publish(snapshot): pass
    with StoreDirectory(Path(sys.argv[1]), writable=True) as directory:
        fill(directory, "empty")
        service = WriterClient(directory, publish, UpdateLimits())
        await service.start()
        for request, body in (
            (WriteRequest("update", "t", "one"), b"INSERT DATA { <http://a/> <http://b/> 1 }"),
            (WriteRequest("put", "t", "two", graph="http://g/", base="http://g/",
                          content_type="text/turtle"), b"<a> <b> <c> ."),
            (WriteRequest("delete", "t", "three", graph="http://g/"), b""),
            (WriteRequest("revert", "t", "four"), b""),
        ):
            if request.action == "revert":  # the one before
                request = WriteRequest("revert", "t", "four", graph=done.generation)
            os.write(1, b"ASKED\\n")
            done = await service.submit(request, body)
            os.write(1, b"ACKNOWLEDGED\\n")
        await service.close()

asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.timeout(120)
def test_everything_is_synced_before_it_is_acknowledged(tmp_path: Path) -> None:
    """The kernel's view: data, then names, then the pointer, then the acknowledgement."""
    trace, script = tmp_path / "trace", tmp_path / "script.py"
    script.write_text(STRACED)
    subprocess.run(
        [
            *("strace", "-f", "-y", "-qq", "-o", str(trace)),
            *("-e", "trace=write,fsync,fdatasync,rename,renameat2"),
            *(sys.executable, str(script), str(tmp_path / "store")),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=110,
    )

    lines = trace.read_text().splitlines()
    asked = [i for i, line in enumerate(lines) if '"ASKED' in line]
    acknowledged = [i for i, line in enumerate(lines) if '"ACKNOWLEDGED' in line]
    assert len(asked) == len(acknowledged) == 4
    for begin, end in zip(asked, acknowledged, strict=True):
        steps = [
            name
            for line in lines[begin:end]
            for name, pattern in STEPS.items()
            if re.search(pattern, line)
        ]
        assert TABLE in steps  # the engine goes on syncing tables in the background
        order = [len(steps) - steps[::-1].index(name) for name in STEPS if name != TABLE]
        assert order == sorted(order), steps


TABLE = "a table of the store"
STEPS = {
    "the patch": r"fsync\(\d+<[^>]*/history/\w+-\w+\.rdfp\.tmp>",
    "the names of patches": r"fsync\(\d+<[^>]*/history>",
    TABLE: r"fdatasync\(\d+<[^>]*/work/\w+/\d+\.sst>",
    "the checkpoint's manifest": r"fdatasync\(\d+<[^>]*\.new\.tmp/MANIFEST-\d+>",
    "the checkpoint": r"fsync\(\d+<[^>]*/generations/\w+-\w+\.new>",
    "its name": r"rename(at2)?\(.*\.new\", \"[^\"]*/generations/\w+-\w+\"",
    "the names of generations": r"fsync\(\d+<[^>]*/generations>",
    "the pointer": r"fsync\(\d+<[^>]*/current\.tmp>",
    "the commit": r"rename(at2)?\(.*/current\.tmp\", ",
    "the pointer's name": r"fsync\(\d+<[^>]*/store>",
}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode != 0:
        pytest.skip("only root can mount a small disk")
    yield disk
    subprocess.run(["/bin/umount", "-l", str(disk)], check=True)


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_full_disk(
    small_disk: Path, opening: Callable[..., object], held: Callable[[Path], set[str]]
) -> None:
    """Updates are refused with 507 until there is space; what was kept before is there."""
    acknowledged: list[int] = []

    async def work(directory: StoreDirectory) -> None:
        async with opening(directory) as service:
            ballast = small_disk / "ballast"
            ballast.write_bytes(b"x" * (14 << 20))
            reasons = set()
            for number in range(200):
                try:
                    await update(service, insert(number, 100_000))
                    acknowledged.append(number)
                except Refusal as refusal:
                    reasons.add(refusal.reason)
                    if number > 3 and refusal.reason is Reason.STORE_FULL:
                        break
            assert Reason.STORE_FULL in reasons
            before = held(directory.path)
            assert len(before) == len(acknowledged)

            ballast.unlink()
            await update(service, insert(1000))
            assert len(held(directory.path)) == len(acknowledged) + 1

    with StoreDirectory(small_disk / "store", writable=True) as directory:
        fill(directory, "empty")
        asyncio.run(work(directory))


def test_a_second_writer_is_told(directory: StoreDirectory) -> None:
    with pytest.raises(StoreError, match="another server or command uses it"):
        StoreDirectory(directory.path, writable=True)


def test_a_second_server_or_command_is_told(
    start_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("shared")
    store, file = folder / "store", folder / "one.nt"
    file.write_text("<http://a/> <http://b/> <http://c/> .\n")
    start_server(
        "--store", store, "--empty", "--writable", AGENDAGRAPH_TOKEN="s3cret-s3cret-s3cret"
    )
    command = [sys.executable, "-c", "from agendagraph.cli import main; main()"]
    for arguments in (
        ["serve", "--port", "0", "--store", str(store), "--writable"],
        ["load", str(store), str(file)],
        ["revert", str(store), "000000000002-00000000"],
    ):
        done = subprocess.run(
            [*command, *arguments],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "AGENDAGRAPH_TOKEN": "s3cret-s3cret-s3cret"},
        )
        assert done.returncode == 2
        assert "another server or command uses it" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("damage", ["pointer", "generation", "table", "manifest"])
def test_a_damaged_store_is_told(
    directory: StoreDirectory, opening: Callable[..., object], damage: str
) -> None:
    async def work() -> None:
        async with opening(directory) as service:
            await update(service, insert(1, 5000))

    asyncio.run(work())
    generation = Path(current_snapshot(directory.path).path)
    if damage == "pointer":
        (directory.path / "current").write_text("000000000077-00000000\n")
    elif damage == "generation":
        shutil.rmtree(generation)
    elif damage == "table":
        for table in generation.glob("*.sst"):
            table.write_bytes(table.read_bytes()[:20])
    else:
        (generation / "CURRENT").write_text("MANIFEST-999999\n")

    with pytest.raises(StoreError, match=re.escape(str(directory.path))):
        asyncio.run(work())


@pytest.mark.slow
def test_an_update_that_takes_too_long_is_stopped(
    directory: StoreDirectory, opening: Callable[..., object], held: Callable[[Path], set[str]]
) -> None:
    """The next one is carried out, and nothing is left of the one before."""
    cross = " . ".join(f"?a{i} ?b{i} ?c{i}" for i in range(8))

    async def work() -> None:
        async with opening(directory, limits=UpdateLimits(limit_s=1.0)) as service:
            many = " ".join(f"<{EX}s{i}> <{EX}p> {i} ." for i in range(100))
            await update(service, f"INSERT DATA {{ {many} }}")
            before = held(directory.path)
            with pytest.raises(Refusal) as refused:
                await update(service, f"INSERT {{ ?a0 <{EX}q> ?c7 }} WHERE {{ {cross} }}")
            assert refused.value.reason is Reason.UPDATE_TIME_LIMIT
            assert held(directory.path) == before
            await update(service, insert(1))
            assert len(held(directory.path)) == len(before) + 1

    asyncio.run(work())
