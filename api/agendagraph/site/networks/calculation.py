"""Make and measure networks, in a worker that reads the server's data.

The server runs `document` in a confined process of its own, which may be killed at any moment
(`server.engine.job.Function`).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from agendagraph.errors import (
    MissingExtraError,
    NetworkError,
    NetworkParameterError,
    UnknownNetworkError,
)
from agendagraph.knowledge.solutions import Solutions
from agendagraph.namespaces import NS, PREFIXES
from agendagraph.network import extraction
from agendagraph.site.networks import documents
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.store import with_prefixes

if TYPE_CHECKING:
    from agendagraph.server.engine.job import JobData

_VERSION: Final = f"SELECT ?version {{ <{NS[:-1]}> <{PREFIXES['owl']}versionInfo> ?version }}"


class ServerSource:
    """The server's data, as `network` wants its source."""

    def __init__(self, data: JobData) -> None:
        self._data = data

    @cached_property
    def version(self) -> str | None:
        """The version of the vocabulary in the data; None where it holds none."""
        rows = self.query(_VERSION)
        return str(rows[0].version) if rows else None

    def query(self, text: str) -> Solutions:
        """Answer a SELECT.

        Raises:
            Refusal: There is no answer.
        """
        return self._data.select(with_prefixes(text), Solutions.of)


def document(
    data: JobData, *, do: str, name: str, parameters: dict[str, Any], options: dict[str, Any]
) -> bytes:
    """Return a document of a network; *do* is a name of `documents.WRITERS`.

    Raises:
        Refusal: There is none, for a reason that the client receives.
    """
    try:
        network = extraction.network(ServerSource(data), name, **parameters)
        return documents.WRITERS[do](network, **options)
    except NetworkParameterError as error:
        raise Refusal(Reason.PARAMETER, **error.details) from None
    except UnknownNetworkError as error:
        raise Refusal(Reason.NO_SUCH_NETWORK, **error.details) from None
    except MissingExtraError as error:
        facts = {"package": error.package, "extra": error.extra}
        raise Refusal(Reason.MISSING_EXTRA, **facts) from None
    except NetworkError as error:
        raise Refusal(Reason.EVALUATION, problem=str(error)) from None
