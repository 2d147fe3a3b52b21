"""Describe the interface of networks: the catalogue, and examples for the API document."""

from __future__ import annotations

from typing import Any, Final, get_args

from agendagraph.namespaces import BASE
from agendagraph.network.catalogue import CATALOGUE
from agendagraph.network.parameters import EVENTS, KINDS, Expansion
from agendagraph.server.http.openapi.parts import PROBLEM
from agendagraph.version import __version__

_GOAL: Final = "agenda/kr-mofa-2022/g1"
_ELEMENT: Final = BASE + "id/agenda/kr-mofa-2022/g1/c2/a2"

_NODE: Final = {
    "id": "country/jpn",
    "iri": BASE + "id/country/jpn",
    "iso3": "JPN",
    "kind": "Country",
    "label_ko": "일본",
    "label_en": "Japan",
}
_CSV: Final = f"source,target,weight,n_evidence,evidence\ncountry/jpn,country/usa,3,1,{_ELEMENT}\n"

_PROBLEMS: Final = {
    400: "A parameter is not as described; the message says what there is instead.",
    404: "There is no such network, node or edge.",
    406: "No format that the client accepts fits.",
    501: "A package that this needs is not installed on the server.",
    503: "The server is busy, or the calculation needs too much memory.",
    504: "The calculation took too long, and was stopped.",
}


def _responses(description: str, content: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    """The responses of an operation: an answer, the same as before, and the problems."""
    found: dict[int | str, dict[str, Any]] = {
        200: {
            "description": description,
            "content": content,
            "headers": {"ETag": {"schema": {"type": "string"}}},
        },
        304: {"description": "The document that the client has (If-None-Match) is the newest."},
    }
    for status, words in _PROBLEMS.items():
        found[status] = {
            "description": words,
            "content": PROBLEM,
        }
    return found


def _json(example: object) -> dict[str, Any]:
    return {"application/json": {"schema": {"type": "object"}, "example": example}}


def _text(example: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"schema": {"type": "string"}}
    return found if example is None else {**found, "example": example}


CATALOGUE_RESPONSES: Final = _responses(
    "The networks, with the parameters of each.",
    _json(
        {
            "networks": [
                {
                    "name": "counterpart-goal",
                    "title": {"ko": "상대와 국정과제", "en": "counterparts and goals"},
                    "sides": ["counterpart", "goal"],
                    "parameters": ["kinds", "roles"],
                    "href": "/api/networks/counterpart-goal",
                }
            ],
            "levels": ["commitment", "item", "goal"],
        }
    ),
)
NETWORK_RESPONSES: Final = _responses(
    "The network. As JSON it is networkx's node-link form.",
    {
        **_json(
            {
                "directed": False,
                "multigraph": False,
                "graph": {"network": "counterparts-together", "dataset_version": __version__},
                "nodes": [_NODE],
                "edges": [
                    {
                        "source": "country/jpn",
                        "target": "country/usa",
                        "weight": 3,
                        "n_evidence": 1,
                        "evidence": _ELEMENT,
                    }
                ],
            }
        ),
        "application/graphml+xml": _text(),
        "application/gexf+xml": _text(),
        "text/csv": _text(_CSV),
    },
)
MEASURES_RESPONSES: Final = _responses(
    "The measures of the nodes (csv: these alone), of the whole, and the ranks.",
    {
        **_json(
            {
                "network": "counterparts-together",
                "graph": {"nodes": 35, "edges": 56, "density": 0.094},
                "nodes": [{"node": "country/jpn", "label_en": "Japan", "strength": 6.0}],
                "ranks": [{"node": "country/jpn", "measure": "strength", "value": 6.0, "rank": 3}],
            }
        ),
        "text/csv": _text("node,label_ko,label_en,degree,strength\ncountry/jpn,일본,Japan,4,6.0\n"),
    },
)
EVIDENCE_RESPONSES: Final = _responses(
    "The sentences, in the order of the document: official Korean, and our translation.",
    _json(
        {
            "network": "counterparts-together",
            "source": {"node": "country/jpn", "label_en": "Japan"},
            "target": {"node": "country/usa", "label_en": "United States"},
            "weight": 3,
            "evidence": [
                {
                    "element": _ELEMENT,
                    "text_ko": "한미일 3국 간 대북정책 공조 강화 추진",
                    "text_en": "Strengthen trilateral coordination on policy toward North Korea",
                    "goal": _GOAL,
                    "goal_ko": "북한 비핵화 추진",
                    "goal_en": "Pursuing the denuclearisation of North Korea",
                    "start": 656,
                    "end": 705,
                }
            ],
        }
    ),
)


def catalogue() -> dict[str, Any]:
    """Return the list of networks, and what their parameters may be, as JSON holds it."""
    return {
        "networks": [
            {
                "name": entry.name,
                "title": {"ko": entry.title_ko, "en": entry.title_en},
                "sides": list(entry.sides),
                "parameters": list(entry.parameters),
                "href": f"/api/networks/{entry.name}",
            }
            for entry in CATALOGUE.values()
        ],
        "levels": list(EVENTS),
        "kinds": list(KINDS),
        "expand": list(get_args(Expansion)),
        "formats": ["json", "graphml", "gexf", "csv"],
        "described_by": "/api/openapi.json",
    }
