"""The writer: the one process that changes a store, and may be killed at any moment.

It takes one request after the other from a socket: a datagram of JSON with two descriptors,
the request's body and a file for a long answer. It parses in a thread with a large stack,
within a memory limit, and can open no socket of its own. It reports when only the
commit is left, so that the server, if it kills it then, looks up whether it committed.

The first message configures it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from agendagraph.errors import AgendaError, StoreError
from agendagraph.processes import boot, channel, confinement
from agendagraph.server.updates.execute import execute
from agendagraph.server.updates.external_inputs import ExternalInputs
from agendagraph.server.updates.gate.validator_client import ValidatorClient
from agendagraph.server.updates.requests import WriteRequest
from agendagraph.server.updates.transaction import Transactions
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.store.generations import StoreDirectory

if TYPE_CHECKING:
    import socket

STACK_BYTES: Final = 512 << 20
_SLACK: Final = 512 << 20
"""Address space that RocksDB and the allocator reserve without using it."""


class Writer:
    """Runs requests from a socket against one store."""

    def __init__(self, control: socket.socket, transactions: Transactions) -> None:
        self._control = control
        self._transactions = transactions
        self._ended = False

    def serve(self) -> None:
        """Execute requests until the server closes the socket."""
        self._transactions.begin()
        channel.send(self._control, **self._state())
        while True:
            request, descriptors = channel.receive(self._control)
            if request is None:
                return
            with os.fdopen(descriptors[0], "rb") as body, os.fdopen(descriptors[1], "wb") as report:
                answer = self._answer(WriteRequest(**request), body.read(), report)
            channel.send(self._control, **answer)
            if self._ended:
                return
            if "reason" in answer:
                self._transactions.rollback()
            with contextlib.suppress(StoreError):  # the next request meets it again
                self._transactions.begin()

    def _answer(self, request: WriteRequest, body: bytes, report: Any) -> dict[str, Any]:  # noqa: ANN401
        try:
            created = execute(request, body, self._transactions)
            patch = self._transactions.commit(
                agent=request.agent,
                label=request.label,
                undoes=request.graph if request.action == "revert" else None,
                announce=lambda name: channel.send(self._control, committing=name),
            )
            return {
                **self._state(),
                "changed": sorted(patch.graphs()),
                "added": len(patch.added),
                "removed": len(patch.removed),
                "created": created,
            }
        except ExternalInputs as needs:
            return {"needs": needs.calls}
        except Refusal as refusal:
            findings = refusal.facts.pop("report", None)
            if findings is not None:
                report.write(json.dumps(findings, ensure_ascii=False).encode())
            return {"reason": refusal.reason, "facts": refusal.facts}
        except MemoryError:
            return {"reason": Reason.UPDATE_MEMORY_LIMIT, "facts": {}}
        except (StoreError, OSError, RuntimeError) as error:
            return _fault(error)
        except AgendaError as error:  # the validator: it starts again with us
            self._ended = True
            return {**_fault(error), "ending": True}

    def _state(self) -> dict[str, Any]:
        return {
            "snapshot": asdict(self._transactions.snapshot),
            "empty_graphs": sorted(self._transactions.empty_graphs),
        }


def _fault(error: Exception) -> dict[str, Any]:
    full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    if full or "No space left" in str(error) or "disk is full" in str(error):
        return {"reason": Reason.STORE_FULL, "facts": {}}
    return {"reason": Reason.STORE_FAULT, "facts": {"problem": f"{error}."[:400]}}


def main() -> None:
    """Serve the socket whose descriptor is the first argument."""
    control = boot.control_socket()
    setup, _ = channel.receive(control)
    if setup is None:
        return
    directory = StoreDirectory(Path(setup["path"]), writable=True, lock=setup["lock"])
    gate = None
    if setup["validated"]:
        gate = ValidatorClient([Path(path) for path in setup["shapes"]], prefix=setup["validated"])
    missing = confinement.confine(
        memory_limit_bytes=setup["memory_limit_bytes"],
        reserved_bytes=STACK_BYTES + _SLACK,
        may_write=True,
    )
    try:
        transactions = Transactions(directory, gate)
        writer = Writer(control, transactions)
        if gate is not None:
            gate.warm(transactions.snapshot.path)
            gate.on_wait = lambda waiting: channel.send(control, warming=waiting)
        channel.send(control, missing=missing)
    except (StoreError, OSError) as error:
        problem = str(error).removeprefix(f"cannot use the store {directory.path}: ")
        channel.send(control, failed=problem)
        return
    threading.stack_size(STACK_BYTES)
    thread = threading.Thread(target=_serve, args=[writer], daemon=True)
    thread.start()
    thread.join()
    os._exit(0)


def _serve(writer: Writer) -> None:
    with contextlib.suppress(ConnectionError):  # the server has ended
        writer.serve()
