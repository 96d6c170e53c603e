"""How does the log look? One line an event: colours on a terminal, JSON elsewhere; no bodies, no secrets."""

import logging
import sys
from functools import partial
from typing import TextIO

import structlog

#: Libraries that say at INFO or DEBUG what does not belong into our log; aiosmtpd prints whole mails at DEBUG.
_QUIET = {"mail.log": logging.WARNING, "apscheduler": logging.WARNING, "imapclient": logging.WARNING,
          "mailparser": logging.CRITICAL, "alembic": logging.WARNING,
          "google": logging.WARNING, "msal": logging.CRITICAL, "urllib3": logging.WARNING, "asyncio": logging.WARNING,
          "uvicorn": logging.WARNING}  # fmt: skip


def configure(style: str = "auto", level: str = "info", stream: TextIO = sys.stderr, *, process: str = "") -> None:
    """Sets up structlog and, through it, the standard library's logging. `style`: auto | console | json.

    `process` stands in every line of a process that is not the daemon.
    """
    console = style == "console" or (style == "auto" and stream.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        *([partial(_of_process, process)] if process else []),
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    # tracebacks without local variables: those may hold passwords and mail
    plain = structlog.dev.plain_traceback
    ending: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain)]
        if console
        else [
            structlog.processors.format_exc_info,
            _in_order,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ]
    )
    number = getattr(logging, level.upper())
    handler = logging.StreamHandler(stream)
    lines = _Lines(handler)
    structlog.configure(
        processors=[*shared, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: lines,
    )
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(least, number))


class _Lines:
    """Writes our own events to where the handler writes those of libraries: a mail's line is worth no detour."""

    def __init__(self, handler: "logging.StreamHandler[TextIO]") -> None:
        self._handler = handler

    def info(self, line: str) -> None:
        """One line, whole. Never raises: no mail may fail because the log is full or gone."""
        handler = self._handler
        handler.acquire()
        try:
            handler.stream.write(line + handler.terminator)
            handler.flush()
        except (OSError, ValueError):
            pass  # who could be told, and where?
        finally:
            handler.release()

    debug = warning = error = critical = info


def _of_process(
    process: str, _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    event["process"] = process
    return event


def _in_order(
    _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """What and when first; what is None says nothing."""
    head = {key: event.pop(key) for key in ("event", "level", "timestamp") if key in event}
    return head | {key: value for key, value in event.items() if value is not None}
