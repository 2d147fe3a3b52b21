"""When the server ends without a word, its processes end too, and print nothing."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest

from agendagraph.processes import boot, channel
from agendagraph.store.generations import StoreDirectory
from agendagraph.store.initialise import fill
from agendagraph.store.snapshot import Snapshot

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.server


WRITER = "agendagraph.server.updates.writer"


def ended(module: str, setup: dict[str, Any], *kept: int) -> int:
    """Start a process, hear nothing of what it says, and hang up; return how it ended."""
    process, ours = boot.start(module, keep=kept)
    channel.send(ours, **setup)
    while not ours.recv(1 << 16, socket.MSG_PEEK):
        time.sleep(0.01)
    ours.close()  # with words unread: the other end hears of a reset and not of an end
    return process.wait(timeout=30)


def test_a_zygote_without_its_server(capfd: pytest.CaptureFixture[str]) -> None:
    setup = {
        "load": "agendagraph.store.snapshot:load_json",
        "data": asdict(Snapshot("empty", "empty")),
        "serve": "agendagraph.server.engine.worker:run",
        "memory_limit_bytes": 1 << 30,
        "reserved_bytes": 0,
    }

    assert ended("agendagraph.processes.zygote", setup) == 0
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("validated", ["", "http://example.org/"])
def test_a_writer_without_its_server(
    tmp_path: Path, validated: str, capfd: pytest.CaptureFixture[str]
) -> None:
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

        assert ended(WRITER, setup, directory.lock) == 0
        assert capfd.readouterr() == ("", "")
