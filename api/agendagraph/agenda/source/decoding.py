"""Decode the bytes of a capture, or report what they are instead of text.

Only UTF-8 is accepted, since a guessed encoding would change words silently. Each error names
what was found, and the command or the step that repairs it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Final

from agendagraph.errors import SourceError

MAX_BYTES: Final = 16 * 2**20
"""The limit of a page; a page of text has some kilobytes."""

_BEGINNINGS: Final[dict[str, dict[str, str]]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text("utf-8")
)
_TAG: Final = re.compile(
    r"<!doctype\s|<\?xml|</?(?:html|head|body|div|ul|ol|li|p|span|table|tr|td|h[1-6]|br|a|script)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_JAMO: Final = re.compile("[ᄀ-ᇿ]")
_HANGUL: Final = re.compile("[가-힣]")


def decode_page(data: bytes, *, name: str) -> str:
    """Return the text of a capture; *name* is that of the file, for messages.

    A byte order mark is removed; everything else is kept, line ends included.

    Raises:
        SourceError: The bytes are empty, not text, HTML, in another encoding than
            UTF-8, or text that an earlier conversion has damaged.

    >>> decode_page("외교정책".encode(), name="page.txt")
    '외교정책'
    >>> decode_page("외교정책".encode("cp949"), name="page.txt")
    Traceback (most recent call last):
    agendagraph.errors.SourceError: page.txt:1: expected UTF-8, found EUC-KR (CP949); ...
    """
    _reject_binary(data, name=name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8(data, error, name=name) from None
    if not text.strip():
        raise SourceError("expected the text of a page, found only blank lines", file=name)
    _reject_damage(text, name=name)
    return text


def _reject_binary(data: bytes, *, name: str) -> None:
    """Raise an error for binary data, other encodings, and data above the limit."""
    if not data:
        raise SourceError("expected the text of a page, found an empty file", file=name)
    if len(data) > MAX_BYTES:
        message = f"expected the text of a page, found more than {MAX_BYTES // 2**20} MiB"
        raise SourceError(message, file=name)
    for signature, what in _BEGINNINGS["signatures"].items():
        if data.startswith(bytes.fromhex(signature)):
            raise SourceError(f"expected plain text, found {what}", file=name)
    for mark, encoding in _BEGINNINGS["byte_order_marks"].items():
        if data.startswith(bytes.fromhex(mark)):
            raise _other_encoding(encoding, name=name)
    if b"\x00" in data:
        utf16 = _utf16_without_mark(data)
        if utf16:
            raise _other_encoding(utf16, name=name)
        line = data[: data.index(b"\x00")].count(b"\n") + 1
        raise SourceError("expected plain text, found binary data", file=name, line=line)


def _utf16_without_mark(data: bytes) -> str | None:
    """Return the variant of UTF-16 that spaces and line ends show, if any."""
    if len(data) % 2:
        return None
    units = {data[at : at + 2] for at in range(0, len(data), 2)}
    if units & {b" \x00", b"\n\x00"}:
        return "UTF-16LE"
    if units & {b"\x00 ", b"\x00\n"}:
        return "UTF-16BE"
    return None


def _other_encoding(encoding: str, *, name: str, line: int | None = None) -> SourceError:
    shown = "EUC-KR (CP949)" if encoding == "CP949" else encoding
    return SourceError(
        f"expected UTF-8, found {shown}; convert it: iconv -f {encoding} -t UTF-8 {name}",
        file=name,
        line=line,
    )


def _not_utf8(data: bytes, error: UnicodeDecodeError, *, name: str) -> SourceError:
    """Return the error for bytes that are not UTF-8, with their encoding if it is known."""
    line = data[: error.start].count(b"\n") + 1
    try:
        korean = _HANGUL.search(data.decode("cp949")) is not None
    except UnicodeDecodeError:
        korean = False
    if korean:
        return _other_encoding("CP949", name=name, line=line)
    return SourceError(
        f"expected UTF-8, found the byte 0x{data[error.start]:02x}, which is invalid there",
        file=name,
        line=line,
    )


def _reject_damage(text: str, *, name: str) -> None:
    """Raise an error for HTML, and for text that an earlier conversion damaged."""
    for pattern, what in (
        (_TAG, "expected plain text, found HTML ({!r}); save the text that the browser shows"),
        (_CONTROL, "expected plain text, found the control character {!r}"),
        (
            re.compile("�"),
            "found {!r}, which replaces a lost character; convert the original again",
        ),
    ):
        if match := pattern.search(text):
            line = text.count("\n", 0, match.start()) + 1
            raise SourceError(what.format(match[0]), file=name, line=line)
    if (jamo := _JAMO.search(text)) and not unicodedata.is_normalized("NFC", text):
        raise SourceError(
            "expected composed Hangul (NFC), found decomposed letters (NFD); convert it: "
            f"uconv -x any-nfc {name}",
            file=name,
            line=text.count("\n", 0, jamo.start()) + 1,
        )
