"""How does the log look? One line an event: colours on a terminal, JSON elsewhere; no bodies, no secrets."""

import logging
import sys
from typing import TextIO

import structlog

#: Libraries that say at INFO or DEBUG what does not belong into our log; aiosmtpd prints whole mails at DEBUG.
_QUIET = {"mail.log": logging.WARNING, "apscheduler": logging.WARNING, "imapclient": logging.WARNING,
          "mailparser": logging.CRITICAL, "alembic": logging.WARNING, "asyncio": logging.WARNING}  # fmt: skip


def configure(style: str = "auto", level: str = "info", stream: TextIO = sys.stderr) -> None:
    """Sets up structlog and, through it, the standard library's logging. `style`: auto | console | json."""
    console = style == "console" or (style == "auto" and stream.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
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
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(stream)
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


def _in_order(
    _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """What and when first; what is None says nothing."""
    head = {key: event.pop(key) for key in ("event", "level", "timestamp") if key in event}
    return head | {key: value for key, value in event.items() if value is not None}
