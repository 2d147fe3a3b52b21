"""Answer one query after the other, in a process that may be killed at any moment.

The worker parses and evaluates in a thread with a large stack, because the engine's parser
is recursive: on the usual 8 MB some queries of 5 kB overflow it. It knows no HTTP and keeps
nothing between two queries but the opened snapshot. It sends a
frame for every error inside it; the exit status shows what kills it (stack, memory).
"""

from __future__ import annotations

import json
import os
import resource
import secrets
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, NoReturn, TypeVar, cast

import pyoxigraph as ox

from agendagraph.processes import boot, channel
from agendagraph.rdf import formats
from agendagraph.server.engine import html_answers, row_limit, translation
from agendagraph.server.engine.federation import rewriting
from agendagraph.server.engine.job import Job
from agendagraph.sparql import negotiation
from agendagraph.sparql.query_syntax import absolute_prefixes
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.sparql.syntax_errors import syntax_facts
from agendagraph.store import snapshot

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable, Iterator, Sized

    T = TypeVar("T", bound=Sized)

STACK_BYTES: Final = 512 << 20
"""Address space for the thread that parses; only what is touched becomes memory."""
DEFAULT_GRAPH: Final = "urn:x-arq:DefaultGraph"
"""Names the store's own default graph where a request describes a dataset, as in Jena."""
_PIECE: Final = 128 << 10
_MIB: Final = 1 << 20
_MESSAGE_CHARS: Final = 400
_WORTH_WEIGHING_S: Final = 0.02
_WORTH_ASKING_AGAIN_S: Final = 0.01
_NOT_IN_JSON_LD: Final = "JSON-LD does not support RDF 1.2"  # of a triple term, as an OSError
_STORE_SIGNS: Final = ("Corruption", "IO error", "checksum mismatch")
"""What RocksDB says of files that it cannot read, whatever error it comes as."""


class _Cut(Exception):  # noqa: N818 - the answer is long enough
    """The row limit is reached: what the engine would still write is not wanted."""


class _Answer:
    """The binary file that the engine writes to: it counts, limits and sends the answer.

    Without a row limit, pieces leave as they fill. With one, the answer is kept to its end,
    so that its head can say that it was cut.
    """

    def __init__(self, send: Callable[[bytes], None], job: Job, *, is_graph: bool = False) -> None:
        choice = job.graphs if is_graph else job.results
        if choice is None:
            family = formats.GRAPHS if is_graph else formats.RESULTS
            offered = negotiation.offered((*family, formats.HTML))
            raise Refusal(Reason.NOT_ACCEPTABLE, offered=offered)
        self.format_name, content_type = choice
        self._send = send
        self._job = job
        self._counter = row_limit.counter(self.format_name, job.row_limit)
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._kept: list[bytes] = []
        self._size = 0
        self._head = channel.json_frame(channel.HEAD, content_type=content_type)
        self.statements: int | None = None
        """Set where statements are counted before they are serialised."""
        self.cut = False

    @property
    def file(self) -> IO[bytes]:
        """Itself, as the type that the engine asks for; it calls ``write`` and ``flush``."""
        return cast("IO[bytes]", self)

    @property
    def rows(self) -> int | None:
        """Rows or statements so far; ``None`` where the format does not show them."""
        return self._counter.rows if self._counter else self.statements

    def write(self, data: bytes) -> int:
        """Take a piece from the engine."""
        self._pending.append(data)
        self._pending_bytes += len(data)
        if self._pending_bytes >= _PIECE:
            self._pass_on(last=False)
        return len(data)

    def flush(self) -> None:
        """Do nothing: a piece leaves when it is large enough, or at the end."""

    def _pass_on(self, *, last: bool) -> None:
        data = b"".join(self._pending)
        self._pending.clear()
        self._pending_bytes = 0
        if self._counter:
            data = self._counter.feed(data, last=last)
            self.cut = self._counter.truncated
        self._size += len(data)
        if self._size > self._job.size_limit:
            raise Refusal(Reason.ANSWER_TOO_LARGE, limit=self._job.size_limit)
        if self._job.row_limit is not None:
            self._kept.append(data)
            if self.cut and self._counter and not last:
                raise _Cut
        elif not last:
            self._send(self._head + channel.frame(channel.DATA, data))
            self._head = b""
        else:
            self._kept = [data]

    def finish(self, **measures: object) -> None:
        """Send what is left, and the end."""
        if not self.cut or self._counter is None:  # the counter has closed what it cut
            self._pass_on(last=True)
        data = b"".join(self._kept)
        if self.cut and self._counter:
            data = self._counter.announce(data, self._job.row_limit_link)
        elif self.cut and self.format_name in ("turtle", "trig", "n3"):
            data = f"# cut: see <{self._job.row_limit_link}>\n".encode() + data
        end = channel.json_frame(channel.END, rows=self.rows, truncated=self.cut, **measures)
        self._send(self._head + channel.frame(channel.DATA, data) + end)


class Worker:
    """Runs jobs from a socket over the store that it inherited or opens."""

    def __init__(self, connection: socket.socket, store: ox.Store | None) -> None:
        self._connection = connection
        self._send = connection.sendall
        self._store = store
        self._checkpoint = ""
        self._baseline_mib = 0.0
        self._incoming = self._receive()

    def serve(self) -> None:
        """Answer jobs until the server closes the socket."""
        self._baseline_mib = _resident_mib()
        self._send(channel.json_frame(channel.READY, thread=threading.get_native_id()))
        for kind, payload in self._incoming:
            if kind == channel.JOB:
                self._run(Job(**json.loads(payload)))
            elif kind == channel.OPEN:
                with suppress(Refusal):  # the next job meets it again and reports it
                    self._open(json.loads(payload)["checkpoint"])

    def _receive(self) -> Iterator[tuple[int, bytes]]:
        reader = channel.FrameReader()
        while data := self._connection.recv(1 << 16):
            yield from reader.feed(data)

    def _open(self, checkpoint: str) -> ox.Store:
        if checkpoint and checkpoint != self._checkpoint:
            self._store = None
            self._checkpoint = ""
            try:
                self._store = snapshot.open_checkpoint(checkpoint)
            except (OSError, ValueError, RuntimeError) as error:
                raise _unreadable(error) from None
            self._checkpoint = checkpoint
        return self._store or ox.Store()

    def _run(self, job: Job) -> None:
        started = time.perf_counter()
        try:
            if job.function:
                answer = self._call(job)
            else:
                answer = self._translate(job) if job.from_afar else self._answer(job)
            run_s = time.perf_counter() - started
            grown = _resident_mib() - self._baseline_mib if run_s > _WORTH_WEIGHING_S else 0.0
            answer.finish(run_s=round(run_s, 6), grown_mib=round(grown))
        except Refusal as refused:
            self._fail(refused.reason, **refused.facts)
        except SyntaxError as error:
            quick = time.perf_counter() - started < _WORTH_ASKING_AGAIN_S
            self._fail(Reason.SYNTAX, **syntax_facts(error, job.text, ask_again=quick))
        except MemoryError:
            self._fail(Reason.MEMORY_LIMIT)
        except (OSError, ValueError, RuntimeError) as error:
            if _NOT_IN_JSON_LD in str(error):
                self._fail(Reason.NOT_ACCEPTABLE, offered=negotiation.offered(formats.GRAPHS[:2]))
            elif _is_of_the_store(error):
                self._fail(Reason.STORE_UNREADABLE, **_unreadable(error).facts)
            else:
                self._fail(Reason.EVALUATION, problem=str(error)[:_MESSAGE_CHARS])
        except BaseException as error:  # noqa: BLE001 - a panic of the engine is one
            self._fail(Reason.EVALUATION, problem=type(error).__name__)

    def _fail(self, reason: Reason, **facts: object) -> None:
        self._send(channel.json_frame(channel.FAIL, reason=reason, facts=facts))

    def _call(self, job: Job) -> _Answer:
        """Call the job's function; its result is the answer."""
        answer = _Answer(self._send, job)
        try:
            answer.write(boot.imported(job.function)(_Data(self, job), **job.arguments))
        except (Refusal, MemoryError):
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the server's log must have it
            incident = secrets.token_hex(6)
            raise Refusal(Reason.FAULT, incident=incident, engine=traceback.format_exc()) from None
        return answer

    def select(self, job: Job, text: str, read: Callable[[ox.QuerySolutions], T]) -> T:
        """Run a query of the job's function."""
        if not job.from_afar:
            store = self._open(job.checkpoint)
            try:
                return read(cast("ox.QuerySolutions", store.query(text, **_dataset(job))))
            except (OSError, ValueError, RuntimeError) as error:
                raise _unreadable(error) if _is_of_the_store(error) else error from None
        self._send(channel.frame(channel.ASK, text.encode()))
        source = translation.RemoteAnswer(self._incoming)
        try:
            rows = read(cast("ox.QuerySolutions", translation.read(source)))
            source.drain()
        except (Refusal, SyntaxError, ValueError, OSError) as error:
            raise translation.failure(source, error) from None
        return rows

    def _translate(self, job: Job) -> _Answer:
        """Write an answer of another store, which arrives meanwhile."""
        source = translation.RemoteAnswer(self._incoming)
        try:
            answer = self._write(translation.read(source), job)
            if not answer.cut:
                source.drain()
        except (Refusal, SyntaxError, ValueError, OSError) as error:
            raise translation.failure(source, error) from None
        return answer

    def _answer(self, job: Job) -> _Answer:
        if job.calls == "list":
            answer = _Answer(self._send, job)
            answer.write(rewriting.plan(job.text, job.base))
            return answer
        store = self._open(job.checkpoint)
        text = job.text
        if job.calls:
            rows, base = job.call_rows, job.base
            text = rewriting.with_answers(text, self._incoming, rows=rows, base=base)
        try:
            results = store.query(text, base_iri=job.base or None, **_dataset(job))
        except SyntaxError as error:
            if not job.calls:
                raise
            problem = f"with the answers of the other servers in it: {error}"[:_MESSAGE_CHARS]
            raise Refusal(Reason.EVALUATION, problem=problem) from None
        return self._write(results, job)

    def _write(self, results: html_answers.Results, job: Job) -> _Answer:
        is_graph = not isinstance(results, ox.QuerySolutions | ox.QueryBoolean)
        answer = _Answer(self._send, job, is_graph=is_graph)
        with suppress(_Cut):
            if answer.format_name in html_answers.LANGUAGE_OF:
                page = html_answers.HtmlAnswer(job, html_answers.LANGUAGE_OF[answer.format_name])
                for piece in page.pieces(results):
                    answer.write(piece.encode())
                answer.statements, answer.cut = page.rows, page.cut
            elif isinstance(results, ox.QuerySolutions | ox.QueryBoolean):
                results.serialize(answer.file, formats.RESULTS_FORMATS[answer.format_name])
            else:
                _write_graph(results, answer, job)
        return answer


class _Data:
    """What a function can read (`JobData`)."""

    def __init__(self, worker: Worker, job: Job) -> None:
        self._worker = worker
        self._job = job

    def select(self, text: str, read: Callable[[ox.QuerySolutions], T]) -> T:
        rows = self._worker.select(self._job, text, read)
        limit = self._job.row_limit
        if limit is not None and len(rows) > limit:
            problem = f"it needs more rows than the {limit} that this server answers with"
            raise Refusal(Reason.EVALUATION, problem=problem)
        return rows


def _is_of_the_store(error: Exception) -> bool:
    """Whether *error* is RocksDB's, about its files, and so no fault of the query."""
    return isinstance(error, OSError) or any(sign in str(error) for sign in _STORE_SIGNS)


def _unreadable(error: Exception) -> Refusal:
    """Return the refusal for a store that cannot be read; the server logs why."""
    return Refusal(Reason.STORE_UNREADABLE, engine=str(error)[:_MESSAGE_CHARS])


def _write_graph(triples: Iterable[ox.Triple], answer: _Answer, job: Job) -> None:
    """Write statements; with the query's own prefixes where the format has prefixes."""
    form = formats.RDF_FORMATS[answer.format_name]
    if answer.format_name in ("n-triples", "n-quads"):
        if isinstance(triples, ox.QueryTriples):
            triples.serialize(answer.file, form)
        else:
            ox.serialize(triples, answer.file, form)
        return
    answer.statements = 0
    ox.serialize(
        _counted(triples, answer, job), answer.file, form, prefixes=absolute_prefixes(job.text)
    )


def _counted(triples: Iterable[ox.Triple], answer: _Answer, job: Job) -> Iterator[ox.Triple]:
    for triple in triples:
        if answer.statements == job.row_limit:
            answer.cut = True
            return
        answer.statements = (answer.statements or 0) + 1
        yield triple


def _dataset(job: Job) -> dict[str, Any]:
    """Return the engine's arguments for the dataset that the request describes.

    A request that names any graph replaces the dataset altogether: what it does not name
    is empty (SPARQL 1.1 Protocol, section 2.1.4).
    """
    if job.default_graphs is None and job.named_graphs is None:
        return {"use_default_graph_as_union": True} if job.union else {}
    return {
        "default_graph": [
            ox.DefaultGraph() if iri == DEFAULT_GRAPH else ox.NamedNode(iri)
            for iri in job.default_graphs or ()
        ],
        "named_graphs": [ox.NamedNode(iri) for iri in job.named_graphs or ()],
    }


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / _MIB


def run(connection: socket.socket, store: ox.Store | None) -> NoReturn:
    """Serve jobs in a thread with a large stack, then end the process."""
    threading.stack_size(STACK_BYTES)
    thread = threading.Thread(target=Worker(connection, store).serve, daemon=True)
    thread.start()
    thread.join()
    os._exit(0)
