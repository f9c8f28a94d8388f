"""What a journalist with early access meets: exactly the cleared text, sealed, recorded, and nothing else."""

import hashlib
import logging
import re
from dataclasses import replace

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from approvals.embargo import giving
from approvals.models import (
    EarlyAccess,
    EarlyOpening,
    EarlyRevocation,
    EmbargoBreach,
    OutletReadmission,
    TextOnRecord,
)
from approvals.outside import guesses
from site_pages.models import PressFile
from tests.approvals.consultation import another_photo, answer_of, sha256_of
from tests.approvals.embargo.press import (
    ASEL,
    address,
    bearer,
    breach,
    due_of,
    embargoed,
    form_address,
    give,
    nothing,
    openings,
    opens,
    somebody,
)
from tests.attacks.houses import everything, signed_in
from tests.newsroom import photo, speech
from tests.site_pages.samples import pdf_bytes

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def page(room):
    file = PressFile.objects.create(title="Тиркеме", file=ContentFile(pdf_bytes(), name="a.pdf"))
    return embargoed(
        room,
        image=photo(alt_text_ky="Сүрөт", credit="А. Асанов"),
        body=[("paragraph", "<p>Биринчи абзац.</p>"), ("attachment", {"file": file, "title": ""})],
    )


@pytest.fixture
def token(room, page) -> str:
    return give(page, by=room.head)[1]


def files_in(response) -> set[str]:
    return set(re.findall(r'(?:href|src)="(/early/[^"]+/files/[^"]+)"', response.text))


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_page_says_the_embargo_first_in_both_times_and_in_the_language_of_the_reader(room, page, language):
    _access, token = give(page, by=room.head, to=replace(ASEL, language=language))
    due = due_of(page).due_at

    shown = somebody(REMOTE_ADDR="198.51.100.7").get(address(token))

    text = shown.text[shown.text.index("<main>") :]
    bishkek, utc = f"{timezone.localtime(due):%d.%m.%Y %H:%M:%S}", f"{due:%d.%m.%Y %H:%M:%S}"
    assert text.index(bishkek) < text.index(utc) < text.index(page.title) < text.index("Биринчи абзац.")
    assert f'<html lang="{language}">' in shown.text and '<article lang="ky">' in shown.text
    assert ASEL.reader_name in shown.text and ASEL.outlet in shown.text
    opening = EarlyOpening.objects.get()
    assert (opening.what, opening.address) == ("page", "198.51.100.7")
    assert opening.user_agent.startswith("Mozilla/5.0")


def test_every_answer_is_sealed_and_sets_no_cookie(room, page, token):
    client = somebody()
    answers = [client.get(address(token)), client.get(form_address(token))]
    answers += [client.get(path) for path in files_in(answers[0])]

    assert len(answers) == 4
    for answer in answers:
        assert answer.status_code == 200
        assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert answer.headers["X-Robots-Tag"].startswith("noindex")
        assert not answer.cookies and "Cookie" not in answer.headers.get("Vary", "")
        assert not {"ETag", "Last-Modified"} & set(answer.headers)
    assert page.title not in re.search("<title>(.*)</title>", answers[0].text)[1]
    assert "<script" not in answers[0].text and "/admin" not in answers[0].text


def test_the_json_is_byte_for_byte_what_was_cleared(page, token):
    cleared = TextOnRecord.objects.get(digest=due_of(page).digest).canonical.encode()
    client = somebody()

    answers = [
        client.get(form_address(token)),
        client.get("/early/", headers=bearer(token)),
        client.get(address(token), headers=bearer(token)),
        client.get(address(token), headers={"Accept": "application/json"}),
        client.get("/early/", headers={"Authorization": f"bearer {token}"}),
        client.get("/early/", headers={"Authorization": f"BEARER  {token}"}),
        client.get(address(token), headers={"Accept": "application/json, text/plain, */*"}),
    ]

    for answer in answers:
        assert answer.content == cleared
        assert hashlib.sha256(answer.content).hexdigest() == answer.headers["X-Jarchy-Digest"] == due_of(page).digest
        assert answer.headers["X-Jarchy-Embargo-Until"] == due_of(page).due_at.isoformat()
        assert answer.headers["Content-Type"] == "application/json"
    assert openings() == ["form"] * 7


def test_its_files_are_served_by_their_hash_and_recorded(page, token):
    client = somebody()
    paths = files_in(client.get(address(token)))

    by_address = {path: client.get(path) for path in paths}
    sha256 = sha256_of(page)
    by_bearer = client.get(f"/early/files/{sha256}/", headers=bearer(token))

    assert len(by_address) == 2
    for path, answer in by_address.items():
        assert path.endswith(f"/files/{hashlib.sha256(answer.content).hexdigest()}/")
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    kinds = {a.headers["Content-Type"]: a.headers["Content-Disposition"].split(";")[0] for a in by_address.values()}
    assert kinds == {"image/jpeg": "inline", "application/pdf": "attachment"}
    assert by_bearer.content == client.get(f"{address(token)}files/{sha256}/").content
    assert openings()[0] == "page" and openings().count(f"file:{sha256}") == 3


GUESSES = (
    "{token}A", "{short}", "{swapped}", "{hash}", "{token}%0A", "{token}%20", "{token}/x", "..%2F{token}", "1",
    "ө" * 43, "x" * 3000, "{token}/form", "{token}/files/", "files/{sha}", "{token}/files/{other}/",
    "{token}/files/..%2F..%2Fx/", "{token}/revoke/", "form.json", "",
)  # fmt: skip


@pytest.mark.parametrize("guess", GUESSES)
def test_what_is_nearly_a_token_or_its_file_is_nothing(room, page, token, guess):
    other = another_photo("#f00")
    other_sha = sha256_of(embargoed(room, title="Башка", image=other))
    access, before = EarlyAccess.objects.get(), openings()
    values = {
        "token": token, "short": token[:-1], "swapped": token.swapcase(), "hash": access.token_hash,
        "sha": sha256_of(page), "other": other_sha,
    }  # fmt: skip

    answer = somebody().get(f"/early/{guess.format(**values)}" + ("" if guess.endswith("/") or not guess else "/"))

    assert answer_of(answer) == nothing()
    assert openings() == before


def test_the_token_of_another_document_opens_only_that_one(room, page, token):
    other = embargoed(room, make=speech, title="Башка текст", image=another_photo("#0f0"))
    _access, theirs = give(other, by=room.head)
    client = somebody()
    (picture,) = files_in(client.get(address(theirs)))

    assert client.get(picture).status_code == 200
    assert answer_of(client.get(picture.replace(theirs, token))) == nothing()
    assert answer_of(client.get(address(token), headers=bearer(theirs))) == nothing()
    assert "Башка текст" not in client.get(address(token)).text


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic {token}", "Bearer{token}", "Bearer {token}x", "Bearer ө", "Bearer {t}"]
)
def test_a_bearer_that_is_none_gets_the_same_answer(token, header):
    given = header.format(token=token, t=token[:-1])

    assert answer_of(somebody().get("/early/", headers={"Authorization": given})) == nothing()
    assert openings() == []


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_no_other_method_is_there(token, method):
    for path in (address(token), form_address(token)):
        answer = getattr(somebody(REMOTE_ADDR="192.0.2.98"), method)(path)
        assert answer_of(answer)[:2] == nothing()[:2]
    assert openings() == []


@pytest.mark.parametrize("robot", ["TelegramBot (like TwitterBot)", "WhatsApp/2.23.20.0 A", "curl/8.5.0"])
def test_what_previews_links_gets_a_cover_without_a_word_of_the_text(page, token, robot):
    covers = [somebody().get(address(token), headers={"User-Agent": robot}), somebody().head(address(token))]

    assert [cover.status_code for cover in covers] == [200, 200]
    assert page.title not in covers[0].text and ASEL.outlet not in covers[0].text and covers[1].content == b""
    assert "Content-Length" not in covers[1].headers or page.title not in covers[1].text
    assert openings() == []
    assert page.title in somebody().get(f"{address(token)}?open=1", headers={"User-Agent": robot}).text


def test_a_session_of_staff_gives_no_more_than_none(room, token):
    boss = somebody()
    boss.cookies = signed_in(room.boss).cookies

    assert answer_of(boss.get(address(token))) == answer_of(somebody().get(address(token)))
    assert answer_of(boss.get(address("A" * 43))) == nothing()


def test_markup_in_names_and_texts_stays_words(room):
    page = embargoed(room, title=f"Аталыш {EVIL}", summary=EVIL)
    _access, token = give(page, by=room.head, to=replace(ASEL, outlet=f"Кабар {EVIL}\r\nSet-Cookie: a=b"))

    shown = somebody(HTTP_USER_AGENT=EVIL).get(address(token))
    screen = signed_in(room.head).get(f"/admin/approvals/{page.pk}/early/")

    assert not shown.cookies
    for answer in (shown, screen):
        assert EVIL not in answer.text and "&lt;script&gt;alert(1)" in answer.text


def test_the_public_process_knows_no_such_address(token, settings):
    settings.ROOT_URLCONF, settings.MIDDLEWARE = "cms.urls.public", settings.PUBLIC_MIDDLEWARE

    for path in (address, form_address):
        assert somebody().get(f"/early/{token}/").status_code == 404
        assert path is not None
    assert Client().get("/early/", headers=bearer(token)).status_code == 404
    assert openings() == []


def test_who_guesses_is_shut_out_for_a_while_and_said_in_the_log(token, caplog):
    guesser = somebody(REMOTE_ADDR="192.0.2.1")
    with time_machine.travel(timezone.now(), tick=False) as clock, caplog.at_level(logging.WARNING, "approvals"):
        answers = {guesser.get(f"/early/{number:042}x/").status_code for number in range(guesses.MOST_GUESSES)}
        shut_out = answer_of(guesser.get(address(token)))
        by_bearer = answer_of(guesser.get("/early/", headers=bearer(token)))
        elsewhere = somebody(REMOTE_ADDR="192.0.2.2").get(address(token)).status_code
        clock.shift(guesses.WINDOW_SECONDS + 1)
        later = guesser.get(address(token)).status_code

    assert (answers, elsewhere, later) == ({404}, 200, 200)
    assert shut_out == by_bearer == nothing()
    assert "192.0.2.1" in caplog.text and token not in caplog.text


def test_a_dead_token_is_logged_without_itself(room, page, token, caplog):
    giving.revoke(access_id=EarlyAccess.objects.get().pk, actor_id=room.head.pk, now=timezone.now())

    with caplog.at_level(logging.WARNING, "approvals"):
        assert not opens(token)

    assert "An early access that is dead was asked for" in caplog.text
    assert token not in caplog.text and page.title not in caplog.text


@pytest.mark.parametrize("model", [EarlyAccess, EarlyOpening, EarlyRevocation, EmbargoBreach, OutletReadmission])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", pytest.param("TRUNCATE", marks=pytest.mark.postgresql)])
def test_the_record_is_never_changed(room, page, token, model, verb):
    somebody().get(address(token))
    giving.revoke(access_id=EarlyAccess.objects.get().pk, actor_id=room.head.pk, now=timezone.now())
    noted = breach(page, by=room.head, outlet=ASEL.outlet)
    OutletReadmission.objects.create(
        breach=noted, reason="x", at=timezone.now(), by_id=1, by_name="x", entry_number=noted.entry_number
    )
    connection.check_constraints()  # PostgreSQL truncates nothing while checks of the transaction are outstanding
    table, before = model._meta.db_table, everything()
    statement = {"UPDATE": f"UPDATE {table} SET id = id", "DELETE": f"DELETE FROM {table}"}.get(
        verb, f"TRUNCATE {table} CASCADE"
    )

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert everything() == before
