"""Answer a GET without a query with the description of the service and its data."""

from __future__ import annotations

import hashlib
from itertools import chain
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from starlette.responses import Response

from agendagraph.messages import catalogue
from agendagraph.namespaces import PREFIXES
from agendagraph.rdf.formats import HTML, RDF_FORMATS
from agendagraph.server.http import encoding, preferences, respond
from agendagraph.server.http.answers import matches
from agendagraph.server.http.context import public_address
from agendagraph.server.http.description import dataset, service
from agendagraph.server.pages import frame
from agendagraph.sparql import negotiation

if TYPE_CHECKING:
    from starlette.requests import Request

    from agendagraph.server.http.description.dataset import DatasetQueries
    from agendagraph.server.http.respond import Scope, Send
    from agendagraph.server.http.state import ServerState

_WORDS: Final = catalogue(frame.LOCALE)
_FORM: Final = frame.environment().get_template("query.html")


async def query_form(request: Request) -> Response:
    """Answer ``GET /`` of a server without a site: the form for a query."""
    lang = preferences.language_of(request.scope)
    query = request.query_params.get("query", "SELECT * { ?s ?p ?o } LIMIT 10")
    page = _FORM.render(t=_WORDS[lang], here="/?", query=query, chosen="html")
    headers = {name.decode(): value.decode() for name, value in respond.PAGE_SAFETY}
    return Response(page.encode(errors="replace"), media_type=frame.CONTENT_TYPE, headers=headers)


async def send_description(
    state: ServerState,
    queries: DatasetQueries,
    scope: Scope,
    send: Send,
    format_parameter: str | None,
) -> None:
    """Send the service description, with VoID, in an RDF format that the client accepts."""
    accept = respond.header(scope, b"accept")
    name, content_type = negotiation.graph_format(accept, format_parameter)
    if name == HTML.name:  # people get the front page
        where = f"/?lang={preferences.language_of(scope)}".encode()
        headers = [
            (b"location", where),
            (b"vary", preferences.VARY),
            (b"cache-control", b"no-cache"),
        ]
        await respond.send_empty(send, 303, [*headers, (b"content-length", b"0"), *respond.CORS])
        return
    endpoint = public_address(state.settings, scope) + "/sparql"
    body = await _serialised(state, queries, endpoint + "/" * scope["path"].endswith("/"), name)
    coding = encoding.choose(respond.header(scope, b"accept-encoding"), size=len(body))
    etag = hashlib.blake2b(body, digest_size=12).hexdigest() + (f"-{coding}" if coding else "")
    headers = [
        (b"vary", b"Accept, Accept-Encoding, Host"),
        (b"cache-control", b"no-cache"),
        (b"etag", f'"{etag}"'.encode()),
        *respond.CORS,
    ]
    if matches(respond.header(scope, b"if-none-match"), f'"{etag}"'):
        await respond.send_empty(send, 304, headers)
        return
    if coding:
        headers.append((b"content-encoding", coding.encode()))
        body = await encoding.compressed(coding, body)
    await respond.send_bytes(send, 200, content_type.encode(), body, headers)


async def _serialised(
    state: ServerState, queries: DatasetQueries, endpoint: str, format_name: str
) -> bytes:
    """Return the description of the service at *endpoint*, grouped by subject."""
    engine = state.engine
    statistics = await service.count(engine)
    of_service = service.describe(
        endpoint,
        statistics,
        union_default_graph=engine.limits.union_default_graph,
        writable=state.settings.writable,
        federated=engine.federation is not None,
    )
    statements = await dataset.statements(engine, queries)
    by_subject: dict[str, list[ox.Triple]] = {}
    for triple in (*of_service, *dataset.describe(endpoint, statements, statistics)):
        by_subject.setdefault(str(triple.subject), []).append(triple)
    used = {*dataset.vocabularies(statistics)}
    prefixes = {
        **{name: namespace for name, namespace in PREFIXES.items() if namespace in used},
        **service.WRITTEN_WITH,
        "": endpoint + "#",
    }
    ordered = chain.from_iterable(by_subject.values())
    return ox.serialize(ordered, format=RDF_FORMATS[format_name], prefixes=prefixes) or b""
