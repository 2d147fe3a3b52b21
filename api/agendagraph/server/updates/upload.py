"""Unpack and parse the RDF that clients send.

Runs in the writer, which has a memory limit, a large stack and no sockets, and may be killed.
Before the parser runs, bodies above the size limit once unpacked, XML that declares entities
(659 bytes can expand to a gigabyte) and extreme nesting are rejected. A remote JSON-LD context
is an error of the parser.
"""

from __future__ import annotations

import re
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
import zstandard
from python_multipart.multipart import MultipartParser, parse_options_header

from agendagraph.rdf.formats import ONE_GRAPH, RDF_FORMATS, of_content_type
from agendagraph.rdf.reading import message_of
from agendagraph.sparql import negotiation
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

MULTIPART: Final = "multipart/form-data"
_PIECE: Final = 1 << 16
_MOST_PARTS: Final = 100
_DEEPEST: Final = 200
_ENTITY: Final = re.compile(rb"<!ENTITY", re.IGNORECASE)
_NESTED: Final = re.compile(rb"(?:<<\(?\s*){%d}" % _DEEPEST)


def quads_of(
    body: bytes, content_type: str, encoding: str, *, graph: str, base: str, limit_bytes: int
) -> list[ox.Quad]:
    """Return the triples of a request body as quads of *graph* (blank: the default graph).

    *limit_bytes* is the size limit of the unpacked body. *content_type* and *encoding* are
    headers, blank if there were none.

    Raises:
        Refusal: It is too large, malicious, of an unsupported type, or does not parse.
    """
    body = unpack(body, encoding, limit_bytes)
    name: ox.NamedNode | ox.DefaultGraph = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    media_type, _ = parse_options_header(content_type)
    if media_type.decode("latin-1") == MULTIPART:
        parts = _parts(body, content_type)
    else:
        parts = [(content_type, body)]
    return [
        ox.Quad(quad.subject, quad.predicate, quad.object, name)
        for part_type, data in parts
        for quad in _parsed(data, part_type, base)
    ]


def _parsed(data: bytes, content_type: str, base: str) -> list[ox.Quad]:
    form = _format(content_type)
    if form == ox.RdfFormat.RDF_XML and _ENTITY.search(data):
        line = data[: data.index(b"<!")].count(b"\n") + 1
        raise Refusal(Reason.DOCUMENT_SYNTAX, line=line, column=1, cause="entities")
    if _NESTED.search(data):
        raise Refusal(Reason.NESTING)
    try:
        return list(
            ox.parse(
                data,
                format=form,
                base_iri=base,
                rename_blank_nodes=True,
                without_named_graphs=True,
            )
        )
    except SyntaxError as error:
        raise Refusal(
            Reason.DOCUMENT_SYNTAX,
            line=error.lineno,
            column=error.offset,
            problem=message_of(error)[:400],
        ) from None
    except (ValueError, OSError) as error:
        raise Refusal(
            Reason.DOCUMENT_SYNTAX, line=None, column=None, problem=str(error)[:400]
        ) from None


def _format(content_type: str) -> ox.RdfFormat:
    form = of_content_type(content_type, ONE_GRAPH)
    charset = parse_options_header(content_type)[1].get(b"charset", b"utf-8").lower()
    if form is None or charset not in (b"utf-8", b"utf8", b"us-ascii"):
        expected = negotiation.offered(ONE_GRAPH)
        raise Refusal(
            Reason.UNSUPPORTED_MEDIA_TYPE, found=content_type[:200] or "none", expected=expected
        )
    return RDF_FORMATS[form.name]


def unpack(body: bytes, encoding: str, limit_bytes: int) -> bytes:
    """Decode the content codings of *body*: ``gzip`` and ``zstd``.

    Raises:
        Refusal: It is larger than *limit_bytes*, corrupt, or has another content coding.
    """
    codings = [name.strip().lower() for name in encoding.split(",") if name.strip()]
    if len(codings) > 2:
        raise Refusal(Reason.BAD_REQUEST, cause="packed-too-often")
    for coding in reversed(codings):
        if coding == "identity":
            continue
        if coding not in _UNPACKERS:
            expected = f"Content-Encoding: {', '.join(_UNPACKERS)}"
            raise Refusal(Reason.UNSUPPORTED_MEDIA_TYPE, found=encoding[:100], expected=expected)
        try:
            body = _UNPACKERS[coding](body, limit_bytes)
        except (zlib.error, zstandard.ZstdError, EOFError) as error:
            facts = {"coding": coding, "found": str(error)[:200]}
            raise Refusal(Reason.BAD_REQUEST, cause="not-packed", **facts) from None
    return body


def _too_large(limit_bytes: int) -> Refusal:
    return Refusal(
        Reason.REQUEST_TOO_LARGE, what="unpacked body", size=limit_bytes + 1, limit=limit_bytes
    )


def _gunzip(body: bytes, limit_bytes: int) -> bytes:
    whole = bytearray()
    while body:
        unpacker = zlib.decompressobj(wbits=31)
        whole += unpacker.decompress(body, limit_bytes + 1 - len(whole))
        if len(whole) > limit_bytes:
            raise _too_large(limit_bytes)
        if not unpacker.eof:
            raise EOFError("it ends too early")
        body = unpacker.unused_data
    return bytes(whole)


def _unzstd(body: bytes, limit_bytes: int) -> bytes:
    unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 27)
    whole = bytearray()
    with unpacker.stream_reader(BytesIO(body), read_across_frames=True) as stream:
        while piece := stream.read(_PIECE):
            whole += piece
            if len(whole) > limit_bytes:
                raise _too_large(limit_bytes)
    return bytes(whole)


_UNPACKERS: Final[dict[str, Callable[[bytes, int], bytes]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "zstd": _unzstd,
}


def _parts(body: bytes, content_type: str) -> list[tuple[str, bytes]]:
    """Return the parts of a multipart form, each with its content type."""
    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    if b"\r\n" not in body:  # some clients send LF line ends
        body = body.replace(b"\n", b"\r\n")
    form = _Form()
    try:
        parser = MultipartParser(boundary, form.callbacks())  # type: ignore[arg-type]
        parser.write(body)
        parser.finalize()
    except (ValueError, AssertionError) as error:
        found = str(error)[:200]
        raise Refusal(Reason.BAD_REQUEST, cause="form-broken", found=found) from None
    if not boundary or not form.ended:
        raise Refusal(Reason.BAD_REQUEST, cause="form-without-end")
    return [
        (headers.get(b"content-type", b"").decode("latin-1"), bytes(data))
        for headers, data in form.parts
    ]


class _Form:
    """Collects the parts of a form from the callbacks of the parser."""

    def __init__(self) -> None:
        self.parts: list[tuple[dict[bytes, bytes], bytearray]] = []
        self.ended = False
        self._name = b""
        self._value = b""

    def callbacks(self) -> dict[str, Callable[..., None]]:
        return {
            "on_part_begin": self._begin,
            "on_part_data": self._data,
            "on_header_field": self._field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        if len(self.parts) == _MOST_PARTS:
            raise Refusal(Reason.BAD_REQUEST, cause="form-parts", limit=_MOST_PARTS)
        self.parts.append(({}, bytearray()))

    def _data(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1][1].extend(data[start:end])

    def _field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self.parts[-1][0][self._name.lower()] = self._value
        self._name = self._value = b""

    def _end(self) -> None:
        self.ended = True
