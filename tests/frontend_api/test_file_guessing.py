"""Guesses at the addresses of files: found in nothing, and reported within a minute."""

import datetime as dt
import json
import multiprocessing
import uuid
from concurrent.futures import ProcessPoolExecutor

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from frontend_api import file_guesses
from frontend_api.file_guesses import Alarm, note_guess, recent_alarms, take_note
from frontend_api.models import Canary
from tests.newsroom import photo, publish, release

NOON = dt.datetime(2026, 7, 17, 6, 0, 30, tzinfo=dt.UTC)
PROBER = "203.0.113.7"


def seconds(number: int) -> dt.datetime:
    return NOON + dt.timedelta(seconds=number)


@pytest.fixture(autouse=True)
def alarms(settings, tmp_path):
    settings.ALARMS_ROOT = tmp_path / "alarms"
    return settings.ALARMS_ROOT


def reported(caplog, event: str = "file_guessing") -> list[str]:
    return [record.address for record in caplog.records if record.getMessage() == event]


def guess(times: int, *, now: dt.datetime = NOON, address: str = PROBER) -> None:
    for _ in range(times):
        note_guess(address=address, now=now)


def test_the_twentieth_guess_of_a_minute_is_reported_once(caplog):
    guess(19)
    before = reported(caplog)
    guess(30)

    assert (before, reported(caplog)) == ([], [PROBER])
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert recent_alarms(now=NOON) == [Alarm(address=PROBER, at=NOON.replace(second=0))]


def test_guesses_on_both_sides_of_a_minute_are_counted_together(caplog):
    guess(12, now=seconds(0))
    guess(7, now=seconds(40))
    before = reported(caplog)
    guess(1, now=seconds(41))

    assert (before, reported(caplog)) == ([], [PROBER])


def test_guesses_of_the_last_minute_that_are_written_down_late_count(caplog):
    guess(8, now=seconds(40))
    guess(15, now=seconds(0))
    before = reported(caplog)
    guess(3, now=seconds(41))

    assert (before, reported(caplog)) == ([], [PROBER])


def test_an_alarm_that_could_not_be_raised_is_raised_by_the_next_guess(caplog, monkeypatch):
    guess(19)
    with monkeypatch.context() as failing:
        failing.setattr(file_guesses, "_raise", lambda name: (_ for _ in ()).throw(OSError))
        with pytest.raises(OSError):
            guess(1)
    before = recent_alarms(now=NOON)

    guess(2)

    assert (before, reported(caplog)) == ([], [PROBER])
    assert recent_alarms(now=NOON) == [Alarm(address=PROBER, at=NOON.replace(second=0))]


def test_a_reader_who_misses_now_and_then_is_not_reported(caplog):
    for minute in range(10):
        guess(9, now=seconds(60 * minute))

    assert reported(caplog) == []


def test_each_client_is_counted_alone_and_one_with_many_addresses_as_one(caplog):
    for number in range(40):
        note_guess(address=f"198.51.100.{number}", now=NOON)
        note_guess(address=f"2001:db8:1:2::{number:x}", now=NOON)
        note_guess(address="203.0.113.9, <script>", now=NOON)

    assert reported(caplog) == ["2001:db8:1:2::-64", "unknown"]


def test_guesses_that_are_spread_over_many_addresses_are_reported_together(caplog):
    for number in range(100):
        guess(2, address=f"198.51.100.{number}")
        note_guess(address=f"2001:db8:1:{number:x}::1", now=NOON)

    assert reported(caplog) == ["many"]
    assert [(alarm.address, alarm.is_canary) for alarm in take_note(now=NOON)] == [("many", False)]


def test_one_client_alone_is_not_many(caplog):
    guess(1_000)

    assert reported(caplog) == [PROBER]


def test_processes_count_together(alarms):
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("fork")) as pool:
        places = list(pool.map(file_guesses._add_one, [alarms / "one"] * 200))

    assert sorted(places) == list(range(1, 201))


def test_one_worker_takes_note_of_an_alarm_and_old_counts_are_thrown_away(caplog, alarms):
    guess(25)
    caplog.clear()

    first, second = take_note(now=NOON), take_note(now=seconds(1))
    later = take_note(now=seconds(700))

    assert ([alarm.address for alarm in first], second, later) == ([PROBER], [], [])
    assert reported(caplog, "file_guessing_reported") == [PROBER]
    assert list((alarms / "counts").iterdir()) == []
    assert [len(recent_alarms(now=seconds(at))) for at in (1, 3_500, 3_600)] == [1, 1, 0]


def test_names_that_are_none_of_ours_are_left_alone(alarms):
    (alarms / "raised").mkdir(parents=True)
    for name in ("20260717T0600_../../etc", "x", "20260717T0600_<b>"):
        (alarms / "raised" / name.replace("/", "%")).touch()

    assert (take_note(now=NOON), recent_alarms(now=NOON)) == ([], [])


# --- Asked as a prober asks


def test_a_prober_who_knows_the_pattern_finds_nothing_and_is_reported(api, room, caplog, settings):
    settings.TRUSTED_PROXY_COUNT = 1
    draft = release(room.author, image=photo(alt_text_ky="Сүрөт", credit="А. Асанов"))
    from_prober = {"X-Forwarded-For": f"192.0.2.1, {PROBER}"}
    addresses = [f"/api/v1/files/{uuid.uuid4()}/photo.jpg" for _ in range(10)]
    addresses += [f"/media/{draft.image.file.name}", f"/api/v1/files/{draft.image.public_id}/photo.jpg"]
    addresses += [f"/documents/{number}/budget-2026.pdf" for number in range(4)]
    addresses += [f"/{draft.image.file.name}", "/served/ab", "/api/v1/files/1", "/api/v1/files"]

    answers = {api.get(address, headers=from_prober).status_code for address in addresses}

    assert (len(addresses), answers) == (20, {404})
    assert reported(caplog) == [PROBER]
    settings.ROOT_URLCONF, settings.MIDDLEWARE = "cms.urls.editorial", []
    assert Client().get("/-/ready").json()["file_guessing"] == [PROBER]


def test_reading_what_is_public_and_missing_a_document_are_no_guesses(api, room, alarms):
    page = publish(release(room.author, image=photo(alt_text_ky="Сүрөт", credit="А. Асанов")), room)
    image = api.get(f"/api/v1/releases/{page.slug}").json()["image"]["url"].removeprefix("http://127.0.0.1:8001")

    statuses = [api.get(image).status_code, api.get("/api/v1/releases/none").status_code]

    assert statuses == [200, 404]
    assert not alarms.exists()


def test_an_answer_comes_also_where_nothing_can_be_counted(api, settings, tmp_path, caplog):
    (tmp_path / "no-folder").touch()
    settings.ALARMS_ROOT = tmp_path / "no-folder"

    response = api.get(f"/api/v1/files/{uuid.uuid4()}/a.jpg")

    assert (response.status_code, json.loads(response.content)["code"]) == (404, "not_found")
    assert "file_guess_not_counted" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_the_worker_reports_what_the_public_process_counted(caplog):
    guess(20)

    call_command("worker", "--once")

    assert reported(caplog, "file_guessing_reported") == [PROBER]


def test_staff_who_miss_a_file_in_the_editor_are_not_counted(client, room, alarms):
    client.force_login(room.author)
    for _ in range(30):
        client.get(reverse("private_media", args=["originals/none.jpg"]))

    assert not alarms.exists()


def test_strangers_who_guess_at_the_editorial_host_are_reported(client, room, caplog, settings):
    settings.TRUSTED_PROXY_COUNT = 1
    draft = photo()
    addresses = [f"/media/originals/ab/{number:040x}.jpg" for number in range(10)]
    addresses += [f"/documents/{number}/budget-2026.pdf" for number in range(8)]
    addresses += [f"/media/{draft.file.name}", f"/media//{draft.file.name}"]

    answers = {client.get(address, headers={"X-Forwarded-For": PROBER}).status_code for address in addresses}

    assert (len(addresses), answers) == (20, {404})
    assert reported(caplog) == [PROBER]
    assert client.get("/-/ready").json()["file_guessing"] == [PROBER]


def test_one_request_for_a_canary_raises_an_alarm_and_is_answered_like_every_miss(api, room, caplog, settings, capsys):
    settings.TRUSTED_PROXY_COUNT = 1
    call_command("canaries", plant="byudzhet-2027.pdf", note="In the archive of the ministry")
    planted = capsys.readouterr().out.strip()
    canary = planted.removeprefix(settings.PUBLIC_BASE_URL)
    from_thief = {"X-Forwarded-For": PROBER}

    answer = api.get(canary, headers=from_thief)
    miss = api.get(f"/api/v1/files/{uuid.uuid4()}/byudzhet-2027.pdf", headers=from_thief)

    assert (answer.status_code, answer.content) == (404, miss.content)
    assert {**answer.headers, "X-Request-ID": ""} == {**miss.headers, "X-Request-ID": ""}
    assert (reported(caplog, "canary_touched"), reported(caplog)) == ([PROBER], [])
    call_command("canaries")
    assert capsys.readouterr().out.startswith(planted)
    assert reported(caplog, "file_guessing_reported") == []
    taken = take_note(now=NOON)
    assert [(alarm.address, alarm.is_canary) for alarm in taken] == [(PROBER, True)]
    settings.ROOT_URLCONF, settings.MIDDLEWARE = "cms.urls.editorial", []
    ready = Client().get("/-/ready").json()
    assert (ready["canaries_touched"], ready["file_guessing"]) == ([PROBER], [])


@pytest.mark.parametrize("words", [{"plant": "../secret", "note": "x"}, {"plant": "a.pdf", "note": " "}])
def test_a_canary_needs_a_name_of_a_file_and_a_note(db, words):
    with pytest.raises(CommandError):
        call_command("canaries", **words)

    assert Canary.objects.count() == 0
