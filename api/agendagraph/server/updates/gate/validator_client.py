"""Validate a change before commit; reject it with the SHACL report.

A child process (`incremental_validation`) keeps the union of the validated graphs as of the
last commit. It validates only the nodes that the change can affect: an older violation that
the change does not touch does not block it.
"""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from agendagraph.errors import AgendaError
from agendagraph.processes import boot, channel
from agendagraph.server.updates.history import is_validated
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.validation import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    from agendagraph.server.updates.patch import Patch

_VALIDATOR: Final = "agendagraph.server.updates.gate.incremental_validation"
_LISTED: Final = 1000
"""Findings that a refusal lists; it counts them all."""


class ValidatorClient:
    """Validates the union of the graphs whose IRIs begin with *prefix* against *shapes*."""

    def __init__(self, shapes: Iterable[Path], *, prefix: str) -> None:
        self._shapes = [str(path) for path in shapes]
        self._prefix = prefix
        self._loading = False
        self._pending = False
        self.on_wait: Callable[[bool], None] = lambda _waiting: None
        """Called when a check begins to wait for the validator to load, and when it has loaded."""
        self._child, connection = boot.start(_VALIDATOR, kind=socket.SOCK_STREAM)
        with connection:
            self._stream = connection.makefile("rwb")

    def warm(self, checkpoint: str) -> None:
        """Let the child load the shapes and a checkpoint; do not wait for it."""
        self._send(do="load", shapes=self._shapes, path=checkpoint, prefix=self._prefix)
        self._loading = True

    def check(self, store: ox.Store, change: Patch) -> None:
        """Validate a change; *store* already has it.

        Raises:
            Refusal: It violates the shapes; ``report`` is the SHACL report as plain data.
            AgendaError: The child has ended; the caller must end too.
        """
        added, removed = self._triples(store, change)
        if any(isinstance(triple.object, ox.Triple) for triple in added):
            raise Refusal(
                Reason.UPDATE_FAILED,
                problem="a triple is used as a term (RDF-star), which SHACL cannot check, in a"
                " validated graph.",
            )
        self._await_loading()  # or the commit would replace the checkpoint that it loads
        if self._pending:  # the change before this one was rejected
            self._send(do="rollback")
            self._pending = False
        if not added and not removed:
            return
        self._send(do="check", added=_text(added), removed=_text(removed))
        self._pending = True
        report = Report.from_dict(self._receive())
        if not report.conforms:
            listed = Report(report.results[:_LISTED])
            raise Refusal(
                Reason.SHAPES_VIOLATED, violations=len(report.violations), report=listed.to_dict()
            )

    def commit(self) -> None:
        """Keep the last change: it was committed."""
        if self._pending:
            self._send(do="commit")
            self._pending = False

    def close(self) -> None:
        """End the child."""
        with contextlib.suppress(OSError):
            self._stream.close()
        self._child.kill()
        self._child.wait()

    def _await_loading(self) -> None:
        if self._loading:
            self.on_wait(True)  # noqa: FBT003 - it waits, or it does not
            self._receive()
            self._loading = False
            self.on_wait(False)  # noqa: FBT003 - the same

    def _triples(self, store: ox.Store, change: Patch) -> tuple[set[ox.Triple], set[ox.Triple]]:
        """Return the triples that the union of the validated graphs gains and loses."""
        prefix = self._prefix
        added = {quad.triple for quad in change.added if is_validated(quad.graph_name, prefix)}
        removed = {quad.triple for quad in change.removed if is_validated(quad.graph_name, prefix)}
        gained = {t for t in added - removed if not self._contains(store, t, except_=change.added)}
        lost = {t for t in removed - added if not self._contains(store, t)}
        return gained, lost

    def _contains(
        self, store: ox.Store, triple: ox.Triple, *, except_: Collection[ox.Quad] = ()
    ) -> bool:
        """Whether a validated graph contains *triple*, apart from the quads *except_*."""
        quads = store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        return any(is_validated(q.graph_name, self._prefix) and q not in except_ for q in quads)

    def _send(self, **message: Any) -> None:  # noqa: ANN401 - what JSON can hold
        try:
            channel.write_message(self._stream, **message)
        except OSError:
            raise AgendaError("the process that validates has ended") from None

    def _receive(self) -> dict[str, Any]:
        answer = channel.read_message(self._stream)
        if answer is None:
            raise AgendaError("the process that validates has ended")
        if "failed" in answer:
            raise AgendaError(f"the change could not be validated: {answer['failed']}")
        return {"results": [], **answer}


def _text(triples: set[ox.Triple]) -> str:
    return "".join(f"{triple} .\n" for triple in triples)
