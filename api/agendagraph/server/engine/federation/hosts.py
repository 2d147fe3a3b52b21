"""Know which hosts may be asked for an answer or a document, and which addresses never.

A request is sent to a host only if the operator has named it, at a port that was named with
it or is usual, and only if every address that its name stands for is reachable from anywhere
(`is_public`). So the server cannot be used to reach hosts behind its firewall (SSRF).

Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries (by `ipaddress`); RFC 4291
(global unicast is 2000::/3; IPv4-mapped addresses), RFC 3056 (6to4), RFC 6052 (64:ff9b::/96).
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final

import httpx

from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

_ENTRY: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/@?#\[\]%\\]+)(?::(?P<port>\d+))?")
_NAME: Final = re.compile(
    r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*"
)
_USUAL: Final = {"http": 80, "https": 443}
_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")
_NOT_PUBLIC: Final = (
    ipaddress.ip_network("192.0.0.0/24"),  # IETF protocols, and one cloud's metadata
    ipaddress.ip_network("192.88.99.0/24"),  # once the relays of 6to4
    ipaddress.ip_network("3fff::/20"),  # documentation, younger than some of our Pythons
)
_SHOWN_CHARS: Final = 200


def is_public(address: str) -> bool:
    """Whether an IP address is one that anybody may reach, wrapped in IPv6 or not.

    >>> is_public("198.51.100.1"), is_public("64:ff9b::7f00:1"), is_public("2606:4700::1111")
    (False, False, True)
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.scope_id is not None:
            return False
        inside = found.ipv4_mapped or found.sixtofour
        if found in _TRANSLATED:
            inside = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
        if inside is not None:
            return is_public(str(inside))
        if found not in _UNICAST:
            return False
    return (
        found.is_global
        and not (found.is_multicast or found.is_reserved or found.is_private)
        and not any(found in network for network in _NOT_PUBLIC)
    )


class NamedHosts:
    """The hosts that may be asked, as the operator has named them.

    Args:
        named: ``host`` for its usual ports (443 by https, 80 by http), or ``host:port``.

    Raises:
        ValueError: An entry is neither, or an address that is not public.
    """

    def __init__(self, named: Iterable[str]) -> None:
        self._named = dict.fromkeys(map(_entry, named))

    def __bool__(self) -> bool:
        """Whether any host is named."""
        return bool(self._named)

    def __str__(self) -> str:
        """Return the names, for people."""
        return ", ".join(self._named)

    def target(self, iri: str) -> httpx.URL:
        """Return the address of *iri*, if its host is allowed.

        Raises:
            Refusal: The host is not allowed, or the IRI is not an HTTP address.
        """
        try:
            url = httpx.URL(iri)
            host = _canonical(url.host)
        except (httpx.InvalidURL, ValueError, UnicodeError):
            raise self._refusal(iri) from None
        usual = _USUAL.get(url.scheme)
        port = url.port or usual
        named = f"{host}:{port}" in self._named or (port == usual and host in self._named)
        if usual is None or url.userinfo or not named:
            raise self._refusal(iri)
        return url.copy_with(host=host.strip("[]"), fragment=None)

    def _refusal(self, iri: str) -> Refusal:
        return Refusal(Reason.HOST_NOT_NAMED, found=iri[:_SHOWN_CHARS], expected=str(self))


def _entry(text: str) -> str:
    """Return an entry in the form that is compared: ``host`` or ``host:port``."""
    match = _ENTRY.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a host: expected 'host' or 'host:port', comma-separated")
    try:
        host = _canonical(httpx.URL(f"https://{match['host']}/").host)
    except (httpx.InvalidURL, ValueError, UnicodeError):
        raise ValueError(f"{text!r} is not a host: its name does not parse") from None
    if _is_address(host) and not is_public(host.strip("[]")):
        raise ValueError(f"{text!r} is not an allowed host: the address is not public")
    if match["port"] is None:
        return host
    if not 0 < int(match["port"]) < 1 << 16:
        raise ValueError(f"{text!r} is not a host: a port is between 1 and 65535")
    return f"{host}:{int(match['port'])}"


def _canonical(host: str) -> str:
    """Return a host in the one form that is compared: lower case, A-labels, no last dot.

    Raises:
        ValueError: It is no host's name and no address.
    """
    host = host.lower()
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host)}]"
    host = httpx.URL(f"http://{host}/").raw_host.decode("ascii").removesuffix(".")
    if not _NAME.fullmatch(host) or len(host) > 253:
        raise ValueError(host)
    return host


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
