"""Write an answer as a page for people: a table of rows, of statements, or yes and no.

A worker does this, row by row. Values are data of whoever wrote them: everything is escaped,
only ``http`` and ``https`` IRIs become links, and such a link leads to what this endpoint says
of the IRI, so that one can walk through the graph. How many rows there are is told at the end,
which the style shows at the top: a page without it is not whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Final, Protocol

import pyoxigraph as ox

from agendagraph.namespaces import BASE
from agendagraph.server.engine import html_page
from agendagraph.server.engine.html_page import address
from agendagraph.sparql import lexical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agendagraph.server.engine.job import Job

LANGUAGE_OF: Final = {"html": "en", **{f"html-{lang}": lang for lang in html_page.LANGUAGES}}
"""The names of this format, each with the language of its frame."""

WORDS: Final = {
    "ko": {
        "answer": "답",
        "about": "이것에 관한 진술",
        "query": "질의",
        "edit": "질의 고치기",
        "rows": "{n:,}행",
        "statements": "진술 {n:,}개",
        "cut": "행 한도에 이르러 여기까지만 보입니다.",
        "none": "질의에 맞는 것이 없습니다.",
        "yes": "예 <small>true</small>",
        "no": "아니요 <small>false</small>",
        "spo": ("주어", "속성", "값"),
        "open": "이 주소를 웹에서 열기",
        "pointing": "이것을 가리키는 것",
    },
    "en": {
        "answer": "Answer",
        "about": "What is said of this",
        "query": "Query",
        "edit": "Edit the query",
        "rows": "{n:,} rows",
        "statements": "{n:,} statements",
        "cut": "Cut here: the limit of rows is reached.",
        "none": "Nothing matches the query.",
        "yes": "Yes <small>true</small>",
        "no": "No <small>false</small>",
        "spo": ("subject", "property", "value"),
        "open": "Open this address on the web",
        "pointing": "What points to this",
    },
}
_RESULT_LINKS: Final = (("CSV", "csv"), ("TSV", "tsv"), ("JSON", "json"), ("XML", "xml"))
_GRAPH_LINKS: Final = (
    ("Turtle", "turtle"),
    ("N-Triples", "n-triples"),
    ("JSON-LD", "json-ld"),
    ("RDF/XML", "rdf-xml"),
)
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)
_LOCAL: Final = re.compile(r"\w(?:[\w.-]*[\w-])?")
_DESCRIBED: Final = re.compile(r"\s*DESCRIBE\s*<([^<>\"{}|^`\\\x00-\x20]+)>\s*", re.IGNORECASE)
_XSD: Final = html_page.KNOWN_PREFIXES["xsd"]
_NUMBERS: Final = frozenset(
    _XSD + name for name in ("integer", "decimal", "double", "float", "nonNegativeInteger", "int")
)
_PLAIN: Final = (_XSD + "string", html_page.KNOWN_PREFIXES["rdf"] + "langString")
_ROWS_A_PIECE: Final = 200
_DEEPEST: Final = 4
_LONG_TEXT: Final = 40

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Results = ox.QuerySolutions | ox.QueryBoolean | Iterable[ox.Triple]


class Answer(Protocol):
    """What takes the page, and what it is told of it."""

    format_name: str
    statements: int | None
    cut: bool

    def write(self, data: bytes) -> int:
        """Take a piece."""


def write(results: Results, answer: Answer, job: Job) -> None:
    """Write *results*, which answer *job*, as a page in the language of the answer's format."""
    page = HtmlAnswer(job, LANGUAGE_OF[answer.format_name])
    for piece in page.pieces(results):
        answer.write(piece.encode())
    answer.statements, answer.cut = page.rows, page.cut


class HtmlAnswer:
    """One answer as a page.

    Attributes:
        rows: Rows or statements so far.
        cut: Whether the row limit ended it.
    """

    def __init__(self, job: Job, lang: str) -> None:
        """Prepare to answer *job* in a frame of the language *lang*."""
        self.rows = 0
        self.cut = False
        self._job = job
        self._lang = lang
        self._words = WORDS[lang]
        self._namespaces = {iri: name for name, iri in html_page.KNOWN_PREFIXES.items()}
        self._namespaces |= {iri: name for name, iri in lexical.prefixes(job.text).items()}
        self._known: dict[str, str] = {}

    def pieces(self, results: Results) -> Iterator[str]:
        """Yield the page, in pieces of some rows."""
        if isinstance(results, ox.QueryBoolean):
            yield self._head(_RESULT_LINKS)
            yield f"<p>{self._words['yes' if results else 'no']}</p>\n"
        elif isinstance(results, ox.QuerySolutions):
            names = [variable.value for variable in results.variables]
            yield self._head(_RESULT_LINKS) + _table_head(names)
            yield from self._table(self._solutions(results))
            yield self._foot("rows")
        else:
            yield self._head(_GRAPH_LINKS) + _table_head(self._words["spo"])
            yield from self._table(self._statements(results))
            yield self._foot("statements")
        yield html_page.CLOSING

    def _head(self, formats: tuple[tuple[str, str], ...]) -> str:
        job, words = self._job, self._words
        asked: dict[str, str | list[str]] = {"query": job.text}
        for name, graphs in (("default", job.default_graphs), ("named", job.named_graphs)):
            if graphs:
                asked[f"{name}-graph-uri"] = graphs
        described = _DESCRIBED.fullmatch(job.text)
        title = str(words["about"] if described else words["answer"])
        here = address("/sparql", **asked, format="html").replace("&amp;", "&") + "&"
        links = [f'<a href="{address("/", **asked, lang=self._lang)}">{words["edit"]}</a>']
        links += [f'<a href="{address("/sparql", **asked, format=f)}">{n}</a>' for n, f in formats]
        return (
            html_page.opening(self._lang, f"{title} · Agendagraph", here, "answer")
            + f"<h1>{title}</h1>\n"
            + (self._subject(described[1]) if described else "")
            + f"<p>{' · '.join(links)}</p>\n"
            + f"<details><summary>{words['query']}</summary><pre>{escape(job.text)}</pre>"
            + "</details>\n"
        )

    def _subject(self, iri: str) -> str:
        """Return what a page about one IRI says above its statements."""
        words = self._words
        query = f"SELECT ?subject ?property {{ ?subject ?property <{iri}> }}"
        pointing = address("/sparql", query=query, format="html", lang=self._lang)
        links = [f'<a href="{pointing}">{words["pointing"]}</a>']
        if _WEB.match(iri):
            links.append(f'<a href="{escape(iri)}" rel="noreferrer">{words["open"]}</a>')
        return f"<p><code>{escape(iri)}</code></p>\n<p>{' · '.join(links)}</p>\n"

    def _table(self, rows: Iterator[str]) -> Iterator[str]:
        """Yield rows several at a time, counted, up to the limit."""
        pending: list[str] = []
        for row in rows:
            if self.rows == self._job.row_limit:
                self.cut = True
                break
            self.rows += 1
            pending.append(row)
            if len(pending) == _ROWS_A_PIECE:
                yield "".join(pending)
                pending.clear()
        yield "".join(pending)

    def _foot(self, what: str) -> str:
        words = self._words
        count = str(words[what]).format(n=self.rows)
        if self._lang == "en" and self.rows == 1:
            count = count.removesuffix("s")
        said = [count] + [str(words["cut"])] * self.cut
        if not self.rows and not self.cut:
            said.append(str(words["none"]))
        return f'</tbody></table></div>\n<p class="count soft">{" · ".join(said)}</p>\n'

    def _solutions(self, results: ox.QuerySolutions) -> Iterator[str]:
        for solution in results:
            yield f"<tr>{''.join([self._cell(term) for term in solution])}</tr>\n"

    def _statements(self, triples: Iterable[ox.Triple]) -> Iterator[str]:
        last: object = None
        for triple in triples:
            subject = self._shown(triple.subject)
            same = ' class="same"' if subject == last else ""
            last = subject
            predicate, value = self._shown(triple.predicate), self._cell(triple.object)
            yield f"<tr><td{same}>{subject}</td><td>{predicate}</td>{value}</tr>\n"

    def _cell(self, term: Term | None) -> str:
        if term is None:
            return "<td></td>"
        kind = ""
        if isinstance(term, ox.Literal):
            if term.datatype.value in _NUMBERS:
                kind = ' class="n"'
            elif len(term.value) > _LONG_TEXT:
                kind = ' class="t"'
        return f"<td{kind}>{self._shown(term)}</td>"

    def _shown(self, term: Term, depth: int = 0) -> str:
        if isinstance(term, ox.NamedNode):
            return self._iri(term.value)
        if isinstance(term, ox.Literal):
            return self._literal(term)
        if isinstance(term, ox.Triple):
            parts = (term.subject, term.predicate, term.object)
            inside = escape(str(term))
            if depth < _DEEPEST:
                inside = " ".join(self._shown(part, depth + 1) for part in parts)
            return f"&lt;&lt;( {inside} )&gt;&gt;"
        return escape(str(term))

    def _literal(self, literal: ox.Literal) -> str:
        text, lang = escape(literal.value), literal.language
        if lang:
            said = escape(lang)
            way = f' dir="{literal.direction}"' if literal.direction else ""
            return f'<bdi lang="{said}"{way}>{text}</bdi> <small>@{said}</small>'
        datatype = literal.datatype.value
        if datatype in _PLAIN or datatype in _NUMBERS:
            return f"<bdi>{text}</bdi>"
        short = f'<small title="{escape(datatype)}">{self._short(datatype)}</small>'
        return f"<bdi>{text}</bdi> {short}"

    def _iri(self, iri: str) -> str:
        known = self._known.get(iri)
        if known is None:
            known = self._short(iri)
            if _WEB.match(iri):
                query = f"DESCRIBE <{iri}>"
                there = address("/sparql", query=query, format="html", lang=self._lang)
                known = f'<a href="{there}" title="{escape(iri)}">{known}</a>'
            if len(self._known) < 4096:
                self._known[iri] = known
        return known

    def _short(self, iri: str) -> str:
        """Return an IRI with its prefix, or else with its namespace in a softer colour.

        The base of our own IRIs is left out; whoever points at one sees the whole.
        """
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        namespace, local = iri[:cut], iri[cut:]
        prefix = self._namespaces.get(namespace)
        if prefix is not None and _LOCAL.fullmatch(local):
            return escape(f"{prefix}:{local}")
        if not local or not namespace:
            return f"<span>{escape(iri)}</span>"
        if namespace.startswith(BASE) and len(namespace) > len(BASE):
            namespace = f"…/{namespace.removeprefix(BASE)}"
        return f'<span class="ns">{escape(namespace)}</span>{escape(local)}'


def _table_head(names: Iterable[str]) -> str:
    cells = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    return f'<div class="scroll"><table class="rows"><thead><tr>{cells}</tr></thead>\n<tbody>\n'
