"""What the gate lets through is stored as it is, and nothing else is."""

import datetime as dt
import hashlib

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from frontend_api.models import Delivery, Publication, PublishedDocument, PublishedFile
from frontend_api.publishing import DigestMismatch, receive
from site_pages.public_form.builders import build
from site_pages.public_form.canonical import PublicForm
from site_pages.signals import Handed
from tests.newsroom import approve, decree, digest, edit, photo, publish, release, submit


def test_the_stored_bytes_are_the_cleared_bytes(room):
    page = release(room.author)
    cleared = build(page)

    publish(page, room)

    stored = PublishedDocument.objects.get()
    assert stored.cleared.encode() == cleared.canonical
    assert stored.digest == cleared.digest == hashlib.sha256(stored.cleared.encode()).hexdigest()


def test_publications_are_numbered_without_gaps(room):
    for number in range(1, 4):
        publish(release(room.author, title=f"Жаңылык {number}"), room)

    assert list(Publication.objects.order_by("number").values_list("number", "kind")) == [
        (1, "published"),
        (2, "published"),
        (3, "published"),
    ]
    assert Delivery.objects.filter(done_at=None).count() == 3


@pytest.mark.parametrize(("update_type", "moves"), [("major", True), ("minor", False)])
def test_a_correction_keeps_the_first_time_and_tells_readers_only_of_major_changes(room, update_type, moves):
    page = publish(release(room.author), room)
    before = PublishedDocument.objects.get()
    edit(page, by=room.author, title="Такталган аталыш", update_type=update_type, change_note="Аталышы такталды.")
    submit(page, by=room.author)
    approve(page, by=room.head)

    approve(page, by=room.leader)

    after = PublishedDocument.objects.get()
    assert (after.title, after.version) == ("Такталган аталыш", 2)
    assert after.first_published_at == before.first_published_at
    assert (after.public_updated_at > before.public_updated_at) is moves
    assert [change["note"] for change in after.change_history] == ["Аталышы такталды."]
    assert list(Publication.objects.values_list("kind", flat=True).order_by("number")) == ["published", "corrected"]


def test_an_act_is_stored_with_its_number_and_listed_by_its_signing(room):
    publish(decree(room.author), room)

    stored = PublishedDocument.objects.get()
    assert (stored.act_type, stored.act_year, stored.act_number) == ("jarlyk", 2026, 261)
    assert stored.listed_at == dt.datetime(2026, 7, 16, 18, 0, tzinfo=dt.UTC)


def test_only_files_of_the_published_text_are_known(room):
    used, unused = photo(alt_text_ky="Сүрөт", credit="А. Асанов"), photo(title="Башка", credit="Б")

    publish(release(room.author, image=used), room)

    assert list(PublishedFile.objects.values_list("file_id", flat=True)) == [used.public_id]
    assert used.public_id != unused.public_id


def test_bytes_that_do_not_fit_their_digest_are_refused(room):
    form = build(release(room.author))
    forged = PublicForm(canonical=form.canonical.replace(b"2026", b"2027"), digest=form.digest)

    with pytest.raises(DigestMismatch), transaction.atomic():
        receive(None, handed=[Handed(form=forged, entry_number=1)], published_at=timezone.now())

    assert (PublishedDocument.objects.count(), Publication.objects.count()) == (0, 0)


def test_a_true_form_without_a_clearance_is_refused_by_the_database(room):
    form = build(release(room.author))

    with pytest.raises(IntegrityError, match="gate"), transaction.atomic():
        receive(None, handed=[Handed(form=form, entry_number=1)], published_at=timezone.now())

    assert (PublishedDocument.objects.count(), Publication.objects.count(), Delivery.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE frontend_api_publisheddocument SET title = 'x'",
        "UPDATE frontend_api_publisheddocument SET cleared = '{}'",
        "DELETE FROM frontend_api_publisheddocument",
        "UPDATE frontend_api_publication SET digest = 'x'",
        "DELETE FROM frontend_api_publication",
        "UPDATE frontend_api_publishedfile SET storage_name = '../secret'",
    ],
)
def test_nobody_changes_what_is_public_below_the_gate(room, attack):
    publish(release(room.author, image=photo(alt_text_ky="Сүрөт", credit="А. Асанов")), room)
    before = [list(model.objects.values()) for model in (PublishedDocument, Publication, PublishedFile)]

    with pytest.raises(IntegrityError, match="jarchy"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)

    assert [list(model.objects.values()) for model in (PublishedDocument, Publication, PublishedFile)] == before


def test_a_receiver_that_fails_undoes_the_whole_publication(room, monkeypatch):
    page = release(room.author)
    submit(page, by=room.author)
    approve(page, by=room.head)
    seen = digest(page)

    def full_disk(*args, **kwargs):
        raise OSError("no space left")

    monkeypatch.setattr("frontend_api.publishing._replace_tags", full_disk)
    with pytest.raises(OSError, match="no space"):
        approve(page, by=room.leader, seen=seen)
    monkeypatch.undo()

    assert type(page).objects.get(pk=page.pk).live is False
    assert (PublishedDocument.objects.count(), Publication.objects.count()) == (0, 0)
    approve(page, by=room.leader, seen=seen)
    assert Publication.objects.get().number == 1
