"""The page that somebody sees who opens the server's address in a browser.

It holds a form, the shipped questions, and what one must know to ask one's own: what is in the
data, the prefixes, the limits in force. It is in Korean or in English and has no script: what
it does a browser does by itself.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from agendagraph.knowledge.questions import Question, questions
from agendagraph.server.engine import html_page
from agendagraph.server.engine.html_page import address
from agendagraph.server.engine.scheduler import SchedulerLimits
from agendagraph.server.http import encoding, preferences, respond
from agendagraph.server.http.endpoint import QUERY_BYTES
from agendagraph.site.front_words import CC_BY, CITATION, CITED_AS, READY, WORDS, Ready
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.version import __version__

if TYPE_CHECKING:
    from starlette.requests import Request

    from agendagraph.server.settings import Settings

_COMMON: Final = ("rdf", "rdfs", "owl", "xsd", "skos", "dcterms", "org", "foaf", "prov", "oa")
_OURS: Final = ("agenda", "country", "graph", "role", "scheme")


async def front_page(request: Request) -> Response:
    """Answer ``GET /``: in the language of ``?lang=``, else of the browser, else in English.

    ``?query=`` fills the form, and ``?question=`` fills it with a shipped question.

    Raises:
        Refusal: The query is longer than one that could be asked.
    """
    settings: Settings = request.app.state.server.settings
    lang = preferences.language_of(request.scope)
    asked = _asked(request, QUERY_BYTES)
    body = _page(lang, asked, settings).encode(errors="replace")
    headers = {
        **{name.decode(): value.decode() for name, value in respond.PAGE_SAFETY},
        "Content-Language": lang,
        "Vary": "Accept-Encoding, Accept-Language",
    }
    coding = encoding.choose(request.headers.get("accept-encoding"), size=len(body))
    if coding:
        headers["Content-Encoding"] = coding
        body = encoding.compress(coding, body)
    return Response(body, media_type=html_page.CONTENT_TYPE, headers=headers)


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Question]:
    return {each.name: each for each in questions()}


def _asked(request: Request, limit_bytes: int) -> str:
    """Return the query that the form is to hold; that of the first question if none is named."""
    query = request.query_params.get("query")
    if query is not None:
        size = len(query.encode(errors="replace"))
        if size > limit_bytes:
            raise Refusal(Reason.REQUEST_TOO_LARGE, what="query", size=size, limit=limit_bytes)
        return query
    shipped = _shipped()
    named = shipped.get(request.query_params.get("question", ""))
    return (named or next(iter(shipped.values()))).query


def _page(lang: str, asked: str, settings: Settings) -> str:
    words = WORDS[lang]
    ready = "\n".join(_ready(each, lang) for each in READY)
    items = "\n".join(_item(each, lang) for each in _shipped().values())
    return (
        html_page.opening(lang, "Agendagraph", "/?")
        + f"""<h1>Agendagraph</h1>
<p>{words["lead"]}</p>
{preferences.form(lang, asked)}
<h2>{words["questions"]}</h2>
<ol>
{items}
</ol>
<h2>{words["inside"]}</h2>
<ul>
{ready}
</ul>
<h2>{words["prefixes"]}</h2>
{_prefixes(lang)}
<h2>{words["parameters"]}</h2>
{_parameters(lang, settings)}
<h2>{words["programs"]}</h2>
<ul>
<li><a href="/api/networks"><code>/api/networks</code></a> {words["networks"]}</li>
<li><a href="/api/openapi.json"><code>/api/openapi.json</code></a> {words["openapi"]}</li>
<li><a href="/sparql?format=turtle"><code>/sparql</code></a> {words["service"]}</li>
</ul>
<h2>{words["licence"]}</h2>
{_licence(lang)}
"""
        + html_page.CLOSING
    )


def _item(question: Question, lang: str) -> str:
    return (
        f"<li>{escape(question.title[lang])}"
        + _links(lang, question.query, address("/", question=question.name, lang=lang))
        + f"<br><small>{escape(question.question[lang])}</small></li>"
    )


def _ready(ready: Ready, lang: str) -> str:
    edit = address("/", query=ready.query, lang=lang)
    return f"<li>{escape(ready.title[lang])}{_links(lang, ready.query, edit)}</li>"


def _links(lang: str, query: str, edit: str) -> str:
    words = WORDS[lang]
    ask = address("/sparql", query=query, format="html", lang=lang)
    return f' — <a href="{ask}">{words["ask"]}</a> · <a href="{edit}">{words["edit"]}</a>'


def _prefixes(lang: str) -> str:
    known = html_page.KNOWN_PREFIXES
    ours, others = (
        "".join(f"PREFIX {name}: <{known[name]}>\n" for name in names) for names in (_OURS, _COMMON)
    )
    start = f"{ours}{others}\nSELECT * {{ ?s ?p ?o }} LIMIT 100\n"
    paste = address("/", query=start, lang=lang)
    return (
        f'<pre>{escape(ours + others)}</pre>\n<p><a href="{paste}">{WORDS[lang]["paste"]}</a></p>'
    )


def _parameters(lang: str, settings: Settings) -> str:
    words, scheduler = WORDS[lang], SchedulerLimits()
    formats = words["method"].format(
        results=", ".join(preferences.RESULTS), graphs=", ".join(preferences.GRAPHS)
    )
    rows = {
        "query=": words["query"].format(kib=QUERY_BYTES >> 10),
        "format=": f"{words['format']} {formats}",
        "timeout=": words["timeout"].format(seconds=settings.query_limit_s),
        "default-graph-uri= named-graph-uri=": words["graphs"],
        "lang=": words["lang"],
    }
    table = "\n".join(
        f"<tr><td><code>{name}</code></td><td>{escape(meaning)}</td></tr>"
        for name, meaning in rows.items()
    )
    limits = [
        words["size"].format(mib=settings.answer_limit_mib),
        words["no rows"]
        if settings.row_limit is None
        else words["rows"].format(rows=settings.row_limit),
        words["beside"].format(slow=scheduler.client_slow, waiting=scheduler.client_waiting),
    ]
    return f"<table>\n{table}\n</table>\n<p>{escape(' '.join(limits))}</p>"


def _licence(lang: str) -> str:
    words = WORDS[lang]
    return (
        f"<p>{words['code']}: Apache-2.0. {words['data']}: "
        f'<a href="{CC_BY}" rel="license noreferrer">CC BY 4.0</a>. {words["wording"]}</p>\n'
        f"<p>{words['cite']}: <q>{escape(CITATION)} &lt;{CITED_AS}&gt;</q></p>\n"
        f'<p class="soft">Agendagraph {__version__}</p>'
    )
