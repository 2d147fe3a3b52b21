"""How one server behaves: read once, at the top, and handed down.

Only `agendagraph.cli` and `server.http` import this module; the floors below
take plain arguments. A flag outranks a variable; a variable that we do not know is an
error, because a misspelt limit is no limit.
"""

from __future__ import annotations

import os
from pathlib import Path  # noqa: TC003 - pydantic reads the annotation
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from agendagraph.namespaces import GRAPH

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "AGENDAGRAPH_"


def _cores() -> int:
    return len(os.sched_getaffinity(0))


class Settings(BaseModel):
    """The settings of a server. A unit is part of the name it belongs to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, Field(min_length=1, description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[
        int, Field(ge=0, le=65_535, description="Port to listen on; 0 takes a free one.")
    ] = 8000
    store: Annotated[
        str | None,
        Field(description="Directory of a store (made if missing), or a SPARQL endpoint's URL."),
    ] = None
    empty: Annotated[
        bool, Field(description="Begin with no data instead of the shipped graph.")
    ] = False
    writable: Annotated[bool, Field(description="Allow updates; needs a token.")] = False
    token_file: Annotated[
        Path | None,
        Field(description="File of tokens, one a line; see SERVING.md."),
    ] = None
    token: Annotated[
        SecretStr | None, Field(description="The token itself; only as a variable.")
    ] = None

    query_limit_s: Annotated[
        float, Field(gt=0, le=86_400, description="Seconds until a query is stopped.")
    ] = 30.0
    memory_limit_mib: Annotated[
        int, Field(ge=64, description="Memory that one query may take, in MiB.")
    ] = 2048
    workers: Annotated[
        int | None,
        Field(ge=2, le=1024, description="Queries that run at once; three a core if not given."),
    ] = None
    spares: Annotated[int, Field(ge=1, le=64, description="Workers kept ready in advance.")] = 3
    slow_after_ms: Annotated[
        int,
        Field(
            ge=1,
            description="Milliseconds after which a query is slow; ten times as many for an"
            " endpoint's store, whose network is in between.",
        ),
    ] = 50
    client_slow_queries: Annotated[
        int, Field(ge=1, description="Slow queries that run at once for one client address.")
    ] = 2
    client_queue: Annotated[
        int, Field(ge=1, description="Queries of one client that may wait; then 429.")
    ] = 128
    queue_length: Annotated[int, Field(ge=1, description="Queries that may wait; then 503.")] = 512

    query_limit_kib: Annotated[
        int, Field(ge=1, le=1024, description="Longest query text, in KiB.")
    ] = 64
    body_limit_mib: Annotated[
        int, Field(ge=1, description="Longest body of a request that writes, in MiB.")
    ] = 64
    answer_limit_mib: Annotated[int, Field(ge=1, description="Longest answer, in MiB.")] = 256
    row_limit: Annotated[
        int | None, Field(ge=1, description="Rows after which an answer is cut; none by default.")
    ] = None
    hold_mib: Annotated[
        int, Field(ge=0, description="Answers up to this size are sent only when whole, in MiB.")
    ] = 32
    cache_mib: Annotated[int, Field(ge=0, description="Memory for finished answers.")] = 128
    spool_mib: Annotated[
        int, Field(ge=1, description="Disk for answers that clients have not read yet.")
    ] = 2048
    snapshot_memory_mib: Annotated[
        int, Field(ge=0, description="A larger store is read from disk instead of memory.")
    ] = 1024
    store_parameters: Annotated[
        str, Field(description="Sent with every query to an endpoint's store, as in an address.")
    ] = ""
    store_authorization: Annotated[
        SecretStr | None,
        Field(description="The Authorization header for an endpoint's store."),
    ] = None
    store_keep_s: Annotated[
        float, Field(ge=0, description="Seconds for which an endpoint's answers are kept.")
    ] = 10.0
    update_limit_s: Annotated[
        float | None,
        Field(gt=0, le=86_400, description="Seconds until an update is stopped; as for queries."),
    ] = None
    update_queue: Annotated[int, Field(ge=1, description="Updates that may wait; then 503.")] = 64
    validated_graphs: Annotated[
        str,
        Field(description="Graphs whose names begin so must keep to the shapes; '' for none."),
    ] = GRAPH
    default_graph: Annotated[
        Literal["union", "own"],
        Field(description="The default graph: the union of all graphs, or a graph of its own."),
    ] = "union"
    service_hosts: Annotated[
        tuple[str, ...],
        Field(description="Hosts that SERVICE and LOAD may ask, host or host:port, by commas."),
    ] = ()
    service_mib: Annotated[
        int, Field(ge=1, description="Longest answer to one call of SERVICE, in MiB.")
    ] = 32
    service_rows: Annotated[
        int, Field(ge=1, description="Most rows of an answer to one call of SERVICE.")
    ] = 100_000

    public_url: Annotated[
        str | None, Field(description="Address under which clients see this server.")
    ] = None
    trusted_proxies: Annotated[
        str,
        Field(description="Addresses of proxies whose X-Forwarded-For is believed, by commas."),
    ] = ""
    max_age_s: Annotated[
        int, Field(ge=0, description="Seconds for which a client may keep an answer unasked.")
    ] = 60
    head_timeout_s: Annotated[
        float, Field(gt=0, description="Seconds until a request's head must be there.")
    ] = 5.0
    body_timeout_s: Annotated[
        float, Field(gt=0, description="Seconds until a request's body must be there.")
    ] = 30.0
    send_timeout_s: Annotated[
        float, Field(gt=0, description="Seconds for which a client may read nothing.")
    ] = 60.0
    shutdown_s: Annotated[
        float, Field(ge=0, description="Seconds that running requests get at shutdown.")
    ] = 5.0
    connections: Annotated[
        int, Field(ge=16, description="Connections that are open at once; then the oldest idle go.")
    ] = 4096
    query_log: Annotated[
        str, Field(description="File for the query log, '-' for standard error, '' for none.")
    ] = "-"
    log_query_text: Annotated[
        bool, Field(description="Write the text of queries to the log, not only its hash.")
    ] = False
    validate_at_start: Annotated[
        bool, Field(description="Check the shipped graph against its shapes while starting.")
    ] = True

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
        """Queries that run at once."""
        return self.workers or max(4, 3 * _cores())

    @property
    def slow_slots(self) -> int:
        """How many of them may be slow ones."""
        return self.slots // 2

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
        hosts = values.get("service_hosts")
        if isinstance(hosts, str):
            values["service_hosts"] = tuple(hosts.replace(",", " ").split())
        values.update({name: v for name, v in (flags or {}).items() if v is not None})
        return cls.model_validate(values)
