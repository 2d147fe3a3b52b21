"""Show a browser what went wrong, on a page that keeps the query; programs get problem+json."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from markupsafe import Markup
from starlette.responses import Response

from agendagraph.messages import LANGUAGES, catalogue
from agendagraph.server.http import preferences, problems, respond
from agendagraph.server.pages import frame
from agendagraph.sparql.negotiation import prefers_page
from agendagraph.sparql.refusal import Reason

if TYPE_CHECKING:
    from agendagraph.server.http.respond import Headers, Receive, Scope, Send
    from agendagraph.sparql.refusal import Refusal

_WORDS: Final = catalogue(frame.LOCALE)
_TEMPLATE: Final = frame.environment().get_template("problem.html")
_LINES_BEFORE: Final = 2
_LINES_AFTER: Final = 1
_CHARS_BEFORE: Final = 24
_CHARS_SHOWN: Final = 100
"""Of a long line: so much before the place that a narrow screen shows the place, too."""
_OFFERED: Final = ("html", *frame.RESULTS, *frame.GRAPHS)


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
        refusal: The refusal.
        extra: Further headers.
        query: The query; taken from the address where it is not given.
    """
    if not prefers_page(respond.header(scope, b"accept")):
        return await respond.send_problem(send, refusal, extra=extra)
    parameters = parse_qs(scope["query_string"].decode(errors="replace"))
    if query is None:
        query = parameters.get("query", [""])[0]
    chosen = parameters.get("format", [""])[0]
    on_sparql = scope["path"].rstrip("/").endswith("/sparql")
    lang = preferences.language_of(scope)
    body = document(refusal, lang, query if on_sparql else None, chosen)
    headers = [(b"vary", b"Accept, Accept-Language"), *problems.headers(refusal), *(extra or ())]
    status = problems.status(refusal)
    data = body.encode(errors="replace")
    await respond.send_bytes(send, status, frame.CONTENT_TYPE.encode(), data, headers)
    return status


class ProblemResponse(Response):
    """A refusal as the response of a route or of an exception handler.

    Args:
        refusal: The refusal.
        extra: Further headers.
    """

    def __init__(self, refusal: Refusal, extra: Headers | None = None) -> None:
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
        refusal: The refusal.
        lang: The language that comes first.
        query: The query to show and to keep; ``None`` where there is none.
        chosen: The format that the request asked for; the form offers it again.
    """
    line, column = refusal.facts.get("line"), refusal.facts.get("column")
    place = ""
    if query and isinstance(line, int):
        place = excerpt(query, line, column if isinstance(column, int) else None)
    unavailable = refusal.reason is Reason.NOT_ACCEPTABLE
    return _TEMPLATE.render(
        t=_WORDS[lang],
        here="",
        problem={
            name: {
                "title": problems.title(refusal.reason, name),
                "detail": problems.detail(refusal, name),
            }
            for name in LANGUAGES
        },
        status=problems.status(refusal),
        excerpt=place,
        query=query,
        chosen=chosen if chosen in _OFFERED and not unavailable else "html",
    )


def excerpt(query: str, line: int, column: int | None) -> str:
    r"""Return the lines around a place of *query*, with a caret below the place.

    Lines and columns are counted from 1, columns in code points. A wide character takes two
    places, as it does in a font of one width.

    >>> print(excerpt("SELECT *\nWHERE { ?a ? }", 2, 12))
    1  SELECT *
    2  WHERE { ?a <mark>?</mark> }
                  ^
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
            shown.append(head + cut)
            continue
        at, after = cut[column - 1 - start : column - start], cut[column - start :]
        shown.append(Markup("{}{}<mark>{}</mark>{}").format(head, before, at, after))
        shown.append(" " * (len(head) + sum(map(_places, before))) + "^")
    return Markup("\n").join(shown)


def _places(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
