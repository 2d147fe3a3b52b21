"""The frame of every page for people: its templates, style, policy, words and addresses."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from agendagraph import messages, templating
from agendagraph.namespaces import GRAPH, ID, PREFIXES, SCHEME

if TYPE_CHECKING:
    import jinja2

_FOLDER: Final = Path(__file__).resolve().parent
LOCALE: Final = _FOLDER / "locale"
CONTENT_TYPE: Final = "text/html; charset=utf-8"
KNOWN_PREFIXES: Final = {
    **PREFIXES,
    "country": ID + "country/",
    "graph": GRAPH,
    "role": SCHEME + "engagement-role/",
    "scheme": SCHEME,
}
"""Prefixes under which a page shows IRIs, and which it offers for a query."""
RESULTS: Final = ("csv", "tsv", "json", "xml")
GRAPHS: Final = ("turtle", "trig", "n-triples", "n-quads", "json-ld", "rdf-xml")
"""The formats that a form offers besides the page, by their short names."""

STYLE: Final = (_FOLDER / "static" / "style.css").read_bytes()
STYLE_VERSION: Final = hashlib.sha256(STYLE).hexdigest()[:16]
STYLE_PATH: Final = f"/static/{STYLE_VERSION}/style.css"
"""Where pages find their style; a changed style has another address, so this one may be kept."""
POLICY: Final = (
    "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "style-src 'self'"
)
"""The Content-Security-Policy of a page: our own stylesheet, forms to this server, nothing else."""


def environment(*folders: Path) -> jinja2.Environment:
    """Return the templates in *folders*, and those that all pages share.

    Each template gets the messages of its reader's language as ``t``.
    """
    made = templating.environment(*folders, _FOLDER / "templates")
    others = dict(zip(messages.LANGUAGES, reversed(messages.LANGUAGES), strict=True))
    made.globals.update(
        style=STYLE_PATH, address=address, other=others, results=RESULTS, graphs=GRAPHS
    )
    return made


def address(path: str, **parameters: str | list[str]) -> str:
    """Return an address of this server; a template escapes it where it stands.

    >>> address("/sparql", query="ASK {?a ?b 'c&d'}", format="csv")
    '/sparql?query=ASK%20%7B%3Fa%20%3Fb%20%27c%26d%27%7D&format=csv'
    """
    return f"{path}?{urlencode(parameters, doseq=True, quote_via=quote, errors='replace')}"
