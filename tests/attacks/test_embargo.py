"""No byte tells of a text under embargo: every public address answers as in a house that has none.

The two houses are one: what is under embargo is laid down in a savepoint, everything is read, the savepoint is taken
back, and everything is read again.
"""

import datetime as dt
import logging
from collections import deque
from contextlib import contextmanager

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, resolve, reverse
from django.utils import timezone

from approvals.bundles import making
from approvals.bundles.publishing import publish_due_bundles
from approvals.models import Bundle, DuePublication, Notice, RouteStep
from approvals.notices.letters import write_letter
from approvals.offices import ADMINISTRATORS
from approvals.scheduling import publish_due
from cms.working import apart, indexing, parts
from frontend_api.deliveries import deliver_due
from frontend_api.search.service import delivery_index, fill_anew
from site_pages.models import PressFile
from site_pages.public_form.builders import build
from tests.approvals.embargo.press import SECRET, SECRET_SLUG
from tests.approvals.withdrawal.taking_down import propose
from tests.attacks.addresses import addresses, content_of, everywhere, in_turn
from tests.attacks.houses import signed_in
from tests.cms.reading_everything import named_in
from tests.newsroom import decree, edit, fresh, hire, photo, publish, release, speech
from tests.site_pages.samples import pdf_bytes

pytestmark = pytest.mark.django_db
SAME_ID = {"X-Request-ID": "the-same-request"}
LOCALES = ("ky", "ru", "en")
WITH_DURATIONS = ("django.db.backends", "elastic_transport", "urllib3")


@pytest.fixture
def public(room):
    """What readers have: a release with a picture that will be corrected, a speech, a decree."""
    corrected = publish(
        release(room.author, title="Ачык жаңылык", image=photo(alt_text_ky="Сүрөт", credit="А. Асанов")), room
    )
    return [
        corrected,
        publish(speech(room.author, title="Ачык сөз"), room),
        publish(decree(room.author, number=7), room),
    ]


@pytest.fixture
def as_readers(settings):
    """Requests of this test go to the public process."""
    settings.ROOT_URLCONF, settings.MIDDLEWARE = "cms.urls.public", settings.PUBLIC_MIDDLEWARE
    settings.FILE_GUESSES_PER_MINUTE = settings.FILE_GUESSES_OF_ALL_PER_MINUTE = 100_000


def lay_down(room, public) -> list:
    """A release with files, a speech, an act in three languages, a bundle of two, and a correction of a public text."""
    due = timezone.now().replace(microsecond=0) + dt.timedelta(hours=2)
    file = PressFile.objects.create(title=SECRET, file=ContentFile(pdf_bytes(), name=f"{SECRET_SLUG}.pdf"))
    picture = photo(title=SECRET, alt_text_ky=SECRET, credit=SECRET)
    body = [("paragraph", f"<p>{SECRET} абзац.</p>"), ("attachment", {"file": file, "title": SECRET})]
    related = {"title": f"{SECRET} чыгат", "image": picture, "body": body, "go_live_at": due}
    made = [release(room.author, **related), speech(room.author, title=f"{SECRET} сөзү", go_live_at=due)]
    act = decree(room.author, number=999, title=f"{SECRET} жөнүндө", go_live_at=due)
    made.append(act)
    for locale in ("ru", "en"):
        title = f"{SECRET} {locale}"
        made.append(decree(room.author, number=999, locale=locale, title=title, translation_key=act.translation_key,
                           go_live_at=due))  # fmt: skip
    bundled = [release(room.author, title=f"{SECRET} {number}") for number in range(2)]
    bundle = making.make(title=SECRET, when=Bundle.When.AT, due_at=due, actor_id=room.author.pk, now=timezone.now())
    making.add(bundle_id=bundle.pk, seen=1, page_ids=[one.pk for one in bundled], actor_id=room.author.pk,
               now=timezone.now())  # fmt: skip
    edit(public[0], by=room.author, title=f"{SECRET} оңдолду", image=picture, change_note=f"{SECRET} такталды.",
         go_live_at=due)  # fmt: skip
    made = [publish(page, room) for page in (*made, *bundled, public[0])]
    assert DuePublication.objects.filter(due_at=due).count() == len(made) == 8
    return made


@contextmanager
def only_for_now():
    """A house in which something happened that then did not."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def about(pages) -> set[str]:
    """Every public address under which one of these documents or its files could be looked for."""
    found = set()
    for page in pages:
        draft = page.get_latest_revision_as_object()
        section = {"release": "releases", "speech": "speeches", "decree": "decrees"}[page.document_type]
        for locale in LOCALES:
            found |= {
                f"/api/v1/{section}/{draft.slug}?locale={locale}",
                f"/api/v1/documents/{page.content_id}?locale={locale}",
                f"/api/v1/documents/{page.content_id}/cleared?locale={locale}",
                f"/api/v1/documents/{page.content_id}/versions?locale={locale}",
                f"/api/v1/documents/{page.content_id}/versions/1/difference?locale={locale}",
                f"/api/v1/decrees/jarlyk/2026/999?locale={locale}",
            }
        for file in build(draft).files:
            name = f"/api/v1/files/{file.file_id}/{file.filename}"
            found |= {name, f"{name}?sha256={file.sha256}", f"/api/v1/files/{file.file_id}/x.pdf"}
    return found


def everywhere_else() -> set[str]:
    """Lists, search, contract and health, with every parameter that they know."""
    found = {
        "/",
        "/-/live",
        "/-/ready",
        "/admin/",
        "/early/",
        "/letters/",
        "/api/v1/openapi.json",
        "/api/v1/docs/",
        "/api/v2/pages/",
    }
    found |= {f"/api/v1/schemas/{kind}" for kind in ("release", "speech", "decree", SECRET_SLUG)}
    found |= {f"/api/v1/problems/{code}" for code in ("not-found", "invalid-parameters", SECRET_SLUG)}
    narrowed = (
        "", "&count=exact", "&sort=listed_at", "&page_size=1", "&year=2026", "&from=2026-07-01", "&to=2026-12-31",
        "&topic=x", "&person=bektur-alymkulov", "&place=x", "&fields=title", "&count=exact&page_size=1", "&cursor=x",
        f"&{SECRET_SLUG}=1",
    )  # fmt: skip
    for locale in LOCALES:
        found |= {f"/api/v1/feed?locale={locale}{more}" for more in ("", "&type=release", "&type=decree")}
        for section in ("releases", "speeches", "decrees"):
            found |= {f"/api/v1/{section}?locale={locale}{more}" for more in narrowed}
        found |= {f"/api/v1/decrees?locale={locale}&act_type=jarlyk&act_number={number}" for number in (7, 999)}
        for words in ("", SECRET, SECRET[:4], f'"{SECRET} чыгат"', "Ачык", "№ 999", SECRET_SLUG):
            for more in ("", "&facets=all", "&type=release", "&type=decree&facets=all", "&page_size=1", "&year=2026"):
                found.add(f"/api/v1/search?locale={locale}&q={words}{more}")
    return found


def answers_to(found: set[str]) -> dict[str, tuple]:
    """Address → status, headers (ETag among them), body and number of queries; also of what the answers name."""
    client, waiting, answers = Client(raise_request_exception=False, headers=SAME_ID), deque(sorted(found)), {}
    client.get("/api/v1/releases")  # what a process learns with its first question is not counted
    while waiting:
        address = waiting.popleft()
        if address in answers:
            continue
        with CaptureQueriesContext(connection) as asked:
            response = client.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        answers[address] = (response.status_code, sorted(response.headers.items()), body, len(asked))
        waiting += named_in(body.decode(errors="replace"))
    return answers


def readable_tables() -> dict[str, list]:
    """Every row that the public process's role may read; and the queue of what is carried outwards."""
    rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith("frontend_api_"):
                cursor.execute(f'SELECT * FROM "{table}"')
                rows[table] = sorted(map(repr, cursor.fetchall()))
    return rows


def house(found: set[str], caplog) -> tuple:
    """All that anybody outside can learn: answers, tables, and what the public process writes into its log."""
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        answers = answers_to(found)
    # How long each question took is no two times the same.
    log = [(one.name, one.getMessage()) for one in caplog.records if not one.name.startswith(WITH_DURATIONS)]
    return answers, readable_tables(), log


@pytest.mark.parametrize("search", ["database", "elasticsearch"])
def test_every_public_address_answers_as_in_a_house_without_it(
    room, public, as_readers, settings, caplog, request, search
):
    if search == "elasticsearch":
        settings.ELASTICSEARCH_URL = request.getfixturevalue("elasticsearch_url")
        fill_anew(now=timezone.now())
    with time_machine.travel(timezone.now(), tick=False):
        deliver_due(now=timezone.now(), limit=50, index=delivery_index())
        with only_for_now():
            hidden = lay_down(room, public)
            found = about(hidden) | everywhere_else()
            if search == "elasticsearch":
                found = {address for address in found if "/search" in address or "/-/" in address}
            carried = deliver_due(now=timezone.now(), limit=50, index=delivery_index())
            answers, tables, log = house(found, caplog)
        without = house(found, caplog)

    assert len(answers) > (350 if search == "database" else 120) and carried.done == []
    assert {address for address, answer in answers.items() if without[0][address] != answer} == set()
    assert (answers.keys(), tables, log) == (without[0].keys(), *without[1:])
    bodies = {address: answer[2].decode(errors="replace") for address, answer in answers.items()}
    assert [address for address, body in bodies.items() if SECRET in body and SECRET not in address] == []
    assert SECRET not in str(tables)
    ours = [address.split("?")[0] for address in answers if address.startswith(("/api/", "/-/"))]
    visited = {resolve(path, "cms.urls.public").view_name for path in ours}
    unvisited = set(addresses(get_resolver("cms.urls.public").url_patterns)) - visited
    assert search == "elasticsearch" or unvisited == set()


def work() -> None:
    """One round of the worker, in the connection of this test and by its clock: the database has a clock of its own."""
    assert publish_due(now=timezone.now()).failed == {}
    assert publish_due_bundles(now=timezone.now()).failed == {}
    round_of_work = [*parts(), *indexing(), *apart()["purger"], *apart()["keeper"]]
    for part in round_of_work:
        part.run(timezone.now())
    assert [part.failures for part in round_of_work] == [0] * len(round_of_work)


def test_the_old_version_is_served_until_the_instant_of_the_correction(room, public, as_readers):
    client, before = Client(headers=SAME_ID), timezone.now()
    address = f"/api/v1/documents/{public[0].content_id}?locale=ky"
    old = client.get(address).json()
    lay_down(room, public)

    assert client.get(address).json() == old
    due = DuePublication.objects.get(page_id=public[0].pk).due_at
    with time_machine.travel(due - dt.timedelta(seconds=1), tick=False):
        work()
        assert client.get(address).json() == old
    with time_machine.travel(due, tick=False):
        work()
        new = client.get(address).json()

    assert (old["title"], new["title"]) == ("Ачык жаңылык", f"{SECRET} оңдолду")
    assert DuePublication.objects.count() == 0 and before < due


def test_no_mail_and_no_screen_of_others_names_it(room, public):
    for person in (room.author, room.colleague, room.head, room.leader, room.second_leader):
        person.email = f"{person.username}@example.org"
        person.save()
    hidden = lay_down(room, public)
    clerk = signed_in(hire("clerk", ADMINISTRATORS))

    letters = [write_letter([notice], now=timezone.now()) for notice in Notice.objects.all()]
    told = [
        address
        for address in in_turn(everywhere(fresh(hidden[0]), word=SECRET))
        if SECRET in content_of(clerk.get(address))
    ]

    assert len(letters) >= 16
    assert not [letter for letter in letters if SECRET.encode() in getattr(letter, "content", b"")]
    assert told == []


def test_who_decides_on_other_types_reads_nothing_of_corrections(room, public):
    """One waits alone and one in a bundle, one was published in a bundle before; of each the withdrawal is proposed."""
    legal = Group.objects.create(name="Legal")
    legal.permissions.add(Permission.objects.get(codename="access_admin"))
    RouteStep.objects.filter(route__document_type="decree", order=1).update(group=legal)
    lawyer, due = signed_in(hire("lawyer", "Legal")), timezone.now().replace(microsecond=0) + dt.timedelta(hours=2)
    others = [release(room.author, title=f"Ачык жаңылык {number}") for number in range(2)]
    over = bundle_of(others[0], room, when=Bundle.When.CLEARED, title="Ачык топтом")
    pages = [public[0], *(publish(page, room) for page in others)]
    publish_due_bundles(now=timezone.now())
    secret = {"title": f"{SECRET} оңдолду", "body": [("paragraph", f"<p>{SECRET}</p>")], "change_note": f"{SECRET}."}
    for page in pages[:2]:
        edit(page, by=room.author, **secret, go_live_at=due)
    edit(pages[2], by=room.author, **secret)
    waiting = bundle_of(pages[2], room, when=Bundle.When.AT, due_at=due, title=f"{SECRET} топтому")
    pages = [publish(page, room) for page in pages]
    proposed = [propose(page, by=room.author).pk for page in pages]
    named = ("withdrawals", "bundles", "schedule", "embargoes", "languages", "waiting_for_me", "urgent")
    asked = {
        reverse("wagtailadmin_home"),
        *(reverse(f"approvals:{name}") for name in named),
        reverse("approvals:bundle_choose", args=[over.pk]),
        *(reverse("approvals:document", args=[page.pk]) for page in pages),
        *(reverse("approvals:withdrawal", args=[pk]) for pk in proposed),
        *(reverse("approvals:bundle", args=[bundle.pk]) for bundle in (over, waiting)),
        *(reverse("approvals:bundle_look", args=[b.pk, p.pk]) for b, p in ((over, pages[1]), (waiting, pages[2]))),
    }

    told = [one for one in sorted(asked) if SECRET in content_of(lawyer.get(one))]
    rehearsed = [lawyer.post(reverse("approvals:bundle_rehearsal", args=[b.pk])).status_code for b in (over, waiting)]

    assert DuePublication.objects.filter(due_at=due).count() == 3 and over.members.get().is_open is False
    assert (told, rehearsed) == ([], [404, 404])
    assert "Ачык жаңылык 0" in content_of(lawyer.get(reverse("approvals:withdrawals")))
    assert "Ачык жаңылык 0" in content_of(lawyer.get(reverse("approvals:bundle", args=[over.pk])))


def bundle_of(page, room, **plan) -> Bundle:
    """A bundle of this document alone."""
    plan = {"due_at": None, **plan}
    bundle = making.make(**plan, actor_id=room.author.pk, now=timezone.now())
    return making.add(
        bundle_id=bundle.pk, seen=bundle.version, page_ids=[page.pk], actor_id=room.author.pk, now=timezone.now()
    )
