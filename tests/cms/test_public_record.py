"""Every kind of tampering with what was public is found, though no trigger saw it."""

import hashlib
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from approvals import triggers as page_triggers
from approvals.models import LedgerEntry
from cms import public_record
from cms.public_record import reading
from frontend_api import triggers as public_triggers
from frontend_api.models import Publication, PublicationCounter, PublishedDocument, PublishedVersion
from tests.cms.record_places import without
from tests.newsroom import edit, publish, release

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(room):
    """Numbers 1 to 4: published, corrected with a note, confirmed as it is, corrected without a note."""
    page = publish(release(room.author), room)
    edit(page, by=room.author, title="Башка аталыш", change_note="Аталышы такталды.")
    publish(page, room)
    publish(page, room)
    edit(page, by=room.author, summary="Башка мазмун.", change_note="", update_type="minor")
    return publish(page, room)


@pytest.fixture
def without_triggers():
    for side in (page_triggers, public_triggers):
        side.remove(using="default")
    yield
    for side in (page_triggers, public_triggers):
        side.install(using="default")


def other_text(number: int) -> None:
    """Bytes and their digest, both wrong, in the version alone."""
    version = PublishedVersion.objects.get(pk=number)
    cleared = version.cleared.replace("Биринчи", "Башкача")
    digest = hashlib.sha256(cleared.encode()).hexdigest()
    PublishedVersion.objects.filter(pk=number).update(cleared=cleared, digest=digest)


def forged_everywhere(number: int) -> None:
    """The same, and the log with it: only the ledger knows better."""
    other_text(number)
    Publication.objects.filter(pk=number).update(digest=PublishedVersion.objects.get(pk=number).digest)


def older_text(document: PublishedDocument) -> None:
    """The document stands as it was three versions ago."""
    first = PublishedVersion.objects.get(pk=1)
    PublishedDocument.objects.filter(pk=document.pk).update(
        cleared=first.cleared, digest=first.digest, version=1, text_version=1
    )


def without_last() -> None:
    """The last publication, as if it had never been."""
    without(4)
    PublicationCounter.objects.update(number=3)
    version = PublishedVersion.objects.get(pk=3)
    PublishedDocument.objects.update(
        cleared=version.cleared,
        digest=version.digest,
        version=3,
        text_version=3,
        updated_at=Publication.objects.get(pk=3).at,
        summary="Жыйындын кыскача мазмуну.",
        corrections=PublishedDocument.objects.get().corrections[:1],
    )


def log(number: int, **changes) -> Callable:
    return lambda: Publication.objects.filter(pk=number).update(**changes)


def ledger(of_kind: str, place: int, **changes) -> Callable:
    """Change the entry of this kind, counted from 0."""
    return lambda: LedgerEntry.objects.filter(
        pk=LedgerEntry.objects.filter(kind=of_kind).order_by("number")[place].number
    ).update(**changes)


# The document keeps what readers are told of its corrections: the log no longer says the same.
BESIDE = "{document} ky tells of other corrections than the log"
CHANGED = "{document} ky has another public_updated_at than its log and its text"
HISTORY = "{document} ky has another change_history than its log and its text"
TAMPERING: dict[str, tuple[Callable, list[str]]] = {
    "bytes of a version": (
        lambda: PublishedVersion.objects.filter(pk=1).update(cleared="{}"),
        ["number 1 is not the text that its digest names"],
    ),
    "digest of a version": (
        lambda: PublishedVersion.objects.filter(pk=2).update(digest="0" * 64),
        ["number 2 is not the text that its digest names"],
    ),
    "bytes and digest of a version": (
        lambda: other_text(1),
        ["number 1 is stored as another text than the log says"],
    ),
    "bytes, digest and log": (
        lambda: forged_everywhere(1),
        [
            "number 1 was published without a clearance in the ledger",
            "number 1 is not in the ledger as published",
        ],
    ),
    "a version is gone": (
        lambda: PublishedVersion.objects.filter(pk=1).delete(),
        ["number 1 has no stored text"],
    ),
    "a version of another document": (
        lambda: PublishedVersion.objects.filter(pk=1).update(locale="ru"),
        ["number 1 is stored as another text than the log says"],
    ),
    "the note in the log": (
        log(2, change_note="Эч нерсе болгон жок."),
        ["number 2 tells readers another notice than the one that was cleared", HISTORY, BESIDE],
    ),
    "the note in the log is gone": (
        log(2, change_note=""),
        [
            "number 2 tells readers another notice than the one that was cleared",
            "number 2 is a major correction of number 1 without a note",
            HISTORY,
            BESIDE,
        ],
    ),
    "a major correction called minor": (
        log(2, update_type="minor"),
        ["number 2 tells readers another notice than the one that was cleared", CHANGED, BESIDE],
    ),
    "a correction called a publication": (
        log(4, kind="published"),
        ["number 4 differs from number 3 without a correction notice", CHANGED, BESIDE],
    ),
    "a correction called a confirmation": (
        log(4, kind="confirmed"),
        ["number 4 differs from number 3 without a correction notice", BESIDE],
    ),
    "a publication called a correction": (
        log(1, kind="corrected"),
        ["number 1 corrects what was not public", BESIDE],
    ),
    "the moment in the log": (
        log(2, at="2020-01-01T00:00:00Z"),
        ["number 2 has another moment than the ledger says", CHANGED, HISTORY, BESIDE],
    ),
    "the entry in the log": (
        log(3, entry_number=1),
        ["number 3 was published without a clearance in the ledger", "number 3 is not in the ledger as published"],
    ),
    "a number is gone": (
        lambda: without(2),
        [
            "the log does not know what entry {second} of the ledger says was published",
            "number 2 is missing",
            "number 3 differs from number 1 without a correction notice",
            CHANGED,
            HISTORY,
            BESIDE,
        ],
    ),
    "the last number is gone": (
        without_last,
        ["the log does not know what entry {last} of the ledger says was published"],
    ),
    "the counter": (
        lambda: PublicationCounter.objects.update(number=9),
        ["the counter stands at 9, the log ends with 4"],
    ),
    "the clearance": (
        ledger("cleared", 0, digest="0" * 64),
        ["number 1 was published without a clearance in the ledger"],
    ),
    "the kind of the clearance": (
        ledger("cleared", 3, kind="approved"),
        ["number 4 was published without a clearance in the ledger"],
    ),
    "the record of the publication": (
        ledger("published", 3, kind="stopped"),
        ["number 4 is not in the ledger as published"],
    ),
    "the published bytes": (
        lambda: PublishedDocument.objects.update(cleared="{}"),
        ["{document} ky is not the text that its digest names"],
    ),
    "an older text is public": (
        lambda: older_text(PublishedDocument.objects.get()),
        ["{document} ky is not its last version"],
    ),
    "the published title": (
        lambda: PublishedDocument.objects.update(title="Башка"),
        ["{document} ky is listed as another text than it is"],
    ),
    "the number of the published text": (
        lambda: PublishedDocument.objects.update(text_version=2),
        ["{document} ky is not its last version"],
    ),
    "the number of the last publication": (
        lambda: PublishedDocument.objects.update(version=2),
        ["{document} ky is not its last version"],
    ),
    "the corrections beside the text": (
        lambda: PublishedDocument.objects.update(corrections=[]),
        ["{document} ky tells of other corrections than the log"],
    ),
}  # fmt: skip


def test_every_kind_of_tampering_is_found(record, without_triggers):
    published = LedgerEntry.objects.filter(kind="published").order_by("number")
    names = {"document": record.content_id, "second": published[1].number, "last": published[3].number}
    assert list(public_record.faults()) == []
    found = {}

    for name, (tamper, _expected) in TAMPERING.items():
        with transaction.atomic():
            tamper()
            found[name] = list(public_record.faults())
            transaction.set_rollback(True)

    assert found == {name: [one.format(**names) for one in expected] for name, (_t, expected) in TAMPERING.items()}
    assert list(public_record.faults()) == []


def test_the_command_names_the_first_bad_ones(record, without_triggers, capsys):
    call_command("verify_publications")
    assert "sound: 4 publications, texts that a restore withholds: 0." in capsys.readouterr().out

    PublishedVersion.objects.filter(pk__in=(1, 4)).update(cleared="{}")
    with pytest.raises(CommandError, match="broken: 2 faults") as refused:
        call_command("verify_publications")

    assert refused.value.returncode == 1
    assert capsys.readouterr().err.splitlines() == [
        "number 1 is not the text that its digest names",
        "number 4 is not the text that its digest names",
    ]


def test_what_is_read_is_told_piece_by_piece(record, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(reading, "PIECE", 2)
    told = []

    with django_assert_max_num_queries(22):
        assert list(public_record.faults(progress=told.append)) == []

    assert told == [2, 4]


def test_what_was_never_published_is_sound(db):
    assert list(public_record.faults()) == []
