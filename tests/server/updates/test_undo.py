"""An update is undone while the server runs: exactly, or not at all, and it is told who did it."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import json
import os
import random
import shlex
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from agendagraph.errors import ValidationFailed
from agendagraph.files import SHAPES
from agendagraph.namespaces import GRAPH
from agendagraph.server.updates import offline
from agendagraph.server.updates.requests import WriteRequest
from agendagraph.server.updates.transfer import rdf_files
from agendagraph.sparql.refusal import Refusal
from agendagraph.store.generations import StoreDirectory, current_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    import httpx
    from conftest import Server

    from agendagraph.server.updates.writer_client import WriterClient

    Serving = Callable[..., AbstractContextManager[Server]]

EX = "http://example.org/"
TOKENS = """
write/alice:the-secret-of-alice
write/김철수:the-secret-of-chulsoo
read:the-secret-of-a-reader
"""
ALICE = {"Authorization": "Bearer the-secret-of-alice"}
READER = {"Authorization": "Bearer the-secret-of-a-reader"}
CSV = {"Accept": "text/csv"}
KILLS = 10


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the store and of the tokens of the server that the tests share."""
    return tmp_path_factory.mktemp("undo")


@pytest.fixture(scope="module")
def shared(start_server: Callable[..., Server], folder: Path) -> Server:
    """A writable server with three tokens; its client is alice."""
    tokens = folder / "tokens"
    tokens.write_text(TOKENS)
    server = start_server(
        *("--store", folder / "store", "--empty", "--writable", "--token-file", tokens)
    )
    server.client.headers.update(ALICE)
    return server


@pytest.fixture
def running(shared: Server) -> Server:
    """The server, without quads of an earlier test."""
    update(shared, "CLEAR DEFAULT")
    return shared


def update(server: Server, text: str, **headers: str) -> str:
    """Execute an update and return its name."""
    sent = {"Content-Type": "application/sparql-update", **headers}
    answer = server.client.post("/update", content=text, headers=sent)
    assert answer.status_code == 204, answer.text
    return answer.headers["agendagraph-generation"]


def undo(server: Server, name: str, **headers: str) -> httpx.Response:
    return server.client.post(f"/updates/{name}/revert", headers=headers)


def values(server: Server) -> list[str]:
    query = f"SELECT ?o {{ <{EX}s> <{EX}p> ?o }} ORDER BY ?o"
    answer = server.client.get("/sparql", params={"query": query}, headers=CSV)
    assert answer.status_code == 200, answer.text
    return answer.text.split()[1:]


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``agendagraph`` as a person would."""
    run = [sys.executable, "-c", "from agendagraph.cli import main; main()", *arguments]
    return subprocess.run(run, check=False, capture_output=True, text=True, timeout=60)


def test_an_update_is_undone_and_the_undoing_is_too(running: Server, folder: Path) -> None:
    update(running, f"INSERT DATA {{ <{EX}s> <{EX}p> 1 }}")
    change = "DELETE { ?s ?p 1 } INSERT { ?s ?p 2, 3 } WHERE { ?s ?p 1 }"
    second = update(running, change)
    assert values(running) == ["2", "3"]

    undone = undo(running, second)

    assert undone.status_code == 201
    third = undone.headers["agendagraph-generation"]
    assert undone.json() == {"update": third, "undone": second, "added": 1, "removed": 2}
    assert undone.headers["location"] == f"{running.url}/updates/{third}"
    assert values(running) == ["1"]
    fourth = undo(running, third).json()["update"]
    assert values(running) == ["2", "3"]
    assert undo(running, second).json()["undone"] == second  # it holds again, and can go again
    assert values(running) == ["1"]
    undone_now = {e.name: e.undone for e in offline.entries(folder / "store")}
    assert undone_now[third] == fourth
    assert undone_now[fourth] is None
    assert undone_now[second] not in (third, None)


def test_who_undid_what_is_told(running: Server) -> None:
    first = update(running, f"INSERT DATA {{ <{EX}s> <{EX}p> 1 }}")
    undo(running, first, Authorization="Bearer the-secret-of-chulsoo")

    listed = running.client.get("/updates", headers=CSV)
    shown = running.client.get(f"/updates/{first}")

    header, *rows = list(csv.reader(listed.text.splitlines()))
    assert ",".join(header) == "update,time,agent,label,added,removed,sha256,undoes"
    told = [dict(zip(header, row, strict=True)) for row in rows[-2:]]
    assert told[0]["update"].endswith(first)
    assert [each["agent"] for each in told] == ["alice", "김철수"]
    assert [(each["added"], each["removed"]) for each in told] == [("1", "0"), ("0", "1")]
    assert told[1]["label"] == f"revert {first}"
    assert told[1]["undoes"] == told[0]["update"]
    assert told[0]["time"] < told[1]["time"]
    assert shown.headers["content-type"] == "application/rdf-patch"
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    assert shown.text.splitlines()[-2] == f'A <{EX}s> <{EX}p> "1"^^<{integer}> .'
    assert running.client.head(f"/updates/{first}").headers["content-length"] == str(
        len(shown.content)
    )


def test_what_later_updates_have_changed_is_not_undone(running: Server) -> None:
    first = update(running, f"INSERT DATA {{ <{EX}s> <{EX}p> 1, 2 }}")
    second = update(running, f"DELETE DATA {{ <{EX}s> <{EX}p> 2 }}")
    update(running, f"INSERT DATA {{ <{EX}other> <{EX}p> 2 }}")

    refused = undo(running, first)

    told = refused.json()
    assert (refused.status_code, told["later"]) == (409, [second])
    assert told["type"].endswith("/not-undone")
    assert second in told["message"]["en"]
    assert second in told["message"]["ko"]
    assert values(running) == ["1"]
    assert undo(running, second).status_code == 201
    assert undo(running, second).status_code == 409
    assert undo(running, first).status_code == 201
    assert values(running) == []


def test_what_cannot_be_undone_is_told(running: Server, folder: Path) -> None:
    name = update(running, f"INSERT DATA {{ <{EX}s> <{EX}p> 1 }}")
    patch = folder / "store" / "history" / f"{name}.rdfp"
    kept = patch.read_bytes()

    assert undo(running, "000000000009-00000000").status_code == 404
    assert undo(running, "..%2Fcurrent").status_code == 404
    assert undo(running, "none").json()["type"].endswith("/no-such-update")
    for path in ("000000000009-00000000", "..%2Fcurrent", "..%2F..%2Ftokens", "%00"):
        assert running.client.get(f"/updates/{path}").status_code == 404
    patch.write_bytes(kept.replace(b'"1"', b'"7"'))
    assert "SHA-256" in undo(running, name).json()["detail"]
    patch.unlink()
    assert undo(running, name).status_code == 409
    assert values(running) == ["1"]
    patch.write_bytes(kept)
    assert undo(running, name).status_code == 201


def test_who_may_not_write_undoes_nothing(running: Server) -> None:
    name = update(running, f"INSERT DATA {{ <{EX}s> <{EX}p> 1 }}")
    nobody = {"Authorization": ""}

    assert undo(running, name, **nobody).status_code == 401
    assert undo(running, name, **READER).status_code == 403
    assert running.client.get(f"/updates/{name}", headers=READER).status_code == 403
    assert running.client.get("/updates", headers=nobody).status_code == 401
    assert running.client.get("/updates", headers={**READER, **CSV}).status_code == 200
    assert running.client.get(f"/updates/{name}/revert").headers["allow"] == "POST"
    assert running.client.post("/updates").status_code == 405
    assert running.client.options("/updates").headers["allow"] == "GET, HEAD, OPTIONS"
    assert values(running) == ["1"]


def test_a_read_only_server_lists_and_undoes_nothing(
    running: Server, serving: Serving, folder: Path, tmp_path: Path
) -> None:
    name = update(running, f"INSERT DATA {{ <{EX}s> <{EX}p> 1 }}")
    backup, copy = str(tmp_path / "backup"), str(tmp_path / "copy")
    assert command("backup", str(folder / "store"), backup).returncode == 0
    assert command("restore", backup, copy).returncode == 0

    with serving("--store", copy) as server:
        assert name in server.client.get("/updates", headers=CSV).text
        assert undo(server, name).status_code == 403
        assert server.client.get(f"/updates/{name}").status_code == 403


def test_readers_see_all_of_it_or_nothing(running: Server) -> None:
    """While updates are made and undone, every answer is a state that was committed."""
    members = " , ".join(str(number) for number in range(20))
    seen: set[int] = set()
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            seen.add(len(values(running)))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for each in readers:
        each.start()
    try:
        for _ in range(8):
            name = update(running, f"INSERT DATA {{ <{EX}s> <{EX}p> {members} }}")
            assert len(values(running)) == 20
            assert undo(running, name).status_code == 201
            assert values(running) == []
    finally:
        over.set()
        for each in readers:
            each.join()
    assert seen == {0, 20}


@pytest.mark.timeout(120)
def test_an_undoing_that_would_break_the_shapes_leaves_nothing(
    serving: Serving, tmp_path: Path
) -> None:
    """A coder without a name was loaded unchecked and removed; it does not come back."""
    store, file, tokens = tmp_path / "store", tmp_path / "bad.ttl", tmp_path / "tokens"
    file.write_text("<urn:x> a <https://w3id.org/agendagraph/ns#Coder> .")
    tokens.write_text(TOKENS)
    rdf_files.load(store, [file], agent="tester", graph=GRAPH + "mine")

    with serving("--store", store, "--writable", "--token-file", tokens) as server:
        server.client.headers.update(ALICE)
        name = update(server, f"DELETE WHERE {{ GRAPH <{GRAPH}mine> {{ ?s ?p ?o }} }}")
        before = sorted(each.name for each in (store / "history").iterdir())
        refused = undo(server, name)
        listed = server.client.get("/updates", headers=CSV).text
    with pytest.raises(ValidationFailed, match="violates its shapes"):
        offline.revert(store, name, agent="tester", shapes=[SHAPES], validated=GRAPH)

    assert (refused.status_code, refused.json()["report"]["conforms"]) == (422, False)
    assert listed.count("\n") == 3  # the head, the load, the removal
    assert sorted(each.name for each in (store / "history").iterdir()) == before
    assert current_snapshot(store).generation == name


def test_the_commands_beside_a_running_server(running: Server, folder: Path) -> None:
    """`history` lists what HTTP lists; `revert` prints the curl command that undoes it."""
    name = update(running, f"INSERT DATA {{ <{EX}s> <{EX}p> 1 }}")
    store = str(folder / "store")

    refused = command("revert", store, name)
    listed = command("history", store)
    shown = command("history", store, name)

    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr
    curl = f'curl -X POST -H "Authorization: Bearer TOKEN" {running.url}/updates/{name}/revert'
    assert refused.stderr.endswith(f"ask that server to undo it: {curl}\n")
    _, *rows = csv.reader(running.client.get("/updates", headers=CSV).text.splitlines())
    assert [row[1:6] for row in rows] == [
        [line.split("\t")[i] for i in (1, 2, 5, 3, 4)] for line in listed.stdout.splitlines()
    ]
    assert shown.stdout == running.client.get(f"/updates/{name}").text
    assert command("history", store, "x").returncode == 2
    assert values(running) == ["1"]
    words = shlex.split(curl.replace("TOKEN", "the-secret-of-alice"))
    done = subprocess.run([*words, "-s"], check=True, capture_output=True, timeout=30)
    assert json.loads(done.stdout)["undone"] == name
    assert values(running) == []


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_kills_in_the_middle_of_undoing_lose_nothing(
    directory: StoreDirectory,
    opening: Callable[..., Any],
    held: Callable[[Path], set[str]],
) -> None:
    """After each kill an update is undone or is not, and what was acknowledged is so."""
    chance = random.Random(1945)  # noqa: S311 - the same moments every time
    members = " , ".join(f'"{number}"' for number in range(20))
    outcomes: list[bool] = []

    async def revert(service: WriterClient, name: str) -> bool:
        with contextlib.suppress(Refusal):
            await service.submit(WriteRequest("revert", "t", f"revert {name}", name), b"")
            return True
        return False

    async def work() -> None:
        async with opening(directory) as service:
            text = f"INSERT DATA {{ <{EX}s> <{EX}p> {members} }}"
            began = time.perf_counter()
            done = await service.submit(WriteRequest("update", "t", "x"), text.encode())
            last, full = done.generation, True
            for _ in range(2):
                assert await revert(service, last)
                last, full = service.snapshot.generation, not full
            window_s = time.perf_counter() - began  # so that some fall into an update anywhere
            for _ in range(KILLS):
                pid = service.pid
                asyncio.get_running_loop().call_later(chance.uniform(0, window_s), kill, pid)
                while service.pid == pid:
                    acknowledged = await revert(service, last)
                    outcomes.append(acknowledged)
                    if acknowledged:
                        full = not full
                    last = service.snapshot.generation
                await service.settled()
                assert len(held(directory.path)) == (20 if full else 0)

    asyncio.run(work())

    assert outcomes.count(True) >= 3
    assert outcomes.count(False) >= 3


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
