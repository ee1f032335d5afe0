"""The web application on a real port, in a thread of the test: for clients that insist on one."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from fastapi import FastAPI

_STARTS_WITHIN = 60.0


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Yield the address of the running application: ``http://127.0.0.1:<port>``."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            # A page that listens would keep the server from ending.
            timeout_graceful_shutdown=1,
        )
    )
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + _STARTS_WITHIN
    while not server.started:
        if time.monotonic() > deadline or not thread.is_alive():
            raise AssertionError("the application did not start")
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(_STARTS_WITHIN)
        listening.close()
