"""Say in both languages what is wrong with the parameters of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_MESSAGE_CHARS: Final = 1000

_WORDS: Final = {
    "extra_forbidden": ("there is no such parameter", "그런 매개변수는 없습니다"),
    "missing": ("is missing", "빠졌습니다"),
    "literal_error": ("expected {expected}", "쓸 수 있는 값: {choices}"),
    "enum": ("expected {expected}", "쓸 수 있는 값: {choices}"),
    "int_parsing": ("expected a whole number", "정수여야 합니다"),
    "int_from_float": ("expected a whole number", "정수여야 합니다"),
    "float_parsing": ("expected a number", "수여야 합니다"),
    "finite_number": ("expected a finite number", "유한한 수여야 합니다"),
    "bool_parsing": ("expected true or false", "true 또는 false여야 합니다"),
    "date_parsing": ("expected a date such as 2022-07-26", "2022-07-26 같은 날짜여야 합니다"),
    "date_from_datetime_parsing": (
        "expected a date such as 2022-07-26",
        "2022-07-26 같은 날짜여야 합니다",
    ),
    "greater_than": ("expected more than {gt}", "{gt}보다 커야 합니다"),
    "greater_than_equal": ("expected {ge} or more", "{ge} 이상이어야 합니다"),
    "less_than": ("expected less than {lt}", "{lt}보다 작아야 합니다"),
    "less_than_equal": ("expected {le} or less", "{le} 이하여야 합니다"),
    "string_too_short": (
        "expected {min_length} characters or more",
        "{min_length}자 이상이어야 합니다",
    ),
    "string_too_long": (
        "expected {max_length} characters or fewer",
        "{max_length}자 이하여야 합니다",
    ),
    "string_pattern_mismatch": (
        "expected something like {pattern}",
        "{pattern} 꼴이어야 합니다",
    ),
}
"""What pydantic calls a problem, and how we do; what it knows of one fills the words."""


def words(errors: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Return what pydantic found, as a sentence for each language (``en`` and ``ko``).

    >>> words([{"type": "extra_forbidden", "loc": ("query", "levle"), "msg": "…"}])["ko"]
    'levle: 그런 매개변수는 없습니다'
    """
    told = [_words(each) for each in errors]
    return {
        language: "; ".join(each[place] for each in told)[:_MESSAGE_CHARS]
        for place, language in enumerate(("en", "ko"))
    }


def _words(error: dict[str, Any]) -> tuple[str, str]:
    name = error["loc"][-1]
    english, korean = _WORDS.get(error["type"], ("", ""))
    known = {**error.get("ctx", {})}
    known["choices"] = str(known.get("expected", "")).replace(" or ", ", ")
    if not english:
        return f"{name}: {error['msg']}", f"{name}: “{error['msg']}”"
    return f"{name}: {english.format_map(known)}", f"{name}: {korean.format_map(known)}"
