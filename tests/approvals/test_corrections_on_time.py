"""Corrections due at a time: made ready before it without touching what is public, looked at again at the instant."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import ReferenceIndex

from approvals import cleared_texts, decisions, ledger
from approvals.cleared_texts import Ahead
from approvals.models import DuePublication, FailedPublication, LedgerEntry
from approvals.scheduling import PREPARED_BEFORE, TRIED_AGAIN_AFTER
from cms.public_record import faults
from frontend_api.models import Publication, PublishedDocument
from site_pages.models import (
    DocumentAttachment,
    Photo,
    Place,
    PressFile,
    PressReleasePage,
    PublicationPermit,
    RelatedDocument,
    Topic,
)
from tests.approvals.on_time import corrected, due, failing_for, let_go, ready
from tests.approvals.test_originals_first import translated
from tests.approvals.withdrawal.taking_down import close
from tests.attacks.houses import everything
from tests.newsroom import decree, edit, fresh, photo, publish, release
from tests.site_pages.samples import pdf_bytes

pytestmark = pytest.mark.django_db
# What one correction more costs at its moment: the rows that it changes, the public document, its words. (Wagtail's own
# way of writing a page takes forty-five.)
STATEMENTS_EACH = 5


@pytest.fixture
def noon():
    return (timezone.now() + dt.timedelta(hours=1)).replace(microsecond=0)


@pytest.fixture
def built(monkeypatch):
    """The pages whose public form is built on the way through the gate, in order."""
    pages, build = [], cleared_texts.build

    def noted(page, **kwargs):
        pages.append(page.pk)
        return build(page, **kwargs)

    monkeypatch.setattr(cleared_texts, "build", noted)
    return pages


def public(room, *, count: int = 1) -> list[PressReleasePage]:
    """Releases that are public."""
    return [publish(release(room.author, title=f"Эски {number}"), room) for number in range(count)]


def sound() -> bool:
    """Whether ledger and public record hold nothing that is wrong, and no gate stands open."""
    return (list(ledger.faults()), list(faults()), PublicationPermit.objects.count()) == ([], [], 0)


def rows_of(page) -> dict:
    """The page's own rows, without what differs from page to page and from moment to moment."""
    row = type(page).objects.filter(pk=page.pk).values().get()
    own = {"id", "page_ptr_id", "documentpage_ptr_id", "path", "url_path", "slug", "translation_key"}
    own |= {"title", "draft_title", "latest_revision_id", "live_revision_id"}
    row["body"] = [(block.block_type, str(block.value)) for block in row["body"]]
    return {name: value for name, value in row.items() if name not in own and not name.endswith("_at")}


def shape(row: dict) -> dict:
    """The same without which picture it is: each page has its own."""
    return {**row, "image_id": row["image_id"] is not None}


def test_what_is_public_is_not_touched_before_the_moment(room, noon):
    page, other = public(room, count=2)
    topics = {"topics": [topic()], "related_documents": [RelatedDocument(document=other)]}
    corrected(page, room, at=noon, title="Жаңы", lead="Жаңы лид.", image=picture(), **topics)
    before, row = everything(), PressReleasePage.objects.filter(pk=page.pk).values().get()

    ahead = ready(at=noon - PREPARED_BEFORE)

    assert (everything(), PressReleasePage.objects.filter(pk=page.pk).values().get()) == (before, row)
    assert (fresh(page).topics.count(), fresh(page).related_documents.count()) == (0, 0)
    assert (PublishedDocument.objects.earliest("pk").title, DuePublication.objects.get().prepared_at) == (
        "Эски 0",
        None,
    )
    (text,) = ahead.texts.values()
    assert {name for names in text.changes.columns.values() for name in names} >= {"title", "lead", "change_note"}


def test_corrections_go_out_together_with_what_is_new_and_are_not_built_at_the_moment(room, noon, built):
    pages = [corrected(page, room, at=noon, title=f"Жаңы {page.pk}") for page in public(room, count=3)]
    new = due(room, at=noon, count=2)
    built.clear()
    ahead = ready(at=noon - dt.timedelta(seconds=10))
    assert sorted(built) == sorted(page.pk for page in (*pages, *new))
    built.clear()

    report = let_go(noon, ahead=ahead, after=0.25)

    assert (sorted(report.published), report.failed, built) == (sorted(page.pk for page in (*pages, *new)), {}, [])
    told = Publication.objects.filter(content_id__in=[page.content_id for page in pages]).order_by("number")
    assert [row.kind for row in told] == ["published"] * 3 + ["corrected"] * 3
    for page in pages:
        document = PublishedDocument.objects.get(content_id=page.content_id)
        assert (document.title, fresh(page).title, fresh(page).draft_title) == (f"Жаңы {page.pk}",) * 3
        assert fresh(page).live_revision_id == page.latest_revision_id
        (notice,) = document.corrections
        assert (notice["version"], notice["note"]) == (document.version, "Саны такталды.")
    assert sound()


def topic() -> Topic:
    return Topic.objects.get_or_create(key="bilim", label_ky="Билим", label_ru="Образование", label_en="Education")[0]


def place() -> Place:
    return Place.objects.get_or_create(key="osh-2", label_ky="Ош", label_ru="Ош", label_en="Osh")[0]


def picture() -> Photo:
    return photo(title="Кол коюу", alt_text_ky="Кол коюу аземи", credit="А. Асанов")


def press_file() -> PressFile:
    return PressFile.objects.create(title="Тиркеме", file=ContentFile(pdf_bytes(), name="tirkeme.pdf"))


CHANGES = {
    "words": lambda other: {"lead": "Жаңы лид.", "summary": "Жаңы мазмун."},
    "a link": lambda other: {"body": [("paragraph", f'<p><a linktype="page" id="{other.pk}">Караңыз</a></p>')]},
    "a topic": lambda other: {"topics": [topic()]},
    "a picture": lambda other: {"image": picture()},
    "a place": lambda other: {"dateline_place": place()},
    "files": lambda other: {"attachments": [DocumentAttachment(file=press_file(), title=name) for name in ("А", "Б")]},
    "another document": lambda other: {"related_documents": [RelatedDocument(document=other)], "topics": [topic()]},
    "nothing but the note": lambda other: {},
}
# Only these take Wagtail's own way at the moment.
LONG = {"an address": lambda other: {"slug": f"zhany-{timezone.now():%f}"}}


@pytest.mark.parametrize("changes", [*CHANGES.values(), *LONG.values()], ids=[*CHANGES, *LONG])
def test_made_ready_or_not_the_same_stands_in_the_rows_and_for_readers(room, noon, changes):
    left, right, other = public(room, count=3)
    for page in (left, right):
        corrected(page, room, at=noon, **changes(other))
    ahead = ready(at=noon - dt.timedelta(seconds=10))
    known = {DuePublication.objects.get(page_id=page.pk).entry_number for page in (left, right)}
    assert ahead.texts.keys() | ahead.given_up.keys() == known
    assert bool(ahead.given_up) == (changes in LONG.values())
    ahead.texts.pop(DuePublication.objects.get(page_id=right.pk).entry_number, None)

    report = let_go(noon, ahead=ahead)

    assert sorted(report.published) == [left.pk, right.pk]
    assert shape(rows_of(left)) == shape(rows_of(right))
    kinds = [
        sorted(ReferenceIndex.get_references_for_object(page).values_list("model_path", "to_content_type"))
        for page in (left, right)
    ]
    assert kinds[0] == kinds[1]
    changed, kept = changes(other), fresh(left)
    for name in ("topics", "attachments", "related_documents"):
        assert [getattr(page, name).count() for page in (kept, fresh(right))] == [len(changed.get(name, ()))] * 2
    assert [row.title for row in kept.attachments.all()] == [row.title for row in changed.get("attachments", ())]
    documents = PublishedDocument.objects.exclude(content_id=other.content_id).order_by("pk")
    first, second = documents.values("type", "summary", "listed_at", "updated_at", "public_updated_at")
    assert first == second
    assert sound()


def test_the_newsroom_finds_a_corrected_text_by_its_new_title(room, noon):
    (page,) = public(room)
    corrected(page, room, at=noon, title="Таптакыр башкача")
    let_go(noon, ahead=ready(at=noon - dt.timedelta(seconds=10)))

    assert [found.pk for found in PressReleasePage.objects.search("башкача")] == [page.pk]


def test_many_corrections_cost_few_statements_more_than_few(room, noon):
    counts = []
    for count, minutes in ((1, 0), (2, 10), (6, 20)):
        at = noon + dt.timedelta(minutes=minutes)
        for page in public(room, count=count):
            corrected(page, room, at=at, title=f"Жаңы {page.pk}")
        ahead = ready(at=at - dt.timedelta(seconds=10))
        with CaptureQueriesContext(connection) as queries:
            assert len(let_go(at, ahead=ahead).published) == count
        counts.append(len(queries))

    assert counts[2] - counts[1] <= 4 * STATEMENTS_EACH


@pytest.mark.parametrize("name", ["image", "attachments"])
def test_what_a_correction_shows_was_deleted_before_the_moment(room, noon, name):
    """Below every door: nothing of the correction is published, the others are."""
    page, other = public(room, count=2)
    shown = {"image": picture, "attachments": press_file}[name]()
    corrected(page, room, at=noon, **{name: shown if name == "image" else [DocumentAttachment(file=shown)]})
    corrected(other, room, at=noon, title="Башка")
    ahead = ready(at=noon - dt.timedelta(seconds=10))
    type(shown)._base_manager.filter(pk=shown.pk)._raw_delete("default")

    report = let_go(noon, ahead=ahead)

    assert (report.published, list(report.failed)) == ([other.pk], [page.pk])
    assert (fresh(page).image, fresh(page).attachments.count(), fresh(page).title) == (None, 0, "Эски 0")
    assert sound()


def test_a_correction_of_what_is_no_longer_public_is_done_anew_at_the_moment(room, noon, built):
    """As far as the worker that made it ready knew, another version stood in the rows."""
    (page,) = public(room)
    corrected(page, room, at=noon, title="Жаңы")
    ahead = ready(at=noon - dt.timedelta(seconds=10))
    ((number, text),) = ahead.texts.items()
    ahead.texts[number] = replace(text, changes=replace(text.changes, corrects=text.changes.corrects - 1, columns={}))
    built.clear()

    report = let_go(noon, ahead=ahead)

    assert (report.published, built) == ([page.pk], [page.pk])
    assert (fresh(page).title, PublishedDocument.objects.get().title) == ("Жаңы", "Жаңы")
    assert sound()


def stopped_and_another_published(page, room) -> None:
    """The correction is stopped and another one becomes public; below every door, the first one is due again."""
    row = DuePublication.objects.filter(page_id=page.pk).values().get()
    decisions.stop_scheduled(page_id=page.pk, actor_id=room.leader.pk, remark="Башкача", now=timezone.now())
    edit(page, by=room.author, title="Үчүнчү", change_note="Дагы такталды.", go_live_at=None)
    publish(page, room)
    DuePublication.objects.create(**row)


def closed(page, room) -> None:
    close(page, by=room.second_leader)


@pytest.mark.parametrize(
    ("happens", "left"), [(stopped_and_another_published, ["Үчүнчү"]), (closed, [])], ids=["another", "closed"]
)
def test_a_correction_that_was_overtaken_is_never_published(room, noon, happens, left):
    page, other = public(room, count=2)
    corrected(page, room, at=noon, title="Жаңы")
    corrected(other, room, at=noon, title="Башка")
    ahead = ready(at=noon - dt.timedelta(seconds=10))
    happens(page, room)
    row = PressReleasePage.objects.filter(pk=page.pk).values().get()

    report = let_go(noon, ahead=ahead)

    assert report.published == [other.pk]
    titles = PublishedDocument.objects.filter(content_id=page.content_id).values_list("title", flat=True)
    assert (list(titles), PressReleasePage.objects.filter(pk=page.pk).values().get()) == (left, row)


def test_of_many_corrections_one_bad_one_falls_out_alone_and_leaves_what_is_public(room, noon):
    pages = [corrected(page, room, at=noon, title=f"Жаңы {page.pk}") for page in public(room, count=4)]
    ahead, bad = ready(at=noon - dt.timedelta(seconds=10)), pages[2]

    with failing_for(bad):
        report = let_go(noon, ahead=ahead)

    assert (sorted(report.published), list(report.failed)) == ([p.pk for p in pages if p != bad], [bad.pk])
    assert (fresh(bad).title, PublishedDocument.objects.get(content_id=bad.content_id).title) == ("Эски 2",) * 2
    assert FailedPublication.objects.get().page_id == bad.pk
    assert let_go(noon, after=TRIED_AGAIN_AFTER.total_seconds()).published == [bad.pk]
    assert (fresh(bad).title, sound()) == (f"Жаңы {bad.pk}", True)


def test_a_decree_and_its_translation_are_corrected_in_the_order_of_the_original(room, noon):
    original = publish(decree(room.author), room)
    translation = publish(translated(original, room), room)
    corrected(original, room, at=noon, title="Жаңы аталыш")
    corrected(translation, room, at=noon, title="Новое название", change_note="Уточнено.")
    ahead = ready(at=noon - dt.timedelta(seconds=10))
    assert (len(ahead.texts), ahead.given_up) == (2, {})

    report = let_go(noon, ahead=ahead)

    assert report.published == [original.pk, translation.pk]
    assert LedgerEntry.objects.filter(kind="published").count() == 4
    assert sound()


def test_an_empty_shelf_does_it_the_long_way(room, noon):
    (page,) = public(room)
    corrected(page, room, at=noon, title="Жаңы")

    assert let_go(noon, ahead=Ahead()).published == [page.pk]
