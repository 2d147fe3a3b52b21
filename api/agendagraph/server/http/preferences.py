"""Who gets a page instead of data, in which language, and the form that every page may hold."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Final

from agendagraph.rdf.formats import HTML
from agendagraph.server.engine import html_page
from agendagraph.server.http import respond
from agendagraph.sparql.negotiation import Choice, weighted

if TYPE_CHECKING:
    from agendagraph.server.http.respond import Scope
    from agendagraph.sparql.query import SparqlQuery

VARY: Final = b"Accept, Accept-Encoding, Accept-Language"

_WORDS: Final = {
    "ko": {
        "query": "SPARQL 질의",
        "format": "형식",
        "ask": "묻기",
        "page": "이 브라우저에서 보기 (html)",
        "graphs": "CONSTRUCT · DESCRIBE의 답",
        "results": "SELECT · ASK의 답",
    },
    "en": {
        "query": "SPARQL query",
        "format": "Format",
        "ask": "Ask",
        "page": "Show it here (html)",
        "graphs": "Answers of CONSTRUCT, DESCRIBE",
        "results": "Answers of SELECT, ASK",
    },
}
RESULTS: Final = ("csv", "tsv", "json", "xml")
GRAPHS: Final = ("turtle", "trig", "n-triples", "n-quads", "json-ld", "rdf-xml")


def language(asked: str | None, accepted: str | None) -> str:
    """Return the language of a page: the one asked for, else the one that a browser prefers.

    >>> language("ko", "en"), language(None, "fr, ko;q=0.5, en;q=0.4"), language("xx", "fr")
    ('ko', 'ko', 'en')
    """
    if asked in html_page.LANGUAGES:
        return asked
    quality = dict.fromkeys(html_page.LANGUAGES, 0.0)
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


def form(lang: str, query: str, chosen: str = "html") -> str:
    """Return the form that asks *query*, with the format *chosen*."""
    words = _WORDS[lang]

    def option(name: str, shown: str = "") -> str:
        selected = " selected" if name == chosen else ""
        return f'<option value="{name}"{selected}>{shown or name}</option>'

    return f"""<form action="/sparql" method="get">
<input type="hidden" name="lang" value="{lang}">
<p><label for="query">{words["query"]}</label>
<textarea id="query" name="query" spellcheck="false" required>
{escape(query)}</textarea></p>
<p><label>{words["format"]} <select name="format">
{option("html", words["page"])}
<optgroup label="{words["results"]}">{"".join(map(option, RESULTS))}</optgroup>
<optgroup label="{words["graphs"]}">{"".join(map(option, GRAPHS))}</optgroup>
</select></label> <button>{words["ask"]}</button></p>
</form>
"""
