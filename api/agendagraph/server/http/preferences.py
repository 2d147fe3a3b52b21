"""Decide who gets a page instead of data, and in which language."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from agendagraph.messages import LANGUAGES
from agendagraph.rdf.formats import HTML
from agendagraph.server.http import respond
from agendagraph.sparql.negotiation import Choice, weighted

if TYPE_CHECKING:
    from agendagraph.server.http.respond import Scope
    from agendagraph.sparql.protocol import SparqlQuery

VARY: Final = b"Accept, Accept-Encoding, Accept-Language"


def language(requested: str | None, accepted: str | None) -> str:
    """Return the language of a page: the requested one, else the one that a browser prefers.

    >>> language("ko", "en"), language(None, "fr, ko;q=0.5, en;q=0.4"), language("xx", "fr")
    ('ko', 'ko', 'en')
    """
    if requested in LANGUAGES:
        return requested
    quality = dict.fromkeys(LANGUAGES, 0.0)
    for tag, weight, _ in weighted(accepted or ""):
        name = tag.partition("-")[0]
        if name in quality:
            quality[name] = max(quality[name], weight)
    return max(quality, key=lambda name: quality[name])


def language_of(scope: Scope) -> str:
    """Return the language of a page for a request: ``?lang=``, or what the browser prefers."""
    requested = None
    for pair in scope["query_string"].split(b"&"):
        if pair.startswith(b"lang="):
            requested = pair[5:].decode("latin-1")
    return language(requested, respond.header(scope, b"accept-language"))


def in_language_of(scope: Scope, query: SparqlQuery) -> SparqlQuery:
    """Return *query* with the language of the page that answers it, if one does."""
    choice = query.choice
    localised = Choice(_localised(scope, choice.results), _localised(scope, choice.graphs))
    return replace(query, choice=localised)


def asks_for_page(query: SparqlQuery) -> bool:
    """Return whether the answer may be a page, whose language is not chosen yet."""
    chosen = (query.choice.results, query.choice.graphs)
    return any(each is not None and each[0] == HTML.name for each in chosen)


def _localised(scope: Scope, chosen: tuple[str, str] | None) -> tuple[str, str] | None:
    if chosen is None or chosen[0] != HTML.name:
        return chosen
    return f"{chosen[0]}-{language_of(scope)}", chosen[1]
