"""A confined process can compute and read, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from agendagraph.processes import seccomp

ATTEMPTS = """
import json, os, socket, sys, subprocess, ctypes
from agendagraph.processes import confinement
missing = confinement.confine(memory_limit_bytes=256 << 20, reserved_bytes=0)
def outcome(attempt):
    try:
        attempt()
    except (OSError, MemoryError) as error:
        return type(error).__name__
    return "done"
import threading
thread = threading.Thread(target=lambda: None)
print(json.dumps({
    "missing": missing,
    "socket": outcome(lambda: socket.socket()),
    "unix socket": outcome(lambda: socket.socketpair()),
    "program": outcome(lambda: os.execv("/bin/true", ["true"])),
    "fork": outcome(lambda: os.fork()),
    "write": outcome(lambda: open("/tmp/agendagraph-must-not-be", "w")),
    "append": outcome(lambda: os.open(sys.executable, os.O_APPEND | os.O_WRONLY)),
    "unlink": outcome(lambda: os.unlink("/tmp/agendagraph-must-not-be")),
    "signal": outcome(lambda: os.kill(os.getppid(), 0)),
    "memory": outcome(lambda: bytearray(512 << 20)),
    "read": outcome(lambda: open("/proc/self/statm").read()),
    "thread": outcome(lambda: (thread.start(), thread.join())),
    "privileges": open("/proc/self/status").read().split("NoNewPrivs:")[1].split()[0],
}))
"""


@pytest.fixture(scope="module")
def outcomes() -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", ATTEMPTS], capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("attempt", "expected"),
    [
        ("socket", "PermissionError"),
        ("unix socket", "PermissionError"),
        ("program", "PermissionError"),
        ("fork", "PermissionError"),
        ("write", "PermissionError"),
        ("append", "PermissionError"),
        ("unlink", "PermissionError"),
        ("signal", "PermissionError"),
        ("memory", "MemoryError"),
        ("read", "done"),
        ("thread", "done"),
        ("privileges", "1"),
    ],
)
def test_what_a_confined_process_can_do(
    outcomes: dict[str, object], attempt: str, expected: str
) -> None:
    if outcomes["missing"]:
        pytest.skip(f"this kernel refuses: {outcomes['missing']}")

    assert outcomes[attempt] == expected


def test_filters_are_whole_programs() -> None:
    """Eight bytes an instruction, and one for every architecture that we name."""
    for machine in ("x86_64", "aarch64"):
        code = seccomp.program(machine)
        assert code is not None
        assert len(code) % 8 == 0
    assert seccomp.program("sparc64") is None
