"""The verbs of canaries: planted, touched by whom, retired; for administrators and on record."""

import datetime as dt
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import ModelLogEntry

from frontend_api import canaries, file_guesses
from frontend_api.canaries import CanaryRefused, Fault, address_of
from frontend_api.file_guesses import kept_alarms, note_guess
from frontend_api.models import Canary
from tests.newsroom import photo, publish, release

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 7, 17, 6, 0, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def alarms(settings, tmp_path):
    settings.ALARMS_ROOT = tmp_path / "alarms"
    settings.TRUSTED_PROXY_COUNT = 1
    return settings.ALARMS_ROOT


def plant(*, by=None, filename: str = "byudzhet-2027.pdf", note: str = "In the archive") -> Canary:
    return canaries.plant(filename=filename, note=note, by=by, now=NOW)


def picture() -> tuple[list, list]:
    return list(Canary.objects.order_by("pk").values()), list(ModelLogEntry.objects.values())


def refused(action) -> Fault:
    """Why; nothing has changed."""
    before = picture()
    with pytest.raises(CanaryRefused) as error:
        action()
    assert picture() == before
    return error.value.fault


def touch(api, canary: Canary, *, address: str) -> int:
    return api.get(
        address_of(canary).removeprefix("http://127.0.0.1:8001"), headers={"X-Forwarded-For": address}
    ).status_code


def test_each_touch_is_kept_with_its_canary_and_its_address(api, settings):
    one, other = plant(), plant(filename="plan.docx")
    touched = [touch(api, one, address="203.0.113.7"), touch(api, one, address="198.51.100.9")]
    for _ in range(settings.FILE_GUESSES_PER_MINUTE):
        note_guess(address="192.0.2.4", now=NOW)

    kept, guesses = kept_alarms(of_canaries=True), kept_alarms(of_canaries=False)

    assert touched == [404, 404]
    assert {(alarm.address, alarm.canary) for alarm in kept} == {
        ("203.0.113.7", one.pk),
        ("198.51.100.9", one.pk),
    }
    assert [alarm.address for alarm in guesses] == ["192.0.2.4"]
    assert other.pk not in {alarm.canary for alarm in kept}


def test_an_alarm_of_before_names_no_canary_and_is_still_one(alarms):
    (alarms / "noted").mkdir(parents=True)
    (alarms / "noted" / "20260717T0600_203.0.113.7_canary").touch()

    (alarm,) = kept_alarms(of_canaries=True)

    assert (alarm.address, alarm.is_canary, alarm.canary) == ("203.0.113.7", True, None)


def test_a_touch_is_not_hidden_behind_many_guesses(alarms, monkeypatch):
    monkeypatch.setattr(file_guesses, "MOST_SHOWN", 3)
    canary = plant()
    file_guesses.note_canary(address="203.0.113.7", file_id=canary.pk, filename=canary.filename, now=NOW)
    for number in range(5):
        (alarms / "raised" / f"20260717T0700_192.0.2.{number}").touch()

    touches, guesses = kept_alarms(of_canaries=True), kept_alarms(of_canaries=False)

    assert ([one.address for one in touches], len(guesses)) == (["203.0.113.7"], 3)


def test_what_is_retired_raises_no_alarm_and_stays_on_record(room, api):
    canary = plant(by=room.boss)

    canaries.retire(file_id=canary.pk, by=room.boss)

    assert touch(api, canary, address="203.0.113.7") == 404
    assert (kept_alarms(of_canaries=True), Canary.objects.count()) == ([], 0)
    planted, retired = ModelLogEntry.objects.filter(action__startswith="jarchy.canary").order_by("pk")
    said = {"place": "In the archive", "planted_at": NOW.isoformat(), "file_id": str(canary.pk)}
    assert (planted.user_id, planted.label, planted.data) == (room.boss.pk, "byudzhet-2027.pdf", said)
    assert (retired.user_id, retired.label, retired.data) == (room.boss.pk, "byudzhet-2027.pdf", said)
    assert refused(lambda: canaries.retire(file_id=canary.pk, by=room.boss)) == Fault.NONE_SUCH


@pytest.mark.parametrize(
    "words, fault",
    [
        ({"filename": "../secret"}, Fault.FILENAME),
        ({"filename": "сыр.pdf"}, Fault.FILENAME),
        ({"filename": ""}, Fault.FILENAME),
        ({"note": " "}, Fault.NOTE),
        ({"note": "a" * 201}, Fault.NOTE),
    ],
)
def test_a_canary_needs_a_name_of_a_file_and_a_place(words, fault):
    assert refused(lambda: plant(**words)) == fault


@pytest.mark.parametrize("who", ["author", "head", "deputy_head", "leader", "outsider", "agent"])
def test_nobody_but_an_administrator_plants_or_retires(room, who):
    canary = plant()
    person = room.boss if who == "agent" else getattr(room, who)
    person.is_agent = who == "agent"
    before = picture()

    for verb in (lambda: plant(by=person), lambda: canaries.retire(file_id=canary.pk, by=person)):
        with pytest.raises(PermissionDenied):
            verb()

    assert picture() == before


def test_the_command_lists_touches_and_retires(api, capsys):
    canary = plant()
    touch(api, canary, address="203.0.113.7")

    call_command("canaries")
    listed = capsys.readouterr().out
    call_command("canaries", retire=canary.pk)

    assert address_of(canary) in listed and "203.0.113.7" in listed
    assert Canary.objects.count() == 0
    assert refused(lambda: canaries.retire(file_id=uuid4(), by=None)) == Fault.NONE_SUCH


def touched_by(caplog) -> list[str]:
    return [record.canary for record in caplog.records if record.getMessage() == "canary_touched"]


@pytest.mark.parametrize(
    "form",
    [
        "/api/v1/files/{number}/{name}?download=1",
        "/api/v1/files/{number}/{name}?utm_source=x",
        "/api/v1/files/{number}/{name}?locale=xx",
        "/api/v1/files/{number}/{name}?sha256={cut}",
        "/api/v1/files/{number}/{name}?sha256={upper_sha}",
        "/api/v1/files/{upper}/{name}",
        "/api/v1/files/{undashed}/{name}",
        "/api/v1/files/{number}/{name}/",
        "/api/v1/files/{number}/",
        "/api/v1/files/{number}",
        "/api//v1/files//{number}/{name}",
        "/api/v1/./files/../files/{number}/{name}",
        "/API/v1/Files/{number}/{name}",
        "/api/v1/files/%257B{number}%257D/{name}",
        "/api/v1/files/{number}/other-name.pdf",
    ],
)
def test_one_request_in_whatever_form_is_one_alarm(api, caplog, form):
    canary = plant()
    number = str(canary.pk)
    address = form.format(
        number=number,
        name=canary.filename,
        cut=canary.sha256[:40],
        upper_sha=canary.sha256.upper(),
        upper=number.upper(),
        undashed=number.replace("-", ""),
    )

    answer = api.get(address, headers={"X-Forwarded-For": "203.0.113.7"})

    assert answer.status_code in (400, 404)
    assert touched_by(caplog) == [canary.filename]
    assert [(alarm.address, alarm.canary) for alarm in kept_alarms(of_canaries=True)] == [("203.0.113.7", canary.pk)]


def test_with_two_slashes_in_front_it_is_one_as_well(api, caplog):
    canary = plant()

    # The test's client would take what follows for a host.
    answer = api.get("/", PATH_INFO=f"//api/v1/files/{canary.pk}/{canary.filename}")

    assert (answer.status_code, touched_by(caplog)) == (404, [canary.filename])


@pytest.mark.parametrize("method", ["head", "post", "put", "patch", "delete", "options", "trace"])
def test_whatever_is_done_to_it_is_an_alarm(api, caplog, method):
    canary = plant()

    getattr(api, method)(f"/api/v1/files/{canary.pk}/{canary.filename}", headers={"X-Forwarded-For": "203.0.113.7"})

    assert touched_by(caplog) == [canary.filename]


def test_who_asks_for_what_is_public_or_for_a_document_is_not_looked_up(api, room):
    canary = plant()
    page = publish(release(room.author, image=photo(alt_text_ky="Сүрөт", credit="А. Асанов")), room)
    image = api.get(f"/api/v1/releases/{page.slug}").json()["image"]["url"].removeprefix("http://127.0.0.1:8001")
    etag = api.get(image)["ETag"]

    with CaptureQueriesContext(connection) as captured:
        sent, unchanged = api.get(image), api.get(image, headers={"If-None-Match": etag})
        missed = api.get(f"/api/v1/documents/{canary.pk}")

    assert [answer.status_code for answer in (sent, unchanged, missed)] == [200, 304, 404]
    assert not any(Canary._meta.db_table in query["sql"] for query in captured)


def test_at_the_editorial_host_it_is_an_alarm_as_well(client, caplog):
    canary = plant()

    answer = client.get(f"/api/v1/files/{canary.pk}/{canary.filename}", headers={"X-Forwarded-For": "203.0.113.7"})

    assert (answer.status_code, touched_by(caplog)) == (404, [canary.filename])


def test_a_database_that_does_not_answer_changes_no_answer(api, caplog):
    canary = plant()

    def silent(execute, sql, params, many, context):
        if Canary._meta.db_table in sql:
            raise OperationalError("silent")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(silent):
        answer = touch(api, canary, address="203.0.113.7")

    assert answer == 404
    assert "canary_not_reported" in caplog.text
