"""Load data once, and fork a ready worker whenever the server asks for one.

A zygote has one thread for all its life and never updates a store: a fork taken while
another thread holds a lock hangs. It does not reap a dead worker (whose process id
stays reserved as a zombie's) before the server asks for it, so that the server can never kill
a stranger that got the same number.

A zygote can fork another zygote, which imports modules before it forks workers. So workers
that need heavy modules have them at once, and neither the first zygote nor its other workers
pay for them in time or memory.

The server configures a zygote by its first message: ``load`` and ``serve`` name functions
(``package.module:function``), which load the data and turn a forked child into a worker.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import socket
import threading
import time
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any, Final, NoReturn

from agendagraph.processes import boot, channel, confinement

_SLACK: Final = 192 << 20
"""Address space for arenas that the allocator reserves a thread without using them."""


@dataclass(slots=True)
class _Zygote:
    control: socket.socket
    setup: dict[str, Any]
    data: Any = None
    name: str = ""
    dying: set[int] = field(default_factory=set)

    def fork(self, descriptor: int, preload: dict[str, Any] | None = None) -> None:
        """Start a child that serves the socket *descriptor*, if the machine allows it."""
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            os.close(descriptor)
            self.report(unforked=str(error))
            return
        if pid == 0:
            try:
                self.control.close()
                confinement.die_with_parent(parent)
                if preload is None:
                    self.become_worker(descriptor)
                else:
                    self.become_zygote(descriptor, **preload)
            finally:
                os._exit(70)
        os.close(descriptor)
        self.report(pid=pid)

    def become_worker(self, descriptor: int) -> NoReturn:
        """Confine this new process, and answer queries until it is killed."""
        if self.name:
            confinement.set_name(self.name)
        self.confine()
        boot.imported(self.setup["serve"])(socket.socket(fileno=descriptor), self.data)
        os._exit(0)

    def become_zygote(self, descriptor: int, modules: list[str], name: str) -> NoReturn:
        """Import *modules* in this new process, and fork workers called *name* from it."""
        confinement.set_name(f"{name}-zygote")
        zygote = replace(self, control=socket.socket(fileno=descriptor), name=name, dying=set())
        for module in modules:
            with contextlib.suppress(Exception):  # the worker that needs it reports it
                import_module(module)
        with contextlib.suppress(ConnectionError):
            zygote.report(single=only_thread())
            gc.freeze()
            _loop(zygote)
        os._exit(0)

    def confine(self) -> list[str]:
        """Confine this process; return what the kernel does not take away."""
        return confinement.confine(
            memory_limit_bytes=self.setup["memory_limit_bytes"],
            reserved_bytes=self.setup["reserved_bytes"] + _SLACK,
        )

    def reap(self) -> None:
        """Collect the workers that the server has killed, and report how they ended."""
        for pid in tuple(self.dying):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self.dying.discard(pid)
                self.report(reaped=pid, status=os.waitstatus_to_exitcode(status))

    def report(self, **members: object) -> None:
        """Send one message to the server."""
        channel.send(self.control, **members)


def main() -> None:
    """Serve the control socket whose descriptor is the first argument."""
    with contextlib.suppress(ConnectionError):  # the server has gone
        _serve(boot.control_socket())


def _serve(control: socket.socket) -> None:
    setup, _ = channel.receive(control)
    if setup is None:
        return
    zygote = _Zygote(control, setup)
    started = time.perf_counter()
    try:
        boot.imported(setup["serve"])
        if setup["data"] is not None:
            zygote.data = boot.imported(setup["load"])(setup["data"])
    except Exception as error:  # noqa: BLE001 - whatever it is, the server must learn of it
        zygote.report(failed=f"{type(error).__name__}: {error}"[:2000])
        return
    zygote.report(
        loaded_s=round(time.perf_counter() - started, 3),
        quads=len(zygote.data) if zygote.data is not None else None,
        single=only_thread(),
        missing=_missing_confinement(zygote),
    )
    gc.freeze()
    _loop(zygote)


def _loop(zygote: _Zygote) -> None:
    """Handle messages until the server has gone; workers follow by their parent's death."""
    while True:
        wait_s = 0.01 if zygote.dying else None
        ready, _, _ = select.select([zygote.control], [], [], wait_s)
        if ready:
            message, descriptors = channel.receive(zygote.control)
            if message is None:
                return
            if message["do"] == "fork":
                zygote.fork(descriptors[0], message.get("preload"))
                continue
            zygote.dying.add(message["pid"])
        zygote.reap()


def only_thread() -> bool:
    """Return whether this process has one thread, and so may fork."""
    return threading.active_count() == 1 and len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208


def _missing_confinement(zygote: _Zygote) -> list[str]:
    """Confine a child that does nothing, to learn what this kernel refuses."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(theirs, json.dumps(zygote.confine()).encode())
        os._exit(0)
    os.close(theirs)
    with open(ours, "rb") as stream:  # noqa: PTH123 - a descriptor
        report = stream.read()
    os.waitpid(pid, 0)
    return list(json.loads(report)) if report else ["a confined process does not start"]
