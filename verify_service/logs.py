"""Logs are JSON lines with an allow-list of fields (threat T18): what is not on the list is not written.

Libraries log whatever they like. Of theirs only warnings are written, without the values in them; of errors the class and
the place are kept, not the text, which may hold a row.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog

ALLOWED = frozenset(
    {
        "at", "level", "logger", "event", "request_id", "method", "route", "status", "milliseconds", "error", "where",
        "process", "process_id", "exit_code", "job", "task", "jobs", "worker", "workers", "queue", "attempt",
        "verification", "case", "confirmation", "reference", "environment", "address", "seconds", "count", "bytes",
        "cause", "version", "key_id",
    }
)  # fmt: skip
# A row of digits as long as an ID number, and anything that looks like a token of ours.
SECRETS = re.compile(r"\d{13,}[Xx]?|\bvs_\w{6,}[\w-]*|\beyJ[\w-]{10,}[\w.-]*")
OURS = "verify_service"
PLACES_MAX = 12

Event = MutableMapping[str, Any]


def configure(level: str, stream: TextIO | None = None) -> None:
    """Send every log of this process, ours and the libraries', through the allow-list to `stream` (default: stderr)."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        without_values,
        reduce_error,
        keep_allowed,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(level)


def catch_unhandled() -> None:
    """Log what ends this process or one of its threads like any other error, instead of printing it with its text."""
    log = structlog.get_logger("verify_service")

    def unhandled(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        log.critical("process.failed", exc_info=error.with_traceback(trace))

    def unhandled_in_thread(found: threading.ExceptHookArgs) -> None:
        if found.exc_value is not None:
            log.critical("thread.failed", exc_info=found.exc_value)

    sys.excepthook = unhandled
    threading.excepthook = unhandled_in_thread


def without_values(_: Any, __: str, event: Event) -> Event:
    """Of a library's message keep the pattern, not what it was filled with."""
    record = event.get("_record")
    if isinstance(record, logging.LogRecord) and not record.name.startswith(OURS):
        event["event"] = str(record.msg)
    return event


def reduce_error(_: Any, __: str, event: Event) -> Event:
    """Of an error keep its class and the places it came through."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"] = type(error).__qualname__
        event["where"] = places_of(error)
    return event


def places_of(error: BaseException) -> list[str]:
    """File, line and function of each frame, the innermost last, without source lines or values."""
    frames = traceback.extract_tb(error.__traceback__)[-PLACES_MAX:]
    return [f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno} {frame.name}" for frame in frames]


def keep_allowed(_: Any, __: str, event: Event) -> Event:
    """Drop fields that are not on the list, and hide what looks like an ID number or a token in those that are."""
    # "_record" and "_from_structlog" are structlog's own, and are taken out before anything is written.
    return {key: _hidden(value) for key, value in event.items() if key in ALLOWED or key.startswith("_")}


def _hidden(value: Any) -> Any:
    if isinstance(value, str):
        return SECRETS.sub("…", value)
    if isinstance(value, list | tuple):
        return [_hidden(each) for each in value]
    return value
