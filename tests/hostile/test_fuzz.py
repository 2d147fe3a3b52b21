"""Every generated request gets an answer that the protocol allows; none is a server error.

schemathesis sends requests to a running server, hypothesis calls the parsers of a request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, given, strategies
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from agendagraph.rdf import formats
from agendagraph.server.http import encoding, openapi, problems
from agendagraph.server.http.answers import matches
from agendagraph.site.routes import SITE
from agendagraph.sparql import negotiation, protocol
from agendagraph.sparql.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Server

Outcome = TypeVar("Outcome")
ANSWERED = {200, 201, 204, 206, 304, 400, 401, 403, 404, 405, 406, 408, 411, 412, 413, 414, 415}
REFUSED = {422, 429, 431, 501, 503, 504}
"""All that the server may say; 500 and 502 are not among them."""
DOCUMENT = openapi.document(SITE.openapi)
"""What the server says of itself at ``/api/openapi.json``."""
UNASKED = {
    "/graphs": {"patch": {"requestBody": {"content": {"text/turtle": {}}}, "responses": {}}},
    "/sparql": {"options": {"responses": {}}},
}
"""What a client may try, and nobody described."""
TRUE = [status_code_conformance, content_type_conformance, response_schema_conformance]
"""Whether an answer is one that the document describes."""
SETTINGS = hypothesis.settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
GRAPH_TYPES = [name for each in negotiation.GRAPHS for name in each.media_types]
schema = schemathesis.openapi.from_dict(DOCUMENT)
unasked = schemathesis.openapi.from_dict({**DOCUMENT, "paths": UNASKED})


@schemathesis.serializer(*("application/sparql-query", "application/sparql-update", *GRAPH_TYPES))
def as_it_is(_context: object, value: object) -> bytes:
    """Send a generated text as the body."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


@schema.parametrize()
@SETTINGS
@pytest.mark.usefixtures("watch")
def test_every_generated_request_has_an_answer_that_is_described(
    strict: Server, case: schemathesis.Case[Any]
) -> None:
    answer = case.call(base_url=strict.url)

    case.validate_response(answer, checks=[not_a_server_error_but_busy, *TRUE])
    is_one_of_the_protocols(case, answer)


@unasked.parametrize()
@SETTINGS
@pytest.mark.usefixtures("watch")
def test_a_method_that_nobody_described_is_no_fault_either(
    strict: Server, case: schemathesis.Case[Any]
) -> None:
    answer = case.call(base_url=strict.url)

    case.validate_response(answer, checks=[not_a_server_error_but_busy])
    is_one_of_the_protocols(case, answer)


def is_one_of_the_protocols(case: schemathesis.Case[Any], answer: schemathesis.Response) -> None:
    assert answer.status_code in ANSWERED | REFUSED
    if answer.status_code >= 400 and case.method != "HEAD":
        assert "application/problem+json" in answer.headers["content-type"][0]


def not_a_server_error_but_busy(ctx: Any, response: Any, case: Any) -> None:  # noqa: ANN401
    """Allow 501, 503 and 504: not implemented, busy and the time limit are no faults."""
    if response.status_code not in {501, 503, 504}:
        not_a_server_error(ctx, response, case)


def attempt(work: Callable[[], Outcome]) -> Outcome | Refusal:
    try:
        return work()
    except Refusal as refusal:
        return refusal


@SETTINGS
@given(
    method=strategies.sampled_from(["GET", "HEAD", "POST", "PUT", "BREW"]),
    query_string=strategies.binary(max_size=200)
    | strategies.text(max_size=50).map(lambda text: f"query={text}".encode()),
    content_type=strategies.none()
    | strategies.text(max_size=60)
    | strategies.sampled_from([protocol.FORM, protocol.QUERY, f"{protocol.UPDATE};charset=x"]),
    body=strategies.binary(max_size=200),
)
def test_a_request_is_read_or_refused(
    method: str, query_string: bytes, content_type: str | None, body: bytes
) -> None:
    outcome = attempt(lambda: protocol.read_request(method, query_string, content_type, body))

    if isinstance(outcome, Refusal):
        assert 400 <= problems.status(outcome) < 500
        assert problems.document(outcome)
    elif isinstance(outcome, protocol.QueryOperation):
        assert len(outcome.text) <= 65_536


ACCEPTED = strategies.text(max_size=100) | strategies.lists(
    strategies.sampled_from(
        [
            "*/*",
            "text/*",
            "text/csv",
            "application/json;q=0",
            "a/b;q=0.5",
            "text/turtle;q=.1",
            "text/html",
            ",",
            ";",
        ]
    ),
    max_size=6,
).map(", ".join)


@SETTINGS
@given(accept=ACCEPTED, form=strategies.none() | strategies.text(max_size=20))
def test_a_format_is_chosen_or_refused(accept: str, form: str | None) -> None:
    outcome = attempt(lambda: negotiation.choose(accept, form))

    if isinstance(outcome, Refusal):
        assert problems.status(outcome) in {400, 406}
    else:
        every = (*formats.RESULTS, *formats.GRAPHS, formats.HTML)
        names = {each.name for each in every}
        assert {chosen[0] for chosen in (outcome.results, outcome.graphs) if chosen} <= names


@SETTINGS
@given(accept=ACCEPTED)
def test_a_coding_is_one_of_ours(accept: str) -> None:
    assert encoding.choose(accept) in {None, *encoding.CODINGS}


@SETTINGS
@given(tags=strategies.text(max_size=50).filter(lambda text: "*" not in text))
def test_a_tag_matches_only_itself(tags: str) -> None:
    assert not matches(tags, '"x-y-z"')
    assert matches(f'{tags.replace(",", "")}, W/"x-y-z"', '"x-y-z"')
