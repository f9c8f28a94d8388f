"""One move, one mail, to the right people, in their language; and never a word about what is not to be spoken of."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from wagtail.users.models import UserProfile

from approvals import decisions, ledger
from approvals.models import EntryKind, LedgerEntry, Notice, NoticePreference
from approvals.notices.delivery import deliver_notices
from approvals.notices.preferences import wish
from approvals.scheduling import publish_due
from site_pages.models import DocumentPage
from tests.newsroom import Newsroom, approve, fresh, open_newsroom, publish, release, send_back, submit
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.django_db
TITLE, REMARK = "Өкмөттүн жыйыны өттү", "Экинчи абзацты тактаңыз."
SECRETS = (TITLE, "Жыйындын кыскача мазмуну", "кезектеги жыйыны", "Биринчи абзац", "жыйын", REMARK)


@pytest.fixture
def room() -> Newsroom:
    people = open_newsroom()
    for person in vars(people).values():
        person.email = address(person)
        type(person).objects.filter(pk=person.pk).update(email=person.email)
    return people


def address(person) -> str:
    return f"{person.username}@office.example"


def told(entry: LedgerEntry) -> set[str]:
    """The names of those to whom the entry is told."""
    return set(Notice.objects.filter(entry_number=entry.number).values_list("recipient_name", flat=True))


def last(kind: EntryKind) -> LedgerEntry:
    return LedgerEntry.objects.filter(kind=kind).order_by("number").last()


def deliver(*, after: dt.timedelta = dt.timedelta()):
    return deliver_notices(now=timezone.now() + after, limit=50)


def said(language: str, message: str, **words) -> str:
    """What the catalogue says for it in the language."""
    with translation.override(language):
        return translation.gettext(message) % words


# --- To whom


def test_each_move_is_told_to_those_whom_it_concerns_and_not_to_who_made_it(room):
    page = release(room.author, title=TITLE)

    publish(page, room)

    approvals = LedgerEntry.objects.filter(kind=EntryKind.APPROVED).order_by("number")
    assert told(last(EntryKind.SUBMITTED)) == {"head", "deputy-head"}
    assert told(approvals[0]) == {"leader", "second-leader"}
    assert told(approvals[1]) == set()
    assert told(last(EntryKind.CLEARED)) == set()
    assert told(last(EntryKind.PUBLISHED)) == {"author"}


def test_who_contributed_is_not_asked_to_decide_and_hears_of_the_return(room):
    page = release(room.head, title=TITLE)
    submit(page, by=room.author)

    returned = send_back(page, by=room.deputy_head)

    assert told(last(EntryKind.SUBMITTED)) == {"deputy-head"}
    assert told(returned) == {"author", "head"}


def test_a_recall_is_told_to_those_who_were_asked_and_to_who_had_approved(room):
    page = release(room.author, title=TITLE)
    submit(page, by=room.author)
    approve(page, by=room.head)

    fresh(page).current_workflow_state.cancel(user=room.author)

    assert told(last(EntryKind.RECALLED)) == {"head", "leader", "second-leader"}


def test_a_stop_is_told_to_the_authors_and_to_who_had_approved(room):
    page = release(room.author, title=TITLE, go_live_at=timezone.now() + dt.timedelta(days=1))
    publish(page, room)

    stopped = decisions.stop_scheduled(
        page_id=page.pk, actor_id=room.second_leader.pk, remark="Күтөбүз.", now=timezone.now()
    )

    assert told(stopped) == {"author", "head", "leader"}


def test_nobody_inactive_and_no_program_is_asked(room):
    type(room.deputy_head).objects.filter(pk=room.deputy_head.pk).update(is_active=False)
    type(room.author).objects.filter(pk=room.author.pk).update(is_agent=True)
    page = release(room.author, title=TITLE)

    submit(page, by=room.colleague)
    returned = send_back(page, by=room.head)

    assert told(last(EntryKind.SUBMITTED)) == {"head"}
    assert told(returned) == {"colleague"}


def test_what_is_no_move_is_told_to_nobody(room):
    before = Notice.objects.count()

    with transaction.atomic():
        ledger.append(kind=EntryKind.OFFICE_GIVEN, now=timezone.now())

    assert Notice.objects.count() == before == 0


def test_a_move_that_is_undone_leaves_no_notice(room):
    page = release(room.author, title=TITLE)

    with pytest.raises(RuntimeError), transaction.atomic():
        submit(page, by=room.author)
        assert Notice.objects.count() == 2
        raise RuntimeError

    assert (Notice.objects.count(), LedgerEntry.objects.filter(page_id=page.pk).count()) == (0, 0)


def test_a_person_has_one_notice_of_a_move(room):
    submit(release(room.author, title=TITLE), by=room.author)
    notice = Notice.objects.first()
    notice.pk = None

    with pytest.raises(IntegrityError, match=r"one_notice_per_move_and_person|entry_number"), transaction.atomic():
        notice.save(force_insert=True)

    assert Notice.objects.count() == 2


# --- What it says


@pytest.mark.parametrize(
    ("chosen", "language", "label"),
    [("ky", "ky", "Эскертүү"), ("ru", "ru", "Замечание"), ("en", "en", "Remark"), ("", "ky", "Эскертүү")],
)
def test_a_mail_speaks_the_language_of_its_reader_and_brings_the_remark(room, sink, settings, chosen, language, label):
    page = release(room.author, title=TITLE)
    submit(page, by=room.author)
    deliver()
    sink.taken.clear()
    UserProfile.objects.update_or_create(user=room.author, defaults={"preferred_language": chosen})

    send_back(page, by=room.head)
    deliver()

    (letter,) = sink.taken
    assert letter.recipient == "author@office.example"
    assert letter.subject == said(language, "“%(title)s” was returned for changes", title=TITLE)
    assert f"{label}: {REMARK}" in letter.text
    assert f"{settings.WAGTAILADMIN_BASE_URL}/admin/approvals/{page.pk}/" in letter.text
    assert letter.message["Auto-Submitted"] == "auto-generated"


@pytest.fixture
def all_limited(monkeypatch):
    monkeypatch.setattr(DocumentPage, "is_access_limited", property(lambda page: True), raising=False)


def everything_sent(sink: SmtpSink) -> str:
    return "\n".join(f"{letter.subject}\n{letter.text}\n{letter.message.as_string()}" for letter in sink.taken)


def test_a_limited_document_is_never_named(room, sink, all_limited):
    page = release(room.author, title=TITLE)
    submit(page, by=room.author)
    send_back(page, by=room.head)
    publish(page, room)

    report = deliver()

    assert sink.recipients().count("author@office.example") == 2
    assert len(report.sent) == len(sink.taken) == 8
    assert not any(secret in everything_sent(sink) for secret in SECRETS)


def test_a_document_that_waits_for_its_time_is_never_named_until_it_is_public(room, sink):
    due = timezone.now() + dt.timedelta(hours=2)
    page = release(room.author, title=TITLE, go_live_at=due)
    submit(page, by=room.author)
    send_back(page, by=room.head)
    publish(page, room)

    deliver()

    assert len(sink.taken) == 8
    assert not any(secret in everything_sent(sink) for secret in SECRETS)
    assert last(EntryKind.CLEARED) and not last(EntryKind.PUBLISHED)


def test_the_embargo_ends_with_the_publication_and_not_with_the_clock(room, sink):
    due = timezone.now() + dt.timedelta(hours=1)
    publish(release(room.author, title=TITLE, go_live_at=due), room)
    deliver(after=dt.timedelta(hours=2))
    before = everything_sent(sink)
    sink.taken.clear()

    with time_machine.travel(due + dt.timedelta(minutes=1)):
        publish_due(now=timezone.now())
        deliver()

    assert TITLE not in before
    assert [letter.subject for letter in sink.taken] == [said("ky", "“%(title)s” is published", title=TITLE)]


def test_an_embargo_that_was_set_after_the_move_counts_too(room, sink):
    page = release(room.author, title=TITLE)
    submit(page, by=room.author)
    send_back(page, by=room.head)
    draft = fresh(page).get_latest_revision_as_object()
    draft.go_live_at = timezone.now() + dt.timedelta(days=1)
    draft.save_revision(user=room.author)

    deliver()

    assert len(sink.taken) == 3
    assert not any(secret in everything_sent(sink) for secret in SECRETS)


def test_a_title_cannot_write_a_header(room, sink):
    page = release(room.author, title="Бир\r\nBcc: thief@example.org\r\n\r\nЭки " + "я" * 200)
    submit(page, by=room.author)

    deliver()

    assert sink.recipients() == ["head@office.example", "deputy-head@office.example"]
    assert {letter.message["Bcc"] for letter in sink.taken} == {None}
    assert all("Бир Bcc: thief@example.org Эки" in letter.subject for letter in sink.taken)


@pytest.mark.parametrize(
    "title", ["Жогорку Кеңештин төрагасы менен жолугушуу", "Суу, жер жана “жашыл” энергия: 2026 — 2030"]
)
def test_a_long_subject_keeps_its_spaces(room, sink, title):
    page = release(room.author, title=title)
    submit(page, by=room.author)

    deliver()

    subject = said("ky", "“%(title)s” waits for your decision", title=title)
    assert [letter.subject for letter in sink.taken] == [subject, subject]


# --- Wishes


def test_a_daily_mail_brings_everything_at_its_hour_and_once(room, sink):
    wish(NoticePreference(user=room.author, mode="digest", digest_hour=8), now=timezone.now())
    page = release(room.author, title=TITLE)
    submit(page, by=room.colleague)
    send_back(page, by=room.head)
    publish(page, room)
    waits = Notice.objects.filter(recipient_id=room.author.pk)
    at = waits.first().next_attempt_at

    deliver()
    before = sink.recipients().count("author@office.example")
    sink.taken.clear()
    deliver_notices(now=at, limit=50)
    deliver_notices(now=at + dt.timedelta(hours=1), limit=50)

    assert (before, sink.recipients()) == (0, ["author@office.example"])
    assert at.astimezone(timezone.get_default_timezone()).hour == 8
    assert sink.taken[0].subject == said("ky", "Notices of the day: %(count)s", count=2)
    assert sink.taken[0].text.count(TITLE) == 2
    assert set(waits.values_list("state", flat=True)) == {"sent"}


@pytest.mark.parametrize(("mode", "count", "state"), [("each", 1, "sent"), ("none", 0, "closed")])
def test_what_waits_follows_a_new_wish(room, sink, mode, count, state):
    wish(NoticePreference(user=room.author, mode="digest", digest_hour=8), now=timezone.now())
    page = release(room.author, title=TITLE)
    submit(page, by=room.author)
    entry = send_back(page, by=room.head)

    wish(NoticePreference(user=room.author, mode=mode, digest_hour=8), now=timezone.now())
    deliver()

    assert sink.recipients().count("author@office.example") == count
    assert Notice.objects.get(entry_number=entry.number).state == state


# --- Who gets none


@pytest.mark.parametrize(
    ("change", "closing"),
    [
        ({"email": ""}, "no_address"),
        ({"email": "not an address"}, "no_address"),
        ({"email": "башчы@office.example"}, "no_address"),
        ({"is_active": False}, "not_active"),
    ],
)
def test_who_cannot_be_reached_is_closed_with_the_reason(room, sink, change, closing):
    submit(release(room.author, title=TITLE), by=room.author)
    type(room.head).objects.filter(pk=room.head.pk).update(**change)

    report = deliver()

    closed = Notice.objects.get(recipient_id=room.head.pk)
    assert (closed.state, closed.closing, report.closed) == ("closed", closing, [closed.pk])
    assert sink.recipients() == ["deputy-head@office.example"]


def test_a_kyrgyz_domain_travels_in_its_ascii_form(room, sink):
    submit(release(room.author, title=TITLE), by=room.author)
    type(room.head).objects.filter(pk=room.head.pk).update(email="head@кеңсе.kg")

    deliver()

    assert sink.recipients() == [f"head@{'кеңсе'.encode('idna').decode()}.kg", "deputy-head@office.example"]


def test_wagtails_own_mails_stay_at_home(room, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    page = release(room.author, title=TITLE)

    submit(page, by=room.author)
    send_back(page, by=room.head)
    publish(page, room)

    assert mail.outbox == []
    assert Notice.objects.exists()


def test_without_a_mail_server_everything_waits(room, settings):
    settings.EMAIL_HOST = ""
    submit(release(room.author, title=TITLE), by=room.author)

    report = deliver()

    assert report.sent == report.closed == []
    assert set(Notice.objects.values_list("state", "attempts")) == {("due", 0)}
