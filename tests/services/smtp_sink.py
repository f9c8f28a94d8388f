"""A real SMTP server on loopback that keeps what it is given, and makes the faults of a bad day when told to."""

import asyncio
import socket
import struct
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

DROPS = ("after_connecting", "at_recipient", "at_data", "in_the_text", "after_the_dot", "after_the_dot_untaken")


@dataclass(frozen=True)
class Fault:
    """How the sink behaves. The default takes every mail.

    answers: to a verb (MAIL, RCPT, DATA, or "." for the final dot) this line instead of the usual one.
    delays: seconds to wait before the answer to a verb. drop: the moment at which the connection is reset.
    refused: to these recipients this line.
    """

    answers: dict[str, str] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    drop: str = ""


@dataclass(frozen=True)
class Mail:
    """One mail that was taken."""

    recipient: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The body, decoded."""
        return self.message.get_content()


class SmtpSink:
    """One server on a free loopback port. Use as a context manager.

    `taken` lists the mails in order of arrival; `dots` counts the final dots that came, taken or not; `said` counts
    the verbs.
    """

    def __init__(self):
        self.taken: list[Mail] = []
        self.dots = 0
        self.said: Counter[str] = Counter()
        self.fault = Fault()
        self._controller: Controller | None = None
        self.port = 0

    def __enter__(self) -> "SmtpSink":
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.start()
        return self

    def __exit__(self, *error) -> None:
        self.stop()

    def start(self) -> None:
        """Listen, at the same port as before."""
        self._controller = _Controller(self)
        self._controller.start()

    def stop(self) -> None:
        """Refuse connections, like a server that was stopped."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def work(self) -> None:
        """Take every mail, as at the start."""
        self.fault = Fault()

    def answer(self, **answers: str) -> None:
        """Answer these verbs so; `DOT` stands for the final dot."""
        self.fault = Fault(answers={"." if verb == "DOT" else verb: line for verb, line in answers.items()})

    def delay(self, **delays: float) -> None:
        """Wait so many seconds before the answers to these verbs; `DOT` stands for the final dot, and the mail is kept
        before the wait."""
        self.fault = Fault(delays={"." if verb == "DOT" else verb: seconds for verb, seconds in delays.items()})

    def refuse_recipient(self, address: str, line: str) -> None:
        """Answer so when a mail is for this address."""
        self.fault = Fault(refused={address: line})

    def drop(self, moment: str) -> None:
        """Reset the connection at this moment: one of DROPS. `after_the_dot` keeps the mail all the same."""
        assert moment in DROPS
        self.fault = Fault(drop=moment)

    def recipients(self) -> list[str]:
        """To whom the mails went, in order of arrival."""
        return [mail.recipient for mail in self.taken]

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address, options) -> str:
        """The hook of aiosmtpd for the sender."""
        return await self._said("MAIL") or self._keep(envelope, sender=address)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address, options) -> str:
        """The hook of aiosmtpd for the recipient."""
        if self.fault.drop == "at_recipient":
            _reset(server)
        line = await self._said("RCPT") or self.fault.refused.get(address)
        return line or self._keep(envelope, recipient=address)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The hook of aiosmtpd for a whole mail, its final dot included."""
        self.dots += 1
        fault = self.fault
        if "." not in fault.answers and fault.drop != "after_the_dot_untaken":
            message = message_from_bytes(envelope.content, policy=default)
            self.taken += [Mail(recipient=address, message=message) for address in envelope.rcpt_tos]
        line = await self._said(".")
        if fault.drop.startswith("after_the_dot"):
            _reset(server)
        return line or "250 OK"

    def _keep(self, envelope: Envelope, *, sender: str = "", recipient: str = "") -> str:
        if sender:
            envelope.mail_from = sender
        if recipient:
            envelope.rcpt_tos.append(recipient)
        return "250 OK"

    async def _said(self, verb: str) -> str:
        """Wait as told; the line to answer instead of the usual one, if any."""
        self.said[verb] += 1
        await asyncio.sleep(self.fault.delays.get(verb, 0))
        return self.fault.answers.get(verb, "")

    async def before_the_text(self, server: SMTP) -> bool:
        """At DATA: whether the sink dealt with it itself."""
        if self.fault.drop == "at_data":
            _reset(server)
            return True
        if self.fault.drop == "in_the_text":
            await server.push("354 End data with <CR><LF>.<CR><LF>")
            _reset(server)
            return True
        line = await self._said("DATA")
        if line:
            await server.push(line)
        return bool(line)


class _Server(SMTP):
    def __init__(self, sink: SmtpSink):
        self._sink = sink
        super().__init__(sink, hostname="sink.example")

    def connection_made(self, transport) -> None:
        super().connection_made(transport)
        if self._sink.fault.drop == "after_connecting":
            _reset(self)

    async def smtp_DATA(self, arg: str) -> None:
        if not await self._sink.before_the_text(self):
            await super().smtp_DATA(arg)


class _Controller(Controller):
    def __init__(self, sink: SmtpSink):
        self._sink = sink
        super().__init__(sink, hostname="127.0.0.1", port=sink.port)

    def factory(self) -> SMTP:
        return _Server(self._sink)

    def _trigger_server(self) -> None:
        """Ask for nothing at the start: a sink that drops connections would seem not to have started."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._sink.port), timeout=5) as probe:
            probe.recv(1)


def _reset(server: SMTP) -> None:
    """Close with RST, as a server does that dies in the middle."""
    connection = server.transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    server.transport.abort()
