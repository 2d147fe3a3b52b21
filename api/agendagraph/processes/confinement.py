"""Sandbox a worker process: drop every privilege that a query does not need.

A worker has a memory limit, writes no file and no core dump, dies with its parent, is the
first to go when the machine runs out of memory, and (where the kernel can filter system
calls) can open no socket, start no program and touch no file other than for reading. What
the kernel refuses to set is returned, for the log: a worker without a filter is still a
process that can be killed.

Source: prctl(2), seccomp(2), setrlimit(2), proc(5) of the Linux manual pages.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
from pathlib import Path
from typing import Final

from agendagraph.processes import seccomp

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NAME: Final = 15
_PR_SET_NO_NEW_PRIVS: Final = 38


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when *parent* ends, or end now if it has gone."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def set_name(name: str) -> None:
    """Give this process a name for ``ps`` and ``top``; the kernel keeps 15 characters of it."""
    ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode(), 0, 0, 0)


def confine(*, memory_limit_bytes: int, reserved_bytes: int, may_write: bool = False) -> list[str]:
    """Confine this process for good; call it before the first thread starts.

    Args:
        memory_limit_bytes: What a query may take, beyond what the process has now.
        reserved_bytes: Address space on top of it: the stack of the query's thread.
        may_write: Whether it may write files, as the process that owns a store must.

    Returns:
        What could not be taken away, in words; empty where all is in force.
    """
    missing: list[str] = []
    if not may_write:
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + memory_limit_bytes + reserved_bytes
    limits = {"RLIMIT_AS": limit, "RLIMIT_CORE": 0}
    if not may_write:
        limits["RLIMIT_FSIZE"] = 0
    for name, value in limits.items():
        try:
            resource.setrlimit(getattr(resource, name), (value, value))
        except (ValueError, OSError) as error:
            missing.append(f"{name}: {error}")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        missing.append("no-new-privs")
    refused = seccomp.install(libc, may_write=may_write)
    if refused:
        missing.append(f"system call filter: {refused}")
    return missing
