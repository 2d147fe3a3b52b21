"""Read the competency questions: query files with a header in YAML.

A query file is SPARQL that runs unchanged on any endpoint. Its first lines, which begin with
``#+``, are YAML: the question in Korean and English, what an answer contains, what an empty
answer means, and what a user may change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from agendagraph import files
from agendagraph.errors import TableError

if TYPE_CHECKING:
    from pathlib import Path

_MARK = "#+"
_KEYS = frozenset({"title", "question", "answers", "when-empty", "change"})


@dataclass(frozen=True, slots=True)
class Question:
    """One competency question: its number and name, its texts by language, and its query.

    ``title`` and ``question`` are keyed by ``"ko"`` and ``"en"``; ``text`` is the whole file,
    header included, ready for `query`.
    """

    name: str
    title: dict[str, str]
    question: dict[str, str]
    answers: str
    when_empty: str
    change: str
    text: str

    @property
    def query(self) -> str:
        """The query without its header."""
        lines = self.text.splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith(_MARK)).lstrip()


def read_question(path: Path) -> Question:
    """Read one query file.

    Raises:
        TableError: The header is missing, is not YAML, or lacks one of its keys.
    """
    text = path.read_text(encoding="utf-8")
    header = "\n".join(
        line.removeprefix(_MARK + " ") for line in text.splitlines() if line.startswith(_MARK)
    )
    try:
        fields = yaml.safe_load(header)
    except yaml.YAMLError as error:
        raise TableError(f"the '#+' lines are not YAML: {error}", file=path.name) from None
    if not isinstance(fields, dict) or set(fields) != _KEYS:
        raise TableError(
            f"expected the '#+' lines to give {', '.join(sorted(_KEYS))}", file=path.name, line=1
        )
    return Question(
        name=path.stem,
        title=fields["title"],
        question=fields["question"],
        answers=fields["answers"],
        when_empty=fields["when-empty"],
        change=fields["change"],
        text=text,
    )


def questions(folder: Path = files.QUERIES) -> list[Question]:
    """Return the questions of *folder* (the shipped ones), in the order of their numbers."""
    return [read_question(path) for path in sorted(folder.glob("*.rq"))]
