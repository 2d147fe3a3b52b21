"""The front page: what a browser gets that opens the server's address.

It holds a form, the shipped questions, and what a reader needs for a query of his own: what the
data contain, the prefixes, the limits in force. It is in Korean or English, without a script.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from agendagraph.knowledge.questions import Question, questions
from agendagraph.messages import catalogue
from agendagraph.namespaces import BASE
from agendagraph.server.engine.scheduler import SchedulerLimits
from agendagraph.server.http import encoding, preferences, respond
from agendagraph.server.http.endpoint import QUERY_BYTES
from agendagraph.server.pages import frame
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.version import __version__

if TYPE_CHECKING:
    from starlette.requests import Request

    from agendagraph.server.settings import Settings

CITATION: Final = (
    f"Agendagraph, version {__version__} (2026): the policy tasks of the Korean Ministry of Foreign"
    " Affairs as a knowledge graph."
)
CITED_AS: Final = BASE
CC_BY: Final = "https://creativecommons.org/licenses/by/4.0/"
READY: Final = ("classes", "properties", "concepts", "graphs", "uses")
"""Queries about the data themselves: ``site/queries``, titled in the catalogue."""

_FOLDER: Final = Path(__file__).resolve().parent
LOCALE: Final = _FOLDER / "locale"
_WORDS: Final = catalogue(frame.LOCALE, LOCALE)
_TEMPLATE: Final = frame.environment(_FOLDER / "templates").get_template("front.html")
_COMMON: Final = ("rdf", "rdfs", "owl", "xsd", "skos", "dcterms", "org", "foaf", "prov", "oa")
_OURS: Final = ("agenda", "country", "graph", "role", "scheme")
_PREFIXES: Final = "".join(
    f"PREFIX {name}: <{frame.KNOWN_PREFIXES[name]}>\n" for name in (*_OURS, *_COMMON)
)


async def front_page(request: Request) -> Response:
    """Answer ``GET /``: in the language of ``?lang=``, else of the browser, else in English.

    ``?query=`` fills the form, and ``?question=`` fills it with a shipped question.

    Raises:
        Refusal: The query is longer than the endpoint allows.
    """
    settings: Settings = request.app.state.server.settings
    lang = preferences.language_of(request.scope)
    query = _query(request, QUERY_BYTES)
    body = _page(lang, query, settings).encode(errors="replace")
    headers = {
        **{name.decode(): value.decode() for name, value in respond.PAGE_SAFETY},
        "Content-Language": lang,
        "Vary": "Accept-Encoding, Accept-Language",
    }
    coding = encoding.choose(request.headers.get("accept-encoding"), size=len(body))
    if coding:
        headers["Content-Encoding"] = coding
        body = await encoding.compressed(coding, body)
    return Response(body, media_type=frame.CONTENT_TYPE, headers=headers)


@cache
def _shipped() -> dict[str, Question]:
    return {question.name: question for question in questions()}


@cache
def _ready() -> dict[str, str]:
    """Return the queries of `READY`, by their names."""
    return {
        name: (_FOLDER / "queries" / f"{name}.rq").read_text(encoding="utf-8") for name in READY
    }


def _query(request: Request, limit_bytes: int) -> str:
    """Return the query for the form: by default that of the first question."""
    query = request.query_params.get("query")
    if query is not None:
        size = len(query.encode(errors="replace"))
        if size > limit_bytes:
            raise Refusal(Reason.REQUEST_TOO_LARGE, what="query", size=size, limit=limit_bytes)
        return query
    shipped = _shipped()
    named = shipped.get(request.query_params.get("question", ""))
    return (named or next(iter(shipped.values()))).query


def _page(lang: str, query: str, settings: Settings) -> str:
    return _TEMPLATE.render(
        t=_WORDS[lang],
        here="/?",
        query=query,
        chosen="html",
        questions=list(_shipped().values()),
        ready=_ready(),
        prefixes=_PREFIXES,
        settings=settings,
        query_bytes=QUERY_BYTES,
        scheduler=SchedulerLimits(),
        citation=CITATION,
        cited_as=CITED_AS,
        cc_by=CC_BY,
        version=__version__,
    )
