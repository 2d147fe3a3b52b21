"""Read message catalogues: the words that people read, in TOML, one file a language.

A package with words for people has a folder ``locale`` with one file for each of `LANGUAGES`.
Tables nest, and a dotted key names a message: ``[answer] rows = "{n:,} rows"`` is
``answer.rows``. Placeholders are those of `str.format`. tests/contracts/test_messages.py
compares the languages and finds messages that no code names.
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LANGUAGES: Final = ("en", "ko")
"""The languages of every catalogue; the first one serves all other readers."""


class Messages:
    """The messages of one package in one language.

    >>> Messages("en", {"rows": "{n:,} rows"})("rows", n=1200)
    '1,200 rows'
    """

    __slots__ = ("lang", "texts")

    def __init__(self, lang: str, texts: Mapping[str, str]) -> None:
        self.lang = lang
        self.texts = texts

    def __call__(self, key: str, /, **facts: object) -> str:
        """Return the message *key* with *facts* in its placeholders.

        Raises:
            KeyError: The catalogue has no such message, or a fact is missing.
        """
        return self.texts[key].format_map(facts)


@cache
def catalogue(*folders: Path) -> dict[str, Messages]:
    """Return the messages of all *folders* together, by language.

    Raises:
        OSError: A language has no file.
        tomllib.TOMLDecodeError: A file is not TOML.
    """
    return {
        lang: Messages(lang, dict(text for folder in folders for text in _read(folder, lang)))
        for lang in LANGUAGES
    }


def _read(folder: Path, lang: str) -> Iterator[tuple[str, str]]:
    return _flat(tomllib.loads((folder / f"{lang}.toml").read_text("utf-8")))


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, str(value)
