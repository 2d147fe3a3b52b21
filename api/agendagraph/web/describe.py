"""Answer a GET without a query: what this service is, and what data it has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from agendagraph.sparql import description, negotiation
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.sparql.worker import GRAPH_FORMATS
from agendagraph.web import respond

if TYPE_CHECKING:
    from agendagraph.web.respond import Scope, Send
    from agendagraph.web.state import ServerState

_HOST: Final = re.compile(r"[A-Za-z0-9.\-]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?")


def address(state: ServerState, scope: Scope) -> str:
    """Return the address of the endpoint as its client knows it."""
    if state.settings.public_url is not None:
        return state.settings.public_url.rstrip("/") + "/sparql"
    host = respond.header(scope, b"host") or ""
    if not _HOST.fullmatch(host):
        server = scope.get("server") or ("localhost", 80)
        host = f"{server[0]}:{server[1]}"
    return f"{scope['scheme']}://{host}/sparql"


async def send_description(
    state: ServerState, scope: Scope, send: Send, format_parameter: str | None
) -> None:
    """Send the service description, with VoID, in an RDF format that the client accepts."""
    accept = respond.header(scope, b"accept")
    choice = negotiation.choose(accept, format_parameter).graphs
    if choice is None:
        offered = negotiation.offered(negotiation.GRAPHS)
        raise Refusal(Reason.NOT_ACCEPTABLE, accept=accept, offered=offered)
    engine = state.engine
    triples = description.describe(
        address(state, scope),
        await description.count(engine),
        union_default_graph=engine.limits.union_default_graph,
        writable=state.settings.writable,
    )
    body = ox.serialize(triples, format=GRAPH_FORMATS[choice[0]], prefixes=description.WRITTEN_WITH)
    headers = [
        (b"vary", b"Accept, Host"),
        (b"cache-control", b"no-cache"),
        *respond.CORS,
    ]
    await respond.send_bytes(send, 200, choice[1].encode(), body or b"", headers)
