"""No mail names a document that waits for its time: in whatever language, alone or in a bundle."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from approvals.bundles.making import give_up
from approvals.models import Bundle, LedgerEntry
from approvals.notices.confidentiality import public_title
from approvals.notices.delivery import deliver_notices
from tests.approvals.bundles.coverage import make, seen
from tests.newsroom import Newsroom, decree, edit, open_newsroom, publish, release, submit

pytestmark = pytest.mark.django_db
SECRET = "Купуясөз"


@pytest.fixture
def room() -> Newsroom:
    people = open_newsroom()
    for person in vars(people).values():
        type(person).objects.filter(pk=person.pk).update(email=f"{person.username}@office.example")
    return people


def soon(hours: int = 2) -> dt.datetime:
    return timezone.now() + dt.timedelta(hours=hours)


def named_in_mails(sink) -> bool:
    """Whether any mail of this run names it; there is one at least."""
    sink.taken.clear()
    deliver_notices(now=timezone.now(), limit=50)
    assert sink.taken
    return any(SECRET in f"{letter.subject} {letter.text}" for letter in sink.taken)


def test_a_translation_of_what_waits_is_not_named(room, sink):
    original = publish(decree(room.author, title=f"{SECRET} жарлык", go_live_at=soon()), room)
    text = decree(room.author, title=f"{SECRET} указ", locale="ru", translation_key=original.translation_key)

    submit(text, by=room.author)

    assert not named_in_mails(sink)


def test_a_translation_of_a_draft_that_names_a_time_is_not_named(room, sink):
    original = release(room.author, title=f"{SECRET} чыгат")
    edit(original, by=room.author, go_live_at=soon())
    text = release(room.author, title=f"{SECRET} выйдет", locale="ru", translation_key=original.translation_key)

    submit(text, by=room.author)

    assert not named_in_mails(sink)


@pytest.mark.parametrize("when", [Bundle.When.AT, Bundle.When.HAND])
@pytest.mark.parametrize("in_bundle", ["ky", "ru"])
def test_what_is_in_a_bundle_is_not_named_in_any_language_until_the_bundle_is_given_up(room, sink, when, in_bundle):
    page = release(room.author, title=f"{SECRET} чыгат")
    other = release(room.author, title=f"{SECRET} выйдет", locale="ru", translation_key=page.translation_key)
    bundle = make(
        room, page if in_bundle == "ky" else other, when=when, due_at=soon() if when == Bundle.When.AT else None
    )

    submit(page, by=room.author)

    assert not named_in_mails(sink)
    give_up(bundle_id=bundle.pk, seen=seen(bundle), remark="Болбойт.", actor_id=room.author.pk, now=timezone.now())
    assert SECRET in public_title(LedgerEntry.objects.get(kind="submitted"), now=timezone.now())


def test_what_waits_for_nothing_is_named_whatever_other_documents_wait_for(room, sink):
    publish(release(room.author, title="Башка", go_live_at=soon()), room)
    submit(release(room.author, title=f"{SECRET} чыгат"), by=room.author)

    assert named_in_mails(sink)


def test_languages_and_versions_cost_no_further_queries(room):
    page = release(room.author, title=f"{SECRET} чыгат")
    submit(page, by=room.author)
    entry = LedgerEntry.objects.get(kind="submitted")

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert public_title(entry, now=timezone.now())
        return len(captured)

    alone = asked()
    for locale in ("ru", "en"):
        text = release(room.author, locale=locale, translation_key=page.translation_key)
        edit(text, by=room.author, title="Дагы")

    assert asked() == alone
