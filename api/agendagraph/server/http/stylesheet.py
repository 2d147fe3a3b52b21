"""Serve the stylesheet of all pages; its address has its version, so clients keep it for good."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from agendagraph.server.http import encoding, respond
from agendagraph.server.http.answers import matches
from agendagraph.server.pages import frame

if TYPE_CHECKING:
    from starlette.requests import Request

PATH: Final = "/static/{version}/style.css"
_SAFETY: Final = {name.decode(): value.decode() for name, value in respond.SAFETY}


async def stylesheet(request: Request) -> Response:
    """Answer ``GET /static/{version}/style.css``.

    The address of another version, from a page that a client has kept, gets today's style, which
    is then not to be kept under that address.
    """
    current = request.path_params["version"] == frame.STYLE_VERSION
    coding = encoding.choose(request.headers.get("accept-encoding"), size=len(frame.STYLE))
    etag = f'"{frame.STYLE_VERSION}-{coding}"' if coding else f'"{frame.STYLE_VERSION}"'
    headers = {
        **_SAFETY,
        "Cache-Control": "public, max-age=31536000, immutable" if current else "no-cache",
        "ETag": etag,
        "Vary": "Accept-Encoding",
    }
    if matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    if coding:
        headers["Content-Encoding"] = coding
    body = _compressed(coding) if coding else frame.STYLE
    return Response(body, media_type="text/css", headers=headers)


@cache
def _compressed(coding: str) -> bytes:
    return encoding.compress(coding, frame.STYLE)
