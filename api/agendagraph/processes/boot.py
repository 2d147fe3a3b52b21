"""Start a child process the same way everywhere: isolated, with our path and a control socket.

A child runs ``python -I -S``: no environment, no site, no user's packages. It gets this
process's ``sys.path`` as an argument and calls ``main()`` of the module that the parent
names. The names are arguments, so that this package imports nothing above it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from agendagraph.processes.confinement import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Sequence

_BOOT: Final = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]);"
    " import importlib; importlib.import_module(sys.argv[2]).main()"
)
ENVIRONMENT: Final = {
    # The allocator otherwise reserves 64 MiB and more for each thread that RocksDB starts: 390 MiB
    # of the address space that limits a query's memory, for a store of three statements.
    "MALLOC_ARENA_MAX": "1",
    # A process that forks must have one thread; numerical libraries start others when imported.
    **{f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")},
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # of pyarrow, which pandas imports
}
"""Variables of a process that forks workers."""


def start(
    module: str,
    *,
    kind: socket.SocketKind = socket.SOCK_SEQPACKET,
    keep: Sequence[int] = (),
    environment: dict[str, str] | None = None,
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start ``module.main()``; return the process, and our end of its control socket.

    The control socket carries datagrams, or is a stream for messages of any size. The child
    inherits the descriptors *keep*, and *environment* beside the variables of this process.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
    descriptor = theirs.fileno()
    try:
        process = subprocess.Popen(
            [
                *(sys.executable, "-I", "-S", "-X", "utf8", "-c", _BOOT),
                *(json.dumps(sys.path), module, str(descriptor)),
            ],
            pass_fds=[descriptor, *keep],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})},
        )
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    return process, ours


def control_socket() -> socket.socket:
    """In a child: tie its life to its parent's, and return its control socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when we end
    die_with_parent(os.getppid())
    return socket.socket(fileno=int(sys.argv[3]))


def imported(name: str) -> Any:  # noqa: ANN401 - whatever has that name
    """Return what ``package.module:attribute`` names.

    >>> imported("os.path:join")("a", "b")
    'a/b'
    """
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)
