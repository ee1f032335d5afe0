"""Structured logs: who asked, what happened, how long it took; never the text of a comment.

JSON lines in production, coloured lines in development. Whatever is bound to the context (request
id, job) is on every line that follows, the libraries' own lines included.
"""

import logging
import sys
import traceback
from collections.abc import Iterator

import structlog
from sqlalchemy.exc import DBAPIError


def configure(*, as_json: bool, level: int = logging.INFO) -> None:
    """Set up logging for this process; later calls replace earlier ones."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        # A logger kept from before the last call would go on as it was told then.
        cache_logger_on_first_use=False,
    )
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        # Plain tracebacks: the rich ones print local variables, and those hold readers' texts.
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                without_readers_texts,
                *([structlog.processors.format_exc_info] if as_json else []),
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpx2", "httpcore2", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def without_readers_texts(
    _logger: object, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Keep of a database's error only its kind, its state and where it arose.

    PostgreSQL repeats the row that it refused ("Failing row contains …"), and that is a comment.
    """
    error = _error_of(event.get("exc_info"))
    refused = [each for each in _chain(error) if isinstance(each, DBAPIError)]
    if error is None or not refused:
        return event
    kind = type(refused[0].orig or refused[0]).__name__
    state = getattr(refused[0].orig, "sqlstate", None)
    frames = "".join(traceback.format_tb(error.__traceback__))
    del event["exc_info"]
    event["exception"] = f"{frames}{kind} (sqlstate {state})"
    if not isinstance(event.get("event"), str) or str(error) in event["event"]:
        # Celery writes the error's own words into its message.
        event["event"] = "unexpected_error"
    return event


def _error_of(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return next((each for each in exc_info if isinstance(each, BaseException)), None)
    return sys.exc_info()[1] if exc_info else None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
