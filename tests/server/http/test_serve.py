"""``agendagraph serve`` starts quickly, says where it is, and says why when it does not."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agendagraph.store.generations import StoreDirectory
from agendagraph.store.initialise import fill

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from conftest import Server

    Serving = Callable[..., AbstractContextManager[Server]]

SERVE = [sys.executable, "-c", "from agendagraph.cli import main; main()", "serve"]


def failed(*arguments: object, **variables: str) -> tuple[int, str]:
    """Run a server that must not start; return its status and what it says."""
    done = subprocess.run(
        [*SERVE, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **variables},
    )
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


@pytest.mark.server
def test_the_port_is_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        status, message = failed("--port", port)

    assert status == 2
    assert f"127.0.0.1:{port}" in message
    assert "in use" in message


@pytest.mark.server
def test_the_address_is_not_ours() -> None:
    status, message = failed("--host", "192.0.2.1", "--port", "0")

    assert status == 2
    assert "192.0.2.1" in message


@pytest.mark.server
@pytest.mark.parametrize(
    ("arguments", "variables", "words"),
    [
        pytest.param([], {"AGENDAGRAPH_PROT": "1"}, "AGENDAGRAPH_PROT", id="misspelt variable"),
        pytest.param(["--workers", "0"], {}, "--workers", id="a number out of range"),
        pytest.param(["--writable"], {}, "--token-file", id="writable without a token"),
        pytest.param(["--port", "x"], {}, "--port", id="no number"),
    ],
)
def test_a_wrong_setting(arguments: list[str], variables: dict[str, str], words: str) -> None:
    status, message = failed(*arguments, **variables)

    assert status == 2
    assert words in message


@pytest.mark.server
def test_a_store_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    bad = tmp_path / "bad.ttl"
    bad.write_text("this is no RDF")

    for store, words in ((tmp_path, "something else"), (bad, "bad.ttl")):
        status, message = failed("--port", "0", "--store", store)
        assert status == 2
        assert words in message


@pytest.mark.server
def test_a_file_of_another_kind_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "notadir").touch()

    status, message = failed("--port", "0", "--store", tmp_path / "notadir")

    assert status == 2
    assert "expected a directory, or a file that ends in one of .ttl" in message
    assert "ValueError" not in message


@pytest.mark.server
def test_a_damaged_store_is_not_announced(tmp_path: Path) -> None:
    store = filled(tmp_path / "store", quads=10)
    for file in store.glob("generations/*/MANIFEST-*"):
        file.write_bytes(b"junk" * 50)

    status, message = failed("--port", "0", "--store", store)

    assert status == 2
    assert f"the store {store} is damaged: restore it from a backup" in message


def test_damage_that_shows_later_is_no_fault_of_the_query(serving: Serving, tmp_path: Path) -> None:
    store = filled(tmp_path / "store", quads=100_000)
    with serving(
        "--store",
        store,
        constants={"agendagraph.server.engine.pool:PoolLimits.snapshot_memory_bytes": 1 << 20},
    ) as server:
        for file in store.glob("generations/*/*.sst"):
            size = file.stat().st_size
            with file.open("r+b") as table:  # all but its ends, which are read at opening
                table.write(b"\0" * (size // 2))
        answer = server.query("SELECT ?o { <urn:s5> ?p ?o }")

    assert answer.status_code == 503
    assert answer.json()["type"].endswith("/store-unreadable")
    assert str(tmp_path) not in answer.text
    assert "generations" not in answer.text


def filled(path: Path, *, quads: int) -> Path:
    """Make a store of *quads* statements."""
    data = path.with_suffix(".nt")
    data.write_text("".join(f'<urn:s{i}> <urn:p> "{i}" .\n' for i in range(quads)))
    with StoreDirectory(path, writable=True) as directory:
        fill(directory, "files", str(data))
    return path


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_all_its_processes(
    serving: Serving, data_file: Path, how: signal.Signals
) -> None:
    with serving("--store", data_file) as server:
        children = server.children()
        assert len(children) >= 2
        server.process.send_signal(how)

        assert server.process.wait(10) == 0
        assert gone(children)


def test_a_killed_server_leaves_no_process(serving: Serving, data_file: Path) -> None:
    with serving("--store", data_file) as server:
        children = server.children()
        server.process.kill()
        server.process.wait(10)

        assert gone(children)


def test_changes_that_are_not_kept_are_said_to_be_so_and_not_swept_away(
    serving: Serving, tmp_path: Path
) -> None:
    variables = {"TMPDIR": str(tmp_path), "AGENDAGRAPH_TOKEN": "a-token-for-this-test"}
    arguments = ["--writable", "--empty"]
    with serving(*arguments, **variables) as server:
        assert server.process.stdout is not None
        assert "NOT KEPT" in server.process.stdout.readline().decode()
        server.process.kill()
        server.process.wait(10)
    (unchanged,) = tmp_path.glob("agendagraph-store-*")
    with serving(*arguments, **variables) as server:
        assert not unchanged.exists()
        (changed,) = tmp_path.glob("agendagraph-store-*")
        headers = {"Authorization": "Bearer a-token-for-this-test"}
        update = {"update": "INSERT DATA { <urn:a> <urn:b> 1 }"}
        assert server.client.post("/update", data=update, headers=headers).status_code == 204
        server.process.kill()
        server.process.wait(10)

    with serving(*arguments, **variables) as server:
        assert changed.exists()
        assert str(changed) in server.errors.read_text()


def gone(pids: list[int]) -> bool:
    """Wait until none of the processes is left; a zombie waits for its reaper only."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if not any(state(pid) not in ("", "Z") for pid in pids):
            return True
        time.sleep(0.05)
    return False


def state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def test_the_shipped_graph_is_served_and_checked(serving: Serving, tmp_path: Path) -> None:
    began = time.monotonic()
    with serving(XDG_CACHE_HOME=str(tmp_path)) as server:
        goals = server.query(
            "PREFIX agenda: <https://w3id.org/agendagraph/ns#>"
            " SELECT (COUNT(*) AS ?n) { ?goal a agenda:Goal }",
            Accept="text/csv",
        )
        assert goals.text.splitlines()[1] == "8"
        assert time.monotonic() - began < 15
        deadline = time.monotonic() + 120
        while server.client.get("/ready").json()["validation"] == "running":
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert server.client.get("/ready").json()["validation"] == "conforms"

    with serving(XDG_CACHE_HOME=str(tmp_path)) as server:
        time.sleep(0.3)
        assert "checked before" in server.client.get("/ready").json()["validation"]


def test_a_store_directory_is_made_and_found_again(serving: Serving, tmp_path: Path) -> None:
    store = tmp_path / "store"
    generations = []
    for arguments in (["--empty"], []):
        with serving("--store", store, *arguments) as server:
            generations.append(server.client.get("/ready").json()["generation"])
            counted = server.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", Accept="text/csv")
            assert counted.text.split() == ["n", "0"]

    assert generations[0] == generations[1]
