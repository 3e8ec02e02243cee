"""Logs: one JSON object a line, made by structlog, with a filter that never lets a request's data through."""

from typing import Any

import structlog

from nhi_express.core.config import config

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def _without_request(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Drop what Django attaches to its records: requests hold cookies and forms, tracebacks hold local values."""
    # Another handler may have written the finished words (`message`) into the record that all share.
    for name in ("request", "server_time", "exc_info", "stack_info", "message"):
        value = event.pop(name, None)
        if name == "exc_info" and isinstance(value, tuple) and value[0] is not None:
            event["exception"] = value[0].__name__
    event.pop("_record", None)
    return event


def _without_values(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Of what Django's guards refuse keep the kind alone: their words quote hosts, paths and referrers as sent."""
    name = event["_record"].name
    if name.startswith("django.security."):
        event["event"] = name.removeprefix("django.")
    return event


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": [_without_values, *_SHARED, structlog.stdlib.ExtraAdder()],
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_request,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=lambda value: type(value).__name__),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": config().log_level},
    # Django words its refusals with the path asked for; a path may hold what somebody typed.
    "loggers": {
        "django.request": {"level": "CRITICAL"},
        # At lower levels they tell addresses and headers.
        **{name: {"level": "WARNING"} for name in ("httpx2", "httpcore2", "fido2", "oauthlib", "oauth2_provider")},
        # At lower levels they tell of every single turn of the queue.
        **{name: {"level": "WARNING"} for name in ("django_tasks", "django_tasks_db")},
    },
}

structlog.configure(
    processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)


def log(room: str) -> structlog.stdlib.BoundLogger:
    """The logger of a room. Say what happened with codes and opaque identifiers, never with personal data."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(f"nhi_express.{room}")
    return logger
