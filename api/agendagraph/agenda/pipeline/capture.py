"""Read and write captures: the bytes of a page, and the description beside them.

``kr-mofa-2022.toml`` describes ``data/source/kr-mofa-2022.txt``: its origin, its rights, and
the hash and sizes that prove it unchanged.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass
from datetime import date  # noqa: TC003 - pydantic needs it when the class is made
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agendagraph.agenda.source import decode_page
from agendagraph.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path


class CaptureDescription(BaseModel):
    """The description of a capture; unknown facts are absent.

    ``file`` is beside the description; ``publisher`` is a body, as ``body/kr/mofa``;
    ``title_en`` is our translation.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")]
    file: Annotated[str, Field(pattern=r"^[^/\\]+$")]
    title_ko: str | None = None
    title_en: str | None = None
    publisher: str
    language: str = "ko"
    media_type: str = "text/plain; charset=utf-8"
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    bytes: Annotated[int, Field(gt=0)]
    code_points: Annotated[int, Field(gt=0)]
    source_url: str | None = None
    captured_on: date | None = None
    rights_ko: str | None = None
    rights_en: str | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """A capture: its description, its bytes and its text."""

    description: CaptureDescription
    data: bytes
    text: str


def describe(data: bytes, *, capture_id: str, publisher: str, title: str | None) -> Capture:
    """Return the capture of these bytes, with its description.

    Raises:
        SourceError: The bytes are not text in UTF-8.
    """
    file = f"{capture_id}.txt"
    text = decode_page(data, name=file)
    description = CaptureDescription(
        id=capture_id,
        file=file,
        title_ko=title,
        publisher=publisher,
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        code_points=len(text),
    )
    return Capture(description, data, text)


def read_capture(folder: Path, capture_id: str) -> Capture:
    """Return a capture from a folder, after comparing it with its description.

    Raises:
        SourceError: The description or the capture is missing or cannot be read, or they
            do not match.
    """
    path = folder / f"{capture_id}.toml"
    description = _read_description(path)
    file = folder / description.file
    data = _read(file)
    text = decode_page(data, name=str(file))
    for name, stated, found in (
        ("bytes", description.bytes, len(data)),
        ("code_points", description.code_points, len(text)),
        ("sha256", description.sha256, hashlib.sha256(data).hexdigest()),
    ):
        if stated != found:
            message = f"expected {name} {stated} as {path.name} states, found {found}"
            raise SourceError(f"{message}; a capture is never edited", file=str(file))
    return Capture(description, data, text)


def write_capture(folder: Path, capture: Capture) -> None:
    """Write a capture and its description into a folder."""
    description = capture.description
    (folder / description.file).write_bytes(capture.data)
    lines = [
        f"# Where the capture {description.file} comes from. The file itself is never edited.",
        "# State source_url and captured_on (YYYY-MM-DD, without quotes) if they are known.",
        "",
    ]
    for name, value in description.model_dump(exclude_none=True).items():
        lines.append(f"{name} = {_toml(value)}")
    path = folder / f"{description.id}.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _toml(value: Any) -> str:  # noqa: ANN401 - a value of TOML has one of its types
    """Return a string, number or date in TOML; JSON strings without DEL are TOML strings."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


def _read_description(path: Path) -> CaptureDescription:
    try:
        stated = tomllib.loads(_read(path).decode("utf-8"))
        return CaptureDescription.model_validate(stated)
    except UnicodeDecodeError:
        raise SourceError("expected UTF-8", file=str(path)) from None
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"does not parse as TOML: {error}", file=str(path)) from None
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        where = ".".join(map(str, detail["loc"]))
        raise SourceError(f"{where}: {detail['msg']}", file=str(path)) from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", file=str(path)) from None
