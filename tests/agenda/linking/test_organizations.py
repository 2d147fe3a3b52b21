"""Organisations are known by their labels, their short forms and their usual names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agendagraph.agenda.linking import find_mentions

if TYPE_CHECKING:
    from agendagraph.agenda.linking import Gazetteer


@pytest.mark.parametrize(
    ("surface", "entity"),
    [
        ("유엔", "un"),
        ("국제연합", "un"),
        ("UN", "un"),
        ("안보리", "unsc"),
        ("유엔안보리", "unsc"),
        ("유엔 안전보장이사회", "unsc"),
        ("UN Security Council", "unsc"),
        ("아세안+3", "asean-plus-3"),
        ("동아시아 정상회의", "eas"),
        ("EAS", "eas"),
        ("믹타", "mikta"),
        ("쿼드", "quad"),
        ("걸프협력회의", "gcc"),
        ("메르코수르", "mercosur"),
        ("국제원자력기구", "iaea"),
        ("세계보건기구", "who"),
        ("세계무역기구", "wto"),
        ("경제협력개발기구", "oecd"),
        ("아시아·태평양 경제협력체", "apec"),
        ("태평양도서국포럼", "pif"),
        ("나토", "nato"),
        ("오커스", "aukus"),
        ("브릭스", "brics"),
        ("상하이협력기구", "sco"),
        ("이슬람협력기구", "oic"),
        ("아프리카연합", "au"),
        ("아랍연맹", "arab-league"),
        ("미주기구", "oas"),
        ("태평양동맹", "pacific-alliance"),
        ("세계은행", "world-bank"),
        ("IMF", "imf"),
        ("ADB", "adb"),
        ("AIIB", "aiib"),
        ("유네스코", "unesco"),
        ("유니세프", "unicef"),
        ("UNHCR", "unhcr"),
        ("UNFCCC", "unfccc"),
        ("국제박람회기구", "bie"),
        ("인도·태평양 경제프레임워크", "ipef"),
        ("인태 경제프레임워크", "ipef"),
        ("유럽연합", "eu"),
        ("인터폴", "interpol"),
        ("호주그룹", "australia-group"),
        ("바세나르체제", "wassenaar-arrangement"),
    ],
)
def test_usual_name(surface: str, entity: str, gazetteer: Gazetteer) -> None:
    (mention,) = find_mentions(f"{surface} 회원국과 협력", gazetteer)

    assert (mention.surface, mention.entity) == (surface, f"organization/{entity}")


def test_a_short_form_that_is_also_something_else_counts_beside_its_name(
    gazetteer: Gazetteer,
) -> None:
    beside = find_mentions("확산방지구상(PSI) 참여", gazetteer)
    alone = find_mentions("압력은 30 PSI 이하", gazetteer)

    assert [m.entity for m in beside] == ["organization/psi", "organization/psi"]
    assert alone == []
