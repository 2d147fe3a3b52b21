"""Read the text of an official page into a document of typed elements.

This floor knows neither RDF nor files: bytes and text come in, records go out.
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
