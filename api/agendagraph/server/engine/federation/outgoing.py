"""Send a request to a host that the operator has named, at an address that is public.

This is the only place from which the server sends a request to a third-party host. The
name is resolved once; every address must be public, and the connection goes to one of
these addresses, so that a name which resolves to another address a moment later has no effect
(DNS rebinding). The name is kept for the ``Host`` header, for SNI and for the certificate. No
proxy, no cookies, no password, no compression (a bomb needs one), no connection kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import httpx

from agendagraph.namespaces import BASE
from agendagraph.server.engine.federation.hosts import is_public
from agendagraph.sparql.refusal import Cause, Reason, Refusal
from agendagraph.version import __version__

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    from agendagraph.server.engine.federation.hosts import NamedHosts

_CONNECT_S: Final = 5.0
_REDIRECTS: Final = 5
_LONGEST_LOCATION: Final = 4096
_RESOLVING: Final = 4
_MESSAGE_CHARS: Final = 300
_FAILURES: Final = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ssl.SSLError)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a host.

    Attributes:
        iri: Where.
        accept: The media types that are wanted.
        form: The fields of a form to POST; a GET where there is none.
        redirects: Whether redirects are followed; the same rules apply to each target.
    """

    iri: str
    accept: str
    form: Mapping[str, str] | None = None
    redirects: bool = False


class Outgoing:
    """Asks the named hosts only.

    Args:
        named: The hosts.
        resolve: Returns the addresses of a host; blocks, and raises `OSError`.
        may_connect: Whether an address may be connected to. Only a test replaces it: no
            setting does.
        trusted: Validates certificates; by default, against the usual authorities.
    """

    def __init__(
        self,
        named: NamedHosts,
        *,
        resolve: Callable[[str, int], list[str]] | None = None,
        may_connect: Callable[[str], bool] = is_public,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        self.named = named
        self._resolve = resolve or addresses
        self._may_connect = may_connect
        self._trusted = trusted
        self._resolving = ThreadPoolExecutor(_RESOLVING, thread_name_prefix="resolve")

    def close(self) -> None:
        """End the threads that resolve names."""
        self._resolving.shutdown(wait=False, cancel_futures=True)

    @contextlib.asynccontextmanager
    async def answer(self, request: Request) -> AsyncIterator[httpx.Response]:
        """Ask, and give the answer's head; its body is read inside the block.

        Its status is 200, it is not compressed, and ``answer.extensions["iri"]`` is from
        where it came.

        Raises:
            Refusal: Its host is not named or not public, or gives no such answer.
        """
        iri, left = request.iri, _REDIRECTS if request.redirects else 0
        while True:
            url = self.named.target(iri)
            with _failures_as_refusals(url.host):
                async with self._asked(url, request) as answer:
                    if not (request.redirects and answer.has_redirect_location):
                        _check(url.host, answer)
                        answer.extensions["iri"] = str(url)
                        yield answer
                        return
                    iri = _redirect_target(url, answer.headers["location"], left)
                    left -= 1

    @contextlib.asynccontextmanager
    async def _asked(self, url: httpx.URL, request: Request) -> AsyncIterator[httpx.Response]:
        """Connect to one of the addresses of a host, the first that answers, and ask there."""
        found = await self._addresses(url)
        async with self._client() as client:
            for address in found:
                try:
                    answer = await client.send(_sent(client, url, address, request), stream=True)
                except (httpx.ConnectError, httpx.ConnectTimeout):
                    if address == found[-1]:
                        raise
                    continue
                try:
                    yield answer
                finally:
                    await answer.aclose()
                return

    async def _addresses(self, url: httpx.URL) -> list[str]:
        """Resolve a host, once; return its addresses, all of which are public."""
        port = url.port or (443 if url.scheme == "https" else 80)
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(
                self._resolving, self._resolve, url.raw_host.decode("ascii"), port
            )
        except (OSError, UnicodeError):
            raise failed(url.host, "address-unknown") from None
        if not found:
            raise failed(url.host, "address-unknown")
        if not all(map(self._may_connect, found)):
            raise Refusal(Reason.ADDRESS_NOT_PUBLIC, host=url.host)
        return found

    def _client(self) -> httpx.AsyncClient:
        if self._trusted is None:
            self._trusted = httpx.create_ssl_context(trust_env=False)
        return httpx.AsyncClient(
            verify=self._trusted,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(None, connect=_CONNECT_S),
        )


def addresses(host: str, port: int) -> list[str]:
    """Return the addresses that a host's name resolves to, each once.

    Raises:
        OSError: It does not resolve.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


def _sent(
    client: httpx.AsyncClient, url: httpx.URL, address: str, request: Request
) -> httpx.Request:
    name = url.raw_host.decode("ascii")
    shown = f"[{name}]" if ":" in name else name
    headers = {
        "Host": shown if url.port is None else f"{shown}:{url.port}",
        "Accept": request.accept,
        "Accept-Encoding": "identity",
        "Connection": "close",
        "User-Agent": f"agendagraph/{__version__} (+{BASE})",
    }
    return client.build_request(
        "GET" if request.form is None else "POST",
        url.copy_with(host=address),
        data=None if request.form is None else dict(request.form),
        headers=headers,
        extensions={"sni_hostname": name},
    )


def _redirect_target(url: httpx.URL, location: str, left: int) -> str:
    if not left or len(location) > _LONGEST_LOCATION:
        raise failed(url.host, "redirected-too-far", limit=_REDIRECTS)
    following = url.join(location)
    if url.scheme == "https" and following.scheme == "http":
        raise failed(url.host, "redirected-to-http")
    return str(following)


def _check(host: str, answer: httpx.Response) -> None:
    if answer.status_code != httpx.codes.OK:
        raise failed(host, "answered-with-status", found=answer.status_code)
    if answer.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise failed(host, "answered-packed")


@contextlib.contextmanager
def _failures_as_refusals(host: str) -> Iterator[None]:
    try:
        yield
    except httpx.TimeoutException:
        raise failed(host, "not-answering") from None
    except _FAILURES as error:
        problem = str(error) or type(error).__name__
        raise Refusal(Reason.CALL_FAILED, host=host, problem=problem[:_MESSAGE_CHARS]) from None


def failed(host: str, cause: Cause, **facts: object) -> Refusal:
    """Return the refusal for a host that gave no answer, or one that is none."""
    return Refusal(Reason.CALL_FAILED, host=host, cause=cause, **facts)
