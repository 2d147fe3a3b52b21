"""Make a problem document of a refusal.

Every error of this server is a problem document (RFC 9457) with a message in English and
Korean. The words are a catalogue (``server/http/locale``), the facts of a `Refusal` fill them and
are members of the document. What an engine, a parser or another server says in its own language
is quoted in Korean as it is.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from agendagraph.messages import LANGUAGES, catalogue
from agendagraph.namespaces import BASE
from agendagraph.server.http.problems.table import STATUS
from agendagraph.sparql.refusal import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agendagraph.messages import Messages
    from agendagraph.sparql.refusal import Refusal

MEDIA_TYPE: Final = "application/problem+json"
TYPE_BASE: Final = BASE + "problem/"
LOCALE: Final = Path(__file__).resolve().parent.parent / "locale"

_WORDS: Final = catalogue(LOCALE)
_HANGUL: Final = re.compile("[가-힣]")
_ENDS: Final = (".", "!", "?", "…")
_MESSAGE_CHARS: Final = 1000
_CHALLENGES: Final = {
    Reason.UNAUTHORIZED: "",
    Reason.UNKNOWN_TOKEN: ', error="invalid_token"',
    Reason.INSUFFICIENT_SCOPE: ', error="insufficient_scope"',
}
"""What a challenge says of the token (RFC 6750, section 3.1); nothing without one."""


class _Facts(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "?"


def status(refusal: Refusal) -> int:
    """Return the HTTP status of a refusal."""
    return STATUS[refusal.reason]


def title(reason: Reason, lang: str = "en") -> str:
    """Return what is wrong, without a full stop."""
    return _WORDS[lang](f"reason.{reason}.title")


def detail(refusal: Refusal, lang: str) -> str:
    """Return what exactly is wrong, in one or more sentences."""
    text = _WORDS[lang].texts[f"reason.{refusal.reason}.detail"]
    return text.format_map(_filled(_given(refusal), lang))


def document(refusal: Refusal) -> bytes:
    """Return the problem document of a refusal, as JSON in UTF-8."""
    facts, reason = _given(refusal), refusal.reason
    details = {lang: detail(refusal, lang) for lang in LANGUAGES}
    members: dict[str, object] = {
        "type": TYPE_BASE + reason,
        "title": title(reason),
        "status": status(refusal),
        "detail": details["en"],
        "message": {lang: f"{title(reason, lang)}. {details[lang]}" for lang in LANGUAGES},
    }
    if "cause" in facts or isinstance(facts.get("problem"), dict):
        facts["problem"] = _filled(facts, "en")["problem"]
    for name, value in facts.items():
        members.setdefault(name, value)
    return json.dumps(members, ensure_ascii=False).encode(errors="replace")


def headers(refusal: Refusal) -> list[tuple[bytes, bytes]]:
    """Return the headers that a refusal needs besides its type and length."""
    extra = [(b"cache-control", b"no-store")]
    retry_after_s = refusal.facts.get("retry_after_s")
    if retry_after_s is not None:
        extra.append((b"retry-after", str(retry_after_s).encode()))
    if refusal.reason is Reason.METHOD_NOT_ALLOWED:
        extra.append((b"allow", str(refusal.facts["allow"]).encode()))
    if refusal.reason in _CHALLENGES:
        challenge = f'Bearer realm="agendagraph"{_CHALLENGES[refusal.reason]}'
        extra.append((b"www-authenticate", challenge.encode()))
    return extra


def parameter_problem(errors: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Return what pydantic found wrong with parameters, by language: the fact ``problem``.

    >>> parameter_problem([{"type": "extra_forbidden", "loc": ("query", "levle"), "msg": "…"}])
    {'en': 'levle: there is no such parameter', 'ko': 'levle: 그런 매개변수는 없습니다'}
    """
    return {
        lang: "; ".join(_parameter(error, words) for error in errors)[:_MESSAGE_CHARS]
        for lang, words in _WORDS.items()
    }


def _parameter(error: dict[str, Any], words: Messages) -> str:
    facts = dict(error.get("ctx", {}))
    facts["choices"] = str(facts.get("expected", "")).replace(" or ", ", ")
    text = words.texts.get(f"parameter.{error['type']}")
    problem = text.format_map(facts) if text is not None else _own_words(error["msg"], words)
    return f"{error['loc'][-1]}: {problem}"


def _given(refusal: Refusal) -> dict[str, Any]:
    return {name: value for name, value in refusal.facts.items() if value is not None}


def _filled(facts: dict[str, Any], lang: str) -> _Facts:
    """Return the facts as a message in *lang* takes them, with the place and the problem."""
    words = _WORDS[lang]
    filled = _Facts({name: _term(value, words) for name, value in facts.items()})
    filled |= {"name": facts.get("name", "?")}  # a parameter's: "query" stays "query"
    place = words.texts["place.column" if "column" in facts else "place.line"]
    filled["place"] = place.format_map(facts) if "line" in facts else ""
    problem = facts.get("problem", "?")
    text = problem[lang] if isinstance(problem, dict) else _own_words(str(problem), words)
    filled["problem"] = text if text.endswith(_ENDS) else f"{text}."
    cause = words.texts.get(f"cause.{facts.get('cause')}")
    if cause is not None:
        filled["problem"] = cause.format_map(filled)
    return filled


def _term(value: object, words: Messages) -> object:
    return words.texts.get(f"term.{value}", value) if isinstance(value, str) else value


def _own_words(text: str, words: Messages) -> str:
    """Return what another program says: in Korean as a quotation, unless it is Korean."""
    if words.lang == "en" or _HANGUL.search(text):
        return text
    return f"“{text.removesuffix('.')}”"
