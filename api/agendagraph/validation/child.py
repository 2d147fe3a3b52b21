"""Validate one graph, in a process of its own: ``python -m agendagraph.validation.child``.

Reads a request as JSON from standard input and writes a report, or an error, as JSON to
standard output. Only `validation.run` starts it.
"""

from __future__ import annotations

import gc
import json
import logging
import sys
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from pyparsing import ParseException
from pyshacl import validate
from pyshacl.errors import ReportableRuntimeError
from rdflib import SH, Graph, URIRef

from agendagraph.errors import GraphSyntaxError
from agendagraph.validation import pyshacl_patches
from agendagraph.validation.rdflib_graph import read_graph
from agendagraph.validation.shape_rewriting import propagate_targets
from agendagraph.validation.shapes_lint import (
    ShapeFiles,
    check_form,
    check_sparql,
    selects_any,
)

if TYPE_CHECKING:
    from rdflib.term import Node

_MODIFIERS: Final = {SH.zeroOrMorePath: "*", SH.oneOrMorePath: "+", SH.zeroOrOnePath: "?"}


def report(request: dict[str, Any]) -> dict[str, Any]:
    """Return the results for *request*, or the error in its files."""
    try:
        origins = ShapeFiles(tuple(request["shapes"]))
        shapes = origins.read()
        data = read_graph(request["data"])
        gc.freeze()  # the graphs stay to the end: a collection need not walk them again
        check_sparql(shapes, origins, partial(_shape_name, shapes))
        check_form(shapes, origins, partial(_shape_name, shapes))
        focus_nodes = request["focus_nodes"]
        reached = focus_nodes is not None or selects_any(shapes, data)
        propagate_targets(shapes)
        return {"results": _validate(data, shapes, origins, focus_nodes), "reached": reached}
    except GraphSyntaxError as error:
        members = ("message", "file", "line", "column")
        return {"error": {name: getattr(error, name) for name in members}}


def _validate(
    data: Graph, shapes: Graph, origins: ShapeFiles, focus_nodes: list[str] | None
) -> list[dict[str, Any]]:
    try:
        _, results, text = validate(
            data,
            shacl_graph=shapes,
            focus_nodes=focus_nodes,
            inplace=True,
            allow_warnings=True,
            max_validation_depth=30,
        )
    except ReportableRuntimeError as error:
        raise GraphSyntaxError(" ".join(str(error).split()), file=origins.of(None)) from None
    except ParseException as error:
        message = f"the SPARQL of a shape does not parse: {' '.join(str(error).split())}"
        raise GraphSyntaxError(message, file=origins.of(None)) from None
    if not isinstance(results, Graph):
        raise GraphSyntaxError(" ".join(text.split()), file=origins.of(None))
    # Only the results that the report lists: sh:detail links to further ones.
    return [result_row(results, shapes, node) for node in results.objects(None, SH.result)]


def result_row(results: Graph, shapes: Graph, node: Node) -> dict[str, Any]:
    """Return the result at *node* of a report as JSON data."""
    messages: dict[str, list[str]] = {}
    for message in results.objects(node, SH.resultMessage):
        messages.setdefault(getattr(message, "language", None) or "", []).append(str(message))
    path = results.value(node, SH.resultPath)
    value = results.value(node, SH.value)
    return {
        "severity": str(results.value(node, SH.resultSeverity)).removeprefix(str(SH)),
        "focus_node": _name(results.value(node, SH.focusNode)),
        "path": None if path is None else _path(results, path),
        "value": None if value is None else value.n3(),
        "messages": {key: "; ".join(sorted(texts)) for key, texts in sorted(messages.items())},
        "shape": _shape_name(shapes, results.value(node, SH.sourceShape)),
        "component": _name(results.value(node, SH.sourceConstraintComponent)),
    }


def _name(node: Node | None) -> str:
    return str(node) if isinstance(node, URIRef) else "" if node is None else node.n3()


def _shape_name(shapes: Graph, shape: Node | None) -> str:
    """Return the IRI of *shape*, or of the nearest shape around it that has one."""
    seen = {shape}
    while shape is not None and not isinstance(shape, URIRef):
        shape = next((s for s in shapes.subjects(None, shape) if s not in seen), None)
        seen.add(shape)
    return _name(shape)


def _path(graph: Graph, node: Node) -> str:
    """Return the SHACL path at *node* as a SPARQL property path."""
    if isinstance(node, URIRef):
        return node.n3()
    if (inverse := graph.value(node, SH.inversePath)) is not None:
        return f"^{_path(graph, inverse)}"
    if (choices := graph.value(node, SH.alternativePath)) is not None:
        return f"({'|'.join(_path(graph, part) for part in graph.items(choices))})"
    for predicate, sign in _MODIFIERS.items():
        if (inner := graph.value(node, predicate)) is not None:
            return f"({_path(graph, inner)}){sign}"
    return "/".join(_path(graph, part) for part in graph.items(node))


def main() -> None:
    """Read a request from standard input, and write its report to standard output."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    pyshacl_patches.install()
    json.dump(report(json.load(sys.stdin)), sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
