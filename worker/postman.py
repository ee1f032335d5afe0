"""One thread that delivers webhooks beside the process's jobs.

A site may take ten seconds to answer. Were deliveries made by the job itself, a few slow sites
would keep every process of the worker from scoring; so the job only sends the postman out. What it
carries is recorded in the database before and after, so nothing is lost when it dies on the way.
"""

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Lock, Thread

_STOP_WITHIN = timedelta(seconds=3)


class Postman:
    """Goes round once for however many ask while it is out, and once more after that."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._wanted = False
        self._thread: Thread | None = None
        self.stopping = Event()

    def go_out(self, round_: Callable[[], None]) -> None:
        """See that ``round_`` is made from its beginning after now."""
        with self._lock:
            self._wanted = True
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._run, args=(round_,), daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Take nothing more out, and wait a little for what is under way."""
        self.stopping.set()
        self.wait(_STOP_WITHIN)

    def wait(self, within: timedelta) -> None:
        """Return when the postman is back, or the time is over."""
        thread = self._thread
        if thread is not None:
            thread.join(within.total_seconds())

    def _run(self, round_: Callable[[], None]) -> None:
        while self._goes_again():
            round_()

    def _goes_again(self) -> bool:
        with self._lock:
            goes = self._wanted and not self.stopping.is_set()
            self._wanted = False
            if not goes:
                self._thread = None
            return goes
