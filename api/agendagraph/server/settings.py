"""The settings of a server, read once at the start.

Only `agendagraph.cli` and `server.http` import this module; the packages below them take plain
arguments. A flag outranks a variable. An unknown variable is an error, because a misspelt limit
would be no limit.

A value is a setting if an operator can choose it, because it depends on the machine, the data
or the clients. All other limits are constants in the modules that use them.
"""

from __future__ import annotations

import os
from pathlib import Path  # noqa: TC003 - pydantic reads the annotation
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from agendagraph.namespaces import GRAPH

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "AGENDAGRAPH_"
INSTEAD: Final = {
    "store_parameters": "write them in the URL: --store 'URL?NAME=VALUE'",
    "store_keep_s": "AGENDAGRAPH_CACHE_MIB=0 caches no answer",
}
"""What replaces a variable that was a setting once."""
REMOTE_KEEP_S: Final = 10.0
"""Seconds for which an answer of another endpoint is cached: no message announces that its data
changed, so that an answer can be this old."""


class Settings(BaseModel):
    """The settings of a server. A unit is part of the name it belongs to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, Field(min_length=1, description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[
        int, Field(ge=0, le=65_535, description="Port to listen on; 0 takes a free one.")
    ] = 8000
    store: Annotated[
        str | None,
        Field(
            description="Directory of a store (created if missing), an RDF file,"
            " or the URL of a SPARQL endpoint."
        ),
    ] = None
    empty: Annotated[
        bool, Field(description="Start without data instead of with the shipped graph.")
    ] = False
    writable: Annotated[
        bool,
        Field(description="Accept updates; needs a token, and a store directory to keep them."),
    ] = False
    token_file: Annotated[
        Path | None, Field(description="File of bearer tokens, one per line; see SERVING.md.")
    ] = None
    token: Annotated[
        SecretStr | None, Field(description="A bearer token that may write; only as a variable.")
    ] = None

    query_limit_s: Annotated[
        float, Field(gt=0, le=86_400, description="Time limit of a query, in seconds.")
    ] = 30.0
    memory_limit_mib: Annotated[
        int, Field(ge=64, description="Memory limit of a query or update, in MiB.")
    ] = 2048
    workers: Annotated[
        int | None,
        Field(
            ge=2, le=1024, description="Queries that run in parallel; three per core if not given."
        ),
    ] = None
    answer_limit_mib: Annotated[
        int, Field(ge=1, description="Size limit of an answer, in MiB.")
    ] = 256
    row_limit: Annotated[
        int | None,
        Field(ge=1, description="Rows after which an answer is truncated; none by default."),
    ] = None
    cache_mib: Annotated[
        int, Field(ge=0, description="Memory for cached answers, in MiB; 0 caches none.")
    ] = 128

    body_limit_mib: Annotated[
        int, Field(ge=1, description="Size limit of the body of an update, in MiB.")
    ] = 64
    update_limit_s: Annotated[
        float | None,
        Field(
            gt=0,
            le=86_400,
            description="Time limit of an update, in seconds; that of a query if not given.",
        ),
    ] = None
    validated_graphs: Annotated[
        str,
        Field(
            description="Updates of graphs whose IRI starts with this are validated; '' for none."
        ),
    ] = GRAPH

    default_graph: Annotated[
        Literal["union", "own"],
        Field(description="Default graph of queries: the union of all, or the unnamed graph only."),
    ] = "union"
    service_hosts: Annotated[
        tuple[str, ...],
        Field(
            description="Hosts that SERVICE and LOAD may call: host or host:port, comma-separated."
        ),
    ] = ()
    store_authorization: Annotated[
        SecretStr | None,
        Field(description="Authorization header for a store that is an endpoint; only a variable."),
    ] = None

    public_url: Annotated[
        str | None, Field(description="Address of this server for its clients, behind a proxy.")
    ] = None
    trusted_proxies: Annotated[
        str,
        Field(description="Addresses of proxies whose X-Forwarded-For counts, comma-separated."),
    ] = ""
    query_log: Annotated[
        str, Field(description="File of the query log; '-' for standard error, '' for none.")
    ] = "-"
    log_query_text: Annotated[
        bool, Field(description="Log the text of queries, not only a hash.")
    ] = False

    @field_validator("service_hosts", mode="before")
    @classmethod
    def _split(cls, hosts: object) -> object:
        return tuple(hosts.replace(",", " ").split()) if isinstance(hosts, str) else hosts

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.writable and self.token is None and self.token_file is None:
            raise ValueError(
                "a writable server needs a token: give --token-file or AGENDAGRAPH_TOKEN"
            )
        if self.writable and self.remote:
            raise ValueError(
                "--writable needs a store of our own, not another endpoint's URL:"
                " what is written there we can neither validate first nor make durable"
            )
        if self.empty and self.remote:
            raise ValueError("--empty makes no sense with another endpoint's URL")
        if self.store_authorization is not None and not self.remote:
            raise ValueError("AGENDAGRAPH_STORE_AUTHORIZATION is for a store that is a URL")
        if self.service_hosts:
            self._check_service_hosts()
        return self

    def _check_service_hosts(self) -> None:
        from agendagraph.server.engine.federation.hosts import NamedHosts  # noqa: PLC0415 - rare

        if self.remote:
            raise ValueError(
                "AGENDAGRAPH_SERVICE_HOSTS is for a store of our own: another endpoint's URL is"
                " the only one that is then asked"
            )
        try:
            NamedHosts(self.service_hosts)
        except ValueError as error:
            raise ValueError(f"AGENDAGRAPH_SERVICE_HOSTS: {error}") from None

    @property
    def remote(self) -> bool:
        """Whether the store is another SPARQL endpoint."""
        return self.store is not None and self.store.startswith(("http://", "https://"))

    @property
    def slots(self) -> int:
        """Queries that run in parallel."""
        return self.workers or max(4, 3 * len(os.sched_getaffinity(0)))

    @property
    def slow_slots(self) -> int:
        """How many of them may be slow."""
        return self.slots // 2

    @property
    def keep_s(self) -> float:
        """Seconds for which an answer of another endpoint is cached."""
        return REMOTE_KEEP_S if self.cache_mib else 0.0

    @classmethod
    def read(
        cls, environ: Mapping[str, str], flags: Mapping[str, object] | None = None
    ) -> Settings:
        """Read the ``AGENDAGRAPH_*`` variables of *environ*; *flags* that are not ``None`` win.

        Raises:
            pydantic.ValidationError: A value is out of bounds, or a variable is misspelt.
        """
        values: dict[str, object] = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in environ.items()
            if name.startswith(PREFIX)
        }
        values.update({name: v for name, v in (flags or {}).items() if v is not None})
        return cls.model_validate(values)
