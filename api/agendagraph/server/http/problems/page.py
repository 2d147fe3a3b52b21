"""Tell a browser what went wrong, on a page that keeps the query; programs get problem+json.

The words are those of the problem document, in both languages, the reader's first.
"""

from __future__ import annotations

import unicodedata
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from starlette.responses import Response

from agendagraph.server.engine import html_page
from agendagraph.server.http import preferences, problems, respond
from agendagraph.server.http.problems.table import TABLE
from agendagraph.sparql.negotiation import prefers_page
from agendagraph.sparql.refusal import Reason

if TYPE_CHECKING:
    from agendagraph.server.http.respond import Headers, Receive, Scope, Send
    from agendagraph.sparql.refusal import Refusal

_WORDS: Final = {
    "ko": {"status": "상태", "place": "{line}행 {column}열", "home": "첫 화면으로"},
    "en": {
        "status": "Status",
        "place": "Line {line}, column {column}",
        "home": "To the front page",
    },
}
_LINES_BEFORE: Final = 2
_LINES_AFTER: Final = 1
_CHARS_BEFORE: Final = 24
_CHARS_SHOWN: Final = 100
"""Of a long line: so much before the place that it is seen on a narrow screen, too."""
_SHORT_NAMES: Final = ("html", *preferences.RESULTS, *preferences.GRAPHS)


async def send_problem(
    scope: Scope,
    send: Send,
    refusal: Refusal,
    *,
    extra: Headers | None = None,
    query: str | None = None,
) -> int:
    """Send a refusal in the form that fits the client, and return its status.

    Args:
        scope: The request.
        send: Where the answer goes (ASGI).
        refusal: Why there is no other answer.
        extra: Further headers.
        query: What was asked; looked for in the address where it is not given.
    """
    if not prefers_page(respond.header(scope, b"accept")):
        return await respond.send_problem(send, refusal, extra=extra)
    asked = parse_qs(scope["query_string"].decode(errors="replace"))
    if query is None:
        query = asked.get("query", [""])[0]
    chosen = asked.get("format", [""])[0]
    on_sparql = scope["path"].rstrip("/").endswith("/sparql")
    lang = preferences.language_of(scope)
    body = document(refusal, lang, query if on_sparql else None, chosen)
    headers = [(b"vary", b"Accept, Accept-Language"), *problems.headers(refusal), *(extra or ())]
    status = problems.status(refusal)
    data = body.encode(errors="replace")
    await respond.send_bytes(send, status, html_page.CONTENT_TYPE.encode(), data, headers)
    return status


class ProblemResponse(Response):
    """A refusal as the response of a route or of an exception handler.

    Args:
        refusal: What it tells.
        extra: Further headers.
    """

    def __init__(self, refusal: Refusal, extra: Headers | None = None) -> None:
        """Tell of *refusal*, in the form that fits whoever asked."""
        super().__init__(status_code=problems.status(refusal))
        self._refusal = refusal
        self._extra = extra

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it (ASGI)."""
        del receive
        await send_problem(scope, send, self._refusal, extra=self._extra)


def document(refusal: Refusal, lang: str, query: str | None, chosen: str = "") -> str:
    """Return the page of a refusal.

    Args:
        refusal: What it tells.
        lang: The language that comes first.
        query: The query to show and to keep; ``None`` where there is none.
        chosen: The format that was asked for.
    """
    entry = TABLE[refusal.reason]
    titles = {"en": entry.title_en, "ko": entry.title_ko}
    details = problems.details(refusal)
    other = next(each for each in html_page.LANGUAGES if each != lang)
    words = _WORDS[lang]
    line, column = refusal.facts.get("line"), refusal.facts.get("column")
    place = ""
    if query and isinstance(line, int):
        place = excerpt(query, line, column if isinstance(column, int) else None)
    if refusal.reason is Reason.NOT_ACCEPTABLE:
        chosen = ""
    form = "" if query is None else preferences.form(lang, query, _named(chosen))
    return (
        html_page.opening(lang, f"{titles[lang]} · Agendagraph")
        + f"<h1>{escape(titles[lang])}</h1>\n<p>{escape(details[lang])}</p>\n{place}"
        + f'<p class="soft" lang="{other}"><b>{escape(titles[other])}.</b> '
        + f"{escape(details[other])}</p>\n"
        + f'<p class="soft">{words["status"]} {entry.status} · <a href="/?lang={lang}">'
        + f"{words['home']}</a></p>\n{form}{html_page.CLOSING}"
    )


def _named(chosen: str) -> str:
    """Return the format for the form: the one asked for, if the form has it."""
    return chosen if chosen in _SHORT_NAMES else "html"


def excerpt(query: str, line: int, column: int | None) -> str:
    r"""Return the lines around a place of *query*, with a caret below the place.

    Lines and columns are counted from 1, columns in code points. A wide character takes two
    places, as it does in a font of one width.

    >>> print(excerpt("SELECT *\nWHERE { ?a ? }", 2, 12), end="")
    <pre>1  SELECT *
    2  WHERE { ?a <mark>?</mark> }
                  ^</pre>
    """
    lines = query.splitlines() if "\n" not in query else query.split("\n")
    if not 1 <= line <= len(lines):
        return ""
    first = max(1, line - _LINES_BEFORE)
    width = len(str(line + _LINES_AFTER))
    shown: list[str] = []
    for number in range(first, min(len(lines), line + _LINES_AFTER) + 1):
        text = lines[number - 1].rstrip("\r").replace("\t", " ")
        start = 0
        if number == line and column is not None:
            start = max(0, column - 1 - _CHARS_BEFORE)
        cut = text[start : start + _CHARS_SHOWN]
        before = "…" * bool(start) + cut[: (column or 1) - 1 - start]
        head = f"{number:>{width}}  "
        if number != line or column is None:
            shown.append(head + escape(cut))
            continue
        at, after = cut[column - 1 - start : column - start], cut[column - start :]
        shown.append(f"{head}{escape(before)}<mark>{escape(at)}</mark>{escape(after)}")
        shown.append(" " * (len(head) + sum(map(_places, before))) + "^")
    return "<pre>" + "\n".join(shown) + "</pre>\n"


def _places(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
