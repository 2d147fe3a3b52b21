"""The exact cause of a refusal, where one reason has several: a key, without words.

A refusal has it as the fact ``cause``, beside the facts that its message needs. The messages
are in the catalogue ``server/http/locale``, in English and Korean.
"""

from __future__ import annotations

from enum import StrEnum


class Cause(StrEnum):
    """The key of a message."""

    UPDATE_IN_QUERY = "update-in-query"
    QUERY_IN_UPDATE = "query-in-update"
    PREFIX_UNDECLARED = "prefix-undeclared"
    PREFIX_OF_OURS_UNDECLARED = "prefix-of-ours-undeclared"
    UNEXPECTED = "unexpected"
    ENDS_TOO_EARLY = "ends-too-early"
    QUOTATION_WITHOUT_END = "quotation-without-end"
    NEAR = "near"
    BEFORE_THE_END = "before-the-end"

    OPERATION_IN_BODY = "operation-in-body"
    OPERATION_IN_FORM = "operation-in-form"
    UPDATE_BY_GET = "update-by-get"
    QUERY_AND_UPDATE = "query-and-update"
    NOT_OF_A_QUERY = "not-of-a-query"
    NOT_OF_AN_UPDATE = "not-of-an-update"
    NO_QUERY = "no-query"
    BAD_ESCAPE = "bad-escape"
    NOT_UTF8 = "not-utf-8"
    REPEATED = "repeated"
    NOT_AN_IRI = "not-an-iri"
    NO_DURATION = "no-duration"
    ONE_HOST = "one-host"

    NO_GRAPH_NAMED = "no-graph-named"
    SEVERAL_GRAPHS = "several-graphs"
    TWO_DATASETS = "two-datasets"
    DATASET_NOT_GIVEN = "dataset-not-given"

    PACKED_TOO_OFTEN = "packed-too-often"
    NOT_PACKED = "not-packed"
    FORM_BROKEN = "form-broken"
    FORM_WITHOUT_END = "form-without-end"
    FORM_PARTS = "form-parts"
    ENTITIES = "entities"

    UNDONE_ALREADY = "undone-already"
    BULK_LOAD = "bulk-load"
    CHANGED_SINCE = "changed-since"
    NOTHING_TO_UNDO = "nothing-to-undo"
    WRITER_ENDED = "writer-ended"

    TWO_NODES = "two-nodes"
    NO_SUCH_NETWORK = "no-such-network"
    NO_SUCH_PARAMETER = "no-such-parameter"
    NO_SUCH_VALUE = "no-such-value"
    EMPTY_PARAMETER = "empty-parameter"
    NO_DATE = "no-date"
    NO_MEMBERSHIPS = "no-memberships"
    OUTSIDE_THE_DATES = "outside-the-dates"
    ONE_DATE = "one-date"
    ONE_SIDE = "one-side"
    INTERVALS_NEED_A_PROJECTION = "intervals-need-a-projection"
    NO_NODES = "no-nodes"
    NO_EDGE = "no-edge"

    CALL_OF_A_VARIABLE = "call-of-a-variable"
    CALL_IN_A_CALL = "call-in-a-call"
    CALL_MALFORMED = "call-malformed"
    CALLS_TOO_MANY = "calls-too-many"
    CALLS_UNCLEAR = "calls-unclear"

    ADDRESS_UNKNOWN = "address-unknown"
    NOT_ANSWERING = "not-answering"
    REDIRECTED_TOO_FAR = "redirected-too-far"
    REDIRECTED_TO_HTTP = "redirected-to-http"
    ANSWERED_WITH_STATUS = "answered-with-status"
    ANSWERED_PACKED = "answered-packed"
    ANSWERED_AS_TYPE = "answered-as-type"
    ANSWERED_WITHOUT_LENGTH = "answered-without-length"
    ANSWERED_IN_PART = "answered-in-part"
    ANSWERED_ROWS = "answered-rows"
    ANSWERED_ANOTHER_QUESTION = "answered-another-question"
    ANSWER_UNREADABLE = "answer-unreadable"
