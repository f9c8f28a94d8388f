"""Pictures and files as they arrive: damaged, too large, with a name that lies."""

import io
import re
import stat

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from site_pages.models import Photo, PressFile
from site_pages.public_form.filenames import public_filename
from tests.newsroom import PASSWORD, open_newsroom, photo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def author(client):
    room = open_newsroom()
    client.login(username="author", password=PASSWORD)
    return room.author


def jpeg(size=(64, 48)) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, "#abc").save(content, "JPEG")
    return content.getvalue()


def upload(client, content: bytes, name: str = "photo.jpg"):
    file = SimpleUploadedFile(name, content, content_type="image/jpeg")
    return client.post(reverse("wagtailimages:add"), {"title": "Сүрөт", "file": file, "collection": 1})


def test_a_photograph_gets_a_name_that_nobody_can_guess_and_keeps_its_own(client, author, tmp_path):
    assert upload(client, jpeg(), "Нарын мектеби.jpg").status_code == 302

    kept = Photo.objects.get()
    assert re.fullmatch(r"originals/([0-9a-f]{2})/\1[0-9a-f]{38}\.jpg", kept.file.name)
    stored = tmp_path / kept.file.name
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (stored, stored.parent, stored.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]
    assert kept.original_filename == "Нарын мектеби.jpg"
    assert public_filename(kept) == "naryn-mektebi.jpg"


def test_a_truncated_picture_is_refused_with_a_clear_word(client, author):
    response = upload(client, jpeg((800, 600))[:-600])

    assert response.status_code == 200
    assert [error.code for error in response.context["form"].errors.as_data()["file"]] == ["damaged"]
    assert Photo.objects.count() == 0


def test_a_picture_of_twelve_thousand_by_twelve_thousand_is_refused(client, author):
    content = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(content, "PNG")

    response = upload(client, content.getvalue(), "huge.png")

    assert response.status_code == 200
    assert [error.code for error in response.context["form"].errors.as_data()["file"]] == ["too_many_pixels"]
    assert Photo.objects.count() == 0


@pytest.mark.parametrize("name", ["../../x.jpg", "..\\..\\x.jpg", "/etc/x.jpg", "a/../../x.jpg"])
def test_a_name_that_climbs_out_of_the_folder_stays_inside(client, author, name, tmp_path):
    upload(client, jpeg(), name)

    kept = Photo.objects.get()
    assert kept.file.name.startswith("originals/") and ".." not in kept.file.name
    assert public_filename(kept) == "x.jpg"
    assert list(tmp_path.parent.glob("x.jpg")) == []


def test_a_file_that_is_no_picture_is_refused(client, author):
    response = upload(client, b"<svg onload=alert(1)>", "photo.jpg")

    assert response.context["form"].errors["file"]
    assert Photo.objects.count() == 0


def test_an_original_is_not_overwritten_and_not_removed_by_deleting_its_record():
    first = photo()
    name = first.file.name
    same = photo(title="Дагы бир жолу")

    first.file.delete(save=False)

    assert same.file.name != name
    assert same.file.storage.exists(name)


def test_a_small_picture_for_the_screen_has_a_random_name_too():
    rendition = photo().get_rendition("width-20")

    assert re.fullmatch(r"renditions/([0-9a-f]{2})/\1[0-9a-f]{38}\.jpg", rendition.file.name)


def test_a_document_keeps_its_name():
    record = PressFile(title="Тиркеме", file=ContentFile(b"%PDF-1.4 test", name="Тиркеме № 1.pdf"))
    record.save()

    assert record.original_filename == "Тиркеме № 1.pdf"
    assert record.file.name.startswith("originals/") and record.file.name.endswith(".pdf")
    assert public_filename(record) == "tirkeme-no-1.pdf"
