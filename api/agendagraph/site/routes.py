"""The site: what it adds to a server."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from starlette.routing import Route

from agendagraph.server.http.app import Extension
from agendagraph.site.dataset import DATASET
from agendagraph.site.front_page import front_page
from agendagraph.site.networks.routes import router

SITE: Final = Extension(
    routes=(Route("/", front_page), *router.routes),
    openapi=Path(__file__).parent / "networks" / "openapi.yaml",
    dataset=DATASET,
)
