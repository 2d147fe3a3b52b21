"""Read facts about a query or an update from its tokens, without parsing it.

The HTTP process must not parse a query: some queries of 5 kB kill the process that does. The
tokens are enough for what it needs: the form, the dataset clause, volatile functions, calls
of other endpoints, prefixes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agendagraph.namespaces import PREFIXES
from agendagraph.sparql.lexer import tokens
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from agendagraph.sparql.lexer import Token

FORMS: Final = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
"""The keywords by which a query begins, after its declarations."""
VOLATILE: Final = frozenset({"NOW", "RAND", "UUID", "STRUUID"})
"""Functions with another value at the next call."""
_ABSOLUTE: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")


def keywords(text: str, among: Iterable[str]) -> set[str]:
    """Return which of the keywords and functions *among*, in capitals, stand in a text.

    A text without these letters, the usual case, is not split into tokens.

    >>> keywords("SELECT ?now { ?s ex:rand 'service' } # uuid", {"SELECT", "NOW", "RAND"})
    {'SELECT'}
    """
    capitals = text.upper()
    wanted = {word for word in among if word in capitals}
    if not wanted:
        return wanted
    found = tokens(text, words_only=True)
    return wanted & {each.text.upper() for each in found if each.kind == "word"}


def query_form(text: str) -> str | None:
    """Return the form of a query, in capitals; ``None`` where it names none.

    >>> query_form("PREFIX ask: <http://example.org/select> DESCRIBE ask:x")
    'DESCRIBE'
    """
    words = (each.key for each in tokens(text, words_only=True) if each.kind == "word")
    return next((word for word in words if word in FORMS), None)


def has_dataset_clause(text: str) -> bool:
    """Whether a query names its dataset by FROM or FROM NAMED.

    >>> has_dataset_clause("SELECT * FROM <http://example.org/g> WHERE { ?s ?p ?o }")
    True
    >>> has_dataset_clause("SELECT ?from WHERE { ?s <http://example.org/from> ?from } # FROM <x>")
    False
    """
    return bool(keywords(text, {"FROM"}))


def described(text: str) -> str | None:
    """Return the IRI that a query describes, if it consists of nothing else.

    >>> described("DESCRIBE <http://example.org/a>"), described("DESCRIBE ?s { ?s ?p ?o }")
    ('http://example.org/a', None)
    """
    match tokens(text):
        case [verb, iri] if verb.key == "DESCRIBE" and iri.kind == "iri":
            return iri.text[1:-1] if "\\" not in iri.text else None
    return None


def declarations(found: Sequence[Token]) -> dict[str, str]:
    """Return the declared prefixes, each with its IRI as it is written."""
    return {
        name.prefix: iri.text[1:-1]
        for keyword, name, iri in zip(found, found[1:], found[2:], strict=False)
        if keyword.key == "PREFIX" and name.kind == "name" and iri.kind == "iri"
    }


def absolute_prefixes(text: str) -> dict[str, str]:
    """Return the prefixes that a query declares by absolute IRIs; its answer uses them.

    >>> absolute_prefixes("PREFIX ex: <http://example.org/> PREFIX r: <r#> ASK {}")
    {'ex': 'http://example.org/'}
    """
    if "PREFIX" not in text.upper():
        return {}
    declared = declarations(tokens(text))
    return {n: iri for n, iri in declared.items() if is_absolute(f"<{iri}>") and "\\" not in iri}


def is_absolute(iri: str) -> bool:
    """Whether an IRI as it is written, in brackets, is absolute."""
    return _ABSOLUTE.match(iri) is not None


def with_prefixes(text: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """Return *text* with those of *prefixes* declared that it uses and does not declare.

    The declarations stand in front of the first line, so that lines keep their numbers.

    >>> with_prefixes("ASK { ?s skos:broader ?o }")
    'PREFIX skos: <http://www.w3.org/2004/02/skos/core#> ASK { ?s skos:broader ?o }'
    """
    missing = sorted({name for name, _ in undeclared_prefixes(text)} & prefixes.keys())
    return "".join(f"PREFIX {name}: <{prefixes[name]}> " for name in missing) + text


def undeclared_prefixes(text: str) -> Iterator[tuple[str, int]]:
    """Yield each use of a prefix that is not declared, with its offset."""
    found = tokens(text)
    declared = {found[at].prefix for at in range(1, len(found)) if found[at - 1].key == "PREFIX"}
    for token in found:
        if token.kind == "name" and token.prefix not in declared:
            yield token.prefix, token.start


_CALL: Final = re.compile(
    r"""
    (?P<iri><[^<>"{}|^`\\\x00-\x20]*+>)
  | [?$]\w++                                              # a variable
  | :[\w.%:\\-]++                                         # the local part of a name
  | (?P<word>[\w.-]++)(?=\s*+(?P<silent>SILENT\b)?+\s*+(?P<argument>[?$<:\#]|[\w.-]++:)?+)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def may_call_service(text: str) -> bool:
    r"""Return whether some parser could find a SERVICE call in *text*, however it is hidden.

    For a text that another store parses: our workers have no sockets, another store has. Its
    parser may disagree with `tokens` on where a string or an IRI begins (some parse
    ``1<2)SERVICE?x#>`` as a comparison and a call). So strings and comments are not skipped;
    the keyword counts wherever a possible argument follows. A string with ``service <`` and
    a prefix with that word in its name are false positives.

    The scan is linear: every alternative is possessive, and what a lookahead sees is one
    token that is scanned once more.

    >>> may_call_service("SELECT ?service { ?s ex:service <http://e/service> ; ?p 'a service' }")
    False
    >>> may_call_service("ASK { SERVICEex:a {} }")
    True
    >>> may_call_service("ASK { FILTER(1<2)SERVICE?s#>\n{} }")
    True
    """
    if "\\u" in text or "\\U" in text:
        text = f"{text}\n{_ESCAPE.sub(_character, text)}"
    if "service" not in text.lower():
        return False
    return any(_is_call(match) for match in _CALL.finditer(text))


def refuse_service_calls(text: str) -> None:
    """Reject a query by which another store could call a third endpoint."""
    if may_call_service(text):
        raise Refusal(Reason.SERVICE_OFF)


def _is_call(match: re.Match[str]) -> bool:
    iri = match["iri"]
    if iri is not None:
        _, keyword, after = iri.lower().partition("service")
        return bool(keyword) and "#" in after
    word = match["word"]
    return word is not None and "service" in word.lower() and match["argument"] is not None


def _character(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code <= 0x10FFFF else ""
