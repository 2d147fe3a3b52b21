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
    from agendagraph.sparql.query import SparqlQuery

VARY: Final = b"Accept, Accept-Encoding, Accept-Language"


def language(asked: str | None, accepted: str | None) -> str:
    """Return the language of a page: the one asked for, else the one that a browser prefers.

    >>> language("ko", "en"), language(None, "fr, ko;q=0.5, en;q=0.4"), language("xx", "fr")
    ('ko', 'ko', 'en')
    """
    if asked in LANGUAGES:
        return asked
    quality = dict.fromkeys(LANGUAGES, 0.0)
    for tag, weight, _ in weighted(accepted or ""):
        name = tag.partition("-")[0]
        if name in quality:
            quality[name] = max(quality[name], weight)
    return max(quality, key=lambda name: quality[name])


def language_of(scope: Scope) -> str:
    """Return the language of a page for a request: ``?lang=``, or what the browser prefers."""
    asked = None
    for pair in scope["query_string"].split(b"&"):
        if pair.startswith(b"lang="):
            asked = pair[5:].decode("latin-1")
    return language(asked, respond.header(scope, b"accept-language"))


def in_language_of(scope: Scope, question: SparqlQuery) -> SparqlQuery:
    """Return *question* with the language of the page that answers it, if one does."""
    results, graphs = (
        _spoken(scope, question.choice.results),
        _spoken(scope, question.choice.graphs),
    )
    return replace(question, choice=Choice(results, graphs))


def asks_for_page(question: SparqlQuery) -> bool:
    """Return whether the answer may be a page, whose language is not chosen yet."""
    choice = question.choice
    return (choice.results is not None and choice.results[0] == "html") or (
        choice.graphs is not None and choice.graphs[0] == "html"
    )


def _spoken(scope: Scope, chosen: tuple[str, str] | None) -> tuple[str, str] | None:
    if chosen is None or chosen[0] != HTML.name:
        return chosen
    return f"{chosen[0]}-{language_of(scope)}", chosen[1]
