"""Answer queries from another SPARQL 1.1 endpoint, under our protocol and our limits.

The query goes to the store as its client wrote it, always for SPARQL JSON or N-Triples; the
answer is streamed into a worker of ours, which reads it to its end and writes it in the
format that the client wants (`server.engine.translation`). So an answer that broke
off, that a store cut, or that is no answer at all becomes an error and never a short answer,
the limits of time, size and rows are ours, and nothing from outside is parsed in the process
that speaks HTTP. When a query is stopped, the connection to the store is closed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import httpx

from agendagraph.errors import StoreError
from agendagraph.processes import channel
from agendagraph.rdf.formats import RESULTS_FORMATS
from agendagraph.server.engine.worker import DEFAULT_GRAPH
from agendagraph.sparql.query_syntax import query_form, refuse_service_calls
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.sparql.syntax_errors import engine_facts
from agendagraph.store import dialects

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from agendagraph.server.engine.job import Job
    from agendagraph.server.engine.pending_answer import PendingAnswer
    from agendagraph.server.engine.worker_client import WorkerProcess

logger: Final = logging.getLogger(__name__)

_CONNECT_S: Final = 5.0
_PROBE_S: Final = 30.0
_PROBLEM_BYTES: Final = 1 << 16
_MESSAGE_CHARS: Final = 400
_LINE: Final = re.compile(r"line (?P<line>\d+)")
_TRANSPORT_ERRORS: Final = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError)
_BUSY: Final = {408, 425, 429, 503}


@dataclass(frozen=True, slots=True)
class RemoteSource:
    """Where a remote store is, and how to query it.

    Attributes:
        url: Its query endpoint.
        parameters: Sent with every query, for example ``(("infer", "false"),)``.
        authorization: The value of the ``Authorization`` header; blank for none.
        body_bytes: The longest answer of the store that is read.
        connections: The most that are open at once.
    """

    url: str
    parameters: tuple[tuple[str, str], ...] = ()
    authorization: str = field(default="", repr=False)
    body_bytes: int = 1 << 30
    connections: int = 16


class RemoteStoreClient:
    """Runs jobs on another endpoint, each through a worker that reads its answer."""

    def __init__(self, source: RemoteSource) -> None:
        self._source = source
        self._dialect = dialects.Dialect()
        headers = {"Accept-Encoding": "identity", "User-Agent": "agendagraph"}
        if source.authorization:
            headers["Authorization"] = source.authorization
        self._client = httpx.AsyncClient(
            headers=headers,
            timeout=httpx.Timeout(None, connect=_CONNECT_S),
            limits=httpx.Limits(max_connections=source.connections, keepalive_expiry=10),
        )
        self._shown = str(httpx.URL(source.url).copy_with(username=None, password=None))

    async def probe(self, limit_s: float = _PROBE_S) -> None:
        """Ask the store something that it must know, and learn which kind of store it is.

        Raises:
            StoreError: It does not answer as a SPARQL endpoint does.
        """
        headers = {"Accept": dialects.ACCEPT_RESULTS}
        data = {**dict(self._source.parameters), "query": "ASK {}"}
        try:
            async with asyncio.timeout(limit_s):
                answer = await self._client.post(self._source.url, data=data, headers=headers)
        except (TimeoutError, *_TRANSPORT_ERRORS) as error:
            problem = str(error) or type(error).__name__
            raise StoreError(f"the store {self._shown} does not answer: {problem}") from None
        name = dialects.answer_format(answer.headers)
        if answer.status_code != httpx.codes.OK or name not in RESULTS_FORMATS:
            raise StoreError(
                f"{self._shown} is no SPARQL endpoint that we may ask: it answered"
                f" {answer.status_code}, {answer.headers.get('content-type', 'without a type')}"
            )
        self._dialect = dialects.dialect(answer.headers.get("server", ""))

    def run(self, worker: WorkerProcess, pending: PendingAnswer) -> None:
        """Run a query on the store, and have *worker* write what the store sends.

        A function gets the answers to the queries that it asks.
        """
        job = pending.job
        worker.run(job.frame("", from_afar=True), pending)
        if job.function:
            worker.on_query = lambda text: self._feed(worker, replace(job, text=text), pending)
        else:
            self._feed(worker, job, pending)

    def _feed(self, worker: WorkerProcess, job: Job, pending: PendingAnswer) -> None:
        feed = _Feed(self._client, worker, lambda: self._request(job, pending.limit_s))
        worker.stop_input = feed.stop
        feed.start(self._source.body_bytes, self._shown, self._dialect)

    def _request(self, job: Job, limit_s: float) -> httpx.Request:
        return self._client.build_request(
            "POST",
            self._source.url,
            data=self._parameters(job, limit_s),
            headers={"Accept": dialects.accept(query_form(job.text))},
            extensions={"limit_s": limit_s},
        )

    def _parameters(self, job: Job, limit_s: float) -> dict[str, str | list[str]]:
        refuse_service_calls(job.text)
        sent: dict[str, list[str]] = {}
        extra = self._dialect.parameters(union=job.union, limit_s=limit_s)
        for name, value in (*self._source.parameters, *extra):
            sent.setdefault(name, []).append(value)
        default = list(job.default_graphs or ())
        if DEFAULT_GRAPH in default and (len(default) > 1 or job.named_graphs):
            raise Refusal(
                Reason.BAD_REQUEST,
                problem=f"over another endpoint, {DEFAULT_GRAPH} cannot be joined with graphs",
            )
        if default or job.named_graphs:
            sent["default-graph-uri"] = [iri for iri in default if iri != DEFAULT_GRAPH]
            sent["named-graph-uri"] = list(job.named_graphs or ())
        sent["query"] = [job.text]
        return {name: values for name, values in sent.items() if values}

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()


class _Feed:
    """Passes one answer of the store on to a worker, until it is whole or not wanted.

    A task of httpx that is cancelled while it closes a connection loses it to the pool. So
    once the answer's head is there, a feed is stopped by closing the connection.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        worker: WorkerProcess,
        request: Callable[[], httpx.Request],
    ) -> None:
        self._client = client
        self._worker = worker
        self._request = request
        self._answer: httpx.Response | None = None
        self._stopped = False
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, limit_bytes: int, store: str, dialect: dialects.Dialect) -> None:
        """Ask the store, and read at most *limit_bytes* of what it answers."""
        self._keep(self._run(limit_bytes, store, dialect))

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def stop(self) -> None:
        """Read no more, and close the connection if the answer is not whole."""
        self._stopped = True
        if self._answer is None:
            for task in self._tasks:
                task.cancel()
        elif not self._answer.is_closed:
            self._keep(self._answer.aclose())

    async def _run(self, limit_bytes: int, store: str, dialect: dialects.Dialect) -> None:
        try:
            await self._ask()
            await self._pass_on(limit_bytes, dialect)
        except Refusal as refusal:
            self._refuse(refusal)
        except _TRANSPORT_ERRORS as error:
            if not self._stopped:
                logger.warning("the store %s: %r", store, error)
                self._refuse(_gone(str(error) or type(error).__name__))

    async def _ask(self) -> None:
        """Send the request; once more where an idle connection was closed just now."""
        request = self._request()
        try:
            self._answer = await self._client.send(request, stream=True)
        except httpx.RemoteProtocolError as error:
            if "without sending" not in str(error):
                raise
            self._answer = await self._client.send(request, stream=True)

    async def _pass_on(self, limit_bytes: int, dialect: dialects.Dialect) -> None:
        answer, send = self._answer, self._worker.send
        if answer is None:
            return
        try:
            if answer.status_code != httpx.codes.OK:
                raise _refusal(answer.status_code, answer.headers, await _beginning_of_body(answer))
            limit_s = answer.request.extensions["limit_s"]
            send(channel.json_frame(channel.META, format=_checked_format(answer, limit_s)))
            too_large = Refusal(Reason.ANSWER_TOO_LARGE, limit=limit_bytes)
            async for piece in dialects.body(answer, dialect, limit_bytes, too_large):
                send(channel.frame(channel.BODY, piece))
                await self._worker.drain()
                if self._stopped:
                    return
        finally:
            await answer.aclose()
        if not self._stopped:
            send(channel.frame(channel.BODY_END, b""))

    def _refuse(self, refusal: Refusal) -> None:
        if not self._stopped:
            self._worker.send(
                channel.json_frame(channel.REFUSE, reason=refusal.reason, facts=refusal.facts)
            )


def _checked_format(answer: httpx.Response, limit_s: float) -> str:
    """Return the format of a 200 answer that can be trusted to be whole when it ends."""
    found = dialects.answer_format(answer.headers)
    if dialects.stopped(answer.headers):
        raise Refusal(Reason.TIME_LIMIT, limit_s=limit_s)
    rows = dialects.cut_after(answer.headers)
    if rows is not None:
        raise Refusal(Reason.ANSWER_CUT, rows=rows)
    if found is None:
        raise _gone(f"it answered {answer.headers.get('content-type', 'without a type')[:100]}")
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise _gone("it compressed an answer that was to be plain")
    if not dialects.is_delimited(answer.headers, found):
        raise _gone("its answer has no length, so that one cannot tell whether it is whole")
    return found


async def _beginning_of_body(answer: httpx.Response) -> str:
    data = b""
    async for piece in answer.aiter_raw():
        data += piece
        if len(data) >= _PROBLEM_BYTES:
            break
    return data[:_PROBLEM_BYTES].decode(errors="replace")


def _gone(problem: str) -> Refusal:
    return Refusal(Reason.REMOTE_STORE, problem=problem[:_MESSAGE_CHARS])


def _refusal(status: int, headers: httpx.Headers, body: str) -> Refusal:
    """Return what a refusal by the store means for our client."""
    problem: dict[str, object] = {}
    if "json" in headers.get("content-type", ""):
        try:
            loaded = json.loads(body)
        except ValueError:
            loaded = None
        problem = loaded if isinstance(loaded, dict) else {}
    words = str(problem.get("detail") or problem.get("title") or " ".join(body.split()))
    words = words.partition(" SPARQL query:")[0][:_MESSAGE_CHARS]
    if status in _BUSY:
        wait_s = headers.get("retry-after", "")
        return Refusal(Reason.BUSY, retry_after_s=int(wait_s) if wait_s.isdigit() else 2)
    if status == httpx.codes.GATEWAY_TIMEOUT:
        return Refusal(Reason.EVALUATION, problem=f"the store stopped the query: {words}")
    if status == httpx.codes.BAD_REQUEST:
        return _syntax(problem, words)
    if status == httpx.codes.INTERNAL_SERVER_ERROR and words.startswith("Virtuoso "):
        return Refusal(Reason.EVALUATION, problem=words)
    return _gone(f"it answered {status}: {words}")


def _syntax(problem: dict[str, object], words: str) -> Refusal:
    """Return what is wrong with a query, with its place where the store reports it."""
    line, column = problem.get("line"), problem.get("column")
    if isinstance(line, int) and isinstance(column, int):
        return Refusal(Reason.SYNTAX, line=line, column=column, problem=words)
    facts = engine_facts(words)
    if facts["line"] is not None:
        return Refusal(Reason.SYNTAX, **facts)
    if (match := _LINE.search(words)) and "37000" in words:
        return Refusal(Reason.SYNTAX, line=int(match["line"]), column=None, problem=words)
    return Refusal(Reason.EVALUATION, problem=words or "the store refuses the query")
