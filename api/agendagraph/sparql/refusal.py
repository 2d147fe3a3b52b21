"""Why a request was rejected: one reason and its facts, without messages or statuses.

The words (in English and Korean) are a catalogue and the HTTP statuses a table, both of
`server.http.problems`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from agendagraph.errors import AgendaError


class Reason(StrEnum):
    """The kind of a problem; also the last part of its type IRI."""

    SYNTAX = "syntax"
    UPDATE_SYNTAX = "update-syntax"
    UPDATE_FAILED = "update-failed"
    DOCUMENT_SYNTAX = "document-syntax"
    NESTING = "nesting"
    EVALUATION = "evaluation"
    BAD_REQUEST = "bad-request"
    PARAMETER = "parameter"
    UNAUTHORIZED = "unauthorized"
    UNKNOWN_TOKEN = "unknown-token"  # noqa: S105 - no secret
    INSUFFICIENT_SCOPE = "insufficient-scope"
    LOAD_OFF = "load-off"
    HOST_NOT_NAMED = "host-not-named"
    ADDRESS_NOT_PUBLIC = "address-not-public"
    CALL = "call"
    CALL_FAILED = "call-failed"
    CALL_TIME_LIMIT = "call-time-limit"
    CALL_TOO_LARGE = "call-too-large"
    RESERVED_GRAPH = "reserved-graph"
    SERVICE_OFF = "service-off"
    WRITES_OFF = "writes-off"
    NOT_FOUND = "not-found"
    NO_SUCH_GRAPH = "no-such-graph"
    NO_SUCH_NETWORK = "no-such-network"
    NO_SUCH_UPDATE = "no-such-update"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    NOT_ACCEPTABLE = "not-acceptable"
    NOT_UNDONE = "not-undone"
    PRECONDITION_FAILED = "precondition-failed"
    SHAPES_VIOLATED = "shapes-violated"
    REQUEST_TIMEOUT = "request-timeout"
    REQUEST_TOO_LARGE = "request-too-large"
    ANSWER_TOO_LARGE = "answer-too-large"
    URI_TOO_LONG = "uri-too-long"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type"
    TOO_MANY_QUERIES = "too-many-queries"
    HEAD_TOO_LARGE = "head-too-large"
    FAULT = "fault"
    MISSING_EXTRA = "missing-extra"
    BUSY = "busy"
    EVICTED = "evicted"
    MEMORY_LIMIT = "memory-limit"
    NOT_READY = "not-ready"
    TIME_LIMIT = "time-limit"
    UPDATE_TIME_LIMIT = "update-time-limit"
    UPDATE_MEMORY_LIMIT = "update-memory-limit"
    STORE_FULL = "store-full"
    STORE_FAULT = "store-fault"
    STORE_UNREADABLE = "store-unreadable"
    REMOTE_STORE = "remote-store"
    ANSWER_CUT = "answer-cut"


Cause = Literal[
    "update-in-query", "query-in-update", "prefix-undeclared", "prefix-of-ours-undeclared",
    "unexpected", "ends-too-early", "quotation-without-end", "near", "before-the-end",
    "operation-in-body", "operation-in-form", "update-by-get", "query-and-update",
    "not-of-a-query", "not-of-an-update", "no-query", "bad-escape", "not-utf-8", "repeated",
    "not-an-iri", "no-duration", "one-host",
    "no-graph-named", "several-graphs", "two-datasets", "dataset-not-given",
    "packed-too-often", "not-packed", "form-broken", "form-without-end", "form-parts", "entities",
    "undone-already", "bulk-load", "changed-since", "nothing-to-undo", "writer-ended",
    "two-nodes", "no-such-network", "no-such-parameter", "no-such-value", "empty-parameter",
    "no-date", "no-memberships", "outside-the-dates", "one-date", "one-side",
    "intervals-need-a-projection", "no-nodes", "no-edge",
    "call-of-a-variable", "call-in-a-call", "call-malformed", "calls-too-many", "calls-unclear",
    "address-unknown", "not-answering", "redirected-too-far", "redirected-to-http",
    "answered-with-status", "answered-packed", "answered-as-type", "answered-without-length",
    "answered-in-part", "answered-rows", "answered-another-question", "answer-unreadable",
]  # fmt: skip
"""The exact cause, where one reason has several: the key of its message in the catalogues."""


class Refusal(AgendaError):  # noqa: N818 - an answer to the client, no fault
    """A request that is answered with a problem document.

    Args:
        reason: Which problem it is.
        facts: The values in its message, for example ``line``, ``column`` or ``limit``, and
            its ``cause`` (a `Cause`).
    """

    def __init__(self, reason: Reason, **facts: object) -> None:
        listed = ", ".join(f"{name}={value}" for name, value in facts.items())
        super().__init__(f"{reason}: {listed}" if listed else str(reason))
        self.reason = reason
        self.facts = facts
