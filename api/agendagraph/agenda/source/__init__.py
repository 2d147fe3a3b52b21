"""Parse the text of an official page into a document of typed elements.

    decoding -> lines -> goals (by layout, headings) -> layout_parser -> reading -> Document

The package knows neither RDF nor files: it turns bytes and text into records.
"""

from agendagraph.agenda.source.decoding import decode_page
from agendagraph.agenda.source.model import (
    Boilerplate,
    Document,
    Element,
    Kind,
    Notice,
    SectionType,
)
from agendagraph.agenda.source.reading import read_page
from agendagraph.agenda.source.rendering import render_page, usual_marker

__all__ = [
    "Boilerplate",
    "Document",
    "Element",
    "Kind",
    "Notice",
    "SectionType",
    "decode_page",
    "read_page",
    "render_page",
    "usual_marker",
]
