"""What the tests of outside readers share: a link, somebody who opens it, and what was recorded."""

import io

from django.core.files.images import ImageFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from approvals.models import OutsideLink, OutsideReading, OutsideRemark, OutsideRevocation
from approvals.outside import links
from site_pages.files.serving import served_file
from site_pages.models import DocumentPage, Photo
from site_pages.public_form.builders import build
from tests.newsroom import fresh

READER = "А. Асанов, саламаттык сактоо министри"
NO_TOKEN = "A" * 43
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAME_ID = {"X-Request-ID": "the-same-request", "User-Agent": BROWSER}


def make(page, *, by, language: str = "ky", hours: int = 72, reader_name: str = READER, **values) -> tuple:
    """A link to the page's latest version, and its token."""
    seen = build(fresh(page).get_latest_revision_as_object()).digest
    values = {"seen_digest": seen, "reason": "Бул анын сөзү.", "now": timezone.now(), **values}
    return links.make(page_id=page.pk, maker=by, reader_name=reader_name, language=language, hours=hours, **values)


def another_photo(colour: str) -> Photo:
    """A photograph whose bytes no other has."""
    content = io.BytesIO()
    Image.new("RGB", (32, 32), colour).save(content, "PNG")
    picture = Photo(title=colour, file=ImageFile(content, name="p.png"), alt_text_ky="Сүрөт", credit="А")
    picture.save()
    return picture


def sha256_of(page) -> str:
    """The hash by which the version names the page's picture."""
    return build(page).payload["image"]["sha256"]


def hash_of(record) -> str:
    """The hash of what readers would get of a picture or file that has no words of its own."""
    return served_file(original_name=record.file.name).sha256


def address(token: str) -> str:
    return reverse("outside:text", args=[token])


def somebody(**options) -> Client:
    """A browser in which nobody has signed in. Each answer has the same request id."""
    return Client(raise_request_exception=False, headers=SAME_ID, **options)


def answer_of(response) -> tuple:
    """An answer whole: status, bytes and every header."""
    return response.status_code, response.content, sorted(response.headers.items())


def recorded() -> dict[str, list]:
    """All that is on record about outside readers."""
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (OutsideLink, OutsideReading, OutsideRemark, OutsideRevocation)
    }


def limited(monkeypatch) -> None:
    """Make every document access-limited."""
    monkeypatch.setattr(DocumentPage, "is_access_limited", property(lambda page: True), raising=False)


def changed(user, **values) -> None:
    """Store other values of an account."""
    for name, value in values.items():
        setattr(user, name, value)
    user.save()


def screen(page) -> str:
    """Where the office sees the links of a document."""
    return reverse("approvals:outside", args=[page.pk])


def filled(page, **changes) -> dict:
    """The form for a link, filled in."""
    seen = build(fresh(page).get_latest_revision_as_object()).digest
    return {"digest": seen, "reader_name": READER, "reason": "Анын сөзү.", "language": "ru", "hours": 72, **changes}


def nothing() -> tuple:
    """The answer to an address that never was one."""
    return answer_of(somebody(REMOTE_ADDR="192.0.2.99").get(address(NO_TOKEN)))
