"""One conversation with the mail server, step by step: whoever sends must know where it broke.

Until the final dot the server has taken nothing, whatever happens; after it only its answer tells.
"""

import re
import select
import smtplib
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

SHUTTING_DOWN = 421
SHORTEST_WAIT_SECONDS = 0.05
# Long enough to hear that the server hung up while the text was on its way.
LISTEN_SECONDS = 0.02


class MailServerUnavailable(Exception):
    """No conversation could be begun; it says nothing about any mail. Try again later."""


class NotTaken(Exception):
    """The server has certainly not taken the mail.

    is_permanent: it said that it never will (5xx). is_connection_lost: the conversation is over.
    """

    def __init__(self, reason: str, *, is_permanent: bool = False, is_connection_lost: bool = False):
        super().__init__(reason)
        self.is_permanent, self.is_connection_lost = is_permanent, is_connection_lost


class OutcomeUnknown(Exception):
    """The server had the whole mail and did not say whether it took it. Never try again unasked."""


@dataclass(frozen=True)
class MailServer:
    """Where mails are handed in. host: empty when there is none. timeout_seconds: for one mail up to its final dot,
    and again for the answer to the dot."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    has_starttls: bool = False
    has_tls: bool = False
    timeout_seconds: float = 10

    @classmethod
    def from_settings(cls) -> "MailServer":
        """The server that the settings name."""
        return cls(
            host=settings.EMAIL_HOST,
            port=settings.EMAIL_PORT,
            user=settings.EMAIL_HOST_USER,
            password=settings.EMAIL_HOST_PASSWORD,
            has_starttls=settings.EMAIL_USE_TLS,
            has_tls=settings.EMAIL_USE_SSL,
            timeout_seconds=settings.NOTICE_TIMEOUT_SECONDS,
        )


class MailSession:
    """One connection for several mails, opened for the first one. Use as a context manager."""

    def __init__(self, server: MailServer, *, own_name: str):
        self._server, self._own_name = server, own_name
        self._smtp: smtplib.SMTP | None = None
        self._until = 0.0

    def __enter__(self) -> "MailSession":
        return self

    def __exit__(self, *error) -> None:
        if self._smtp is not None:
            self._say_goodbye(self._smtp)
        self._hang_up()

    def send(self, *, sender: str, recipient: str, content: bytes, hand_over: Callable[[], bool]) -> None:
        """Hand in one mail. content: with CRLF line ends.

        hand_over: called between the text and its final dot; when it answers no, or raises, the dot is never sent.
        Raises MailServerUnavailable, NotTaken, OutcomeUnknown.
        """
        self._until = time.monotonic() + self._server.timeout_seconds
        smtp = self._smtp = self._smtp or self._connect()
        try:
            self._expect(250, smtp.mail, sender)
            self._expect(25, smtp.rcpt, recipient)
            self._expect(354, smtp.docmd, "data")
        except NotTaken as refusal:
            self._start_over(refusal)
            raise
        self._send_text(smtp, content, hand_over)
        self._send_dot(smtp)

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        how = {"local_hostname": self._own_name, "timeout": server.timeout_seconds}
        # Without a context of its own smtplib would believe any certificate.
        trusted = ssl.create_default_context()
        try:
            if server.has_tls:
                smtp = smtplib.SMTP_SSL(server.host, server.port, context=trusted, **how)
            else:
                smtp = smtplib.SMTP(server.host, server.port, **how)
            try:
                if server.has_starttls:
                    smtp.starttls(context=trusted)
                smtp.ehlo_or_helo_if_needed()
                if server.user:
                    smtp.login(server.user, server.password)
            except BaseException:
                smtp.close()
                raise
        except (OSError, ValueError) as error:  # every error of smtplib is an OSError
            raise MailServerUnavailable(repr(error)) from error
        return smtp

    def _expect(self, code: int, say: Callable, *words: str) -> None:
        """Say something; the answer must begin with the digits of the code."""
        try:
            self._smtp.sock.settimeout(max(SHORTEST_WAIT_SECONDS, self._until - time.monotonic()))
            answered, text = say(*words)
        except OSError as error:
            raise NotTaken(repr(error), is_connection_lost=True) from error
        if not str(answered).startswith(str(code)):
            raise NotTaken(
                _in_words(answered, text),
                is_permanent=500 <= answered < 600,
                is_connection_lost=answered == SHUTTING_DOWN or answered < 0,
            )

    def _start_over(self, refusal: NotTaken) -> None:
        """After a refusal the next mail begins afresh, on this connection or on another."""
        if not refusal.is_connection_lost:
            try:
                self._smtp.rset()
            except OSError:
                refusal.is_connection_lost = True
        if refusal.is_connection_lost:
            self._hang_up()

    def _send_text(self, smtp: smtplib.SMTP, content: bytes, hand_over: Callable[[], bool]) -> None:
        try:
            smtp.sock.settimeout(max(SHORTEST_WAIT_SECONDS, self._until - time.monotonic()))
            smtp.send(_with_double_dots(content))
            may_end = hand_over()
            if may_end and _has_spoken(smtp):
                raise NotTaken("The server hung up before the end of the mail.", is_connection_lost=True)
        except OSError as error:
            self._hang_up()
            raise NotTaken(repr(error), is_connection_lost=True) from error
        except BaseException:
            self._hang_up()
            raise
        if not may_end:
            self._hang_up()
            raise NotTaken("Another worker holds this notice.", is_connection_lost=True)

    def _send_dot(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.sock.settimeout(self._server.timeout_seconds)
            smtp.send(b".\r\n")
            code, text = smtp.getreply()
        except OSError as error:
            self._hang_up()
            raise OutcomeUnknown(repr(error)) from error
        if 200 <= code < 300:
            return
        if not 400 <= code < 600:
            self._hang_up()
            raise OutcomeUnknown(_in_words(code, text))
        is_lost = code == SHUTTING_DOWN
        if is_lost:
            self._hang_up()
        raise NotTaken(_in_words(code, text), is_permanent=code >= 500, is_connection_lost=is_lost)

    def _say_goodbye(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.sock.settimeout(SHORTEST_WAIT_SECONDS)
            smtp.quit()
        except OSError:
            return

    def _hang_up(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _with_double_dots(content: bytes) -> bytes:
    """The text as it travels, its last line ended: a line that begins with a dot begins with two (RFC 5321, 4.5.2)."""
    ended = content if content.endswith(b"\r\n") else content + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended)


def _has_spoken(smtp: smtplib.SMTP) -> bool:
    """Whether the server ended the conversation: it has nothing to say before the final dot.

    With TLS there may be bytes that are no speech, so nothing is concluded.
    """
    if isinstance(smtp.sock, ssl.SSLSocket):
        return False
    readable, _writable, _failed = select.select([smtp.sock], [], [], LISTEN_SECONDS)
    return bool(readable)


def _in_words(code: int, text: bytes) -> str:
    return f"{code} {text.decode('utf-8', 'replace')}"[:500]
