"""The screens on which files are uploaded: each refuses beside the field, with a sentence, and keeps nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.users.models import UserProfile

from site_pages.models import Photo, PressFile, ServedFile
from tests.newsroom import PASSWORD, open_newsroom
from tests.site_pages import samples
from tests.site_pages.samples import SVG, docx, javascript, pdf_bytes, picture_bytes, zip_of


@pytest.fixture
def author(client, db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    room = open_newsroom()
    client.login(username="author", password=PASSWORD)
    return room.author


DOORS = {
    "documents": ("wagtaildocs:add", "wagtaildocs:add_multiple"),
    "images": ("wagtailimages:add", "wagtailimages:add_multiple"),
}


def kept(settings) -> tuple:
    folder = settings.MEDIA_ROOT
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []
    return Photo.objects.count(), PressFile.objects.count(), ServedFile.objects.count(), files


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_screen_says_beside_the_field_why_a_file_is_refused_and_keeps_nothing(client, author, settings, language):
    UserProfile.objects.create(user=author, preferred_language=language)
    file = SimpleUploadedFile("annex.pdf", pdf_bytes(javascript), content_type="application/pdf")

    response = client.post(reverse("wagtaildocs:add"), {"title": "Тиркеме", "file": file, "collection": 1})

    (error,) = response.context["form"].errors.as_data()["file"]
    assert (response.status_code, error.code) == (200, "active_content")
    assert "JavaScript" in response.content.decode()
    assert kept(settings) == (0, 0, 0, [])


@pytest.mark.parametrize(
    ("door", "content", "name"),
    [
        ("documents", pdf_bytes(javascript), "a.pdf"),
        ("documents", docx("<w:p><w:ins/></w:p>"), "a.docx"),
        ("documents", SVG, "a.txt"),
        ("images", samples.png_header(20_000, 20_000), "a.png"),
        ("images", picture_bytes("JPEG") + zip_of([("a.txt", b"a")]), "a.jpg"),
        ("images", SVG, "a.svg"),
    ],
)  # fmt: skip
def test_every_door_for_uploads_refuses(client, author, settings, door, content, name):
    single, several = (reverse(address) for address in DOORS[door])
    fields = {"title": "Тиркеме", "collection": 1}

    one = client.post(single, {**fields, "file": SimpleUploadedFile(name, content)})
    many = client.post(several, {**fields, "files[]": SimpleUploadedFile(name, content)})
    chooser = client.post(
        reverse(f"wagtail{'docs' if door == 'documents' else 'images'}_chooser:create"),
        {f"{door.rstrip('s')}-chooser-upload-{key}": value for key, value in
         {**fields, "file": SimpleUploadedFile(name, content)}.items()},
    )  # fmt: skip

    assert one.context["form"].errors["file"]
    assert many.json()["success"] is False
    assert chooser.status_code == 200 and "error" in chooser.content.decode()
    assert kept(settings) == (0, 0, 0, [])
