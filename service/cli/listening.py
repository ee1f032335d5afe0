"""The socket that web processes share: bound once, so that a restart of one drops no reader."""

import errno
import socket
from typing import Final

from service.errors import Conflict, Unavailable

_BACKLOG: Final = 2048
_PORTS_TRIED: Final = 100


class PortTaken(Conflict):
    code = "port_taken"


class AddressUnusable(Unavailable):
    code = "address_unusable"


def listen(host: str, port: int, *, variable: str = "PARLEY_WEB__PORT") -> socket.socket:
    """Return a listening socket; port 0 is any free one. ``variable`` is what sets the port.

    Raises:
        PortTaken: another program listens there.
        AddressUnusable: the address is not this machine's, or not for us.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise AddressUnusable(f"The address {host!r} is not known: {error.strerror}.") from error
    listening = socket.socket(family, kind, protocol)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"Port {port} is taken by another program: end it, or set {variable}."
            ) from error
        raise AddressUnusable(f"Cannot listen at {host}, port {port}: {error.strerror}.") from error
    return listening


def listen_nearby(host: str, port: int) -> socket.socket:
    """Return a listening socket at ``port`` or at the next free one.

    Raises:
        PortTaken: none of the next hundred is free.
        AddressUnusable: the address is not this machine's, or not for us.
    """
    for candidate in range(port, min(port + _PORTS_TRIED, 65536)):
        try:
            return listen(host, candidate)
        except PortTaken:
            continue
    raise PortTaken(f"Port {port} and those after it are taken: set PARLEY_WEB__PORT.")


def address_of(listening: socket.socket) -> str:
    """Return the address to type into a browser on this machine."""
    host, port = listening.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - told apart, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
