"""What can be known of a query from its tokens, without parsing it.

The HTTP process must not parse a query, but two facts are needed before a worker runs it:
whether it calls SERVICE, and whether its answer can differ the next time. Both are read
from the words that stand outside strings, IRIs and comments. A query can be written so that
a word is overlooked here (an ``<`` that the grammar reads as *less than*, a comment that
hides a quote); it gains nothing, since a worker has no sockets and such a query is at worst
cached.
"""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(
    r"""
    (?P<skip>
        <[^<>"{}|^`\\\x00-\x20]*+>                             # an IRI
      | \"\"\"(?:[^"\\]|\\.|"(?!""))*+(?:\"\"\"|\\?\Z)         # strings in three quotes
      | '''(?:[^'\\]|\\.|'(?!''))*+(?:'''|\\?\Z)
      | "(?:[^"\\\n\r]|\\.)*+"?                              # and in one
      | '(?:[^'\\\n\r]|\\.)*+'?
      | \#[^\n\r]*+                                          # a comment
      | [?$]\w++                                             # a variable
      | @[A-Za-z-]++                                         # a language tag
      | \d[\d.]*+(?:[eE][+-]?\d++)?                          # a number
    )
  | (?P<word>[^\W\d][\w-]*+(?:\.++[\w-]++)*+)?+(?P<local>:(?:[\w%:.-]|\\.)*+)?+
    """,
    re.VERBOSE | re.DOTALL,
)
# Every alternative is possessive and takes an unfinished token to its end, so that the scan
# is linear in the text, whoever wrote it.
_FORMS: Final = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_VOLATILE: Final = frozenset({"NOW", "RAND", "UUID", "STRUUID", "SERVICE"})
_SUSPECT: Final = re.compile(r"service|now|rand|uuid", re.IGNORECASE)
_PREFIX: Final = re.compile(
    r"\bPREFIX\s+([A-Za-z][\w-]*)?:\s*<([A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]*)>",
    re.IGNORECASE,
)


def words(text: str) -> set[str]:
    """Return the bare words of a query, in capitals: keywords and function names.

    >>> sorted(words("SELECT ?now { ?s ex:rand 'service' } # uuid"))
    ['SELECT']
    """
    return {
        part.upper()
        for match in _TOKEN.finditer(text)
        if match["word"] and not match["local"]
        for part in match["word"].split(".")
    }


def calls_service(text: str) -> bool:
    """Return whether a query calls another endpoint."""
    return "service" in text.lower() and "SERVICE" in words(text)


def is_volatile(text: str) -> bool:
    """Return whether the same query can have another answer over the same data."""
    return bool(_SUSPECT.search(text)) and bool(_VOLATILE & words(text))


def form(text: str) -> str | None:
    """Return the form that a query seems to have, in capitals; ``None`` where none is named.

    >>> form("PREFIX select: <http://e.org/> CONSTRUCT WHERE { ?ask select:describe ?o }")
    'CONSTRUCT'
    """
    for match in _TOKEN.finditer(text):
        if match["word"] and not match["local"] and match["word"].upper() in _FORMS:
            return match["word"].upper()
    return None


def prefixes(text: str) -> dict[str, str]:
    """Return the absolute prefixes that a query declares, for writing its answer with them.

    >>> prefixes("PREFIX ex: <http://example.org/> ASK {}")
    {'ex': 'http://example.org/'}
    """
    return {name or "": iri for name, iri in _PREFIX.findall(text)}
