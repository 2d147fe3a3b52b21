"""The frame of every page for people: its head, its style, its policy, and its addresses.

Workers write answers in it and the HTTP process the rest. There is no script in any page, and
the policy lets none run; what goes into a page is escaped by whoever puts it there.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from html import escape
from typing import Final
from urllib.parse import quote, urlencode

from agendagraph.namespaces import GRAPH, ID, PREFIXES, SCHEME

LANGUAGES: Final = ("en", "ko")
"""Languages of the frame, the one for everybody else first."""
CONTENT_TYPE: Final = "text/html; charset=utf-8"
KNOWN_PREFIXES: Final = {
    **PREFIXES,
    "country": ID + "country/",
    "graph": GRAPH,
    "role": SCHEME + "engagement-role/",
    "scheme": SCHEME,
}
"""Prefixes under which a page shows IRIs, and which it offers for a query."""

STYLE: Final = """
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#5b6570;--line:#d5dae0;--paper:#fff;
--field:#f5f7f9;--link:#0b57a4;--mark:#ffe08a}
@media(prefers-color-scheme:dark){:root{--ink:#e4e8ec;--soft:#9aa5b1;--line:#3a424b;
--paper:#15181c;--field:#1f242a;--link:#7db8f5;--mark:#6b5300}}
*{box-sizing:border-box}
body{background:var(--paper);color:var(--ink);margin:0 auto;max-width:56rem;
padding:1rem 1rem 3rem;font:1rem/1.6 system-ui,"Noto Sans KR","Noto Sans CJK KR",sans-serif;
word-break:keep-all;overflow-wrap:anywhere}
body.answer{max-width:none}
header{display:flex;gap:1rem;justify-content:space-between;border-bottom:1px solid var(--line);
padding-bottom:.5rem}
header a{text-decoration:none}header a:first-child{font-weight:600}
h1{font-size:1.5rem;line-height:1.3;margin:1.2rem 0 .4rem}h2{font-size:1.15rem;margin:2rem 0 .4rem}
a{color:var(--link)}p{margin:.5rem 0}li{margin:.5rem 0}
small,.soft{color:var(--soft)}small{font-size:.82em}
code,pre,textarea{font-family:ui-monospace,"Noto Sans Mono CJK KR",monospace;font-size:.9rem}
pre,textarea{background:var(--field);border:1px solid var(--line);border-radius:4px;padding:.6rem;
line-height:1.5}
pre{overflow:auto;white-space:pre;word-break:normal;overflow-wrap:normal}
textarea{color:inherit;display:block;min-height:16rem;resize:vertical;width:100%}
button,select{font:inherit;max-width:100%;padding:.3rem .8rem}
summary{cursor:pointer}mark{background:var(--mark);color:inherit}
main{display:flex;flex-direction:column}main>*{order:1;max-width:100%}
main>h1{order:0}main>.count{order:0;margin:0}
.scroll{margin:.8rem 0;overflow-x:auto}
table{border-collapse:collapse;font-size:.94rem;line-height:1.5}
th,td{border-bottom:1px solid var(--line);padding:.35rem .9rem .35rem 0;text-align:start;
vertical-align:top;overflow-wrap:break-word;max-width:36rem}
th{color:var(--soft);font-weight:600}td{min-width:4.5rem}
.rows td{min-width:6rem}.rows td.t{min-width:16rem}
.rows td.n{min-width:0;text-align:end;font-variant-numeric:tabular-nums}
td.same{opacity:.4}bdi{white-space:pre-wrap}
.ns{color:var(--soft);font-size:.85em;overflow-wrap:anywhere;word-break:normal}
"""
POLICY: Final = (
    "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    f"style-src 'sha256-{b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
)
"""The Content-Security-Policy of a page: its own style, forms to this server, and nothing else."""

_OTHER: Final = {"en": ("ko", "한국어"), "ko": ("en", "English")}
CLOSING: Final = "</main>\n</body>\n</html>\n"


def opening(lang: str, title: str, here: str = "", kind: str = "") -> str:
    """Return the beginning of a page, up to its contents, which `CLOSING` follows.

    Args:
        lang: The language of the frame.
        title: For the browser's head line; not escaped yet.
        here: The address of this page without its language, ending in ``?`` or ``&``; blank
            where it cannot be had in the other one.
        kind: A class of the whole page.
    """
    other, name = _OTHER[lang]
    switch = ""
    if here:
        address = escape(f"{here}lang={other}")
        switch = f'<a href="{address}" hreflang="{other}" lang="{other}">{name}</a>'
    return f"""<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body class="{kind}">
<header><a href="/?lang={lang}">Agendagraph</a>{switch}</header>
<main>
"""


def address(path: str, **parameters: str | list[str]) -> str:
    """Return an address of this server, ready to stand in an attribute.

    >>> address("/sparql", query="ASK {?a ?b 'c&d'}", format="csv")
    '/sparql?query=ASK%20%7B%3Fa%20%3Fb%20%27c%26d%27%7D&amp;format=csv'
    """
    return escape(f"{path}?{urlencode(parameters, doseq=True, quote_via=quote, errors='replace')}")
