"""Two corrections at once, on PostgreSQL with real connections: two numbered versions in order, or one is refused."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from approvals import ledger
from approvals.decisions import DecisionRefused
from approvals.models import LedgerEntry
from approvals.scheduling import publish_due
from cms import public_record
from frontend_api.models import Publication, PublishedDocument, PublishedVersion
from site_pages.gatekeeping import TextLocked
from site_pages.models import DocumentPage
from tests import newsroom
from tests.approvals.test_races import at_once
from tests.newsroom import approve, digest, edit, fresh, release, submit

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
ROUNDS = 4


def kinds(page) -> list[str]:
    found = Publication.objects.filter(content_id=page.content_id, locale=page.locale_code)
    return list(found.order_by("number").values_list("kind", flat=True))


def test_of_two_authors_at_one_text_both_corrections_come_or_one_is_refused(room):
    page = newsroom.publish(release(room.author), room)
    for number in range(ROUNDS):
        before = Publication.objects.count()

        results = at_once(
            lambda number=number: corrected(page, by=room.author, lead=f"Лид {number}."),
            lambda number=number: corrected(page, by=room.colleague, summary=f"Мазмун {number}."),
        )

        assert all(isinstance(one, DocumentPage | TextLocked) for one in results), results
        done = [one for one in results if isinstance(one, DocumentPage)]
        assert done, results
        # What was submitted is cleared and public as it was submitted; what came too late says so and is not lost.
        seen = digest(page)
        approve(page, by=room.head, seen=seen)
        approve(page, by=room.leader, seen=seen)
        assert Publication.objects.count() == before + 1
        assert PublishedDocument.objects.get().digest == seen
    assert kinds(page) == ["published", *["corrected"] * ROUNDS]
    assert list(public_record.faults()) == []


def corrected(page, *, by, **changes) -> DocumentPage:
    """Write a correction and submit it."""
    note = f"{by.username}: {next(iter(changes.values()))}"
    changed = edit(page, by=by, change_note=note, **changes)
    submit(changed, by=by)
    return changed


def test_of_two_leaders_at_one_correction_one_publishes(room):
    page = newsroom.publish(release(room.author), room)
    for number in range(ROUNDS):
        edit(page, by=room.author, lead=f"Лид {number}.", change_note=f"Түзөтүү {number}.")
        submit(page, by=room.author)
        approve(page, by=room.head)
        seen = digest(page)

        results = at_once(
            lambda seen=seen: approve(page, by=room.leader, seen=seen),
            lambda seen=seen: approve(page, by=room.second_leader, seen=seen),
        )

        assert sorted(type(one) for one in results if not isinstance(one, LedgerEntry)) == [DecisionRefused]
    assert kinds(page) == ["published", *["corrected"] * ROUNDS]
    assert list(public_record.faults()) == []


def test_two_workers_bring_corrections_of_many_documents_in_order(room):
    pages = [newsroom.publish(release(room.author, title=f"Жаңылык {number}"), room) for number in range(4)]
    due = timezone.now() + dt.timedelta(hours=1)
    for number, page in enumerate(pages):
        edit(page, by=room.author, lead=f"Лид {number}.", change_note="Такталды.", go_live_at=due)
        newsroom.publish(page, room)

    with time_machine.travel(due + dt.timedelta(seconds=1)):
        reports = at_once(*[lambda: publish_due(now=timezone.now())] * 3)

    assert sorted(number for report in reports for number in report.published) == sorted(page.pk for page in pages)
    assert [report.failed for report in reports] == [{}] * 3
    assert [kinds(page) for page in pages] == [["published", "corrected"]] * 4
    assert list(PublishedVersion.objects.order_by("pk").values_list("pk", flat=True)) == list(range(1, 9))
    assert (list(ledger.faults()), list(public_record.faults())) == ([], [])


def test_a_correction_and_its_publication_at_once_never_mix(room):
    page = newsroom.publish(release(room.author), room)
    edit(page, by=room.author, lead="Биринчи.", change_note="Биринчи түзөтүү.")
    submit(page, by=room.author)
    approve(page, by=room.head)
    seen = digest(page)

    approved, written = at_once(
        lambda: approve(page, by=room.leader, seen=seen),
        lambda: edit(page, by=room.colleague, lead="Экинчи.", change_note="Экинчи түзөтүү."),
    )

    assert isinstance(approved, LedgerEntry)
    assert isinstance(written, DocumentPage | TextLocked)
    assert PublishedDocument.objects.get().digest == seen
    later = fresh(page).get_latest_revision_as_object()
    assert later.lead == ("Экинчи." if isinstance(written, DocumentPage) else "Биринчи.")
