"""Every catalogue says the same in all languages, lacks no message, and holds none too many."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from agendagraph.messages import LANGUAGES, catalogue

PACKAGE = Path(__file__).resolve().parents[2] / "api" / "agendagraph"
FOLDERS = sorted(PACKAGE.rglob("locale"))
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("*"))
    if path.suffix in (".py", ".html", ".md")
)
KEYS = {key for folder in FOLDERS for key in catalogue(folder)["en"].texts}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def named_keys() -> re.Pattern[str]:
    """Return a pattern of the keys that the code names: whole, or with a part that it fills in.

    >>> bool(named_keys().fullmatch("answer.rows")), bool(named_keys().fullmatch("reason.x.title"))
    (True, True)
    """
    literals = re.findall(r'"([a-z][\w-]*\.[^"\s]*)"(\s*~)?', SOURCES)
    patterns = {
        re.sub(r"\\\{.*?\\\}", ".+", re.escape(text)) + (".+" if filled else "")
        for text, filled in literals
    }
    return re.compile("|".join(sorted(patterns)))


def test_there_are_catalogues() -> None:
    assert len(FOLDERS) >= 3
    assert len(KEYS) > 200


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(PACKAGE)))
def test_the_languages_have_the_same_messages(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {f"{lang}.toml" for lang in LANGUAGES}
    english, korean = (catalogue(folder)[lang].texts for lang in ("en", "ko"))

    assert list(english) == list(korean)
    for key, text in english.items():
        left_to_the_code = key.startswith("cause.") and text == "{problem}"
        assert left_to_the_code or placeholders(text) == placeholders(korean[key]), key
        assert text.strip(), key
        assert key == "frame.other-language" or not re.search("[가-힣]", text), key


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(PACKAGE)))
def test_korean_is_korean(folder: Path) -> None:
    korean = catalogue(folder)["ko"].texts

    untranslated = {
        key
        for key, text in korean.items()
        if re.search("[A-Za-z]", re.sub("{[^}]*}", "", text)) and not re.search("[가-힣]", text)
    }
    assert untranslated <= {"frame.other-language"}


def test_no_message_has_two_catalogues() -> None:
    counted = [key for folder in FOLDERS for key in catalogue(folder)["en"].texts]

    assert len(counted) == len(set(counted))


def test_no_message_is_missing() -> None:
    used = set(re.findall(r'\b(?:t|words|en|ko)\(\s*"([\w.-]+)"\s*[,)]', SOURCES))

    assert len(used) > 40
    assert used - KEYS == set()


def test_no_message_is_unused() -> None:
    named = named_keys()

    assert {key for key in KEYS if not named.fullmatch(key)} == set()
