"""Sending notices: rows with leases, retry, back-off, and a state for what nobody can know.

The rows were written in the transactions of the moves; the network is touched only here, outside of every transaction.
A row is marked as handed over before the final dot of its mail. Where a worker dies after that mark, or the server
does not answer, the mail may have arrived: the notice becomes `unknown`, and only a person sends it again.
"""

import datetime as dt
import logging
import random
import time
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction

from approvals.embargo.invitations import forget
from approvals.models import Closing, Notice, NoticeState
from approvals.notices.leasing import Parcel, give_back, lease, lease_seconds, settle_abandoned
from approvals.notices.letters import Letter, write_letter
from approvals.notices.smtp import MailServer, MailServerUnavailable, MailSession, NotTaken, OutcomeUnknown

logger = logging.getLogger(__name__)
FIRST_PAUSE_SECONDS = 30.0
LONGEST_PAUSE_SECONDS = 3600.0
SERVER_PAUSE_SECONDS = 60.0
MOST_ATTEMPTS = 10
MOST_ATTEMPTS_WHEN_REFUSED_FOR_GOOD = 3
# The worker has other things to do: a slow server must not keep a text from being published at its time.
RUN_SECONDS = 10.0


@dataclass
class NoticeReport:
    """What one run did; the lists hold notice ids."""

    sent: list[int] = field(default_factory=list)
    retried: list[int] = field(default_factory=list)
    dead: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)


def deliver_notices(*, now: dt.datetime, limit: int) -> NoticeReport:
    """Send what is due, oldest first: at most `limit` single notices and as many daily mails.

    Without a mail server in the settings nothing is sent and everything waits. A server that is down, slow or hangs up
    stops the run; a notice that fails in a way that nobody foresaw is tried again later and holds up no other.
    """
    report = NoticeReport(unknown=settle_abandoned(now=now))
    server = MailServer.from_settings()
    if server.host:
        with MailSession(server, own_name=settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")) as session:
            Run(session=session, report=report, started_at=now).deliver(lease(now=now, limit=limit))
    return report


@dataclass
class Run:
    """One run over leased parcels."""

    session: MailSession
    report: NoticeReport
    started_at: dt.datetime
    began: float = field(default_factory=time.monotonic)

    def moment(self) -> dt.datetime:
        """The time of this run's clock: it goes on from the moment that was handed in."""
        return self.started_at + dt.timedelta(seconds=time.monotonic() - self.began)

    def deliver(self, waiting: list[Parcel]) -> None:
        """Send one parcel after the other until one stops the run or its time is over; the rest stays due."""
        goes_on = True
        while waiting and goes_on and time.monotonic() - self.began < RUN_SECONDS:
            parcel = waiting.pop(0)
            try:
                goes_on = self._deliver_one(parcel)
            except Exception as failure:
                logger.exception("notice_failed", extra={"notices": parcel.ids})
                self._try_later(parcel, reason=repr(failure), most_attempts=MOST_ATTEMPTS)
        give_back(waiting)
        if not goes_on:
            self._let_the_server_rest()

    def _deliver_one(self, parcel: Parcel) -> bool:
        """Send one mail and write down how it went. Answers whether the run goes on."""
        letter = write_letter(parcel.notices, now=self.moment())
        if isinstance(letter, Closing):
            self._settle(parcel, NoticeState.CLOSED, closing=letter)
            self.report.closed += parcel.ids
            return True
        try:
            self.session.send(
                sender=letter.sender,
                recipient=letter.recipient,
                content=letter.content,
                hand_over=lambda: self._hand_over(parcel, letter),
            )
        except MailServerUnavailable as failure:
            give_back([parcel], last_error=str(failure))
            return False
        except OutcomeUnknown as failure:
            self._settle(parcel, NoticeState.UNKNOWN, last_error=_said(failure, parcel, letter))
            self.report.unknown += parcel.ids
            return False
        except NotTaken as failure:
            most = MOST_ATTEMPTS_WHEN_REFUSED_FOR_GOOD if failure.is_permanent else MOST_ATTEMPTS
            self._take_back(parcel)
            self._try_later(parcel, reason=_said(failure, parcel, letter), most_attempts=most)
            return not failure.is_connection_lost
        self._settle(parcel, NoticeState.SENT, last_error="")
        forget([notice.entry_number for notice in parcel.notices if not notice.recipient_id])
        self.report.sent += parcel.ids
        return True

    def _hand_over(self, parcel: Parcel, letter: Letter) -> bool:
        """Mark the parcel as handed over; no when another worker has it by now, because this one was too slow."""
        with transaction.atomic():
            until = self.moment() + dt.timedelta(seconds=lease_seconds())
            marked = parcel.rows(state=NoticeState.DUE).update(
                handed_over_at=self.moment(), leased_until=until, message_id=letter.message_id
            )
            if marked != len(parcel.ids):
                transaction.set_rollback(True)
        return marked == len(parcel.ids)

    def _take_back(self, parcel: Parcel) -> None:
        """The server certainly has nothing: the mark of handing over is wrong."""
        parcel.rows(state=NoticeState.DUE).update(handed_over_at=None)

    def _settle(self, parcel: Parcel, state: NoticeState, **changes) -> None:
        # Another worker may have called it unknown meanwhile; who asked the server knows better.
        rows = parcel.rows(state__in=(NoticeState.DUE, NoticeState.UNKNOWN))
        rows.update(state=state, settled_at=self.moment(), leased_until=None, **changes)

    def _try_later(self, parcel: Parcel, *, reason: str, most_attempts: int) -> None:
        attempts = max(notice.attempts for notice in parcel.notices) + 1
        rows = parcel.rows(state=NoticeState.DUE, handed_over_at=None)
        changes = {"attempts": attempts, "last_error": reason[:2000], "lease": None, "leased_until": None}
        if attempts >= most_attempts:
            if rows.update(state=NoticeState.DEAD, settled_at=self.moment(), **changes):
                self.report.dead += parcel.ids
            return
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (attempts - 1))
        pause *= random.uniform(0.75, 1.25)  # noqa: S311 spreads retries, protects nothing
        if rows.update(next_attempt_at=self.moment() + dt.timedelta(seconds=pause), **changes):
            self.report.retried += parcel.ids

    def _let_the_server_rest(self) -> None:
        """After a lost connection nothing is tried for a while; no notice loses an attempt by that."""
        until = self.moment() + dt.timedelta(seconds=SERVER_PAUSE_SECONDS)
        Notice.objects.free(now=until).update(next_attempt_at=until)


def _said(failure: Exception, parcel: Parcel, letter: Letter) -> str:
    """What the server answered; without the address of a subscriber, who takes it along when he or she leaves."""
    said = str(failure)
    return said.replace(letter.recipient, "…") if parcel.notices[0].subscriber_id else said
