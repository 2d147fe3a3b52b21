"""A filter of system calls, written as the kernel's small byte code and set by prctl.

It is a list of what is refused, not of what is allowed: the refused call fails with EPERM,
so that the engine reports an error where a list of allowed calls would kill the process on
a libc that we have not met. The kill signal, not this filter, is what stops a query.

Source: seccomp(2) and the kernel's ``filter.h``, ``seccomp.h`` and system call tables.
"""

from __future__ import annotations

import csv
import ctypes
import errno
import platform
import struct
from pathlib import Path
from typing import Final

_PR_SET_SECCOMP: Final = 22
_MODE_FILTER: Final = 2
_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
_LOAD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
_JUMP_EQUAL: Final = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_JUMP_AT_LEAST: Final = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_JUMP_ANY_BIT: Final = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_RETURN: Final = 0x06
_AT_NUMBER, _AT_ARCHITECTURE, _AT_ARGUMENT = 0, 4, 16

_WRITE_FLAGS: Final = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000  # WRONLY RDWR CREAT TRUNC APPEND
_CLONE_THREAD: Final = 0x00010000

_ARCHITECTURES: Final = {
    "x86_64": (0xC000003E, 0),
    "aarch64": (0xC00000B7, 1),
}
"""Audit architecture, and which of the numbers below is its own."""

_CALLS: Final = tuple(
    csv.DictReader(Path(__file__).with_name("system_calls.csv").read_text().splitlines())
)
"""The calls that fail, with their numbers. ENOSYS makes libc use an older call, whose arguments a
filter can see; a process which owns a store needs those that write files."""
_OPEN: Final = {"open": (2, None), "openat": (257, 56)}
_CLONE: Final = (56, 220)


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def program(machine: str, *, may_write: bool = False) -> bytes | None:
    """Return the filter for *machine* (``uname -m``); ``None`` for one not in our table."""
    if machine not in _ARCHITECTURES:
        return None
    architecture, column = _ARCHITECTURES[machine]
    refuse = _instruction(_RETURN, _ERRNO | errno.EPERM)
    allow = _instruction(_RETURN, _ALLOW)
    code = [
        _instruction(_LOAD, _AT_ARCHITECTURE),
        _instruction(_JUMP_EQUAL, architecture, 1, 0),
        refuse,  # a call of another architecture's table
        _instruction(_LOAD, _AT_NUMBER),
    ]
    if machine == "x86_64":
        code += [_instruction(_JUMP_AT_LEAST, 0x40000000, 0, 1), refuse]  # the x32 table
    for call in _CALLS:
        if call[machine] and not (may_write and call["writes_files"]):
            code += [
                _instruction(_JUMP_EQUAL, int(call[machine]), 0, 1),
                _instruction(_RETURN, _ERRNO | getattr(errno, call["answer"])),
            ]
    for name, row in _OPEN.items():
        if row[column] is not None and not may_write:
            flags = _AT_ARGUMENT + 8 * (1 if name == "open" else 2)
            code += [
                _instruction(_JUMP_EQUAL, row[column] or 0, 0, 4),
                _instruction(_LOAD, flags),
                _instruction(_JUMP_ANY_BIT, _WRITE_FLAGS, 0, 1),
                refuse,
                allow,
            ]
    code += [  # a new thread may start, a new process may not
        _instruction(_JUMP_EQUAL, _CLONE[column], 0, 3),
        _instruction(_LOAD, _AT_ARGUMENT),
        _instruction(_JUMP_ANY_BIT, _CLONE_THREAD, 1, 0),
        refuse,
        allow,
    ]
    return b"".join(code)


class _Program(ctypes.Structure):
    """The kernel's ``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def install(libc: ctypes.CDLL, *, may_write: bool = False) -> str | None:
    """Filter this thread's calls and those of all threads that it starts.

    Returns:
        ``None`` when the filter is in force, otherwise why it is not, in words.
    """
    code = program(platform.machine(), may_write=may_write)
    if code is None:
        return f"no table for {platform.machine()}"
    buffer = ctypes.create_string_buffer(code, len(code))
    described = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    if libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(described), 0, 0) != 0:
        return errno.errorcode.get(ctypes.get_errno(), "refused")
    return None
