"""Files: exactly the bytes that were cleared, or none."""

import hashlib
import io
from pathlib import Path

from django.core.files.images import ImageFile
from django.core.files.storage import default_storage
from PIL import Image

from frontend_api.models import PublishedDocument, PublishedFile
from site_pages.public_form.builders import build
from tests.newsroom import edit, fresh, photo, publish, release

BASE = "http://127.0.0.1:8001"


def picture():
    return photo(alt_text_ky="Сүрөт", credit="А. Асанов")


def image_address(api, page) -> str:
    """Where the API says that the picture of a release is."""
    return api.get(f"/api/v1/releases/{page.slug}").json()["image"]["url"].removeprefix(BASE)


def served_path() -> Path:
    """Where the storage keeps the one file that is public."""
    return Path(default_storage.path(PublishedFile.objects.get().storage_name))


def body_of(response) -> bytes:
    return b"".join(response.streaming_content)


def colour(content: bytes) -> tuple:
    return Image.open(io.BytesIO(content)).getpixel((0, 0))


def test_the_address_in_a_document_gives_the_bytes_whose_hash_the_document_names(api, room):
    page = publish(release(room.author, image=picture()), room)
    named = api.get(f"/api/v1/releases/{page.slug}").json()["image"]

    response = api.get(named["url"].removeprefix(BASE))

    body = body_of(response)
    assert hashlib.sha256(body).hexdigest() == named["sha256"]
    assert (len(body), response["Content-Length"]) == (named["file_size"], str(named["file_size"]))
    assert (response["Content-Type"], response["ETag"]) == ("image/jpeg", f'"{named["sha256"]}"')
    assert response["Content-Disposition"] == 'inline; filename="photo.jpg"'
    assert response["Cache-Control"] == "public, max-age=86400, s-maxage=4, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_reader_who_has_the_bytes_gets_none(api, room):
    address = image_address(api, publish(release(room.author, image=picture()), room))
    etag = api.get(address)["ETag"]

    again = api.get(address, headers={"If-None-Match": etag})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)


def test_bytes_that_are_not_those_that_were_cleared_are_not_served(api, room, caplog):
    address = image_address(api, publish(release(room.author, image=picture()), room))
    stored = served_path()
    kept = stored.read_bytes()
    stored.chmod(0o644)
    stored.write_bytes(kept[:-1] + b"x")

    response = api.get(address)

    stored.write_bytes(kept)
    assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert "published_file_altered" in caplog.text
    assert body_of(api.get(address)) == kept


def test_a_file_that_is_gone_from_the_storage_is_our_mistake(api, room, caplog):
    address = image_address(api, publish(release(room.author, image=picture()), room))
    stored = served_path()
    kept = stored.read_bytes()
    stored.unlink()

    response = api.get(address)

    stored.write_bytes(kept)
    assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert "published_file_missing" in caplog.text


def test_each_document_keeps_its_own_bytes_when_a_picture_is_replaced(api, room):
    used = picture()
    first = publish(release(room.author, title="Биринчи", image=used), room)
    before = body_of(api.get(image_address(api, first)))
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "#a00").save(content, "JPEG")
    used.file = ImageFile(content, name="photo.jpg")
    used.save()
    second = publish(release(room.author, title="Экинчи", image=used), room)

    of_first, of_second = (body_of(api.get(image_address(api, page))) for page in (first, second))

    assert of_first == before != of_second
    assert colour(of_second) == colour(content.getvalue()) != colour(of_first)
    latest = api.get(f"/api/v1/files/{used.public_id}/photo.jpg")
    assert (body_of(latest), latest["Cache-Control"]) == (of_second, "public, max-age=300, s-maxage=4")


def test_a_file_that_a_correction_took_out_is_no_longer_served(api, room):
    page = publish(release(room.author, image=picture()), room)
    address = image_address(api, page)
    edit(page, by=room.author, image=None, change_note="Сүрөт алынды.")

    publish(page, room)

    assert api.get(address).status_code == 404
    assert (PublishedFile.objects.count(), PublishedDocument.objects.get().version) == (0, 2)


def test_another_hash_is_another_file(api, room):
    address = image_address(api, publish(release(room.author, image=picture()), room)).partition("?")[0]

    assert api.get(f"{address}?sha256={'0' * 64}").status_code == 404
    for malformed in ("", "0" * 63, "G" * 64, "%00"):
        assert api.get(f"{address}?sha256={malformed}").json()["errors"][0]["parameter"] == "sha256"


def test_words_that_change_later_leave_the_public_bytes_as_they_are(api, room):
    used = picture()
    page = publish(release(room.author, image=used), room)
    address = image_address(api, page)
    before = body_of(api.get(address))

    used.credit, used.caption_ky = "Б. Бакиров", "Такталган"
    used.save()
    build(fresh(page))

    assert body_of(api.get(address)) == before
    assert body_of(api.get(address.partition("?")[0])) == before
