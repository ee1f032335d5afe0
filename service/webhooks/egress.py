"""The way out to the sites' addresses, which must not become a way in to ours.

A site chooses where we send, so a name that resolves to a private, loopback or link-local address
is refused. The check and the connection use the same resolution: a name that answers with another
address the second time is never asked a second time.
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

import httpx2

_NAT64: Final = ip_network("64:ff9b::/96")
Address = IPv4Address | IPv6Address


class AddressRefused(httpx2.ConnectError):
    """The target is not a public address."""


class AddressUnknown(httpx2.ConnectError):
    """The target's name is not known."""


class PinnedTransport(httpx2.AsyncBaseTransport):
    """Resolves once, refuses what is not public, and connects to exactly that address."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        # No connection is kept: it would be found again by its address, for another name.
        self._inner = httpx2.AsyncHTTPTransport(
            trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0)
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send to the checked address, under the name's own Host header and certificate."""
        name = request.url.host
        address = await self._checked(name, request)
        pinned = httpx2.Request(
            request.method,
            request.url.copy_with(host=str(address)),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": name},
        )
        return await self._inner.handle_async_request(pinned)

    async def _checked(self, name: str, request: httpx2.Request) -> Address:
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                name, port, type=socket.SOCK_STREAM
            )
        except (OSError, UnicodeError) as error:
            raise AddressUnknown("the name is not known", request=request) from error
        addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
        # One private address among public ones is a trick, not a choice.
        if not self._allow_private and not all(is_public(each) for each in addresses):
            raise AddressRefused("not a public address", request=request)
        return addresses[0]

    async def aclose(self) -> None:
        await self._inner.aclose()


def is_public(address: Address) -> bool:
    """Say whether anybody on the internet may be behind ``address``, and nobody inside."""
    if isinstance(address, IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 one leads to by translation."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
