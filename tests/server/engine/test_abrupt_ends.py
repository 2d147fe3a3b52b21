"""When the server ends without a word, its processes end too, and print nothing."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from agendagraph.server.engine import zygote
from agendagraph.server.updates import writer
from agendagraph.store.generations import StoreDirectory
from agendagraph.store.initialise import fill
from agendagraph.store.snapshot import Snapshot

if TYPE_CHECKING:
    from pathlib import Path


def ended(boot: str, setup: dict[str, Any], *passed: int) -> tuple[int, str]:
    """Start a process, hear nothing of what it says, and hang up; return how it ended."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", boot, str(theirs.fileno()), json.dumps(sys.path)],
            pass_fds=[theirs.fileno(), *passed],
            stderr=subprocess.PIPE,
            text=True,
        )
    ours.send(json.dumps(setup).encode())
    while not ours.recv(1 << 16, socket.MSG_PEEK):
        time.sleep(0.01)
    ours.close()  # with words unread: the other end hears of a reset and not of an end
    _, said = process.communicate(timeout=30)
    return process.returncode, said


def test_a_zygote_without_its_server() -> None:
    snapshot = Snapshot("empty", "empty").as_json()
    setup = {"snapshot": snapshot, "in_memory": True, "memory_limit_bytes": 1 << 30}

    assert ended(zygote.BOOT, setup) == (0, "")


@pytest.mark.parametrize("validated", ["", "http://example.org/"])
def test_a_writer_without_its_server(tmp_path: Path, validated: str) -> None:
    with StoreDirectory(tmp_path / "store", writable=True) as directory:
        fill(directory, "empty")
        os.set_inheritable(directory.lock, True)  # noqa: FBT003 - it takes nothing else
        setup = {
            "path": str(directory.path),
            "lock": directory.lock,
            "shapes": [],
            "validated": validated,
            "memory_limit_bytes": 1 << 30,
        }

        assert ended(writer.BOOT, setup, directory.lock) == (0, "")
