"""The one API document of the server, in OpenAPI: the protocols, and the networks."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

from fastapi.openapi.utils import get_openapi

from agendagraph.server.http.openapi.parts import COMPONENTS
from agendagraph.server.http.openapi.protocols import PATHS
from agendagraph.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import BaseRoute

_DESCRIPTION: Final = (
    "SPARQL 1.1 Protocol, Graph Store Protocol and service description, and the partner-country "
    "networks of official agendas with the sentences behind them. Errors are problem documents "
    "(RFC 9457) in Korean and English. HEAD answers where GET does. The same networks: "
    "agendagraph network, and kg.network()."
)


def document(routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """Return the API document: of *routes*, which FastAPI knows, and of the other addresses.

    HEAD is left out: it answers where GET does. So is 422 of FastAPI: a parameter that is not
    valid is a problem document with status 400 here.
    """
    with warnings.catch_warnings():
        # One function answers GET and HEAD, and so one operation seems to stand twice.
        warnings.filterwarnings("ignore", message="Duplicate Operation ID")
        whole = get_openapi(
            title="Agendagraph",
            version=__version__,
            summary="A government's agenda as a graph: queries, graphs and networks.",
            description=_DESCRIPTION,
            routes=routes,
            license_info={"name": "Apache-2.0 AND CC-BY-4.0"},
        )
    for path in whole["paths"].values():
        path.pop("head", None)
        for operation in path.values():
            operation["responses"].pop("422", None)
    whole["paths"] = {**PATHS, **whole["paths"]}
    whole["components"] = COMPONENTS
    return whole
