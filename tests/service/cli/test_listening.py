import socket

import pytest

from service.cli.listening import AddressUnusable, PortTaken, address_of, listen, listen_nearby

HERE = "127.0.0.1"


def test_a_taken_port_gives_way_to_the_next_free_one() -> None:
    with socket.create_server((HERE, 0)) as taken:
        port = taken.getsockname()[1]
        with listen_nearby(HERE, port) as listening:
            assert port < listening.getsockname()[1] <= port + 100


def test_a_taken_port_is_refused_where_it_was_asked_for() -> None:
    with socket.create_server((HERE, 0)) as taken, pytest.raises(PortTaken):
        listen(HERE, taken.getsockname()[1])


def test_a_free_port_is_used_again_at_once() -> None:
    with listen(HERE, 0) as first:
        port = first.getsockname()[1]
        socket.create_connection((HERE, port)).close()
        first.accept()[0].close()
    listen(HERE, port).close()


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(AddressUnusable, match="Cannot listen at 192"):
        listen("192.0.2.1", 0)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])  # noqa: S104
def test_the_address_can_be_typed_into_a_browser(host: str) -> None:
    with listen(host, 0) as listening:
        address = address_of(listening)
        port = listening.getsockname()[1]
    assert address in {f"http://127.0.0.1:{port}", f"http://[::1]:{port}"}
