"""Find a SERVICE call that another store would carry out, however the query hides it.

`calls_service` may overlook a call: our own workers have no
sockets. A remote store has, and its parser need not agree with ours on where a string or an
IRI begins (some read ``1<2)SERVICE?x#>`` as a comparison and a call, and ``SERVICEex:a`` as
two tokens). So strings and comments are not skipped here: what counts is whether the keyword
stands before anything that could be its argument. A call costs a refusal; so do, wrongly, a
string that says ``service <`` and a prefix with that word in its name.
"""

from __future__ import annotations

import re
from typing import Final

from agendagraph.sparql.refusal import Reason, Refusal

_TOKEN: Final = re.compile(
    r"""
    (?P<iri><[^<>"{}|^`\\\x00-\x20]*+>)
  | [?$]\w++                                              # a variable
  | :[\w.%:\\-]++                                         # the local part of a name
  | (?P<word>[\w.-]++)(?=\s*+(?P<silent>SILENT\b)?+\s*+(?P<argument>[?$<:\#]|[\w.-]++:)?+)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def may_call(text: str) -> bool:
    r"""Return whether some parser could find a SERVICE call in *text*.

    The scan is linear: every alternative is possessive, and what a lookahead sees is one
    token that is scanned once more.

    >>> may_call("SELECT ?service { ?s ex:service <http://e.org/service> ; ?p 'a service' }")
    False
    >>> may_call("ASK { SERVICEex:a {} }"), may_call("ASK { FILTER(1<2)SERVICE?s#>\n{} }")
    (True, True)
    """
    if "\\u" in text or "\\U" in text:
        text = f"{text}\n{_ESCAPE.sub(_character, text)}"
    if "service" not in text.lower():
        return False
    return any(_is_call(match) for match in _TOKEN.finditer(text))


def refuse(text: str) -> None:
    """Raise the refusal of a query that could call a third endpoint."""
    if may_call(text):
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
