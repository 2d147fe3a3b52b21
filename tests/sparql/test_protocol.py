"""A request means one operation, or it is refused with the right reason."""

from __future__ import annotations

import pytest

from agendagraph.sparql.protocol import (
    FORM,
    QUERY,
    UPDATE,
    Description,
    Operation,
    QueryOperation,
    UpdateOperation,
    read_request,
)
from agendagraph.sparql.refusal import Reason, Refusal

GRAPH = "http://example.org/g"


@pytest.mark.parametrize(
    ("method", "query_string", "content_type", "body", "expected"),
    [
        pytest.param("GET", b"query=ASK%20%7B%7D", None, b"", QueryOperation("ASK {}"), id="GET"),
        pytest.param("HEAD", b"query=ASK+%7B%7D", None, b"", QueryOperation("ASK {}"), id="HEAD"),
        pytest.param("GET", b"", None, b"", Description(), id="GET without a query"),
        pytest.param(
            "GET", b"format=ttl", None, b"", Description("ttl"), id="a description in a format"
        ),
        pytest.param(
            "GET",
            b"query=%ED%95%9C&default-graph-uri=http://example.org/g&named-graph-uri=urn:b"
            b"&named-graph-uri=urn:c&timeout=1.5&format=csv&unknown=1",
            None,
            b"",
            QueryOperation("한", (GRAPH,), ("urn:b", "urn:c"), 1.5, "csv"),
            id="GET with everything",
        ),
        pytest.param(
            "POST", b"", FORM, b"query=1%252B1", QueryOperation("1%2B1"), id="decoded only once"
        ),
        pytest.param(
            "POST",
            b"default-graph-uri=urn:a",
            f"{FORM}; charset=UTF-8",
            b"query=x&default-graph-uri=urn:b",
            QueryOperation("x", ("urn:a", "urn:b")),
            id="a form whose dataset is in both places",
        ),
        pytest.param(
            "POST",
            b"timeout=250ms",
            QUERY,
            "한".encode(),
            QueryOperation("한", timeout_s=0.25),
            id="POST direct",
        ),
        pytest.param(
            "POST",
            b"using-graph-uri=urn:a&using-named-graph-uri=urn:b",
            UPDATE,
            b"DROP ALL",
            UpdateOperation("DROP ALL", ("urn:a",), ("urn:b",)),
            id="update direct",
        ),
        pytest.param(
            "POST",
            b"",
            FORM,
            b"update=DROP+ALL&using-graph-uri=urn:a",
            UpdateOperation("DROP ALL", ("urn:a",)),
            id="update by form",
        ),
    ],
)
def test_what_a_request_means(
    method: str, query_string: bytes, content_type: str | None, body: bytes, expected: Operation
) -> None:
    assert read_request(method, query_string, content_type, body) == expected


@pytest.mark.parametrize(
    ("method", "query_string", "content_type", "body", "reason"),
    [
        pytest.param("GET", b"query=a&query=b", None, b"", Reason.BAD_REQUEST, id="two queries"),
        pytest.param("GET", b"update=a", None, b"", Reason.BAD_REQUEST, id="update by GET"),
        pytest.param("GET", b"query=a&update=b", None, b"", Reason.BAD_REQUEST, id="both, by GET"),
        pytest.param("POST", b"", FORM, b"query=a&update=b", Reason.BAD_REQUEST, id="both"),
        pytest.param(
            "GET", b"default-graph-uri=urn:a", None, b"", Reason.BAD_REQUEST, id="no query"
        ),
        pytest.param("POST", b"", FORM, b"", Reason.BAD_REQUEST, id="an empty form"),
        pytest.param("POST", b"query=a", FORM, b"", Reason.BAD_REQUEST, id="a form in the address"),
        pytest.param(
            "POST", b"query=a", QUERY, b"b", Reason.BAD_REQUEST, id="a query in both places"
        ),
        pytest.param("GET", b"query=%zz", None, b"", Reason.BAD_REQUEST, id="bad percent-encoding"),
        pytest.param("GET", b"query=%", None, b"", Reason.BAD_REQUEST, id="a lone percent sign"),
        pytest.param("GET", b"query=%ff", None, b"", Reason.BAD_REQUEST, id="not UTF-8"),
        pytest.param("POST", b"", QUERY, b"\xff", Reason.BAD_REQUEST, id="a body not in UTF-8"),
        pytest.param(
            "GET", b"query=a&default-graph-uri=g", None, b"", Reason.BAD_REQUEST, id="relative IRI"
        ),
        pytest.param(
            "GET",
            b"query=a&named-graph-uri=urn:a%0d%0ab",
            None,
            b"",
            Reason.BAD_REQUEST,
            id="a line end in an IRI",
        ),
        pytest.param(
            "GET",
            b"query=a&using-graph-uri=urn:a",
            None,
            b"",
            Reason.BAD_REQUEST,
            id="a parameter of updates",
        ),
        pytest.param(
            "POST",
            b"default-graph-uri=urn:a",
            UPDATE,
            b"x",
            Reason.BAD_REQUEST,
            id="a parameter of queries",
        ),
        *(
            pytest.param(
                "GET", b"query=a&timeout=" + text, None, b"", Reason.BAD_REQUEST, id=f"t={text!r}"
            )
            for text in (b"0", b"-1", b"nan", b"inf", b"1e9", b"1h", b"")
        ),
        pytest.param("POST", b"", None, b"x", Reason.UNSUPPORTED_MEDIA_TYPE, id="no content type"),
        pytest.param(
            "POST", b"", "text/plain", b"x", Reason.UNSUPPORTED_MEDIA_TYPE, id="another type"
        ),
        pytest.param(
            "POST",
            b"",
            f"{QUERY};charset=utf-16",
            b"x",
            Reason.UNSUPPORTED_MEDIA_TYPE,
            id="another charset",
        ),
        pytest.param("PUT", b"query=a", None, b"", Reason.METHOD_NOT_ALLOWED, id="another method"),
        pytest.param(
            "GET", b"query=" + b"a" * 65_537, None, b"", Reason.REQUEST_TOO_LARGE, id="too long"
        ),
        pytest.param(
            "POST",
            b"",
            QUERY,
            "한".encode() * 22_000,
            Reason.REQUEST_TOO_LARGE,
            id="too long in bytes, not in characters",
        ),
    ],
)
def test_why_a_request_is_refused(
    method: str, query_string: bytes, content_type: str | None, body: bytes, reason: Reason
) -> None:
    with pytest.raises(Refusal) as refused:
        read_request(method, query_string, content_type, body)

    assert refused.value.reason is reason
