"""The parts of which the API document is made: media types, responses, problems, parameters.

Formats and problems are read from the tables that the server itself answers from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from agendagraph.rdf import formats
from agendagraph.server.http import problems
from agendagraph.server.http.problems.table import TABLE
from agendagraph.sparql import negotiation
from agendagraph.sparql.refusal import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agendagraph.rdf.formats import Format

Part = dict[str, Any]

PAGE: Final = formats.HTML.media_type
TEXT: Final[Part] = {"type": "string"}
IRI: Final[Part] = {"type": "string", "format": "uri"}
_JSON: Final[Part] = {"type": ["object", "array"]}
TOKEN: Final[list[Part]] = [{"token": []}]
"""The security of an operation that always needs a token."""
PUBLIC_OR_TOKEN: Final[list[Part]] = [{}, {"token": []}]
"""The security of reading, which needs one as soon as there is a token for it."""

COMPONENTS: Final[Part] = {
    "securitySchemes": {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of the operator's; who may write may also read.",
        }
    },
    "schemas": {
        "Problem": {
            "type": "object",
            "description": "RFC 9457. What else is known (line, column, limit, report) are further "
            "members.",
            "required": ["type", "title", "status", "detail", "message"],
            "properties": {
                "type": {"type": "string", "format": "uri"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
                "message": {
                    "type": "object",
                    "required": ["en", "ko"],
                    "properties": {"en": {"type": "string"}, "ko": {"type": "string"}},
                },
            },
        }
    },
}
PROBLEM: Final[Part] = {
    problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}},
    PAGE: {"schema": TEXT},
}
"""What a refusal is written in: a page for a browser, a problem document for all others."""
ANY_TIME: Final = (
    Reason.UNAUTHORIZED,
    Reason.INSUFFICIENT_SCOPE,
    Reason.URI_TOO_LONG,
    Reason.HEAD_TOO_LARGE,
    Reason.FAULT,
    Reason.BUSY,
    Reason.NOT_READY,
)
"""What may come of a request to any address that answers from the data."""
GENERATION: Final[Part] = {
    "Agendagraph-Generation": {
        "description": "The generation of the data.",
        "schema": TEXT,
    }
}
TAGGED: Final[Part] = {"ETag": {"description": "A strong entity tag.", "schema": TEXT}}


def parameter(name: str, schema: Part, description: str, *, place: str = "query") -> Part:
    """Return a parameter; one of a path is required, the others are not.

    One that is an array is repeated: ``name=a&name=b``.
    """
    required = {"required": True} if place == "path" else {}
    return {"name": name, "in": place, "description": description, "schema": schema} | required


def media_types(*among: Format) -> list[str]:
    """Return the names under which formats may be asked for, each once."""
    named = [name for each in among for name in each.media_types]
    return list(dict.fromkeys(named))


def content(types: Iterable[str], schema: Part | None = None) -> Part:
    """Return the content of a body that is of one of the media types: text, or any JSON."""
    return {each: {"schema": schema or (_JSON if "json" in each else TEXT)} for each in types}


def refusals(*reasons: Reason) -> Part:
    """Return the responses for *reasons*, one for each status, in the words of the table."""
    words: dict[int, list[str]] = {}
    for each in reasons:
        words.setdefault(TABLE[each].status, []).append(TABLE[each].title_en)
    return {
        str(status): {"description": "; ".join(dict.fromkeys(titles)) + ".", "content": PROBLEM}
        for status, titles in sorted(words.items())
    }


RESULTS: Final = media_types(*formats.RESULTS)
GRAPHS: Final = media_types(*formats.GRAPHS)
FORMAT: Final = parameter(
    "format",
    TEXT,
    "A format by its short name or media type; it outranks the Accept header. Short names: "
    + ", ".join(negotiation.SHORT_NAMES)
    + ".",
)
IF_NONE_MATCH: Final = parameter(
    "If-None-Match", TEXT, "Entity tags that the client has.", place="header"
)
IF_MATCH: Final = parameter(
    "If-Match", TEXT, "Do it only if the graph still has one of these tags.", place="header"
)
ACCEPT_ENCODING: Final = parameter(
    "Accept-Encoding", TEXT, "zstd and gzip are offered.", place="header"
)
NOT_MODIFIED: Final[Part] = {"304": {"description": "The client has the newest answer."}}
