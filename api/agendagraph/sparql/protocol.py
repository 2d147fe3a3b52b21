"""Read the operation that an HTTP request asks for, as SPARQL 1.1 Protocol defines it.

Pure: bytes in, one operation or one `Refusal` out. It parses no SPARQL. Percent-encoding is
decoded once, strictly, and as UTF-8 only: ``%zz`` is rejected, not passed through.

Source: W3C Recommendation "SPARQL 1.1 Protocol", 21 March 2013, sections 2.1 and 2.2.
https://www.w3.org/TR/sparql11-protocol/

Of SPARQL 1.2 Protocol (a working draft), the announcement of a version (its section 2.1) is
read and means nothing: the engine understands one language, in which 1.0 and 1.1 are
contained. It may be announced once.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

from agendagraph.sparql.query_syntax import VOLATILE, keywords
from agendagraph.sparql.refusal import Cause, Reason, Refusal

if TYPE_CHECKING:
    from agendagraph.sparql.negotiation import Choice

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"

_BAD_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")
ABSOLUTE_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|\\^`]*")
_DURATION: Final = re.compile(r"(?P<number>\d{1,9}(?:\.\d{1,6})?)(?P<unit>ms|s)?")
_QUERY_ONLY: Final = frozenset({"query", "default-graph-uri", "named-graph-uri"})
_UPDATE_ONLY: Final = frozenset({"update", "using-graph-uri", "using-named-graph-uri"})
_DERIVED_FROM: Final = VOLATILE | {"SERVICE", "FROM"}


@dataclass(frozen=True, slots=True)
class QueryOperation:
    """A query, with the dataset, time limit and format that the request names.

    ``timeout_s`` and ``format`` are ``None`` where the request does not name them.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    timeout_s: float | None = None
    format: str | None = None


@dataclass(frozen=True, slots=True)
class SparqlQuery:
    """A query operation with the formats that its client accepts.

    Attributes:
        key: Everything that the answer depends on besides the data.
        fingerprint: A short hash of the text, for the log and the statistics.
        volatile: Whether the answer can differ over the same data, as that of RAND() does.
        names_dataset: Whether the request or the query (FROM) names the dataset.
    """

    operation: QueryOperation
    choice: Choice
    key: tuple[object, ...] = field(init=False, repr=False, compare=False)
    fingerprint: str = field(init=False, repr=False, compare=False)
    volatile: bool = field(init=False, repr=False, compare=False)
    names_dataset: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Derive the attributes that several callers need."""
        text = self.operation.text
        default, named = self.operation.default_graphs, self.operation.named_graphs
        digest = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
        found = keywords(text, _DERIVED_FROM)
        object.__setattr__(self, "key", (text, default, named, self.choice))
        object.__setattr__(self, "fingerprint", digest)
        object.__setattr__(self, "volatile", bool(found - {"FROM"}))
        object.__setattr__(self, "names_dataset", bool(default or named or "FROM" in found))

    @property
    def text(self) -> str:
        """The query's text."""
        return self.operation.text

    def calls_service(self) -> bool:
        """Whether the query calls another endpoint."""
        return bool(keywords(self.operation.text, {"SERVICE"}))


@dataclass(frozen=True, slots=True)
class UpdateOperation:
    """An update, and the dataset that its WHERE clauses read."""

    text: str
    using_graphs: tuple[str, ...] = ()
    using_named_graphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """A GET without a query, for the service description."""

    format: str | None = None


Operation = QueryOperation | UpdateOperation | Description
Parameters = dict[str, list[str]]


def read_request(
    method: str,
    query_string: bytes,
    content_type: str | None = None,
    body: bytes = b"",
    *,
    limit_bytes: int = 65_536,
) -> Operation:
    """Return the operation of a request to the endpoint.

    Args:
        method: ``GET``, ``HEAD`` or ``POST``.
        query_string: What follows ``?`` in the address, still encoded.
        content_type: The header of that name, for POST.
        body: The whole body, for POST.
        limit_bytes: The longest query or update text, in bytes of UTF-8.

    Raises:
        Refusal: The request is not one of the forms of the protocol.
    """
    parameters = read_parameters(query_string, "query string")
    if method in ("GET", "HEAD"):
        return _from_get(parameters, limit_bytes)
    if method != "POST":
        raise Refusal(Reason.METHOD_NOT_ALLOWED, method=method, allow="GET, HEAD, POST, OPTIONS")
    media_type = _media_type(content_type)
    if media_type == FORM:
        return _from_form(parameters, read_parameters(body, "form"), limit_bytes)
    if media_type not in (QUERY, UPDATE):
        raise Refusal(
            Reason.UNSUPPORTED_MEDIA_TYPE,
            found=content_type or "none",
            expected=f"{QUERY}, {UPDATE}, {FORM}",
        )
    for name in ("query", "update"):
        if name in parameters:
            raise _wrong("operation-in-body", name=name)
    text = _decode(body, "body")
    name = "query" if media_type == QUERY else "update"
    return _operation({**parameters, name: [text]}, limit_bytes)


def _wrong(cause: Cause, **facts: object) -> Refusal:
    return Refusal(Reason.BAD_REQUEST, cause=cause, **facts)


def _from_get(parameters: Parameters, limit_bytes: int) -> Operation:
    if "update" in parameters:
        raise _wrong("update-by-get")
    if not parameters.keys() & _QUERY_ONLY:
        return Description(_format(parameters))
    return _operation(parameters, limit_bytes)


def _from_form(address: Parameters, form: Parameters, limit_bytes: int) -> Operation:
    for name in ("query", "update"):
        if name in address:
            raise _wrong("operation-in-form", name=name)
    merged = {name: address.get(name, []) + form.get(name, []) for name in (*address, *form)}
    return _operation(merged, limit_bytes)


def _operation(parameters: Parameters, limit_bytes: int) -> QueryOperation | UpdateOperation:
    if "query" in parameters and "update" in parameters:
        raise _wrong("query-and-update")
    is_update = "update" in parameters
    _only(parameters, "version")
    for name in sorted((_QUERY_ONLY if is_update else _UPDATE_ONLY) & parameters.keys()):
        raise _wrong("not-of-an-update" if is_update else "not-of-a-query", name=name)
    name = "update" if is_update else "query"
    text = _only(parameters, name)
    if text is None:
        raise _wrong("no-query")
    size = len(text.encode())
    if size > limit_bytes:
        raise Refusal(Reason.REQUEST_TOO_LARGE, what=name, size=size, limit=limit_bytes)
    if is_update:
        return UpdateOperation(
            text,
            _graphs(parameters, "using-graph-uri"),
            _graphs(parameters, "using-named-graph-uri"),
        )
    return QueryOperation(
        text,
        _graphs(parameters, "default-graph-uri"),
        _graphs(parameters, "named-graph-uri"),
        _timeout(_only(parameters, "timeout")),
        _format(parameters),
    )


def read_parameters(encoded: bytes, where: str) -> Parameters:
    """Decode ``name=value`` pairs once; reject bytes that are not UTF-8.

    >>> read_parameters(b"a=100%2525&a=%ED%95%9C+x", "query string")
    {'a': ['100%25', '한 x']}
    """
    if _BAD_ESCAPE.search(encoded):
        raise _wrong("bad-escape", where=where)
    parameters: Parameters = {}
    for pair in encoded.split(b"&"):
        if pair:
            name, _, value = pair.replace(b"+", b" ").partition(b"=")
            decoded = _decode(unquote_to_bytes(value), where)
            parameters.setdefault(_decode(unquote_to_bytes(name), where), []).append(decoded)
    return parameters


def _decode(data: bytes, where: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise _wrong("not-utf-8", byte=error.start, where=where) from None


def _media_type(content_type: str | None) -> str:
    """Return the bare media type; another charset than UTF-8 is refused."""
    bare, *rest = (content_type or "").split(";")
    for parameter in rest:
        name, _, value = parameter.partition("=")
        charset = value.strip().strip('"').lower()
        if name.strip().lower() == "charset" and charset not in ("utf-8", "utf8", "us-ascii"):
            raise Refusal(
                Reason.UNSUPPORTED_MEDIA_TYPE, found=content_type, expected="charset=utf-8"
            )
    return bare.strip().lower()


def _only(parameters: Parameters, name: str) -> str | None:
    values = parameters.get(name, [])
    if len(values) > 1:
        raise _wrong("repeated", name=name, times=len(values))
    return values[0] if values else None


def _graphs(parameters: Parameters, name: str) -> tuple[str, ...]:
    """Return the IRIs of a parameter, each once.

    A value that holds ``&`` and the parameter's own name was glued together by a client that
    encoded the separator as well. The W3C suite does so (query_multiple_dataset), and means two.
    """
    graphs = [iri for value in parameters.get(name, []) for iri in value.split(f"&{name}=")]
    for iri in graphs:
        if not ABSOLUTE_IRI.fullmatch(iri):
            raise _wrong("not-an-iri", name=name, found=iri[:200])
    return tuple(dict.fromkeys(graphs))


def _format(parameters: Parameters) -> str | None:
    """Return the first format that is named; SPARQLWrapper names it by two names at once."""
    return next(filter(None, parameters.get("format", ())), None)


def _timeout(text: str | None) -> float | None:
    """Read ``5``, ``0.5``, ``5s`` or ``500ms``; the result is in seconds."""
    if text is None:
        return None
    match = _DURATION.fullmatch(text.strip())
    seconds = float(match["number"]) / (1000 if match["unit"] == "ms" else 1) if match else 0.0
    if seconds <= 0:
        raise _wrong("no-duration", found=text[:50])
    return seconds
