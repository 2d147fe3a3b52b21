"""The routes of the site, which join those of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import BaseRoute, Route

from agendagraph.site.front_page import front_page
from agendagraph.site.networks.calculator import Calculator
from agendagraph.site.networks.routes import Networks, router

if TYPE_CHECKING:
    from agendagraph.server.http.auth import Tokens
    from agendagraph.server.http.state import ServerState


def routes(state: ServerState, tokens: Tokens) -> list[BaseRoute]:
    """Return the routes of the site over the data of *state*; *tokens* say who may read."""
    calculator = Calculator(state)
    state.on_close.append(calculator.close)
    return [Route("/", front_page), *router(Networks(state, tokens, calculator)).routes]
