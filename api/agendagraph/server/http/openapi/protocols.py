"""Describe the addresses that are no networks: queries, updates, graphs, history, status.

They are plain ASGI applications, so that FastAPI knows nothing of them: what stands here is
held against the running server by ``tests/server/http/test_openapi.py`` and, request by generated
request, by ``tests/hostile/test_fuzz.py``.

Source: OpenAPI Specification 3.1.0.
"""

from __future__ import annotations

from typing import Final

from agendagraph.rdf.formats import ONE_GRAPH
from agendagraph.server.http.openapi import parts
from agendagraph.server.http.openapi.parts import Part, content, parameter, refusals
from agendagraph.server.http.update_history import MEDIA_TYPE as PATCH
from agendagraph.server.http.update_history import PATH
from agendagraph.sparql import protocol
from agendagraph.sparql.refusal import Reason

_IRIS: Final[Part] = {"type": "array", "items": parts.IRI}
_DATASET: Final = [
    parameter("default-graph-uri", _IRIS, "A graph of the default graph of this query."),
    parameter("named-graph-uri", _IRIS, "A named graph of this query."),
]
_WANTED: Final = [
    parameter("timeout", parts.TEXT, "Stop sooner than the server would: 5, 0.5s, 500ms."),
    parts.FORMAT,
    parameter("version", parts.TEXT, "The version of SPARQL, once at most; it changes nothing."),
]
_USING: Final = [
    parameter("using-graph-uri", _IRIS, "A graph of the default graph that WHERE reads."),
    parameter("using-named-graph-uri", _IRIS, "A named graph that WHERE reads."),
]
_CONDITIONS: Final = [parts.IF_NONE_MATCH, parts.ACCEPT_ENCODING]

_READING: Final = (
    *parts.ANY_TIME,
    Reason.SYNTAX,
    Reason.NESTING,
    Reason.EVALUATION,
    Reason.BAD_REQUEST,
    Reason.SERVICE_OFF,
    Reason.HOST_NOT_NAMED,
    Reason.ADDRESS_NOT_PUBLIC,
    Reason.NOT_ACCEPTABLE,
    Reason.REQUEST_TOO_LARGE,
    Reason.ANSWER_TOO_LARGE,
    Reason.TOO_MANY,
    Reason.REMOTE_STORE,
    Reason.ANSWER_CUT,
    Reason.CALL_FAILED,
    Reason.EVICTED,
    Reason.MEMORY,
    Reason.STORE_UNREADABLE,
    Reason.TIME_LIMIT,
)
_POSTING: Final = (Reason.MEDIA_TYPE, Reason.REQUEST_TIMEOUT)
_WRITING: Final = (
    *parts.ANY_TIME,
    *_POSTING,
    Reason.BAD_REQUEST,
    Reason.WRITES_OFF,
    Reason.LOAD_OFF,
    Reason.RESERVED_GRAPH,
    Reason.REQUEST_TOO_LARGE,
    Reason.UPDATE_MEMORY,
    Reason.VIOLATION,
    Reason.TOO_MANY,
    Reason.STORE_FAULT,
    Reason.UPDATE_TIME_LIMIT,
    Reason.STORE_FULL,
)
_UPDATING: Final = (*_WRITING, Reason.UPDATE_SYNTAX, Reason.UPDATE_FAILED)

_ANSWER: Final[Part] = {
    "description": "The whole answer: results of SELECT and ASK, or a graph of CONSTRUCT and "
    "DESCRIBE; without a query the description of the service with VoID, as a graph.",
    "headers": parts.TAGGED | parts.GENERATION,
    "content": content(dict.fromkeys((*parts.RESULTS, *parts.GRAPHS, parts.PAGE))),
}
_DONE: Final[Part] = {
    "description": "It is done, and on disk.",
    "headers": parts.GENERATION,
}
_FORM: Final[Part] = {
    "type": "object",
    "properties": {
        "query": parts.TEXT,
        "update": parts.TEXT,
        **{each["name"]: each["schema"] for each in (*_DATASET, *_WANTED, *_USING)},
    },
}
_OPERATION: Final[Part] = {
    "required": True,
    "content": {
        protocol.QUERY: {"schema": parts.TEXT, "example": "ASK { ?s ?p ?o }"},
        protocol.UPDATE: {"schema": parts.TEXT, "example": "CLEAR GRAPH <http://example.org/g>"},
        protocol.FORM: {"schema": _FORM},
    },
}
_COUNTED: Final[Part] = {
    "type": "object",
    "required": ["graph", "added", "removed", "generation"],
    "properties": {
        "graph": {"type": "string", "description": "Its IRI; blank is the default graph."},
        "added": {"type": ["integer", "null"]},
        "removed": {"type": ["integer", "null"]},
        "generation": parts.TEXT,
    },
}
_DOCUMENT: Final[Part] = {
    "content": {
        **content(parts.media_types(*ONE_GRAPH)),
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "additionalProperties": {"type": "string", "format": "binary"},
            }
        },
    }
}


def _endpoint(name: str) -> Part:
    """Return the path item of ``/sparql`` or of ``/update``, which do the same."""
    get: Part = {
        "operationId": f"{name}_get",
        "summary": "Ask by GET, or ask what the service is.",
        "tags": ["sparql"],
        "security": parts.PUBLIC_OR_TOKEN,
        "parameters": [
            parameter("query", parts.TEXT, "The query."),
            *_DATASET,
            *_WANTED,
            parameter("lang", parts.TEXT, "The language of a page: ko or en."),
            *_CONDITIONS,
        ],
        "responses": {
            "200": _ANSWER,
            "303": {"description": "A browser that asks nothing is led to the page to ask from."},
            **parts.NOT_MODIFIED,
            **refusals(*_READING),
        },
    }
    post: Part = {
        "operationId": f"{name}_post",
        "summary": "Ask or, on a writable server with a token, change: directly or as a form.",
        "tags": ["sparql"],
        "security": parts.PUBLIC_OR_TOKEN,
        "parameters": [*_DATASET, *_WANTED, *_USING, parts.ACCEPT_ENCODING],
        "requestBody": _OPERATION,
        "responses": {"200": _ANSWER, "204": _DONE, **refusals(*_READING, *_UPDATING)},
    }
    return {"get": get, "post": post}


def _graph(name: str, named: list[Part]) -> Part:
    """Return the path item of graphs that the parameters *named* name."""
    read: Part = {
        "summary": "Read a whole graph.",
        "security": parts.PUBLIC_OR_TOKEN,
        "parameters": [*named, parts.FORMAT, *_CONDITIONS],
        "responses": {
            "200": {
                "description": "The graph.",
                "headers": parts.TAGGED | parts.GENERATION,
                "content": content((*parts.GRAPHS, parts.PAGE)),
            },
            **parts.NOT_MODIFIED,
            **refusals(Reason.NO_GRAPH, *_READING),
        },
    }
    write = (*_WRITING, Reason.DOCUMENT, Reason.PRECONDITION)
    made: Part = {
        "description": "The graph was made.",
        "headers": parts.GENERATION
        | {"Location": {"description": "Of a graph without a name.", "schema": parts.TEXT}},
    }
    counted: Part = {
        "description": "What was added and removed.",
        "headers": parts.GENERATION,
        "content": content(["application/json"], _COUNTED),
    }
    put: Part = {
        "summary": "Make a graph, or replace it.",
        "requestBody": _DOCUMENT,
        "responses": {"201": made, "204": _DONE, **refusals(*write)},
    }
    post: Part = {
        "summary": "Add to a graph; without a name, make a new one.",
        "requestBody": _DOCUMENT,
        "responses": {"200": counted, "201": made, "204": _DONE, **refusals(*write)},
    }
    delete: Part = {
        "summary": "Remove a graph.",
        "responses": {"200": counted, **refusals(Reason.NO_GRAPH, *write)},
    }
    conditions = [parts.IF_MATCH, parts.IF_NONE_MATCH]
    for each in (put, post, delete):
        each |= {"security": parts.TOKEN, "parameters": [*named, *conditions]}
    methods = {"get": read, "put": put, "post": post, "delete": delete}
    return {
        method: {"operationId": f"{name}_{method}", "tags": ["graphs"], **operation}
        for method, operation in methods.items()
    }


def _history() -> Part:
    """Return the path items of the history of updates."""
    name = parameter("name", parts.TEXT, "An update, as the list names it.", place="path")
    refused = (*parts.ANY_TIME, Reason.BAD_REQUEST, Reason.WRITES_OFF, Reason.NO_UPDATE)
    listed: Part = {
        "operationId": "updates_list",
        "summary": "List the updates, as the answer of a SELECT.",
        "security": parts.PUBLIC_OR_TOKEN,
        "parameters": [parts.FORMAT, *_CONDITIONS],
        "responses": {
            "200": {**_ANSWER, "content": content((*parts.RESULTS, parts.PAGE))},
            **parts.NOT_MODIFIED,
            **refusals(*_READING, Reason.NOT_FOUND),
        },
    }
    shown: Part = {
        "operationId": "updates_show",
        "summary": "Show what an update added and removed, as RDF Patch.",
        "security": parts.TOKEN,
        "parameters": [name],
        "responses": {
            "200": {"description": "The patch.", "content": content([PATCH])},
            **refusals(*refused),
        },
    }
    undone: Part = {
        "operationId": "updates_revert",
        "summary": "Undo an update, by another one.",
        "security": parts.TOKEN,
        "parameters": [name],
        "responses": {
            "201": {
                "description": "It is undone; the location is the new update's.",
                "headers": {"Location": {"schema": parts.TEXT}} | parts.GENERATION,
                "content": content(["application/json"], {"type": "object"}),
            },
            **refusals(*refused, *_WRITING, Reason.NOT_UNDONE),
        },
    }
    items: Part = {PATH: {"get": listed}, f"{PATH}/{{name}}": {"get": shown}}
    items[f"{PATH}/{{name}}/revert"] = {"post": undone}
    for operation in (listed, shown, undone):
        operation["tags"] = ["history"]
    return items


def _status(name: str, summary: str, answers: Part, media_type: str = "application/json") -> Part:
    schema = {"type": "object"} if media_type == "application/json" else parts.TEXT
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "tags": ["status"],
            "responses": {
                status: {"description": words, "content": content([media_type], schema)}
                for status, words in answers.items()
            },
        }
    }


_INDIRECT: Final = [
    parameter("graph", parts.TEXT, "The graph's IRI, or the path of its direct address."),
    parameter("default", parts.TEXT, "Present, without a value: the default graph."),
]
_DIRECT: Final = [
    parameter("name", parts.TEXT, "The rest of the graph's own address.", place="path"),
]

PATHS: Final[Part] = {
    "/sparql": _endpoint("sparql"),
    "/update": _endpoint("update"),
    "/graphs": _graph("graphs", _INDIRECT),
    "/graphs/{name}": _graph("graph", _DIRECT),
    **_history(),
    "/health": _status("health", "Whether the process lives.", {"200": "It does."}),
    "/ready": _status(
        "ready",
        "Whether a query can be answered now, and from what.",
        {"200": "It can.", "503": "It cannot yet."},
    ),
    "/metrics": _status(
        "metrics", "Counters in the text format of Prometheus.", {"200": "Them."}, "text/plain"
    ),
}
"""The path items, by path."""
