"""A signing with its coverage: decree, speech and releases in several languages, put into one bundle."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.utils import timezone

from approvals.bundles import making
from approvals.bundles.publishing import BundleReport, publish_due_bundles
from approvals.models import Bundle, BundleMember, LedgerEntry
from frontend_api.models import Publication, PublishedDocument
from site_pages.models import DocumentPage
from tests import newsroom
from tests.newsroom import Newsroom, approve, decree, release, speech, submit

AT, CLEARED, HAND = Bundle.When.AT, Bundle.When.CLEARED, Bundle.When.HAND


def make(room: Newsroom, *pages, when=HAND, due_at: dt.datetime | None = None, title: str = "Кол коюу") -> Bundle:
    """A bundle of these documents, made by the author."""
    bundle = making.make(title=title, when=when, due_at=due_at, actor_id=room.author.pk, now=timezone.now())
    return add(bundle, *pages, by=room.author) if pages else bundle


def add(bundle: Bundle, *pages, by) -> Bundle:
    """Put documents in."""
    return making.add(
        bundle_id=bundle.pk, seen=seen(bundle), page_ids=[p.pk for p in pages], actor_id=by.pk, now=timezone.now()
    )


def take_out(bundle: Bundle, page, *, by, remark: str = "") -> Bundle:
    """Take one out."""
    return making.take_out(
        bundle_id=bundle.pk, seen=seen(bundle), page_id=page.pk, remark=remark, actor_id=by.pk, now=timezone.now()
    )


def change(bundle: Bundle, *, by, **values) -> Bundle:
    """Change name or moment."""
    known = {"title": bundle.title, "when": bundle.when, "due_at": bundle.due_at}
    return making.change(
        bundle_id=bundle.pk, seen=seen(bundle), actor_id=by.pk, now=timezone.now(), **{**known, **values}
    )


def let_go(bundle: Bundle, *, by) -> Bundle:
    """Let it be published."""
    return making.release(bundle_id=bundle.pk, seen=seen(bundle), actor_id=by.pk, now=timezone.now())


def seen(bundle: Bundle) -> int:
    """The version that is there now."""
    return Bundle.objects.get(pk=bundle.pk).version


def fresh(bundle: Bundle) -> Bundle:
    """The bundle as the database has it now."""
    return Bundle.objects.get(pk=bundle.pk)


def clear(page, room: Newsroom) -> None:
    """Walk a document all the way; in a bundle it waits."""
    newsroom.publish(page, room)


def nearly_clear(page, room: Newsroom) -> None:
    """All but the last decision."""
    submit(page, by=room.author)
    approve(page, by=room.head)


def deleted_all_the_same(page) -> None:
    """Delete a document of an open bundle, as earlier versions allowed."""
    ours = BundleMember.objects.filter(page_id=page.pk, is_open=True)
    numbers = list(ours.values_list("pk", flat=True))
    ours.update(is_open=False)
    DocumentPage.objects.get(pk=page.pk).delete()
    BundleMember.objects.filter(pk__in=numbers).update(is_open=True)


@contextmanager
def submitted_all_the_same() -> Iterator[None]:
    """What does not fit its bundle, or what waits, is submitted: as earlier versions allowed, and as happens where both
    are under clearance at once."""
    with (
        mock.patch("approvals.decisions.bundle_issues", return_value=[]),
        mock.patch("approvals.decisions.waiting_issues", return_value=[]),
    ):
        yield


def signing(room: Newsroom) -> list:
    """A decree in three languages, the speech, a release; the translations stand first."""
    act = decree(room.author)
    key = {"translation_key": act.translation_key}
    russian = decree(room.author, locale="ru", title="О водных ресурсах", **key)
    english = decree(room.author, locale="en", title="On water", **key)
    return [russian, english, speech(room.author), release(room.author), act]


def run(now: dt.datetime | None = None) -> BundleReport:
    """What the worker does."""
    return publish_due_bundles(now=now or timezone.now())


def public() -> int:
    """How many documents readers have."""
    return PublishedDocument.objects.count()


def order() -> list[tuple]:
    """What became public, in order."""
    return list(Publication.objects.order_by("number").values_list("type", "locale"))


def last_entry() -> LedgerEntry:
    """The end of the ledger."""
    return LedgerEntry.objects.latest("number")
