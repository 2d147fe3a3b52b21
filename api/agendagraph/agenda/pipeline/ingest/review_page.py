"""Write the page that a reviewer of a draft reads first, and the findings of the shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agendagraph.agenda.pipeline.ingest.review import TOPICS, summary
from agendagraph.rdf.iris import shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agendagraph.agenda.pipeline.ingest.review import Decision
    from agendagraph.agenda.source import Document
    from agendagraph.validation import Result


def review_page(
    agenda_id: str, document: Document, found: Sequence[Decision], findings: Sequence[Result]
) -> str:
    """Return the page in Markdown: what was read, what is open, and what to do next."""
    category = f"category {document.category}" if document.category else "no category"
    below = [line for line in document.boilerplate if line.place != "above"]
    lines = [
        f"# Draft of {agenda_id} / 초안",
        "",
        f"Read from `{document.name}`: {len(document.elements)} elements, {category}.",
        "",
        "## Open decisions / 결정할 것",
        "",
        "Each one is a row of `review.csv`; write it down in the table that the row names.",
        "",
        "| topic | what | number |",
        "|---|---|---|",
        *(f"| {topic} | {TOPICS[topic]} | {count} |" for topic, count in summary(found)),
        "",
        "## Set apart / 본문이 아닌 것으로 본 줄",
        "",
        *([f"- line {line.line} ({line.place}): {line.text}" for line in below] or ["None."]),
        "",
        "## Findings of the shapes / 모양 검사",
        "",
        f"{len(findings)} in `findings.tsv`. Most go away as decisions are made.",
        "",
        "## Next / 다음 일",
        "",
        f"1. Edit `tables/{agenda_id}/*.csv` until no decision is open.",
        f"2. Copy `source/{agenda_id}.*` to `data/source/`,",
        f"   and `tables/{agenda_id}/` to `data/tables/`.",
        "3. Run `agendagraph build`: it names every row that is not right.",
    ]
    return "\n".join(lines) + "\n"


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
