"""The screens on which files are uploaded: each refuses beside the field, with a sentence, and keeps nothing."""

import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.users.models import UserProfile

from site_pages.files.serving import served_file
from site_pages.models import Photo, PressFile, ServedFile
from tests.newsroom import PASSWORD, open_newsroom, photo
from tests.site_pages import samples
from tests.site_pages.samples import SVG, docx, javascript, pdf_bytes, picture_bytes, zip_of


@pytest.fixture
def author(client, db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    room = open_newsroom()
    client.login(username="author", password=PASSWORD)
    return room.author


def annex() -> PressFile:
    record = PressFile(title="Тиркеме")
    record.file.save("a.docx", ContentFile(docx()))
    return record


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
        # Both are drawn, and what they note stops whoever reads it: the library, when it makes a small picture.
        ("images", picture_bytes("WEBP", exif=b"XXXX"), "a.webp"),
        ("images", samples.png_with((b"eXIf", b"XX")), "a.png"),
        # Nothing speaks against it but that it could not be served.
        ("documents", docx(**{"word/media/image1.png": picture_bytes("PNG")[:-20]}), "a.docx"),
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
    library = "wagtaildocs" if door == "documents" else "wagtailimages"
    for address in (f"{library}:index", f"{library}_chooser:choose"):
        assert client.get(reverse(address)).status_code == 200


@pytest.mark.parametrize(
    ("make", "door", "content", "name"),
    [
        (photo, "wagtailimages:edit", picture_bytes("WEBP", exif=b"XXXX"), "a.webp"),
        (annex, "wagtaildocs:edit", docx(**{"word/media/image1.png": picture_bytes("PNG")[:-20]}), "a.docx"),
    ],
)
def test_what_cannot_be_served_does_not_replace_what_can(client, author, settings, make, door, content, name):
    record = make()
    before = record.file.name
    originals = [path for path in kept(settings)[3] if "originals" in path.parts]

    response = client.post(
        reverse(door, args=[record.pk]),
        {"title": "Тиркеме", "collection": 1, "language": "ky", "file": SimpleUploadedFile(name, content)},
    )

    assert [error.code for error in response.context["form"].errors.as_data()["file"]] == ["damaged"]
    record.refresh_from_db()
    assert record.file.name == before
    assert [path for path in kept(settings)[3] if "originals" in path.parts] == originals


@pytest.mark.parametrize("name", ["№.jpg", "😀.jpg", "№ 5.jpg"])
@pytest.mark.parametrize("door", ["wagtailimages:add", "wagtailimages:add_multiple"])
def test_a_name_of_symbols_keeps_its_ending(client, author, settings, name, door):
    field = "files[]" if door.endswith("multiple") else "file"
    file = SimpleUploadedFile(name, picture_bytes("JPEG"))

    client.post(reverse(door), {"title": "Сүрөт", "collection": 1, field: file})

    (record,) = Photo.objects.all()
    assert (record.original_filename, record.file.name[-4:]) == (name, ".jpg")
    assert served_file(original_name=record.file.name).storage_name.endswith(".jpg")


@pytest.mark.parametrize("name", ["Нарын мектеби.jpg", "№.jpg"])
def test_a_file_whose_title_is_wrong_waits_where_nobody_can_guess(client, author, settings, name):
    file = SimpleUploadedFile(name, picture_bytes("JPEG"))

    told = client.post(
        reverse("wagtailimages:add_multiple"), {"title": "м" * 256, "collection": 1, "files[]": file}
    ).json()
    (waiting,) = [str(path.relative_to(settings.MEDIA_ROOT)) for path in kept(settings)[3]]
    number = told["uploaded_file_id"]
    client.post(
        reverse("wagtailimages:create_multiple_from_uploaded_image", args=[number]),
        {f"uploaded-image-{number}-title": "Мектеп", f"uploaded-image-{number}-collection": 1},
    )

    assert re.fullmatch(r"wagtail_uploads/([0-9a-f]{2})/\1[0-9a-f]{38}/(Нарын_мектеби|file)\.jpg", waiting)
    (record,) = Photo.objects.all()
    assert record.file.name.endswith(".jpg") and record.original_filename == waiting.rsplit("/")[-1]
    assert not (settings.MEDIA_ROOT / waiting).exists()
