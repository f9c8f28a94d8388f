"""Photographs and files of a cleared text that waits: nobody changes in the library what readers would get of them."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Collection
from wagtail.users.models import UserProfile

from approvals.models import DuePublication
from site_pages.gatekeeping import RECORD_IS_KEPT, RecordKept
from site_pages.models import Photo, PressFile
from tests.approvals.embargo.press import publish_in_time
from tests.attacks.houses import signed_in
from tests.newsroom import photo, publish, release
from tests.site_pages.samples import pdf_bytes, telling_picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def image():
    return photo(alt_text_ky="Сүрөт", credit="А. Асанов")


@pytest.fixture
def file():
    return PressFile.objects.create(title="Тиркеме", file=ContentFile(pdf_bytes(), name="a.pdf"))


@pytest.fixture
def waiting(room, image, file):
    """Cleared and waiting; uses the photograph, and the file in its body."""
    body = [("paragraph", "<p>Текст.</p>"), ("attachment", {"file": file, "title": ""})]
    due = timezone.now() + dt.timedelta(hours=2)
    return publish(release(room.author, image=image, body=body, go_live_at=due), room)


@pytest.fixture
def library(room):
    """The browser of a colleague who has nothing to do with the text."""
    UserProfile.objects.update_or_create(user=room.colleague, defaults={"preferred_language": "en"})
    return signed_in(room.colleague)


def kept() -> tuple:
    """Both libraries, without what Wagtail fills in by itself when somebody looks."""
    filled_in = ("file_size", "file_hash")
    return tuple(
        [
            {name: value for name, value in row.items() if name not in filled_in}
            for row in model.objects.order_by("pk").values()
        ]
        for model in (Photo, PressFile)
    )


def photo_form(known, **changes) -> dict:
    fields = {
        name: getattr(known, name) for name in ("title", "alt_text_ky", "alt_text_ru", "caption_ky", "credit", "rights")
    }
    return {**fields, "collection": known.collection_id, "tags": "", **changes}


def file_form(known, **changes) -> dict:
    return {"title": known.title, "collection": known.collection_id, "language": "ky", "tags": "", **changes}


def says_so(response) -> bool:
    with translation.override("en"):
        return str(RECORD_IS_KEPT) in response.text


@pytest.mark.parametrize(
    "changes",
    [{"credit": "Башка"}, {"alt_text_ky": "Башка"}, {"caption_ky": "Башка"}, {"rights": "Башка"}, {"file": "another"}],
)
def test_a_photograph_is_not_changed_by_its_form(waiting, image, library, changes):
    if "file" in changes:
        changes = {"file": SimpleUploadedFile("new.jpg", telling_picture("JPEG"), content_type="image/jpeg")}
    before = kept()

    answer = library.post(reverse("wagtailimages:edit", args=[image.pk]), photo_form(image, **changes))

    assert (answer.status_code, says_so(answer), waiting.title in answer.text) == (200, True, False)
    assert kept() == before
    publish_in_time(waiting)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Башка аталыш"},
        {"alt_text_ru": "Фотография"},
        {"focal_point_x": "10", "focal_point_y": "10", "focal_point_width": "4", "focal_point_height": "4"},
        {"tags": "жыйын"},
        {"collection": "another"},
    ],
)
def test_what_readers_do_not_get_of_it_stays_free(waiting, image, library, changes):
    if "collection" in changes:
        changes = {"collection": Collection.get_first_root_node().add_child(name="Башка").pk}

    answer = library.post(reverse("wagtailimages:edit", args=[image.pk]), photo_form(image, **changes))

    assert answer.status_code == 302
    publish_in_time(waiting)


@pytest.mark.parametrize("changes", [{"title": "Башка"}, {"number_of_pages": "7"}, {"file": "another"}])
def test_a_file_is_not_changed_by_its_form(waiting, file, library, changes):
    if "file" in changes:
        changes = {"file": SimpleUploadedFile("new.pdf", pdf_bytes(), content_type="application/pdf")}
    before = kept()

    answer = library.post(reverse("wagtaildocs:edit", args=[file.pk]), file_form(file, **changes))

    assert (answer.status_code, says_so(answer)) == (200, True)
    assert kept() == before
    publish_in_time(waiting)


def test_neither_is_deleted_one_by_one_or_many_at_once(room, waiting, file, library):
    inside = photo(title="Тексттин ичинде", alt_text_ky="Сүрөт", credit="А. Асанов")
    body = [("figure", {"photo": inside, "alt_text": "", "caption": ""})]
    other = publish(release(room.author, title="Экинчи", body=body, go_live_at=waiting.go_live_at), room)
    spare = photo(title="Башка")
    images, files = (
        reverse("wagtail_bulk_action", args=["site_pages", model, "delete"]) for model in ("photo", "pressfile")
    )
    before = kept()

    answers = [
        library.post(reverse("wagtailimages:delete", args=[inside.pk])),
        library.post(reverse("wagtaildocs:delete", args=[file.pk])),
        library.post(
            reverse("wagtailimages:delete_multiple", args=[inside.pk]), headers={"X-Requested-With": "XMLHttpRequest"}
        ),
        library.post(f"{images}?id={inside.pk}&id={spare.pk}"),
        library.post(f"{files}?id={file.pk}"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 5
    assert all(says_so(answer) for answer in answers)
    # The colleague may open both texts; of which one it is, the answer says.
    assert [(waiting.title in one.text, other.title in one.text) for one in answers] == [
        (False, True), (True, False), (False, True), (False, True), (True, False),
    ]  # fmt: skip
    assert kept() == before
    assert DuePublication.objects.filter(page_id__in=[waiting.pk, other.pk]).count() == 2


def test_what_the_row_of_its_page_names_wagtail_keeps_before_us(waiting, image, library):
    before = kept()

    answers = [
        library.post(reverse("wagtailimages:delete", args=[image.pk])),
        library.post(f"{reverse('wagtail_bulk_action', args=['site_pages', 'photo', 'delete'])}?id={image.pk}"),
        library.post(
            reverse("wagtailimages:delete_multiple", args=[image.pk]), headers={"X-Requested-With": "XMLHttpRequest"}
        ),
    ]

    assert [answer.status_code for answer in answers] == [302, 302, 403]
    assert kept() == before


def test_no_program_changes_or_deletes_it_either(waiting, image, file):
    before = kept()
    image.credit = "Башка"

    for action in (image.save, image.delete, file.delete, PressFile.objects.all().delete):
        with pytest.raises(RecordKept), transaction.atomic():
            action()

    assert kept() == before


def test_before_it_is_cleared_and_after_it_is_public_everything_is_free(room, image, library):
    page = release(room.author, image=image)
    edited = library.post(reverse("wagtailimages:edit", args=[image.pk]), photo_form(image, credit="Башка"))
    publish(page, room)
    image.refresh_from_db()
    again = library.post(reverse("wagtailimages:edit", args=[image.pk]), photo_form(image, credit="Дагы башка"))

    assert (edited.status_code, again.status_code) == (302, 302)
    assert Photo.objects.get().credit == "Дагы башка"
