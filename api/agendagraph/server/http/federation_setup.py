"""Which other servers this one may ask, as its settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agendagraph.server.engine.federation.outgoing import Outgoing
    from agendagraph.server.engine.federation.service import Federation
    from agendagraph.server.settings import Settings


def outgoing(settings: Settings) -> Outgoing | None:
    """Return what asks the hosts that *settings* name; ``None`` where they name none."""
    if not settings.service_hosts:
        return None
    from agendagraph.server.engine.federation.hosts import NamedHosts  # noqa: PLC0415 - rare
    from agendagraph.server.engine.federation.outgoing import Outgoing  # noqa: PLC0415 - rare

    return Outgoing(NamedHosts(settings.service_hosts))


def federation(settings: Settings, asking: Outgoing | None) -> Federation | None:
    """Return what answers queries that call SERVICE, by *asking*; ``None`` without it."""
    if asking is None:
        return None
    from agendagraph.server.engine.federation.service import CallLimits, Federation  # noqa: PLC0415 - rare

    limits = CallLimits(body_bytes=settings.service_mib << 20, rows=settings.service_rows)
    return Federation(asking, limits)
