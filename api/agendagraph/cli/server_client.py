"""Ask a running server for the history of its store, and have it undo an update."""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import httpx
import pyoxigraph as ox

from agendagraph.errors import StoreError, ValidationFailed
from agendagraph.server.updates import history
from agendagraph.validation import Report

if TYPE_CHECKING:
    from pathlib import Path

_LIMIT_S: Final = 900.0
"""Seconds until a server must have answered; its own limit for updates ends sooner."""


class ServerClient:
    """A server that takes updates, seen from the command line; the token goes nowhere else.

    Args:
        address: Its address, with or without ``/sparql``.
        token_file: The file that holds a token; by default the environment may hold one.
    """

    def __init__(self, address: str, token_file: Path | None) -> None:
        """Connect to nothing yet."""
        self._address = address.rstrip("/").removesuffix("/sparql")
        token = os.environ.get("AGENDAGRAPH_TOKEN", "")
        if token_file is not None:
            from agendagraph.server.http.auth import writing_token  # noqa: PLC0415 - only with a file

            token = writing_token(token_file)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def entries(self) -> list[history.Entry]:
        """Return the updates, the oldest first.

        Raises:
            StoreError: There is no answer, or not a whole one.
        """
        answer = self._send("GET", "/updates", Accept="application/sparql-results+json")
        if "row-limit-reached" in answer.headers:
            raise StoreError(f"{self._address} cut its answer at its row limit")
        rows = ox.parse_query_results(answer.content, format=ox.QueryResultsFormat.JSON)
        return history.entries_of(rows)  # type: ignore[arg-type]

    def patch_text(self, name: str) -> str:
        """Return what an update changed, as RDF Patch.

        Raises:
            StoreError: There is no such update, no patch of it, or no right to see it.
        """
        return self._send("GET", f"/updates/{_checked(name)}").text

    def revert(self, name: str) -> tuple[int | None, int | None, str]:
        """Undo an update; return the quads added and removed, and the name of what did it.

        Raises:
            StoreError: It cannot be undone.
            ValidationFailed: A validated graph would break its shapes. Nothing has changed.
        """
        told = self._send("POST", f"/updates/{_checked(name)}/revert").json()
        return told["added"], told["removed"], told["update"]

    def _send(self, method: str, path: str, **headers: str) -> httpx.Response:
        try:
            answer = httpx.request(
                method,
                self._address + path,
                headers={**self._headers, **headers},
                timeout=httpx.Timeout(_LIMIT_S, connect=10),
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise StoreError(f"no answer from {self._address}: {error}") from None
        if answer.is_success:
            return answer
        told = _problem(answer)
        if answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and "report" in told:
            report = Report.from_dict(told["report"])
            raise ValidationFailed(report=report, violations=int(told["violations"]))
        said = told.get("message", {}).get("en", f"it answered {answer.status_code}")
        raise StoreError(f"{self._address}: {said}")


def _checked(name: str) -> str:
    """Return the name of an update, which is then safe to be a part of an address."""
    if not history.NAME.fullmatch(name):
        raise StoreError(f"{name!r} is no name of an update; `agendagraph history` lists them")
    return name


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
