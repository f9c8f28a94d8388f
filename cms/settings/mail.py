"""The mail server, from one address."""

from typing import TypedDict
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class MailServer(TypedDict):
    """Where mails are handed in, under the names of Django's settings."""

    EMAIL_HOST: str
    EMAIL_PORT: int
    EMAIL_HOST_USER: str
    EMAIL_HOST_PASSWORD: str
    EMAIL_USE_TLS: bool
    EMAIL_USE_SSL: bool


def mail_server(url: str) -> MailServer:
    """The server behind smtp://, smtp+starttls:// or smtps://user:password@host:port; no host for an empty address.

    Raises ValueError: it is no such address.
    """
    parts = urlsplit(url)
    if url and (parts.scheme not in PORTS or not parts.hostname or parts.path not in ("", "/")):
        raise ValueError("must be smtp://…, smtp+starttls://… or smtps://…")
    return MailServer(
        EMAIL_HOST=parts.hostname or "",
        EMAIL_PORT=parts.port or PORTS.get(parts.scheme, 25),
        EMAIL_HOST_USER=unquote(parts.username or ""),
        EMAIL_HOST_PASSWORD=unquote(parts.password or ""),
        EMAIL_USE_TLS=parts.scheme == "smtp+starttls",
        EMAIL_USE_SSL=parts.scheme == "smtps",
    )
