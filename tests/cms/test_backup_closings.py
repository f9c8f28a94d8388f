"""What was closed after the last backup stays closed when the office is put back."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.utils import timezone

from cms.backup.closings import Answer, closed_since, position
from cms.backup.errors import BackupError
from cms.backup.manifest import Manifest
from cms.working import journal
from frontend_api import closings
from frontend_api.closings import Closing
from frontend_api.models import PublishedDocument
from site_pages.models import PressReleasePage, SpeechPage
from site_pages.withdrawal import WithdrawalClass
from tests.approvals.withdrawal.taking_down import NO_LONGER_CURRENT, close, take_down
from tests.cms.places import Place, first_place, second_place, working_office
from tests.newsroom import edit, open_newsroom, publish, release

REASON = "Катаны оңдоо үчүн."
READ = """
import os; os.environ["JARCHY_PROCESS"] = "public"
import django; django.setup()
import json, sys
from django.test import Client
answers = {}
for address in json.loads(sys.argv[1]):
    answer = Client().get(address)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    answers[address] = [answer.status_code, body.decode(errors="replace")]
print(json.dumps(answers))
"""
CLOSE_AGAIN_AND_PUBLISH_ANEW = """
from types import SimpleNamespace
from django.contrib.auth import get_user_model
from django.utils import timezone
from approvals.withdrawal.closing import close_at_once
from frontend_api.models import PublishedDocument
from site_pages.models import SpeechPage
from tests.newsroom import edit, publish
User = get_user_model()
room = SimpleNamespace(**{{name: User.objects.get(username=name) for name in ("author", "head", "leader")}})
close_at_once(page_id={closed}, actor_id=room.leader.pk, reason="Катаны оңдоо үчүн.", now=timezone.now())
page = SpeechPage.objects.get(pk={anew})
edit(page, by=room.author, change_note="Такталды.", summary="Такталган мазмун.")
publish(page, room)
print(PublishedDocument.objects.get(content_id=page.content_id).version)
"""
WORK_AND_CHECK = """
from django.core.management import call_command
call_command("worker", "--once")
for command in ("reconcile_index", "verify_ledger", "verify_publications"):
    call_command(command)
"""


@pytest.fixture
def kept(settings, tmp_path) -> Path:
    """The journal of this office, begun."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.CLOSINGS_JOURNAL = str(tmp_path / "closings.jsonl")
    call_command("closings_journal", "--begin", verbosity=0)
    return Path(settings.CLOSINGS_JOURNAL)


def answers(place: Place, *addresses: str) -> dict[str, list]:
    """Status and body of what its public process says at these addresses."""
    done = place.run("-c", READ, json.dumps(addresses))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def addresses_of(page) -> tuple[str, ...]:
    """Where readers would find a document in Kyrgyz."""
    document = PublishedDocument.objects.get(content_id=page.content_id, locale="ky")
    own = f"/api/v1/documents/{page.content_id}"
    files = [f"/api/v1/files/{file.file_id}/{file.filename}?sha256={file.sha256}" for file in document.files.all()]
    parts = ("", "/cleared", "/versions", f"/versions/{document.version}", f"/versions/{document.version}/cleared")
    return (*(f"{own}{part}?locale=ky" for part in parts), *files)


def is_found_nowhere(found: dict[str, list], *, gone: tuple[str, ...], before: dict[str, list]) -> None:
    """No address of it answers, no list has it, and what is counted is counted without it."""
    assert {found[address][0] for address in gone} == {404}
    for address in LISTS:
        status, body = found[address]
        assert status == 200
        assert not any(part in body for part in {address.split("/")[4].partition("?")[0] for address in gone})
    releases, speeches, search = (json.loads(found[address][1]) for address in LISTS)
    was_releases, was_speeches, was_search = (json.loads(before[address][1]) for address in LISTS)
    assert (releases["count"], speeches["count"]) == (was_releases["count"] - 1, was_speeches["count"] - 1)
    assert (search["total"], len(search["items"])) == (was_search["total"] - 2, len(was_search["items"]) - 2)
    was_types = {**types(was_search), "release": releases["count"]}
    assert types(search) == {key: count for key, count in was_types.items() if key != "speech"}


def types(answer: dict) -> dict[str, int]:
    """How many of each type a search counts."""
    return {one["value"]: one["count"] for one in answer["facets"]["type"]}


def is_back(found: dict[str, list], addresses: tuple[str, ...], *, version: int) -> None:
    """The new version is public, and nothing of what was closed before it."""
    detail, cleared, versions, old, old_cleared = (found[address] for address in addresses)
    assert [one[0] for one in (detail, cleared, versions, old, old_cleared)] == [200, 200, 200, 404, 404]
    assert [one["version"] for one in json.loads(versions[1])["items"]] == [version]
    assert [(one["version"], one["difference"]) for one in json.loads(detail[1])["corrections"]] == [(version, None)]


LISTS = (
    "/api/v1/releases?locale=ky&count=exact",
    "/api/v1/speeches?locale=ky&count=exact",
    "/api/v1/search?locale=ky&q=&facets=all",
)


pytestmark = pytest.mark.django_db(transaction=True)


def test_what_was_closed_after_the_backup_is_found_nowhere_and_people_decide_anew(tmp_path, kept, elasticsearch_url):
    servers = {
        "ELASTICSEARCH_URL": elasticsearch_url,
        "SEARCH_INDEX_PREFIX": f"{django_settings.SEARCH_INDEX_PREFIX}-closings",
    }
    room = working_office()
    picture_page = PressReleasePage.objects.filter(live=True, locale__language_code="ky").first()
    speech_page = SpeechPage.objects.get()
    other = publish(release(room.author, title="Эскирди"), room)
    addresses = addresses_of(speech_page)
    gone = addresses_of(picture_page) + addresses
    lost = first_place(**servers)
    assert lost.manage("worker", "--once").returncode == 0
    before = answers(first_place(), *gone, *LISTS)
    assert {status for status, _body in before.values()} == {200}
    call_command("backup", tmp_path / "backup", verbosity=0)
    close(picture_page, by=room.leader, reason=REASON)
    take_down(speech_page, room)
    take_down(other, room, as_=NO_LONGER_CURRENT)
    assert journal(timezone.now()) == 3

    with second_place(tmp_path, **servers, CLOSINGS_JOURNAL=str(kept)) as place:
        done = place.manage("restore", str(tmp_path / "backup"))

        assert (done.returncode, done.stderr) == (0, "")
        assert f"Withheld: release {picture_page.content_id} (ky)" in done.stdout
        assert f"Withheld: speech {speech_page.content_id} (ky)" in done.stdout
        assert "Without its notice of" in done.stdout
        # With an index that still knows another past, without any, and with one that was filled anew.
        database_only = replace(place, variables={})
        for reader in (place, database_only):
            is_found_nowhere(answers(reader, *gone, *LISTS), gone=gone, before=before)
        place.ask(WORK_AND_CHECK)
        is_found_nowhere(answers(place, *gone, *LISTS), gone=gone, before=before)

        version = int(place.ask(CLOSE_AGAIN_AND_PUBLISH_ANEW.format(closed=picture_page.pk, anew=speech_page.pk)))
        place.ask(WORK_AND_CHECK)
        closed_again = answers(place, gone[0])[gone[0]]
        assert (closed_again[0], json.loads(closed_again[1])["detail"]) == (410, REASON)
        is_back(answers(place, *addresses), addresses, version=version)


NOW = dt.datetime(2026, 11, 29, 10, tzinfo=dt.UTC)


def closing(number: int) -> Closing:
    return Closing(uuid4(), "ky", number, WithdrawalClass.IN_ERROR, REASON, NOW + dt.timedelta(seconds=number))


def taken_with(position) -> Manifest:
    """A backup, by what its manifest says of the journal."""
    return Manifest(NOW.isoformat(), "", "sqlite", {}, 0, "", 7, (), closings=position)


@pytest.fixture
def journal_of_two(tmp_path) -> Path:
    """A journal with two closings; the backup was taken after the first."""
    path = tmp_path / "closings.jsonl"
    closings.begin(path, now=NOW)
    closings.append(path, closing(1))
    return path


def spoilt(path: Path, what: str) -> Path | None:
    """The journal after a misfortune; None where none is named."""
    content = path.read_bytes()
    if what in {"lost", "another one"}:
        path.unlink()
    if what == "another one":
        closings.begin(path, now=NOW)
    changed = {
        "an older copy": content.splitlines(keepends=True)[0],
        "altered": content[:-9] + b"x" * 8 + b"\n",
        "broken off": content[:-9],
    }
    if what in changed:
        path.write_bytes(changed[what])
    return None if what == "none" else path


SPOILT = {
    "none": "no journal of closings is named",
    "lost": "No such file",
    "another one": "is not the journal",
    "an older copy": "is not the journal",
    "altered": "line 3 is not as it was written",
    "broken off": "line 3 breaks off",
}


@pytest.mark.parametrize("what", SPOILT)
def test_where_nobody_knows_what_was_closed_it_is_asked_and_the_answer_counts(journal_of_two, what):
    then, _why = position(journal_of_two)
    closings.append(journal_of_two, closing(2))
    path, page = spoilt(journal_of_two, what), uuid4()

    with pytest.raises(BackupError, match=SPOILT[what]) as refused:
        closed_since(taken_with(then), journal=path, answer=Answer())

    assert "--nothing-was-closed-since" in str(refused.value)
    assert closed_since(taken_with(then), journal=path, answer=Answer(nothing=True)).closed == []
    said = closed_since(taken_with(then), journal=path, answer=Answer(closed=((page, "ru"),)))
    assert [(one.content_id, one.locale) for one in said.closed] == [(page, "ru")]


def test_a_backup_without_a_journal_is_asked_about_even_if_one_is_kept_now(journal_of_two):
    with pytest.raises(BackupError, match="no journal of closings was kept when the backup was taken"):
        closed_since(taken_with(None), journal=journal_of_two, answer=Answer())


UNTIED = {"not kept then": "no journal of closings was kept", "begun anew": "is not the journal"}


@pytest.mark.parametrize("how", UNTIED)
@pytest.mark.parametrize("answer", [Answer(nothing=True), Answer(closed=((uuid4(), "ru"),))], ids=["nothing", "one"])
def test_what_a_journal_tells_counts_by_its_moment_where_nobody_knows_how_far_it_had_come(journal_of_two, how, answer):
    """The backup runs without CLOSINGS_JOURNAL, or the journal was begun anew since: its lines are no less true."""
    then = None
    if how == "begun anew":
        then, _why = position(journal_of_two)
        journal_of_two.unlink()
        closings.begin(journal_of_two, now=NOW)
    old, last = closing(2), closing(3)
    closings.append(journal_of_two, replace(old, at=NOW - dt.timedelta(days=1)))
    closings.append(journal_of_two, last)
    first = [one.number for one in closings.read(journal_of_two).closings if one.number == 1]

    with pytest.raises(BackupError, match=UNTIED[how]) as asked:
        closed_since(taken_with(then), journal=journal_of_two, answer=Answer())
    since = closed_since(taken_with(then), journal=journal_of_two, answer=answer)

    assert f"{last.content_id}:ky (2026-11-29 10:00:03 UTC)" in str(asked.value)
    assert str(old.content_id) not in str(asked.value)
    assert [one.number for one in since.closed if one.number] == [*first, 3]
    assert [(one.content_id, one.locale) for one in since.closed if not one.number] == list(answer.closed)


def test_what_stands_after_a_line_that_was_altered_counts_as_well(journal_of_two):
    then, _why = position(journal_of_two)
    closings.append(journal_of_two, closing(2))
    lines = journal_of_two.read_bytes().splitlines(keepends=True)
    closings.append(journal_of_two, closing(3))
    last = journal_of_two.read_bytes().splitlines(keepends=True)[-1]
    journal_of_two.write_bytes(b"".join(lines[:-1]) + lines[-1].replace(b"ky", b"ru") + last)

    with pytest.raises(BackupError, match="line 3 is not as it was written"):
        closed_since(taken_with(then), journal=journal_of_two, answer=Answer())

    since = closed_since(taken_with(then), journal=journal_of_two, answer=Answer(nothing=True))
    assert [one.number for one in since.closed] == [3]


def test_what_a_journal_tells_is_withheld_though_the_backup_knew_of_no_journal(tmp_path, kept, settings):
    room = open_newsroom()
    page = publish(release(room.author), room)
    settings.CLOSINGS_JOURNAL = ""
    call_command("backup", tmp_path / "backup", verbosity=0)
    settings.CLOSINGS_JOURNAL = str(kept)
    close(page, by=room.leader)
    assert journal(timezone.now()) == 1

    with second_place(tmp_path, CLOSINGS_JOURNAL=str(kept)) as place:
        refused = place.manage("restore", str(tmp_path / "backup"))
        assert (refused.returncode, f"{page.content_id}:ky" in refused.stderr, place.is_empty()) == (1, True, True)
        done = place.manage("restore", str(tmp_path / "backup"), "--nothing-was-closed-since")

        assert (done.returncode, done.stderr) == (0, "")
        assert f"Withheld: release {page.content_id} (ky)" in done.stdout
        address = f"/api/v1/documents/{page.content_id}?locale=ky"
        assert answers(place, address)[address][0] == 404


def test_the_journal_counts_whatever_the_operator_says(journal_of_two):
    then, _why = position(journal_of_two)
    closings.append(journal_of_two, closing(2))

    since = closed_since(taken_with(then), journal=journal_of_two, answer=Answer(nothing=True))

    assert [one.number for one in since.closed] == [2]


def test_nothing_was_closed_and_nothing_is_asked(journal_of_two):
    then, why = position(journal_of_two)

    assert (why, closed_since(taken_with(then), journal=journal_of_two, answer=Answer()).closed) == ("", [])


def test_a_journal_that_says_nothing_of_the_time_after_the_backup_is_not_believed(journal_of_two):
    """A copy that was taken beside the backup, or a file that lost its end, is whole in itself."""
    then, _why = position(journal_of_two)
    later = replace(taken_with(then), taken_at=(NOW + dt.timedelta(hours=1)).isoformat())

    with pytest.raises(BackupError, match="says nothing of the time after the backup"):
        closed_since(later, journal=journal_of_two, answer=Answer())

    assert closings.mark(journal_of_two, now=NOW + dt.timedelta(hours=3))
    since = closed_since(later, journal=journal_of_two, answer=Answer())
    assert (since.closed, since.told_to) == ([], NOW + dt.timedelta(hours=3))


def test_a_journal_is_marked_every_ten_minutes_and_what_it_tells_stays_the_same(journal_of_two):
    told = closings.read(journal_of_two).closings
    moments = [NOW + dt.timedelta(minutes=minutes) for minutes in (5, 9, 11, 16, 22)]

    marked = [closings.mark(journal_of_two, now=at) for at in moments]

    assert marked == [False, False, True, False, True]
    journal = closings.read(journal_of_two)
    assert (journal.closings, journal.fault, journal.told_to) == (told, "", moments[-1])
    closings.append(journal_of_two, closing(2))
    assert [one.number for one in closings.read(journal_of_two).closings] == [1, 2]


def test_the_journal_of_every_day_is_believed_a_quarter_of_an_hour_after_the_backup(journal_of_two):
    then, _why = position(journal_of_two)

    marked = [closings.mark(journal_of_two, now=NOW + dt.timedelta(minutes=minutes)) for minutes in (5, 10, 15)]

    assert True in marked
    assert closed_since(taken_with(then), journal=journal_of_two, answer=Answer()).closed == []
    later = replace(taken_with(then), taken_at=(NOW + dt.timedelta(minutes=45)).isoformat())
    assert closings.mark(journal_of_two, now=NOW + dt.timedelta(minutes=46))
    assert closed_since(later, journal=journal_of_two, answer=Answer()).closed == []


def test_a_restore_that_nobody_answers_for_leaves_the_place_empty(tmp_path, kept):
    room = open_newsroom()
    page = publish(release(room.author), room)
    call_command("backup", tmp_path / "backup", verbosity=0)
    with second_place(tmp_path) as place:
        refused = place.manage("restore", str(tmp_path / "backup"))

        assert (refused.returncode, refused.stdout) == (1, "")
        assert "What was closed after" in refused.stderr
        assert place.is_empty()
        assert list(place.media.iterdir()) == []
        done = place.manage("restore", str(tmp_path / "backup"), "--closed", f"{page.content_id}:ky")
        assert (done.returncode, done.stderr) == (0, "")
        assert f"Withheld: release {page.content_id} (ky)" in done.stdout
        address = f"/api/v1/documents/{page.content_id}?locale=ky"
        assert answers(place, address)[address][0] == 404


def test_what_was_published_anew_before_the_backup_is_not_withheld(tmp_path, kept):
    room = open_newsroom()
    page = publish(release(room.author), room)
    close(page, by=room.leader)
    # The worker was down: the closing is older than the backup, its line is younger.
    edit(page, by=room.author, change_note="Такталды.", lead="Туура лид.")
    publish(page, room)
    call_command("backup", tmp_path / "backup", verbosity=0)
    assert journal(timezone.now()) == 1
    assert closings.mark(kept, now=timezone.now() + dt.timedelta(hours=2))
    before = first_place().answers()

    with second_place(tmp_path, CLOSINGS_JOURNAL=str(kept)) as place:
        done = place.manage("restore", str(tmp_path / "backup"))

        assert (done.returncode, "Withheld" in done.stdout) == (0, False)
        assert place.answers() == before
