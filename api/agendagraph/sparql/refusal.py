"""Why a request was rejected: one reason and its facts, without messages or statuses.

The words (in English and Korean) are a catalogue and the HTTP statuses a table, both of
`server.http.problems`.
"""

from __future__ import annotations

from enum import StrEnum

from agendagraph.errors import AgendaError


class Reason(StrEnum):
    """The kind of a problem; also the last part of its type IRI."""

    SYNTAX = "syntax"
    UPDATE_SYNTAX = "update-syntax"
    UPDATE_FAILED = "update-failed"
    DOCUMENT = "document-syntax"
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
    NO_GRAPH = "no-such-graph"
    NO_NETWORK = "no-such-network"
    NO_UPDATE = "no-such-update"
    METHOD = "method-not-allowed"
    NOT_ACCEPTABLE = "not-acceptable"
    NOT_UNDONE = "not-undone"
    PRECONDITION = "precondition-failed"
    VIOLATION = "shapes-violated"
    REQUEST_TIMEOUT = "request-timeout"
    REQUEST_TOO_LARGE = "request-too-large"
    ANSWER_TOO_LARGE = "answer-too-large"
    URI_TOO_LONG = "uri-too-long"
    MEDIA_TYPE = "unsupported-media-type"
    TOO_MANY = "too-many-queries"
    HEAD_TOO_LARGE = "head-too-large"
    FAULT = "fault"
    MISSING_EXTRA = "missing-extra"
    BUSY = "busy"
    EVICTED = "evicted"
    MEMORY = "memory-limit"
    NOT_READY = "not-ready"
    TIME_LIMIT = "time-limit"
    UPDATE_TIME_LIMIT = "update-time-limit"
    UPDATE_MEMORY = "update-memory-limit"
    STORE_FULL = "store-full"
    STORE_FAULT = "store-fault"
    STORE_UNREADABLE = "store-unreadable"
    REMOTE_STORE = "remote-store"
    ANSWER_CUT = "answer-cut"


class Refusal(AgendaError):  # noqa: N818 - an answer to the client, no fault
    """A request that is answered with a problem document.

    Args:
        reason: Which problem it is.
        facts: The values in its message, for example ``line``, ``column`` or ``limit``.
    """

    def __init__(self, reason: Reason, **facts: object) -> None:
        listed = ", ".join(f"{name}={value}" for name, value in facts.items())
        super().__init__(f"{reason}: {listed}" if listed else str(reason))
        self.reason = reason
        self.facts = facts
