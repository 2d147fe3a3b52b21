"""A store behind a SPARQL 1.1 endpoint, ours or another's.

Queries are sent by POST. Oxigraph's parsers read the answers, so that terms have the same
types as those of a local store. A truncated or malformed answer is an error.
"""

from __future__ import annotations

import weakref
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import httpx
import pyoxigraph as ox

from agendagraph.errors import (
    QueryError,
    QueryStopped,
    QuerySyntaxError,
    QueryTimedOut,
    StoreError,
)
from agendagraph.rdf.formats import RDF_FORMATS, RESULTS_FORMATS
from agendagraph.sparql.query_syntax import has_dataset_clause, query_form
from agendagraph.store import dialects
from agendagraph.store.local import LocalStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agendagraph.store.backend import QueryAnswer

_EVERYTHING: Final = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_GRAPHS_COUNTED: Final = "SELECT ?g (COUNT(*) AS ?count) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
_GRAPH: Final = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH {} { ?s ?p ?o } }"
_COUNT: Final = "SELECT (COUNT(*) AS ?count) WHERE { ?s ?p ?o }"
_STOPPED: Final = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


class RemoteStore:
    """The default graph of an endpoint: the union of all graphs, where it has that choice."""

    def __init__(self, url: str, *, timeout_s: float = 60.0) -> None:
        """Query *url*, and wait at most *timeout_s* seconds for each part of an answer."""
        self.url: Final = url
        self._timeout_s = timeout_s
        self._client = httpx.Client(timeout=timeout_s)
        weakref.finalize(self, self._client.close)
        self._dialect = dialects.Dialect()
        self._known = False

    def query(self, text: str) -> QueryAnswer:
        """Answer a SPARQL query; see `query`.

        Raises:
            QuerySyntaxError: The endpoint rejects the query and names the place of the error.
            QueryError: The endpoint rejects the query.
            QueryStopped: The endpoint is busy, or stopped the query.
            QueryTimedOut: The endpoint did not answer in time.
            StoreError: The endpoint cannot be reached, or its answer cannot be parsed.
        """
        try:
            answer = self._ask(text)
        except httpx.TimeoutException:
            raise QueryTimedOut(limit_s=self._timeout_s) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise StoreError(f"no answer from {self.url}: {error}") from None
        if answer.status_code != HTTPStatus.OK:
            raise _refusal(self.url, answer)
        if dialects.stopped(answer.headers):
            raise QueryTimedOut(limit_s=self._timeout_s)
        if (rows := dialects.cut_after(answer.headers)) is not None:
            raise QueryStopped(f"{self.url} cut its answer after {rows} rows: ask for fewer")
        return _parsed(self.url, answer)

    @property
    def dialect(self) -> dialects.Dialect:
        """How the store departs from the protocol; the first query finds out."""
        if not self._known:
            self.query("ASK {}")
        return self._dialect

    def copied(self, *, most: int = 5_000_000) -> LocalStore:
        """Return a copy in memory of all named graphs but those that the store keeps for itself.

        Args:
            most: The largest number of triples that is copied.

        Raises:
            StoreError: There are more, or fewer arrived than the store counts.
        """
        counted = self._solutions(_GRAPHS_COUNTED)
        sizes = {row["g"].value: int(row["count"].value) for row in counted}
        for graph in self.dialect.own_graphs:
            sizes.pop(graph, None)
        if sum(sizes.values()) > most:
            raise StoreError(
                f"{self.url} holds {sum(sizes.values()):,} triples; at most {most:,} are copied"
            )
        copy = ox.Store()
        for graph, size in sizes.items():
            answer = self.query(_GRAPH.replace("{}", f"<{graph}>"))
            name = ox.NamedNode(graph)
            triples = [ox.Quad(t.subject, t.predicate, t.object, name) for t in answer]  # type: ignore[union-attr]
            if len(triples) != size:
                raise StoreError(
                    f"{self.url} sent {len(triples):,} of the {size:,} triples of <{graph}>"
                )
            copy.bulk_extend(triples)
        return LocalStore(copy)

    def _ask(self, text: str) -> httpx.Response:
        """Send a query with the parameters that make it mean the same as over a local store."""
        if not self._known:
            probe = self._client.post(
                self.url, data={"query": "ASK {}"}, headers={"Accept": dialects.ACCEPT_RESULTS}
            )
            self._dialect = dialects.dialect(probe.headers.get("Server", ""))
            self._known = probe.status_code == HTTPStatus.OK
        union = not has_dataset_clause(text)
        parameters = dict(self._dialect.parameters(union=union))
        accepted = {"Accept": dialects.accept(query_form(text))}
        return self._client.post(self.url, data={**parameters, "query": text}, headers=accepted)

    def quads(self) -> Iterator[ox.Quad]:
        """Yield the triples of the default graph."""
        answer = self.query(_EVERYTHING)
        if isinstance(answer, ox.QuerySolutions | ox.QueryBoolean):
            raise StoreError(f"{self.url} answered CONSTRUCT without a graph")
        return (ox.Quad(t.subject, t.predicate, t.object) for t in answer)

    def __len__(self) -> int:
        """Return how many triples the default graph holds."""
        (row,) = self._solutions(_COUNT)
        return int(row["count"].value)

    def _solutions(self, text: str) -> ox.QuerySolutions:
        answer = self.query(text)
        if not isinstance(answer, ox.QuerySolutions):
            raise StoreError(f"{self.url} answered SELECT without solutions")
        return answer


def _parsed(url: str, answer: httpx.Response) -> QueryAnswer:
    name = dialects.answer_format(answer.headers)
    try:
        if (results := RESULTS_FORMATS.get(name or "")) is not None:
            content = dialects.plain_blank_nodes(answer.content)
            parsed = ox.parse_query_results(content, format=results)
            if isinstance(parsed, ox.QuerySolutions):
                # Solutions are parsed as they are read: an answer that broke off shows here.
                list(parsed)
                parsed = ox.parse_query_results(content, format=results)
            return parsed
        if (graph := RDF_FORMATS.get(name or "")) is not None:
            return iter([quad.triple for quad in ox.parse(answer.content, format=graph)])
    except (SyntaxError, ValueError) as error:
        raise StoreError(f"the answer of {url} does not parse: {error}") from None
    media_type = answer.headers.get("Content-Type", "without a type").partition(";")[0]
    raise StoreError(f"{url} is not a SPARQL endpoint: it answered {media_type}")


def _refusal(url: str, answer: httpx.Response) -> QueryError | QueryStopped | StoreError:
    problem = _problem(answer)
    status = answer.status_code
    if status in _STOPPED:
        return QueryStopped(f"{url} stopped the query ({status}): {problem['detail']}")
    if status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.FORBIDDEN}:
        line, column = problem.get("line"), problem.get("column")
        if isinstance(line, int) and isinstance(column, int):
            message = problem.get("problem") or problem["detail"]
            return QuerySyntaxError(str(message), line=line, column=column)
        return QueryError(f"{url} refused the query: {problem['detail']}")
    return StoreError(f"{url} answered {status}: {problem['detail']}")


def _problem(answer: httpx.Response) -> dict[str, object]:
    """Return the members of a problem document, or the text of another body as ``detail``."""
    try:
        members = answer.json()
    except ValueError:
        members = None
    if isinstance(members, dict):
        return {"detail": members.get("title") or answer.reason_phrase, **members}
    return {"detail": " ".join(answer.text.split())[:300] or answer.reason_phrase}
