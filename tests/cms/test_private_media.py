"""Files of drafts: whoever does not work in the editor learns not even that they exist."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from site_pages.models import PressFile
from tests.newsroom import photo

STAFF = ("author", "head", "leader")
DANGEROUS = ["../settings.py", "a/../../settings.py", "/etc/passwd", "a\x00.jpg", "a//b.jpg", "./a.jpg", "."]


@pytest.fixture
def picture(room):
    return photo()


def address(name: str) -> str:
    return f"/media/{name}"


def test_a_stranger_gets_the_answer_of_a_file_that_does_not_exist(client, picture):
    there, not_there = client.get(address(picture.file.name)), client.get(address("originals/none.jpg"))

    assert (there.status_code, not_there.status_code) == (404, 404)
    assert there.content == not_there.content


def test_somebody_who_may_not_enter_the_editor_is_a_stranger(client, picture, room):
    client.force_login(room.outsider)

    assert client.get(address(picture.file.name)).status_code == 404


def test_somebody_who_has_left_is_a_stranger(client, picture, room):
    client.force_login(room.author)
    room.author.is_active = False
    room.author.save()

    assert client.get(address(picture.file.name)).status_code == 404


@pytest.mark.parametrize("person", STAFF)
def test_staff_see_the_picture_and_no_cache_keeps_it(person, client, picture, room):
    client.force_login(getattr(room, person))

    response = client.get(address(picture.file.name))

    assert response.status_code == 200
    with picture.file.open() as stored:
        assert b"".join(response.streaming_content) == stored.read()
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert not response.headers.get("Content-Disposition", "").startswith("attachment")


@pytest.mark.parametrize("name", DANGEROUS)
def test_a_path_that_leads_elsewhere_does_not_exist_for_staff_either(name, client, room):
    client.force_login(room.author)

    assert client.get(address(name.replace("\x00", "%00"))).status_code == (400 if "\x00" in name else 404)


def test_a_picture_is_not_written(client, picture, room):
    client.force_login(room.author)

    assert client.post(address(picture.file.name)).status_code == 405


@pytest.fixture
def attachment(room):
    return PressFile.objects.create(title="Тиркеме", file=ContentFile(b"%PDF-1.7 draft", name="draft.pdf"))


def library_address(attachment, filename: str = "draft.pdf") -> str:
    return reverse("wagtaildocs_serve", args=[attachment.pk, filename])


def test_an_attachment_is_for_staff_alone_and_is_downloaded(client, attachment, room):
    stranger = client.get(library_address(attachment)).status_code
    client.force_login(room.outsider)
    outsider = client.get(library_address(attachment)).status_code
    client.force_login(room.author)
    response = client.get(library_address(attachment))

    assert (stranger, outsider, response.status_code) == (404, 404, 200)
    assert b"".join(response.streaming_content) == b"%PDF-1.7 draft"
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"].startswith("attachment")


def test_an_attachment_that_is_not_there_is_404_for_staff(client, attachment, room):
    client.force_login(room.author)

    assert client.get(f"/documents/{attachment.pk + 1}/draft.pdf").status_code == 404
