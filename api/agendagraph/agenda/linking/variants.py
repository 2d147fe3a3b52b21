"""Spell out the forms in which a name occurs.

Texts differ in spaces (``적도 기니``, ``적도기니``), in separators (``인도·태평양``,
``인도태평양``), in accents, apostrophes and ``and``/``&``. The tables hold each name
once; this module adds the other forms.
"""

from __future__ import annotations

import itertools
import unicodedata
from typing import TYPE_CHECKING

from agendagraph.agenda.linking.boundaries import SEPARATOR, normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_SPACES = 3
_SHORTEST_IN_CAPITALS = 4


def variants(surface: str, lang: str) -> tuple[str, ...]:
    """Return the normalised forms of a name, its own form first.

    >>> variants("적도 기니", "ko")
    ('적도 기니', '적도기니')
    >>> variants("인도·태평양", "ko")
    ('인도·태평양', '인도 · 태평양', '인도태평양', '인도 태평양')
    >>> variants("Côte d'Ivoire", "en")
    ("Côte d'Ivoire", "Cote d'Ivoire", "CÔTE D'IVOIRE", "COTE D'IVOIRE")
    """
    plain = normalise(surface)
    forms = _korean(plain) if lang == "ko" else _english(plain)
    return tuple(dict.fromkeys(forms))


def _korean(surface: str) -> Iterator[str]:
    for spaced in _spacings(surface):
        yield spaced
        if SEPARATOR in spaced:
            for joint in (f" {SEPARATOR} ", "", " "):
                yield spaced.replace(SEPARATOR, joint)


def _spacings(surface: str) -> Iterator[str]:
    words = surface.split(" ")
    if len(words) == 1:
        yield surface
        return
    if len(words) > _MOST_SPACES + 1:
        yield surface
        yield "".join(words)
        return
    for joints in itertools.product((" ", ""), repeat=len(words) - 1):
        yield "".join(itertools.chain.from_iterable(zip(words, (*joints, ""), strict=True)))


def _english(surface: str) -> Iterator[str]:
    forms = [surface, _without_accents(surface)]
    for here, there in ((" and ", " & "), (" & ", " and "), ("St. ", "Saint "), ("Saint ", "St. ")):
        forms += [form.replace(here, there) for form in forms]
    yield from forms
    if len(surface) >= _SHORTEST_IN_CAPITALS:
        yield from (form.upper() for form in forms)


def _without_accents(surface: str) -> str:
    decomposed = unicodedata.normalize("NFD", surface)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not _is_accent(c)))


def _is_accent(sign: str) -> bool:
    return unicodedata.category(sign) == "Mn"
