"""Choose the format of an answer from what the client accepts.

The server never parses a query, so it does not know whether it is a SELECT or a CONSTRUCT.
Negotiation therefore chooses one format for each family before the query runs, and the worker
takes the one that fits. Only if no family has a format does it answer 406 beforehand.

Source: RFC 9110, section 12.5.1 (quality values, precedence of the more specific range).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from agendagraph.rdf.formats import GRAPHS, HTML, RDF_FORMATS, RESULTS, RESULTS_FORMATS, Format
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator


SHORT_NAMES: Final = {
    "html": ("html", "html"),
    "json": ("json", "json-ld"),
    "xml": ("xml", "rdf-xml"),
    "csv": ("csv", None),
    "tsv": ("tsv", None),
    **{engine.file_extension: (name, None) for name, engine in RESULTS_FORMATS.items()},
    **{engine.file_extension: (None, name) for name, engine in RDF_FORMATS.items()},
    **{name: (None, name) for name in RDF_FORMATS},
    "rdf+xml": (None, "rdf-xml"),
}
"""The values of ``?format=`` besides media types, each as (results, graphs)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The format for each family, with the media type under which it was asked for.

    Each member is ``(name, content type)``, or ``None`` where the client accepts none.
    """

    results: tuple[str, str] | None
    graphs: tuple[str, str] | None


_QVALUE: Final = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")
_RANGE: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SPLIT: Final = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*+(?:"|\\?\Z))++', re.DOTALL)
_PARAMETER: Final = re.compile(
    r';\s*+([^=;"\s]++)\s*+=\s*+("(?:[^"\\]|\\.)*+"?|[^;"]*+)', re.DOTALL
)


@lru_cache(maxsize=512)
def choose(accept: str | None, format_parameter: str | None = None) -> Choice:
    """Return the formats for a request, or refuse with 406 when none fits.

    Args:
        accept: The Accept header; ``None`` or blank means anything.
        format_parameter: A short name or a media type, which outranks the header.

    >>> choose("text/csv;q=0.5, application/sparql-results+xml")
    Choice(results=('xml', 'application/sparql-results+xml'), graphs=None)
    """
    if format_parameter is not None and "/" not in format_parameter:
        name = format_parameter.lower()
        if name not in SHORT_NAMES:
            raise _not_acceptable(accept, format_parameter, ", ".join(SHORT_NAMES))
        results, graphs = SHORT_NAMES[name]
        return Choice(_named((*RESULTS, HTML), results), _named((*GRAPHS, HTML), graphs))
    ranges = _ranges(accept if format_parameter is None else format_parameter.replace(" ", "+"))
    choice = Choice(_best_or_page(RESULTS, ranges), _best_or_page(GRAPHS, ranges))
    if choice.results is None and choice.graphs is None:
        raise _not_acceptable(accept, format_parameter, offered((*RESULTS, *GRAPHS, HTML)))
    return choice


@lru_cache(maxsize=512)
def prefers_page(accept: str | None) -> bool:
    """Return whether a client is a browser: it names HTML, and nothing that it likes better.

    Programs that name HTML besides, as Comunica does, like some other format better. JSON
    and its problem documents outrank HTML of the same quality.

    >>> prefers_page("text/html,application/xml;q=0.9,*/*;q=0.8"), prefers_page("*/*")
    (True, False)
    """
    ranges = _ranges(accept)
    quality = ranges.get(HTML.media_type, 0.0)
    json = ("application/problem+json", "application/json")
    return 0 < quality == max(ranges.values()) and all(ranges.get(t, 0) < quality for t in json)


def _best_or_page(formats: tuple[Format, ...], ranges: dict[str, float]) -> tuple[str, str] | None:
    """Return the best of *formats*, or the page where a client asks for it by its name.

    It wins over *formats* only where it is what the client likes best and none of them is
    named with the same quality; a wildcard never means it.
    """
    best = _best(formats, ranges)
    quality = ranges.get(HTML.media_type, 0.0)
    if quality == 0 or (best is not None and quality < max(ranges.values())):
        return best
    types = {name for each in formats for name in each.media_types}
    if best is not None and any(ranges.get(name, 0.0) >= quality for name in types):
        return best
    return HTML.name, HTML.content_type(HTML.media_type)


def offered(formats: tuple[Format, ...]) -> str:
    """Return the media types of *formats* as a list for people."""
    return ", ".join(each.media_type for each in formats)


def best(formats: tuple[Format, ...], accept: str | None) -> tuple[str, str] | None:
    """Return name and content type of the format that the client likes best.

    >>> best(RESULTS, "text/csv, */*;q=0.1")
    ('csv', 'text/csv; charset=utf-8')
    """
    return _best(formats, _ranges(accept))


def requested(accept: str | None, format_parameter: str | None) -> str | None:
    """Return what names the accepted formats: the parameter, or else the header."""
    return accept if format_parameter is None else f"format={format_parameter[:100]}"


def _not_acceptable(accept: str | None, format_parameter: str | None, offers: str) -> Refusal:
    named = requested(accept, format_parameter)
    return Refusal(Reason.NOT_ACCEPTABLE, accept=named, offered=offers)


def graph_format(accept: str | None, format_parameter: str | None = None) -> tuple[str, str]:
    """Return the format of an answer that is a graph, or refuse with 406.

    Args:
        accept: The Accept header.
        format_parameter: What outranks it.
    """
    chosen = choose(accept, format_parameter).graphs
    if chosen is None:
        raise _not_acceptable(accept, format_parameter, offered((*GRAPHS, HTML)))
    return chosen


def _named(formats: tuple[Format, ...], name: str | None) -> tuple[str, str] | None:
    return next(
        ((each.name, each.content_type(each.media_type)) for each in formats if each.name == name),
        None,
    )


def weighted(header: str) -> Iterator[tuple[str, float, list[tuple[str, str]]]]:
    """Yield the elements of an ``Accept…`` header: value in lower case, quality, parameters.

    An element whose quality is malformed is left out (RFC 9110, section 12.4.2).

    >>> [(value, quality) for value, quality, _ in weighted("GZIP;q=0.5, br, x;q=2")]
    [('gzip', 0.5), ('br', 1.0)]
    """
    for element in _SPLIT.findall(header):
        parameters = [(name.lower(), value) for name, value in _PARAMETER.findall(element)]
        written = [value.strip() for name, value in parameters if name == "q"]
        if all(map(_QVALUE.fullmatch, written)):
            quality = float(written[-1]) if written else 1.0
            yield element.partition(";")[0].strip().lower(), quality, parameters


def _ranges(accept: str | None) -> dict[str, float]:
    """Return the quality of each media range; what is no media range is left out."""
    if accept is None or not accept.strip():
        return {"*/*": 1.0}
    ranges: dict[str, float] = {}
    for media_range, quality, parameters in weighted(accept):
        if _RANGE.fullmatch(media_range) and _is_utf8(parameters):
            ranges[media_range] = max(quality, ranges.get(media_range, 0.0))
    return ranges


def _is_utf8(parameters: list[tuple[str, str]]) -> bool:
    """Return whether a media range names no other charset than UTF-8, the only one we send."""
    charsets = (value.strip(' "').lower() for name, value in parameters if name == "charset")
    return all(charset in ("utf-8", "utf8") for charset in charsets)


def _best(formats: tuple[Format, ...], ranges: dict[str, float]) -> tuple[str, str] | None:
    """Return the format of highest quality; among equals ours comes first.

    A media type's own name weighs more than a wildcard of the same quality, so that
    ``text/csv, */*`` is answered in CSV.
    """
    best: tuple[tuple[float, int, int], tuple[str, str]] | None = None
    for rank, each in enumerate(formats):
        for media_type in each.media_types:
            quality, specificity = _quality_of(media_type, ranges)
            if quality <= 0 or (media_type in each.aliases and specificity < 2):
                continue
            score = (quality, specificity, -rank)
            if best is None or score > best[0]:
                best = (score, (each.name, each.content_type(media_type)))
    return best[1] if best else None


def _quality_of(media_type: str, ranges: dict[str, float]) -> tuple[float, int]:
    # RFC 9110, section 12.5.1: the most specific range that covers the type counts.
    family = media_type.partition("/")[0]
    for specificity, media_range in ((2, media_type), (1, f"{family}/*"), (0, "*/*")):
        if media_range in ranges:
            return ranges[media_range], specificity
    return 0.0, 0
