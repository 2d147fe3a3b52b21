"""Short names for what a service description tells of an IRI, to stand behind ``#``."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from agendagraph.namespaces import GRAPH, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable

_SIMPLE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,80}")
_KNOWN: Final = {**{namespace: f"{name}-" for name, namespace in PREFIXES.items()}, GRAPH: ""}


def fragments(iris: Iterable[str]) -> dict[str, str]:
    """Return a fragment for each of *iris*, no two alike.

    What is in a namespace that we know is called by prefix and name, and a graph of ours by
    its path; what is neither, or would be called like another, by a hash.

    >>> list(fragments(["http://www.w3.org/2004/02/skos/core#broader", "urn:x"]).values())
    ['skos-broader', '1ff30242f9f3364b']
    """
    named: dict[str, str] = {}
    for iri in sorted(iris):
        name = _readable(iri)
        if name is None or name in named.values():
            name = hashlib.sha256(iri.encode(errors="replace")).hexdigest()[:16]
        named[iri] = name
    return named


def _readable(iri: str) -> str | None:
    namespace = iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
    if iri.startswith(GRAPH):
        namespace = GRAPH
    rest = iri.removeprefix(namespace).replace("/", "-")
    if namespace not in _KNOWN or not _SIMPLE.fullmatch(rest):
        return None
    return _KNOWN[namespace] + rest
