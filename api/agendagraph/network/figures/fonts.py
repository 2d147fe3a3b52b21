"""Find a font that can write Hangul, or say how to get one.

matplotlib's own font has no Hangul, and without one every label of a Korean network is a row
of empty boxes. Fonts are found among those installed; none is shipped or downloaded.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final, TypeAlias

from matplotlib import font_manager

from agendagraph.errors import NetworkError

Font: TypeAlias = Any
"""matplotlib's ``FontProperties``."""

FAMILIES: Final = (
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "Pretendard",
    "Source Han Sans K",
    "Source Han Sans KR",
    "NanumGothic",
    "Nanum Gothic",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
    "NanumBarunGothic",
    "UnDotum",
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Noto Sans CJK TC",
    "Noto Serif CJK KR",
    "Noto Serif CJK JP",
)
"""Families with Hangul, the better ones first. All Noto CJK fonts share their Hangul."""

_HANGUL: Final = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


def has_hangul(text: str) -> bool:
    """Whether *text* has a Hangul syllable or letter.

    >>> has_hangul("APEC 정상회의"), has_hangul("APEC")
    (True, False)
    """
    return _HANGUL.search(text) is not None


def _weight(weight: int | str) -> int:
    """The weight of a face as a number; matplotlib gives some as words."""
    return weight if isinstance(weight, int) else font_manager.weight_dict.get(weight, 400)


@cache
def hangul_font(families: tuple[str, ...] = FAMILIES) -> Font:
    """Return the properties of an installed font that can write Hangul.

    Args:
        families: The families to look for, in the order of preference.

    Raises:
        NetworkError: None of them is installed; the message says how to install one.
    """
    installed = font_manager.fontManager.ttflist
    for family in families:
        faces = [face for face in installed if face.name == family and face.style == "normal"]
        if faces:
            regular = min(faces, key=lambda face: (abs(_weight(face.weight) - 400), face.fname))
            return font_manager.FontProperties(fname=regular.fname)
    raise NetworkError(
        "the labels are Korean, and no installed font can write Hangul. Install one, for example "
        "with: apt install fonts-noto-cjk (Debian, Ubuntu), dnf install google-noto-sans-cjk-fonts "
        "(Fedora) or brew install font-noto-sans-cjk (macOS); then delete matplotlib's font cache "
        "(the folder that matplotlib.get_cachedir() names). Or draw with lang='en'."
    )
