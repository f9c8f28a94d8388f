"""The drill: an office is lost after its last backup, and put back elsewhere as it was; nothing is said twice."""

import datetime as dt
import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.utils import timezone

from approvals.models import DuePublication, LedgerHead, Notice, NoticeState
from cms.models import Restoration
from cms.working import Part, mend
from frontend_api import closings
from frontend_api.models import PublicationCounter
from frontend_api.search import service
from tests.cms.places import Place, first_place, second_place, working_office
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.django_db(transaction=True)

WRITE_AND_PUBLISH = """
from types import SimpleNamespace
from django.contrib.auth import get_user_model
from tests.newsroom import publish, release
User = get_user_model()
room = SimpleNamespace(**{name: User.objects.get(username=name) for name in ("author", "head", "leader")})
page = publish(release(room.author, title="Калыбына келгенден кийин"), room)
from frontend_api.models import PublishedDocument
from approvals.models import LedgerEntry
document = PublishedDocument.objects.get(slug=page.slug)
print(document.version, LedgerEntry.objects.order_by("-number").first().number, page.live)
"""
NOTICES = """
from collections import Counter
from approvals.models import Notice
print(sorted(Counter(Notice.objects.values_list("state", flat=True)).items()))
"""
SUBSCRIBERS = """
from approvals.models import Subscriber
print(list(Subscriber.objects.values_list("state", "confirmed_at")))
"""


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path) -> None:
    """Files of other tests are not of this office; it keeps a journal of closings, in which nothing was closed."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.CLOSINGS_JOURNAL = str(tmp_path / "closings.jsonl")
    call_command("closings_journal", "--begin", stdout=StringIO())


def test_an_office_is_put_back_as_it_was_and_nothing_is_sent_or_published_twice(tmp_path, elasticsearch_url):
    servers = {
        "ELASTICSEARCH_URL": elasticsearch_url,
        "SEARCH_INDEX_PREFIX": f"{django_settings.SEARCH_INDEX_PREFIX}-drill",
        "CLOSINGS_JOURNAL": django_settings.CLOSINGS_JOURNAL,
    }
    working_office()
    held, later = DuePublication.objects.order_by("due_at").values_list("page_id", flat=True)
    notices = Notice.objects.filter(state=NoticeState.DUE).count()
    numbers = PublicationCounter.objects.get().number, LedgerHead.objects.get().number
    with SmtpSink() as lost_mails, SmtpSink() as mails, second_place(tmp_path) as bare:
        lost = first_place(**servers, EMAIL_URL=f"smtp://127.0.0.1:{lost_mails.port}")
        restored = replace(bare, variables={**servers, "EMAIL_URL": f"smtp://127.0.0.1:{mails.port}"})
        before = first_place().answers()
        call_command("backup", tmp_path / "backup", verbosity=0)
        assert lost.manage("worker", "--once").returncode == 0
        went_on_for_two_hours()

        done = restored.manage("restore", str(tmp_path / "backup"))

        assert (done.returncode, done.stderr) == (0, "")
        assert f"Held: page {held}" in done.stdout and f"Held: page {later}" in done.stdout
        assert bare.answers() == before
        assert len(before) > 40
        only_what_is_served_is_open_to_nginx(bare.media)
        assert restored.ask(NOTICES) == f"[('unknown', {notices})]"
        assert restored.ask(SUBSCRIBERS) == "[('asked', None)]"
        assert restored.manage("verify_ledger").returncode == 0

        drift = restored.manage("reconcile_index", "--json")
        assert drift.returncode == 1, "the index still knows what was published after the backup"
        worked = restored.manage("worker", "--once")
        assert worked.returncode == 0, worked.stderr
        drift = restored.manage("reconcile_index", "--json")
        assert drift.returncode == 0, drift.stdout + drift.stderr
        assert sum(len(index["differences"]) for index in json.loads(drift.stdout)["indexes"]) == 0
        assert bare.answers() == before
        assert (len(lost_mails.taken) > 0, mails.taken) == (True, [])

        goes_on(restored, held=held, numbers=numbers)


def went_on_for_two_hours() -> None:
    """The worker of the office said in the journal of closings that it is kept."""
    assert closings.mark(Path(django_settings.CLOSINGS_JOURNAL), now=timezone.now() + dt.timedelta(hours=2))


def only_what_is_served_is_open_to_nginx(media: Path) -> None:
    """Its group reads those files and comes to them, and to nothing else."""
    modes = modes_below(media)
    assert modes.pop("served") == {0o640, 0o750}
    assert set().union(*modes.values()) == {0o600, 0o700}


def modes_below(media: Path) -> dict[str, set[int]]:
    """Who may read files and folders, by the folder of the media folder in which they lie."""
    found: dict[str, set[int]] = {}
    for path in media.rglob("*"):
        found.setdefault(path.relative_to(media).parts[0], set()).add(path.stat().st_mode & 0o777)
    return found


def goes_on(place: Place, *, held: int, numbers: tuple[int, int]) -> None:
    """Release what is held, then write, clear and publish: with the next numbers of publications and ledger."""
    assert place.manage("held_publications", "--release", str(held)).returncode == 0
    assert place.manage("worker", "--once").returncode == 0
    version, entry, is_live = place.ask(WRITE_AND_PUBLISH).split()
    # Released: one publication, one entry. Written: one publication; submitted, twice approved, cleared, published.
    assert (int(version), int(entry), is_live) == (numbers[0] + 2, numbers[1] + 6, "True")
    assert place.manage("verify_ledger").returncode == 0


def test_a_place_that_was_migrated_and_never_worked_in_is_empty(tmp_path):
    working_office()
    before = first_place().answers()
    call_command("backup", tmp_path / "backup", verbosity=0)
    went_on_for_two_hours()
    with second_place(tmp_path, CLOSINGS_JOURNAL=django_settings.CLOSINGS_JOURNAL) as place:
        assert place.manage("migrate", "--verbosity", "0").returncode == 0
        for command in ("install_sections", "install_routes"):
            assert place.manage(command).returncode == 0

        done = place.manage("restore", str(tmp_path / "backup"))

        assert (done.returncode, done.stderr) == (0, "")
        assert place.answers() == before
        assert place.manage("check", "--database", "default").returncode == 0


def test_an_index_that_is_down_after_a_restore_is_filled_as_soon_as_it_is_back(settings, elasticsearch_proxy):
    settings.ELASTICSEARCH_URL = elasticsearch_proxy.url
    now = timezone.now()
    Restoration.objects.create(taken_at=now, restored_at=now, ledger_number=0, publication_number=0)
    service.forget_connections()
    elasticsearch_proxy.stop()

    while_down = Part(mend).run(now)

    assert (while_down, Restoration.objects.get().index_rebuilt_at) == (0, None)
    elasticsearch_proxy.work()
    Part(mend).run(now)
    assert Restoration.objects.get().index_rebuilt_at is not None
    service.forget_connections()
