"""Make a problem document of a refusal.

Every error of this server is a problem document (RFC 9457) with a message in English and
Korean. The facts of a `Refusal` fill the words, which are
tables (`table`, `causes`), and are members of the document. What
an engine, a parser or another server says in its own words is quoted in Korean as it is.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from agendagraph.namespaces import BASE
from agendagraph.server.http.problems.causes import CAUSES, TERMS
from agendagraph.server.http.problems.table import TABLE
from agendagraph.sparql.cause import Cause
from agendagraph.sparql.refusal import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agendagraph.server.http.problems.entry import Words
    from agendagraph.sparql.refusal import Refusal

MEDIA_TYPE: Final = "application/problem+json"
TYPE_BASE: Final = BASE + "problem/"

_HANGUL: Final = re.compile("[가-힣]")
_ENDS: Final = (".", "!", "?", "…")


class _Facts(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "?"


def status(refusal: Refusal) -> int:
    """Return the HTTP status of a refusal."""
    return TABLE[refusal.reason].status


def document(refusal: Refusal) -> bytes:
    """Return the problem document of a refusal, as JSON in UTF-8."""
    entry, detail = TABLE[refusal.reason], details(refusal)
    members: dict[str, object] = {
        "type": TYPE_BASE + refusal.reason,
        "title": entry.title_en,
        "status": entry.status,
        "detail": detail["en"],
        "message": {
            "en": f"{entry.title_en}. {detail['en']}",
            "ko": f"{entry.title_ko}. {detail['ko']}",
        },
    }
    facts = _given(refusal)
    if "cause" in facts or isinstance(facts.get("problem"), dict):
        facts["problem"] = _english(facts)["problem"]
    for name, value in facts.items():
        members.setdefault(name, value)
    return json.dumps(members, ensure_ascii=False).encode(errors="replace")


def details(refusal: Refusal) -> dict[str, str]:
    """Return what exactly is wrong, as a sentence in each language."""
    entry, facts = TABLE[refusal.reason], _given(refusal)
    return {
        "en": entry.detail_en.format_map(_english(facts)),
        "ko": entry.detail_ko.format_map(_korean(facts)),
    }


def _given(refusal: Refusal) -> dict[str, Any]:
    return {name: value for name, value in refusal.facts.items() if value is not None}


def _english(facts: Mapping[str, Any]) -> _Facts:
    """Return the facts, with the place and the problem as English words."""
    place = "At line {line}, column {column}: " if "column" in facts else "At line {line}: "
    told = _Facts(facts, place=place.format_map(facts) if "line" in facts else "")
    words = _words(facts)
    if words is not None and words.en:
        told["problem"] = words.en.format_map(told)
    else:
        told["problem"] = _sentence(_said(told["problem"], "en"))
    return told


def _korean(facts: Mapping[str, Any]) -> _Facts:
    """Return the facts, with the place and the problem as Korean words."""
    told = _Facts({name: _term(value) for name, value in facts.items()})
    place = "{line}행 {column}열: " if "column" in facts else "{line}행: "
    told["place"] = place.format_map(facts) if "line" in facts else ""
    words = _words(facts)
    if words is not None:
        told["problem"] = words.ko.format_map(told)
    else:
        told["problem"] = _quoted(_said(told["problem"], "ko"))
    return told


def _words(facts: Mapping[str, Any]) -> Words | None:
    """Return the words for the cause among *facts*, if it is there and known."""
    cause = facts.get("cause")
    return CAUSES[Cause(cause)] if cause in CAUSES else None


def _said(problem: object, language: str) -> str:
    """Return a problem that may have been said in both languages."""
    return str(problem[language] if isinstance(problem, dict) else problem)


def _sentence(text: str) -> str:
    """Return *text* with a full stop, if it ends without anything of the kind."""
    return text if text.endswith(_ENDS) else f"{text}."


def _quoted(text: str) -> str:
    """Return what somebody says in another language as such."""
    return _sentence(text if _HANGUL.search(text) else f"“{text.removesuffix('.')}”")


def _term(value: object) -> object:
    return TERMS.get(value, value) if isinstance(value, str) else value


def headers(refusal: Refusal) -> list[tuple[bytes, bytes]]:
    """Return the headers that a refusal needs besides its type and length."""
    extra = [(b"cache-control", b"no-store")]
    retry_after_s = refusal.facts.get("retry_after_s")
    if retry_after_s is not None:
        extra.append((b"retry-after", str(retry_after_s).encode()))
    if refusal.reason is Reason.METHOD:
        extra.append((b"allow", str(refusal.facts["allow"]).encode()))
    if refusal.reason in _CHALLENGES:
        challenge = f'Bearer realm="agendagraph"{_CHALLENGES[refusal.reason]}'
        extra.append((b"www-authenticate", challenge.encode()))
    return extra


_CHALLENGES: Final = {
    Reason.UNAUTHORIZED: "",
    Reason.UNKNOWN_TOKEN: ', error="invalid_token"',
    Reason.INSUFFICIENT_SCOPE: ', error="insufficient_scope"',
}
"""What RFC 6750 (section 3.1) has a client told; nothing of errors where it sent no token."""
