"""Logs: one JSON object a line, each with the id of the request that it belongs to."""

import re

import structlog

# The address of one text for somebody outside is a key, and nginx hides it in the same way.
_KEY_IN_ADDRESS = re.compile(r"(outside|early|letters)/[^\s\"'<>\\]+", re.IGNORECASE)

_BEFORE = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def without_keys(logger, name: str, line: str) -> str:
    """A line of the log with `/early/-` in the place of an address that opens something."""
    return _KEY_IN_ADDRESS.sub(r"\1/-", line)


def logging_settings(*, level: str) -> dict:
    """Django's LOGGING: everything to standard output as JSON, bound to the request id where there is one."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                    without_keys,
                ],
                "foreign_pre_chain": _BEFORE,
            }
        },
        "handlers": {"standard": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["standard"], "level": level},
        "loggers": {"django.request": {"level": "ERROR"}, "elastic_transport": {"level": "WARNING"}},
    }
