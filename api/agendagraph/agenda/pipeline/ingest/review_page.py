"""Write the page that a reviewer of a draft reads first, and the findings of the shapes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from agendagraph.agenda.pipeline.ingest.review import summary
from agendagraph.messages import catalogue
from agendagraph.rdf.iris import shortened
from agendagraph.templating import environment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agendagraph.agenda.pipeline.ingest.review import Decision
    from agendagraph.agenda.source import Document
    from agendagraph.validation import Result

_FOLDER: Final = Path(__file__).resolve().parent
_WORDS: Final = catalogue(_FOLDER / "locale")
_TEMPLATE: Final = environment(_FOLDER / "templates").get_template("review.md")


def review_page(
    agenda_id: str, document: Document, found: Sequence[Decision], findings: Sequence[Result]
) -> str:
    """Return the page in Markdown, in both languages: what was read, what is open, what is next."""
    return _TEMPLATE.render(
        **_WORDS,
        agenda=agenda_id,
        document=document,
        topics=summary(found),
        boilerplate=[line for line in document.boilerplate if line.place != "above"],
        findings=len(findings),
    )


def findings_text(findings: Sequence[Result]) -> str:
    """Return findings as tab-separated lines with a header, violations first."""
    lines = ["severity\tfocus\tpath\tvalue\tshape\tmessage_ko\tmessage_en\tplaces"]
    for result in findings:
        row = (
            result.severity.value,
            shortened(result.focus_node),
            result.path or "",
            result.value or "",
            shortened(result.shape),
            result.message("ko"),
            result.message("en"),
            ", ".join(map(str, result.places)),
        )
        lines.append("\t".join(" ".join(cell.split()) for cell in row))
    return "\n".join(lines) + "\n"
