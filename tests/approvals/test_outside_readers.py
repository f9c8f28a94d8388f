"""An outside reader: the link shows one version of one text, takes remarks, dies in time, and opens nothing else."""

import datetime as dt
import hashlib
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.models import Notice, OutsideReading, OutsideRemark, TextOnRecord
from approvals.outside.rules import MOST_REMARKS
from site_pages.files.serving import served_name
from site_pages.models import PressFile
from site_pages.public_form.builders import build
from tests.approvals.consultation import (
    READER,
    address,
    another_photo,
    answer_of,
    hash_of,
    make,
    nothing,
    recorded,
    sha256_of,
    somebody,
)
from tests.attacks.houses import everything, signed_in
from tests.newsroom import edit, fresh, photo, release, submit
from tests.site_pages.samples import pdf_bytes

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def page(room):
    return release(room.author, image=photo(alt_text_ky="Сүрөт", credit="А. Асанов"))


@pytest.fixture
def token(room, page) -> str:
    return make(page, by=room.author)[1]


def say(token: str, text: str, client: Client | None = None):
    return (client or somebody()).post(
        address(token), urlencode({"remark": text}), content_type="application/x-www-form-urlencoded"
    )


def said() -> list[str]:
    return list(OutsideRemark.objects.order_by("pk").values_list("text", flat=True))


def pictures_in(response) -> list[str]:
    return re.findall(r'<img[^>]* src="([^"]+)"', response.text)


# --- Reading


def test_the_reader_sees_the_text_and_the_reading_is_recorded(token, page):
    moment = timezone.now() + dt.timedelta(hours=1)
    with time_machine.travel(moment, tick=False):
        response = somebody(REMOTE_ADDR="198.51.100.7").get(address(token))

    assert response.status_code == 200
    assert READER in response.text and "Биринчи абзац." in response.text and page.title in response.text
    reading = OutsideReading.objects.get()
    assert (reading.at, reading.address) == (moment, "198.51.100.7")


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_page_speaks_the_language_chosen_for_the_reader(room, page, language):
    _link, token = make(page, by=room.author, language=language)

    response = somebody().get(address(token), headers={"Accept-Language": "de, en;q=0.1"})

    assert f'<html lang="{language}">' in response.text
    assert response.headers["Content-Language"] == language
    assert '<article lang="ky">' in response.text


def test_the_page_is_sealed_and_leads_nowhere(token):
    response = somebody().get(address(token))

    headers = response.headers
    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert headers["X-Robots-Tag"].startswith("noindex")
    assert "script-src" not in headers["Content-Security-Policy"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert not response.cookies and "Cookie" not in headers.get("Vary", "")
    assert "/admin" not in response.text and "<script" not in response.text
    assert set(re.findall(r'href="([^"]+)"', response.text)) == {"/static/approvals/outside.css"}


def test_nothing_is_shown_that_is_not_in_the_public_form(room):
    page = release(room.author, owner=room.author, title="Ачык аталыш")
    edit(page, by=room.colleague, title="Ачык аталыш 2")
    _link, token = make(page, by=room.author, reason="Ички себеп")

    shown = somebody().get(address(token)).text

    for hidden in ("Ички себеп", room.author.username, room.colleague.username, f"/{page.pk}/", "department"):
        assert hidden not in shown, hidden
    assert "Ачык аталыш 2" in shown


def test_a_session_of_staff_gives_no_more_than_none(room, token):
    stranger = somebody().get(address(token))
    boss = somebody()
    boss.cookies = signed_in(room.boss).cookies

    assert answer_of(boss.get(address(token))) == answer_of(stranger)


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_text_stays_the_version_that_was_shown_when_the_link_was_made(room, page, language):
    link, token = make(page, by=room.author, language=language)
    before = somebody().get(address(token)).content

    edit(
        page,
        by=room.author,
        title="Таптакыр башка",
        summary="Башка",
        lead="Башка",
        body=[("paragraph", "<p>Башка</p>")],
    )
    page.revisions.exclude(pk=fresh(page).latest_revision_id).delete()

    assert somebody().get(address(token)).content == before
    assert "Таптакыр" not in before.decode()
    assert (
        TextOnRecord.objects.get(digest=link.digest).canonical.encode()
        != build(fresh(page).get_latest_revision_as_object()).canonical
    )


def test_markup_in_names_remarks_and_texts_stays_words(room):
    body = [
        ("paragraph", f"<p>Абзац {EVIL}<img src=x onerror=alert(2)></p>"),
        ("heading", {"level": "2", "text": EVIL}),
    ]
    page = release(room.author, title=f"Аталыш {EVIL}", summary=EVIL, body=body)
    _link, token = make(page, by=room.author, reader_name=f"{EVIL}\r\nSet-Cookie: a=b")

    assert say(token, EVIL).status_code == 302
    response = somebody().get(address(token))
    screens = [
        signed_in(room.author).get(reverse(name, args=[page.pk])).text
        for name in ("approvals:document", "approvals:outside")
    ]

    assert not response.cookies
    for shown in (response.text, *screens):
        assert EVIL not in shown and "onerror=alert" not in shown
        assert shown.count("&lt;script&gt;alert(1)") >= 2


@pytest.mark.parametrize(
    "robot",
    [
        "TelegramBot (like TwitterBot)", "WhatsApp/2.23.20.0 A", "facebookexternalhit/1.1", "Slackbot 1.0",
        "Mozilla/5.0 (compatible; Googlebot/2.1)", "SkypeUriPreview Preview/0.5", "curl/8.5.0", "python-requests/2.32",
    ],
)  # fmt: skip
def test_what_previews_links_sees_a_cover_and_does_not_count(token, page, robot):
    cover = somebody().get(address(token), headers={"User-Agent": robot})

    assert cover.status_code == 200
    assert page.title not in cover.text and READER not in cover.text and "Биринчи" not in cover.text
    assert OutsideReading.objects.count() == 0
    opened = somebody().get(address(token) + "?open=1", headers={"User-Agent": robot})
    assert "Биринчи" in opened.text and OutsideReading.objects.count() == 1


def test_a_head_or_a_prefetch_is_no_reading_and_brings_nothing(token):
    head = somebody().head(address(token))
    prefetch = somebody().get(address(token), headers={"Sec-Purpose": "prefetch;prerender"})

    assert (head.status_code, head.content, prefetch.status_code) == (200, b"", 200)
    assert "Биринчи" not in prefetch.text
    assert OutsideReading.objects.count() == 0


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_no_other_method_is_there(token, method):
    response = getattr(somebody(REMOTE_ADDR="192.0.2.98"), method)(address(token))

    assert answer_of(response)[:2] == nothing()[:2]
    assert OutsideReading.objects.count() == 0


# --- Pictures


def test_the_pictures_of_the_version_are_served_by_their_hash(token, page):
    (picture,) = pictures_in(somebody().get(address(token)))

    response = somebody().get(picture)

    assert picture.startswith(address(token) + "pictures/")
    assert hashlib.sha256(response.content).hexdigest() == sha256_of(page)
    assert (response.headers["Content-Type"], response.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert OutsideReading.objects.count() == 1


@pytest.mark.parametrize(
    "wanted",
    [
        "{other}", "0" * 63 + "a", "{other_id}", "{name}", "..%2F..%2Fsettings.py", "../../../etc/passwd", "%2e%2e%2f",
        "{own}/x", "{own}.jpg", "{OWN}", "{own}%0A", "{own}%0D%0ASet-Cookie:a=b", "{own}?x=1#", "x" * 3000, "",
    ],
)  # fmt: skip
def test_no_other_file_is_opened(room, token, page, wanted):
    other, own = another_photo("#f00"), sha256_of(page)
    wanted = wanted.format(
        other=hash_of(other), other_id=other.public_id, name=page.image.file.name, own=own, OWN=own.upper()
    )

    response = somebody().get(f"{address(token)}pictures/{wanted}" + ("/" if "?" not in wanted else ""))

    assert response.status_code == 404
    assert answer_of(response) == nothing()


def test_a_picture_of_another_document_is_not_opened_by_this_token(room, token):
    page = release(room.author, title="Башка текст", image=another_photo("#0f0"))
    _link, other = make(page, by=room.author)
    (theirs,) = pictures_in(somebody().get(address(other)))

    assert somebody().get(theirs).status_code == 200
    assert answer_of(somebody().get(theirs.replace(other, token))) == nothing()


def test_a_picture_whose_bytes_were_exchanged_is_not_served(token, page):
    picture = f"{address(token)}pictures/{sha256_of(page)}/"
    stored = Path(default_storage.path(served_name(sha256=sha256_of(page))))
    whole = stored.read_bytes()
    assert somebody().get(picture).content == whole

    try:
        stored.write_bytes(b"other bytes")
        assert answer_of(somebody().get(picture)) == nothing()
    finally:
        stored.write_bytes(whole)


def test_a_file_that_is_no_picture_is_named_and_not_served(room):
    file = PressFile.objects.create(title="Тиркеме", file=ContentFile(pdf_bytes(), name="a.pdf"))
    page = release(room.author, body=[("attachment", {"file": file, "title": ""})])
    _link, token = make(page, by=room.author)

    shown = somebody().get(address(token)).text

    assert "<a>Тиркеме</a>" in shown and "data-file-id" not in shown
    assert answer_of(somebody().get(f"{address(token)}pictures/{hash_of(file)}/")) == nothing()


# --- Remarks


def test_a_remark_is_stored_and_shown_to_the_office_and_nobody_is_told(room, page, token):
    submit(page, by=room.author)
    before, notices = everything(), Notice.objects.count()

    response = say(token, "Экинчи абзацта жыл туура эмес.\r\nОңдоңуз.")

    assert (response.status_code, response.headers["Location"]) == (302, address(token))
    assert said() == ["Экинчи абзацта жыл туура эмес.\nОңдоңуз."]
    for who in (room.author, room.head, room.leader):
        shown = signed_in(who).get(reverse("approvals:document", args=[page.pk])).text
        assert "Экинчи абзацта жыл туура эмес." in shown and READER in shown
    assert "жыл туура эмес" in somebody().get(address(token)).text
    assert (everything(), Notice.objects.count()) == (before, notices)


def test_the_same_remark_twice_is_one_press_too_many(token):
    for _ in range(2):
        assert say(token, "Макулмун.").status_code == 302

    assert said() == ["Макулмун."]


@pytest.mark.parametrize("text", ["", "  \r\n ", "а\x00б", "б" * 4001])
def test_what_is_no_remark_is_said_and_not_stored(token, text):
    response = say(token, text)

    assert response.status_code == 400
    assert 'role="alert"' in response.text and "Биринчи абзац" not in response.text
    assert said() == []


def test_a_remark_of_4000_characters_is_stored_whole(token):
    say(token, "ө" * 3999 + "\r\n" * 0 + "ң")

    assert said() == ["ө" * 3999 + "ң"]


def test_a_refused_remark_is_not_lost(token):
    assert "т" * 4001 in say(token, "т" * 4001).text


def test_the_twentieth_remark_is_stored_and_the_next_is_not(token):
    for number in range(MOST_REMARKS):
        assert say(token, f"№ {number}").status_code == 302
    before = recorded()

    response = say(token, "№ 21")

    assert response.status_code == 409
    assert recorded() == before and len(said()) == 20
    assert "<textarea" not in somebody().get(address(token)).text


@pytest.mark.parametrize(
    "post",
    [
        {"data": {"remark": "х"}},  # multipart
        {"data": '{"remark": "x"}', "content_type": "application/json"},
        {"data": "remark=%FF" + "&a=1" * 1200, "content_type": "application/x-www-form-urlencoded"},
        {"data": "remark=" + "x" * 3_000_000, "content_type": "application/x-www-form-urlencoded"},
        {"data": "remark=%FF", "content_type": "application/x-www-form-urlencoded; charset=koi8-r"},
        {"data": "decision=approve&digest=" + "0" * 64, "content_type": "application/x-www-form-urlencoded"},
    ],
)
def test_a_post_that_is_no_plain_form_stores_nothing(token, post):
    response = somebody().post(address(token), **post)

    assert response.status_code == 400
    assert said() == []


def test_a_forged_post_without_the_address_has_no_target_and_with_it_needs_no_cookie(room, token):
    """The token in the address is the whole right: no cookie lends any, so there is none to ride on."""
    client = somebody(enforce_csrf_checks=True)
    client.cookies = signed_in(room.author).cookies

    assert client.post("/outside/", {"remark": "х"}).status_code == 404
    assert say(token, "Макулмун.", client).status_code == 302
    assert said() == ["Макулмун."]
