"""One row of the table of errors, and one of that of their causes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the table: status, title and detail in both languages."""

    status: int
    title_en: str
    title_ko: str
    detail_en: str
    detail_ko: str


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence in both languages; its English is the fact ``problem`` where it is blank."""

    ko: str
    en: str = ""
