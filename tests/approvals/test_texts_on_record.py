"""What stands under a digest is the text of that digest: the database keeps it, and nobody trusts it unasked."""

import html
import re

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from approvals import texts_on_record, urgency
from approvals.decisions import RequirementsUnmet
from approvals.models import LedgerEntry, OutsideLink, TextOnRecord
from approvals.outside.links import LinkRefused
from approvals.subscribers.changes import correction_of
from approvals.subscribers.telling import Change, _changes
from approvals.texts_on_record import RecordDamaged
from frontend_api.models import Publication
from site_pages.gatekeeping import GateClosed
from site_pages.public_form.builders import build
from tests.approvals.consultation import make
from tests.approvals.record_of_texts import alter, lose, unguarded
from tests.approvals.withdrawal.taking_down import propose, take_down
from tests.attacks.houses import everything
from tests.cms.record_places import build as build_house
from tests.newsroom import approve, decree, digest, edit, fresh, publish, release, submit

pytestmark = pytest.mark.django_db
LEAD, FORGED = "Мектеп 300 окуучуга.", "Мектеп 400 окуучуга."
# What only one kind of database knows.
REPLACING, SPOILT = {
    "sqlite": ("INSERT OR REPLACE INTO approvals_textonrecord VALUES (%s, '{}')", "CAST(canonical AS BLOB)"),
    "postgresql": (
        "INSERT INTO approvals_textonrecord VALUES (%s, '{}') ON CONFLICT (digest) DO UPDATE SET canonical = '{}'",
        "canonical || ' '",
    ),
}[connection.vendor]
DAMAGED = "Сакталган текст макулдашылган текст менен дал келбейт."


@pytest.fixture
def page(room):
    return publish(release(room.author, lead=LEAD), room)


def everything_on_record() -> tuple:
    return everything(), list(TextOnRecord.objects.order_by("pk").values()), Publication.objects.count()


def public_digest() -> str:
    return LedgerEntry.objects.filter(kind="published").latest("number").digest


def forge(canonical: str = "") -> str:
    """The public text says something else on record; its digest."""
    public = public_digest()
    alter(public, canonical or TextOnRecord.objects.get(digest=public).canonical.replace(LEAD, FORGED))
    return public


def words_of(answer) -> str:
    assert answer.status_code == 200
    return html.unescape(re.sub(r"<[^>]+>", "", answer.content.decode()))


# --- The database keeps it


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: TextOnRecord.objects.update(canonical="{}"),
        lambda: TextOnRecord.objects.update(digest="0" * 64),
        lambda: TextOnRecord.objects.all().delete(),
        lambda: TextOnRecord.objects.get().delete(),
        lambda: TextOnRecord.objects.create(digest=public_digest(), canonical="{}"),
        lambda: TextOnRecord.objects.bulk_create(
            [TextOnRecord(digest=public_digest(), canonical="{}")],
            update_conflicts=True,
            update_fields=["canonical"],
            unique_fields=["digest"],
        ),
    ],
    ids=["changed", "renamed", "removed", "one removed", "written again", "written over"],
)
def test_the_database_refuses_to_change_or_remove_a_text(page, tamper):
    before = everything_on_record()

    with pytest.raises(IntegrityError), transaction.atomic():
        tamper()

    assert everything_on_record() == before


def test_the_database_refuses_to_replace_a_text(page):
    before = everything_on_record()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(REPLACING, [public_digest()])

    assert everything_on_record() == before


@pytest.mark.postgresql
def test_postgresql_does_not_empty_the_record(page):
    before = everything_on_record()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE approvals_textonrecord")

    assert everything_on_record() == before


# --- Nobody reads another text under a digest


@pytest.mark.parametrize("spoil", [forge, lambda: forge("{"), lambda: forge('"x"'), lambda: lose(public_digest())])
def test_screens_show_no_text_that_is_not_the_one_of_its_digest(room, page, client, spoil):
    withdrawal = propose(page, by=room.author)
    entry = LedgerEntry.objects.get(kind="published")
    addresses = (
        reverse("approvals:withdrawal", args=[withdrawal.pk]),
        reverse("approvals:version", args=[page.pk, entry.number]),
        reverse("approvals:document", args=[page.pk]),
    )
    client.force_login(room.head)
    sound = [words_of(client.get(address)) for address in addresses]
    spoil()

    shown = [words_of(client.get(address)) for address in addresses]

    assert all(LEAD in words for words in sound)
    assert not any(FORGED in words for words in shown)
    assert [LEAD in words for words in shown] == [False, False, True]  # the last shows the page, not the record
    assert [DAMAGED in words for words in sound] == [False, False, False]
    assert DAMAGED in shown[2]


@pytest.mark.parametrize("spoil", [forge, lambda: forge("{"), lambda: lose(public_digest())])
def test_nothing_is_corrected_that_nobody_can_compare(room, page, spoil):
    edit(page, by=room.author, lead=FORGED, title="Башка аталыш", change_note="Аталышы такталды.")
    spoil()
    before = everything_on_record()

    with pytest.raises(RequirementsUnmet, match=DAMAGED):
        submit(page, by=room.author)

    assert everything_on_record() == before


def test_a_correction_under_way_is_not_cleared_when_the_record_is_damaged_meanwhile(room, page, client):
    edit(page, by=room.author, lead=FORGED, title="Башка аталыш", change_note="Аталышы такталды.")
    submit(page, by=room.author)
    approve(page, by=room.head)
    forge()
    before = everything_on_record()
    client.force_login(room.leader)

    shown = words_of(client.get(reverse("approvals:document", args=[page.pk])))
    with pytest.raises(GateClosed, match=DAMAGED), transaction.atomic():
        approve(page, by=room.leader)

    assert DAMAGED in shown
    assert everything_on_record() == before


def test_what_the_reader_decided_on_is_not_compared_with_another_text(room, client):
    page = release(room.author, lead=LEAD)
    submit(page, by=room.author)
    approve(page, by=room.head)
    alter(digest(page), TextOnRecord.objects.get(digest=digest(page)).canonical.replace(LEAD, FORGED))
    client.force_login(room.head)

    shown = words_of(client.get(reverse("approvals:document", args=[page.pk])))

    assert (DAMAGED in shown, FORGED in shown) == (True, False)


def test_a_correction_whose_text_is_not_on_record_counts_as_major_and_is_told_of_without_words(room, page):
    edit(page, by=room.author, title="Башка аталыш", update_type="minor")
    publish(page, room)
    entry = LedgerEntry.objects.filter(kind="published").latest("number")
    sound = _changes([entry])
    alter(entry.digest)

    assert sound == [Change(entry, is_minor=True)]
    assert _changes([entry]) == [Change(entry, is_minor=False)]
    assert correction_of(entry, now=timezone.now()) is None


# --- Nobody trusts a row that was there before


def plant(page) -> None:
    form = build(fresh(page).get_latest_revision_as_object())
    TextOnRecord.objects.create(digest=form.digest, canonical=form.canonical.decode().replace(LEAD, FORGED))


def test_a_text_is_not_submitted_over_other_bytes_under_its_digest(room):
    page = release(room.author, lead=LEAD)
    plant(page)
    before = everything_on_record()

    with pytest.raises(RecordDamaged, match=DAMAGED):
        submit(page, by=room.author)

    assert everything_on_record() == before


def test_no_link_is_made_over_other_bytes_under_its_digest(room):
    page = release(room.author, lead=LEAD)
    plant(page)
    before = everything_on_record()

    with pytest.raises(LinkRefused, match=DAMAGED):
        make(page, by=room.author)

    assert (everything_on_record(), OutsideLink.objects.count()) == (before, 0)


def test_the_same_text_is_kept_once(room, page):
    publish(page, room)

    assert TextOnRecord.objects.count() == 1
    assert texts_on_record.form_of(public_digest()).digest == public_digest()


# --- The check


def test_whatever_became_public_is_on_record(room):
    build_house(room)
    urgent = decree(room.author, number=300)
    submit(urgent, by=room.author)
    urgency.publish_urgently(
        page_id=urgent.pk,
        actor_id=room.leader.pk,
        seen_digest=digest(urgent),
        reason="Суу ташкыны.",
        now=timezone.now(),
    )
    take_down(urgent, room)

    assert list(texts_on_record.faults()) == []
    assert LedgerEntry.objects.filter(kind="published").count() == 11
    call_command("verify_ledger")


@pytest.mark.parametrize("canonical", ["{}", "{", ""])
def test_the_check_names_a_text_that_is_another(page, canonical):
    public = public_digest()
    alter(public, canonical)

    assert list(texts_on_record.faults()) == [f"the text on record {public} is not the one that its digest names"]
    with pytest.raises(CommandError, match=f"the text on record {public} is not the one"):
        call_command("verify_ledger")


def test_the_check_names_a_public_text_that_is_gone(page):
    public, number = public_digest(), LedgerEntry.objects.get(kind="published").number
    lose(public)

    assert list(texts_on_record.faults()) == [f"the text {public}, which entry {number} published, is not on record"]
    with pytest.raises(CommandError, match=f"which entry {number} published, is not on record"):
        call_command("verify_ledger")


def test_a_text_with_a_space_more_and_bytes_in_the_place_of_a_text_are_no_text(page):
    public = public_digest()
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE approvals_textonrecord SET canonical = {SPOILT}")

    assert len(list(texts_on_record.faults())) == 1
    assert texts_on_record.payload_of(public) is None
