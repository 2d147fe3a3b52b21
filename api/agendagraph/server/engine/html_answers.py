"""Write an answer as a page for people: a table of rows, of statements, or yes and no.

A worker does this. The page is a template (``answer.html``), rendered while the query runs; the
rows are strings of this module: nearly all of the time of a page goes into them (25 µs a row).
Values come from untrusted data: everything is escaped, and only ``http`` and ``https``
IRIs become links, to what this endpoint knows of the IRI, so that a reader walks through the
graph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from agendagraph import messages
from agendagraph.namespaces import BASE
from agendagraph.server.pages import frame
from agendagraph.server.pages.frame import address
from agendagraph.sparql.query_syntax import absolute_prefixes, described

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agendagraph.server.engine.job import Job

LANGUAGE_OF: Final = {"html": "en", **{f"html-{lang}": lang for lang in messages.LANGUAGES}}
"""The names of this format, each with the language of its frame."""

# Read and compiled on import, which the zygote does once for all workers.
_WORDS: Final = messages.catalogue(frame.LOCALE)
_TEMPLATE: Final = frame.environment().get_template("answer.html")

_RESULT_LINKS: Final = {"CSV": "csv", "TSV": "tsv", "JSON": "json", "XML": "xml"}
_GRAPH_LINKS: Final = {
    "Turtle": "turtle",
    "N-Triples": "n-triples",
    "JSON-LD": "json-ld",
    "RDF/XML": "rdf-xml",
}
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)
_LOCAL: Final = re.compile(r"\w(?:[\w.-]*[\w-])?")
_XSD: Final = frame.KNOWN_PREFIXES["xsd"]
_NUMBERS: Final = frozenset(
    _XSD + name for name in ("integer", "decimal", "double", "float", "nonNegativeInteger", "int")
)
_PLAIN: Final = (_XSD + "string", frame.KNOWN_PREFIXES["rdf"] + "langString")
_ROWS_A_PIECE: Final = 200
_DEEPEST: Final = 4
_LONG_TEXT: Final = 40

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Results = ox.QuerySolutions | ox.QueryBoolean | Iterable[ox.Triple]


class HtmlAnswer:
    """One answer as a page.

    Attributes:
        rows: Rows or statements so far.
        cut: Whether the row limit ended it.
    """

    def __init__(self, job: Job, lang: str) -> None:
        self.rows = 0
        self.cut = False
        self._job = job
        self._lang = lang
        self._words = _WORDS[lang]
        self._namespaces = {iri: name for name, iri in frame.KNOWN_PREFIXES.items()}
        self._namespaces |= {iri: name for name, iri in absolute_prefixes(job.text).items()}
        self._known: dict[str, str] = {}

    def pieces(self, results: Results) -> Iterator[str]:
        """Yield the page as it is written, the table in pieces of some rows."""
        words = self._words
        if isinstance(results, ox.QueryBoolean):
            return self._page(_RESULT_LINKS, rows=None, yes=bool(results))
        if isinstance(results, ox.QuerySolutions):
            names = [variable.value for variable in results.variables]
            rows = self._table(
                f"<tr>{''.join([self._cell(term) for term in solution])}</tr>\n"
                for solution in results
            )
            count = partial(self._count, "row")
            return self._page(_RESULT_LINKS, rows=rows, columns=names, count=count)
        names = [words(f"answer.{part}") for part in ("subject", "property", "value")]
        rows = self._table(self._statements(results))
        count = partial(self._count, "statement")
        return self._page(_GRAPH_LINKS, rows=rows, columns=names, count=count)

    def _page(self, formats: dict[str, str], **contents: object) -> Iterator[str]:
        job, words = self._job, self._words
        query: dict[str, str | list[str]] = {"query": job.text}
        for name, graphs in (("default", job.default_graphs), ("named", job.named_graphs)):
            if graphs:
                query[f"{name}-graph-uri"] = graphs
        iri = described(job.text) or ""
        pointing = f"SELECT ?subject ?property {{ ?subject ?property <{iri}> }}"
        return _TEMPLATE.generate(
            t=words,
            title=words("answer.about") if iri else words("answer.title"),
            here=address("/sparql", **query, format="html") + "&",
            query=job.text,
            edit=address("/", **query, lang=self._lang),
            formats=[(n, address("/sparql", **query, format=f)) for n, f in formats.items()],
            iri=iri,
            on_the_web=_WEB.match(iri),
            pointing=address("/sparql", query=pointing, format="html", lang=self._lang),
            **contents,
        )

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

    def _count(self, kind: str) -> str:
        """Return how many rows of a kind the table has, with what a reader must know of them."""
        words, n = self._words, self.rows
        count = words(f"answer.{kind}") if n == 1 else words(f"answer.{kind}s", n=n)
        if self.cut:
            return f"{count} · {words('answer.cut')}"
        return count if self.rows else f"{count} · {words('answer.none')}"

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
            tag = escape(lang)
            direction = f' dir="{literal.direction}"' if literal.direction else ""
            return f'<bdi lang="{tag}"{direction}>{text}</bdi> <small>@{tag}</small>'
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
                known = f'<a href="{escape(there)}" title="{escape(iri)}">{known}</a>'
            if len(self._known) < 4096:
                self._known[iri] = known
        return known

    def _short(self, iri: str) -> str:
        """Return an IRI with its prefix, or else with its namespace in a softer colour.

        The base of our own IRIs is left out; the link's title has the whole IRI.
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
