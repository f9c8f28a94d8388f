"""What a notice says of a move, with the title and without. Asked in the language of the person who gets it."""

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.models import AlertKind, DeadlineAlert, EntryKind, LedgerEntry, ScheduleAlarm


def sentence(entry: LedgerEntry, *, title: str) -> str:
    """One sentence about the move; without a title one that names no document."""
    say = SENTENCES.get(EntryKind(entry.kind))
    if say is None:
        words = {"title": title, "what": entry.get_kind_display()}
        return _("“%(title)s”: %(what)s") % words if title else _("A document: %(what)s") % words
    named, unnamed = say()
    return named % {"title": title} if title else unnamed


def alarm_sentence(alarm: ScheduleAlarm) -> str:
    """One sentence about what is due and not ready; it names no document."""
    at = timezone.localtime(alarm.due_at)
    return _("A document is due at %(time)s on %(day)s and is not ready yet") % {
        "time": at.strftime("%H:%M"),
        "day": at.strftime("%d.%m.%Y"),
    }


def deadline_sentence(alert: DeadlineAlert, *, title: str) -> str:
    """One sentence about a step that is due soon or overdue; without a title it names no document."""
    at = timezone.localtime(alert.deadline.due_at)
    words = {"title": title, "time": at.strftime("%H:%M"), "day": at.strftime("%d.%m.%Y")}
    if alert.kind == AlertKind.ESCALATION:
        named = _("“%(title)s” was to be decided by %(time)s on %(day)s and is overdue")
        unnamed = _("A document was to be decided by %(time)s on %(day)s and is overdue")
    else:
        named = _("“%(title)s” has to be decided by %(time)s on %(day)s")
        unnamed = _("A document has to be decided by %(time)s on %(day)s")
    return (named if title else unnamed) % words


def _turn() -> tuple[str, str]:
    return _("“%(title)s” waits for your decision"), _("A document waits for your decision")


def _returned() -> tuple[str, str]:
    return _("“%(title)s” was returned for changes"), _("A document was returned for changes")


def _recalled() -> tuple[str, str]:
    return _("“%(title)s” was recalled from clearance"), _("A document was recalled from clearance")


def _cleared() -> tuple[str, str]:
    return _("“%(title)s” is cleared"), _("A document is cleared")


def _published() -> tuple[str, str]:
    return _("“%(title)s” is published"), _("A document is published")


def _stopped() -> tuple[str, str]:
    return _("The publication of “%(title)s” was stopped"), _("The publication of a document was stopped")


def _cleared_urgently() -> tuple[str, str]:
    return (
        _("“%(title)s” was cleared urgently and must be confirmed"),
        _("A document was cleared urgently and must be confirmed"),
    )


def _confirmed() -> tuple[str, str]:
    return _("The urgent publication of “%(title)s” is confirmed"), _("An urgent publication is confirmed")


def _objected() -> tuple[str, str]:
    return (
        _("There is an objection to the urgent publication of “%(title)s”"),
        _("There is an objection to an urgent publication"),
    )


def _escalated() -> tuple[str, str]:
    return (
        _("The confirmation of “%(title)s” is overdue"),
        _("The confirmation of an urgent publication is overdue"),
    )


def _embargo_broken() -> tuple[str, str]:
    """The entry names no document, so neither does the mail."""
    words = _("An embargo was broken")
    return words, words


def _withdrawal_waits() -> tuple[str, str]:
    return (
        _("The withdrawal of “%(title)s” waits for your decision"),
        _("The withdrawal of a document waits for your decision"),
    )


def _withdrawal_refused() -> tuple[str, str]:
    return _("The withdrawal of “%(title)s” was refused"), _("The withdrawal of a document was refused")


def _withdrawn() -> tuple[str, str]:
    return _("“%(title)s” was withdrawn"), _("A document was withdrawn")


def _closed_at_once() -> tuple[str, str]:
    return (
        _("“%(title)s” was closed at once and must be confirmed"),
        _("A document was closed at once and must be confirmed"),
    )


def _closing_overdue() -> tuple[str, str]:
    return (
        _("“%(title)s” was closed at once, and the confirmation is overdue"),
        _("A document was closed at once, and the confirmation is overdue"),
    )


SENTENCES: dict[EntryKind, Callable[[], tuple[str, str]]] = {
    EntryKind.SUBMITTED: _turn,
    EntryKind.APPROVED: _turn,
    EntryKind.RETURNED: _returned,
    EntryKind.RECALLED: _recalled,
    EntryKind.CLEARED: _cleared,
    EntryKind.PUBLISHED: _published,
    EntryKind.STOPPED: _stopped,
    EntryKind.CLEARED_URGENTLY: _cleared_urgently,
    EntryKind.CONFIRMED: _confirmed,
    EntryKind.OBJECTED: _objected,
    EntryKind.ESCALATED: _escalated,
    EntryKind.EMBARGO_BROKEN: _embargo_broken,
    EntryKind.WITHDRAWAL_PROPOSED: _withdrawal_waits,
    EntryKind.WITHDRAWAL_APPROVED: _withdrawal_waits,
    EntryKind.WITHDRAWAL_REFUSED: _withdrawal_refused,
    EntryKind.WITHDRAWN: _withdrawn,
    EntryKind.CLOSED_AT_ONCE: _closed_at_once,
    EntryKind.CLOSING_OVERDUE: _closing_overdue,
}
