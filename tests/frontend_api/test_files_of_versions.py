"""Files of earlier versions: they have an address as long as a public document names the same bytes, and no longer."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone
from django.utils.http import http_date

from frontend_api.models import WithheldText
from tests.frontend_api.test_versions import path_of, read
from tests.newsroom import edit, photo, publish, release

pytestmark = pytest.mark.django_db


def test_a_file_that_is_no_longer_public_has_no_address(api, room):
    kept = photo(alt_text_ky="Сүрөт", credit="А. Асанов")
    page = publish(release(room.author, image=kept), room)
    address = read(api, path_of(page, "/1"))["image"]["url"].removeprefix("http://127.0.0.1:8001")
    assert api.get(address).status_code == 200

    edit(page, by=room.author, image=None, change_note="Сүрөт алынды.")
    publish(page, room)

    image = read(api, path_of(page, "/1"))["image"]
    assert "url" not in image
    assert image["credit"] == "А. Асанов"
    assert api.get(address).status_code == 404
    (change,) = read(api, path_of(page, "/2/difference"))["changes"]
    assert (change["name"], change["kind"]) == ("image", "removed")


def gone_from_the_text(room, **other) -> tuple:
    """A release whose first version has a picture that only another document names now, and that document."""
    picture = photo(alt_text_ky="Сүрөт", credit="А. Асанов")
    neighbour = release(room.author, title="Башка", image=picture)
    neighbour = publish(edit(neighbour, by=room.author, **other), room)
    page = publish(release(room.author, image=picture), room)
    edit(page, by=room.author, image=None, change_note="Сүрөт алынды.")
    return publish(page, room), neighbour


def test_a_file_has_an_address_until_the_last_document_that_names_it_ends(api, room):
    end = timezone.now().replace(microsecond=0) + dt.timedelta(hours=1)
    page, _neighbour = gone_from_the_text(room, expire_at=end)
    address = read(api, path_of(page, "/2"))["image"]["url"].removeprefix("http://127.0.0.1:8001")

    with time_machine.travel(end - dt.timedelta(seconds=2), tick=False):
        assert api.get(address).status_code == 200
        before = api.get(path_of(page, "/2"))
        assert before["Cache-Control"] == "public, max-age=2"
    with time_machine.travel(end + dt.timedelta(minutes=2)):
        assert api.get(address).status_code == 404
        after = api.get(path_of(page, "/2"), headers={"If-Modified-Since": before["Last-Modified"]})

    assert "url" not in after.json()["image"]
    assert after["Last-Modified"] == http_date(end.timestamp())


def test_a_file_that_only_a_withheld_document_names_has_no_address(api, room):
    page, neighbour = gone_from_the_text(room)
    assert "url" in read(api, path_of(page, "/2"))["image"]

    WithheldText.objects.create(
        content_id=neighbour.content_id, locale="ky", up_to=1, withheld_at=timezone.now(), reason="Ката"
    )

    assert "url" not in read(api, path_of(page, "/2"))["image"]


def test_a_file_has_no_address_under_a_name_that_it_has_no_longer(api, room):
    picture = photo(alt_text_ky="Сүрөт", credit="А. Асанов")
    page = publish(release(room.author, image=picture), room)
    picture.original_filename = "bashka.jpg"
    picture.save()
    edit(page, by=room.author, summary="Башка.", update_type="minor")
    publish(page, room)

    old, new = (read(api, path_of(page, f"/{number}"))["image"] for number in (1, 2))

    assert (old["sha256"], old["filename"] == new["filename"]) == (new["sha256"], False)
    assert ("url" in old, "url" in new) == (False, True)
