"""Send the validation report of a rejected update, in JSON or as RDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from agendagraph.namespaces import PREFIXES
from agendagraph.rdf.formats import RDF_FORMATS
from agendagraph.rdf.terms import RDF, Vocabulary, boolean
from agendagraph.server.http import problems, respond
from agendagraph.sparql import negotiation
from agendagraph.sparql.refusal import Refusal

if TYPE_CHECKING:
    from agendagraph.server.http.respond import Scope, Send

_SH: Final = Vocabulary(PREFIXES["sh"])
_WRITTEN_WITH: Final = {name: PREFIXES[name] for name in ("sh", "agenda", "ags", "xsd")}


async def send_violations(scope: Scope, send: Send, refusal: Refusal) -> None:
    """Send the report as problem+json, or in the RDF format that the client asks for."""
    accept = respond.header(scope, b"accept") or ""
    graphs = None
    if "json" not in accept.replace("ld+json", "") and accept.strip() not in ("", "*/*"):
        graphs = _rdf_format(accept)
    if graphs is None:
        await respond.send_problem(send, refusal, extra=respond.CORS)
        return
    name, content_type = graphs
    report: Any = refusal.facts["report"]
    body = ox.serialize(report_triples(report), format=RDF_FORMATS[name], prefixes=_WRITTEN_WITH)
    await respond.send_bytes(
        send,
        problems.status(refusal),
        content_type.encode(),
        body or b"",
        [*problems.headers(refusal), *respond.CORS],
    )


def _rdf_format(accept: str) -> tuple[str, str] | None:
    try:
        chosen = negotiation.choose(accept).graphs
    except Refusal:
        return None
    return chosen if chosen and chosen[0] in RDF_FORMATS else None  # a page is not RDF


def report_triples(report: dict[str, Any]) -> list[ox.Triple]:
    """Return a report, as `to_dict` gives it, as RDF."""
    node = ox.BlankNode()
    triples = [
        ox.Triple(node, RDF.type, _SH.ValidationReport),
        ox.Triple(node, _SH.conforms, boolean(report["conforms"])),
    ]
    for row in report["results"]:
        result = ox.BlankNode()
        triples.append(ox.Triple(node, _SH.result, result))
        facts: list[tuple[ox.NamedNode, ox.NamedNode | ox.BlankNode | ox.Literal | None]] = [
            (RDF.type, _SH.ValidationResult),
            (_SH.resultSeverity, _SH[row["severity"]]),
            (_SH.focusNode, _node(row["focus_node"])),
            (_SH.sourceShape, _node(row["shape"])),
            (_SH.sourceConstraintComponent, _node(row["component"])),
            (_SH.resultPath, _path(row["path"])),
            (_SH.value, _term(row["value"])),
        ]
        facts += [
            (_SH.resultMessage, ox.Literal(text, language=language or None))
            for language, text in row["messages"].items()
        ]
        triples += [ox.Triple(result, p, o) for p, o in facts if o is not None]
    return triples


def _node(text: str) -> ox.NamedNode | ox.BlankNode | ox.Literal | None:
    if text.startswith("_:"):
        return ox.BlankNode(text[2:])
    if text.startswith(('"', "'")):
        return _term(text)
    return ox.NamedNode(text) if text else None


def _path(text: str | None) -> ox.NamedNode | None:
    """Return a path of one step; longer ones are in the source shape."""
    if text and text.startswith("<") and text.count("<") == 1 and text.endswith(">"):
        return ox.NamedNode(text[1:-1])
    return None


def _term(text: str | None) -> ox.NamedNode | ox.BlankNode | ox.Literal | None:
    if not text:
        return None
    try:
        (quad,) = ox.parse(f"<x:s> <x:p> {text} .", format=ox.RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError):
        return None
    term = quad.object
    return term if isinstance(term, ox.NamedNode | ox.BlankNode | ox.Literal) else None
