"""Mint every IRI of the graph, in this module and in no other.

An IRI is a pure function of the parts that a table or a reader gives: ASCII, lower case,
without a file extension, never numbered by the order of a run. A part that does not fit
its grammar is an error here and not a strange address later. IRIs are taken apart here
too, so that what was minted can be read back.

>>> element("kr-mofa-2022", "g1/c2/a2").value
'https://w3id.org/agendagraph/id/agenda/kr-mofa-2022/g1/c2/a2'
>>> thing("country/jpn").value
'https://w3id.org/agendagraph/id/country/jpn'
"""

from __future__ import annotations

import re
from typing import Final

from pyoxigraph import NamedNode

from agendagraph.namespaces import BASE, GRAPH, ID, SCHEME

SLUG: Final = r"[a-z0-9]+(?:-[a-z0-9]+)*"
"""One part of a path: lower-case ASCII words joined by single hyphens."""

KINDS: Final = {
    "agenda": rf"{SLUG}",
    "body": rf"{SLUG}/{SLUG}",
    "capture": SLUG,
    "coder": SLUG,
    "country": r"[a-z]{3}",
    "country-group": SLUG,
    "event": SLUG,
    "instrument": SLUG,
    "membership": rf"{SLUG}/{SLUG}(?:/[1-9][0-9]*)?",
    "organization": SLUG,
    "place": SLUG,
    "region": SLUG,
    "term": SLUG,
    "unnamed-actor": SLUG,
}
"""What may stand after ``id/``, and the grammar of the rest of its path."""

LAYERS: Final = ("document", "analysis", "derived")
"""The layers of an agenda; each is a named graph of its own."""

_NUMBER = r"[1-9][0-9]*"
_ELEMENT: Final = re.compile(
    rf"g{_NUMBER}(?:/(?:objectives|contents|effects|[oen]{_NUMBER}"
    rf"|c{_NUMBER}(?:/(?:lead|a{_NUMBER}|r{_NUMBER}(?:/a{_NUMBER})?))?))?"
)
_BELOW: Final = re.compile(rf"(?:anchor|position|quote|(?:[bdikmpqtx]|sic){_NUMBER})")
_SLUG: Final = re.compile(SLUG)
_THING: Final = re.compile("|".join(f"{kind}/{rest}" for kind, rest in KINDS.items()))


def thing(path: str) -> NamedNode:
    """Return the IRI of a thing by its path, for example ``organization/apec``.

    Args:
        path: Kind and identifier, as the tables write them; the kinds are those of
            `KINDS`.

    Raises:
        ValueError: The kind is unknown, or the identifier does not fit its grammar.
    """
    if not _THING.fullmatch(path):
        raise ValueError(
            f"no IRI for {path!r}: expected one of {', '.join(KINDS)}, a slash and an "
            "identifier of lower-case ASCII letters, digits and hyphens"
        )
    return NamedNode(ID + path)


def element(agenda: str, path: str) -> NamedNode:
    """Return the IRI of an element of an agenda, for example ``g3/c4/r1/a1``.

    Raises:
        ValueError: *agenda* is no slug, or *path* is no path of an element.
    """
    if not _ELEMENT.fullmatch(path):
        raise ValueError(f"no IRI for element {path!r}: expected a path like g1/c2/a2 or g8/n1")
    return NamedNode(f"{thing(f'agenda/{agenda}').value}/{path}")


def below(parent: NamedNode, part: str) -> NamedNode:
    """Return the IRI of what stands below *parent*, for example ``anchor`` or ``k2``.

    Raises:
        ValueError: *part* is none of the parts that an element or a commitment has.
    """
    if not _BELOW.fullmatch(part):
        raise ValueError(f"no IRI for {part!r} below {parent.value}: expected a part like k1 or x2")
    return NamedNode(f"{parent.value}/{part}")


def coded(agenda: str, path: str) -> NamedNode:
    """Return the IRI of a coded node by its path in an agenda, for example ``g1/c2/a2/k1/x1``.

    Raises:
        ValueError: No leading part of *path* is an element, or what follows is no coded part.
    """
    head, tail = path, list[str]()
    while head and not _ELEMENT.fullmatch(head):
        head, _, last = head.rpartition("/")
        tail.insert(0, last)
    node = element(agenda, head or path)
    for part in tail:
        node = below(node, part)
    return node


def scheme(name: str) -> NamedNode:
    """Return the IRI of a concept scheme, for example ``engagement-role``."""
    return NamedNode(SCHEME + _slug(name))


def concept(scheme_name: str, notation: str) -> NamedNode:
    """Return the IRI of a concept by its scheme and its notation in kebab case."""
    return NamedNode(f"{SCHEME}{_slug(scheme_name)}/{_slug(notation)}")


def graph(*parts: str) -> NamedNode:
    """Return the IRI of a named graph: ``ontology``, ``world``, or an agenda and its layer.

    >>> graph("kr-mofa-2022", "derived").value
    'https://w3id.org/agendagraph/graph/kr-mofa-2022/derived'
    """
    if len(parts) not in {1, 2} or (len(parts) == 2 and parts[1] not in LAYERS):
        raise ValueError(f"no graph {parts!r}: expected one name, or an agenda and one of {LAYERS}")
    return NamedNode(GRAPH + "/".join(map(_slug, parts)))


def shortened(iri: str) -> str:
    """Return *iri* without our base, as people read it; another's IRI is returned whole.

    >>> shortened("https://w3id.org/agendagraph/id/country/jpn")
    'country/jpn'
    """
    return iri.removeprefix(ID).removeprefix(BASE)


def _slug(part: str) -> str:
    if not _SLUG.fullmatch(part):
        raise ValueError(
            f"no IRI for {part!r}: expected lower-case ASCII letters and digits, "
            "words joined by single hyphens"
        )
    return part
