"""Row 20 of the list of attacks, and what else goes past every screen: raw ORM, SQL and fixtures."""

import json

import pytest
from django.core.management import call_command
from django.core.serializers import serialize
from django.db import IntegrityError, connection, transaction
from wagtail.models import Page

from approvals.models import LedgerEntry
from frontend_api.models import Publication, PublishedDocument, PublishedVersion
from site_pages.gatekeeping import GateClosed
from site_pages.models import PublicationPermit
from tests.attacks.houses import everything
from tests.newsroom import approve, fresh, publish, release, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(room):
    return release(room.author)


def state(page) -> tuple:
    row = Page.objects.filter(pk=page.pk).values_list("live", "live_revision_id", "title").first()
    return (row, LedgerEntry.objects.count(), PublicationPermit.objects.count())


def raw(statement: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    "attack",
    [
        lambda page: Page.objects.filter(pk=page.pk).update(live=True),
        lambda page: Page.objects.filter(pk=page.pk).update(live=True, live_revision=page.latest_revision),
        lambda page: raw("UPDATE wagtailcore_page SET live = (1 = 1) WHERE id = %s", page.pk),
        lambda page: Page.objects.bulk_update([_made_live(page)], ["live"]),
    ],
)
def test_a_draft_does_not_become_live_below_the_screens(page, attack):
    before = state(page)

    with pytest.raises(IntegrityError, match="gate"), transaction.atomic():
        attack(page)

    assert state(page) == before


def _made_live(page):
    page = fresh(page)
    page.live = True
    return page


@pytest.mark.parametrize("attack", [lambda p: p.save(), lambda p: p.get_latest_revision().publish()])
def test_a_draft_does_not_become_live_through_its_own_methods(page, attack):
    before = state(page)

    with pytest.raises(GateClosed), transaction.atomic():
        attack(_made_live(page))

    assert state(page) == before


def test_a_fixture_does_not_bring_a_live_page(page, tmp_path):
    rows = json.loads(serialize("json", [Page.objects.get(pk=page.pk)]))
    rows[0]["fields"]["live"] = True
    file = tmp_path / "attack.json"
    file.write_text(json.dumps(rows))
    before = state(page)

    with pytest.raises(IntegrityError, match="gate"), transaction.atomic():
        call_command("loaddata", str(file), verbosity=0)

    assert state(page) == before


def test_a_forged_permit_is_refused(page):
    before = state(page)

    with pytest.raises(IntegrityError, match="not say that this text is cleared"), transaction.atomic():
        PublicationPermit.objects.create(
            content_id=page.content_id,
            locale="ky",
            page_id=page.pk,
            revision_id=page.latest_revision_id,
            digest="0" * 64,
            entry_number=1,
        )

    assert state(page) == before


def test_a_forged_clearance_is_refused(room, page):
    submit(page, by=room.author)
    entry = approve(page, by=room.head)
    before = state(page)
    forged = {f.attname: getattr(entry, f.attname) for f in entry._meta.concrete_fields}
    forged.update(number=99, kind="cleared", previous_hash="1" * 64, hash="2" * 64)

    with pytest.raises(IntegrityError, match="not every step"), transaction.atomic():
        LedgerEntry.objects.create(**forged)

    assert state(page) == before


@pytest.mark.parametrize(
    "attack",
    [
        lambda page: Page.objects.filter(pk=page.pk).update(live=False),
        lambda page: raw("UPDATE wagtailcore_page SET live = (1 = 0) WHERE id = %s", page.pk),
        lambda page: raw("UPDATE wagtailcore_page SET live_revision_id = NULL WHERE id = %s", page.pk),
    ],
)
def test_a_live_document_is_not_taken_down_below_the_screens(room, page, attack):
    publish(page, room)
    before = state(page)

    with pytest.raises(IntegrityError, match="gate"), transaction.atomic():
        attack(page)

    assert state(page) == before


def put_in_its_place(model, *, where: str, **columns: str) -> None:
    """Write a row over the one that is there: the same but for these columns."""
    table, names = model._meta.db_table, [field.column for field in model._meta.concrete_fields]
    assert columns.keys() <= set(names)
    values = ", ".join(columns.get(name, name) for name in names)
    inserted = f"INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE {where}"
    if connection.vendor == "sqlite":
        raw(f"INSERT OR REPLACE {inserted}")
    else:
        new = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns)
        raw(f"INSERT {inserted} ON CONFLICT ({model._meta.pk.column}) DO UPDATE SET {new}")


@pytest.mark.parametrize(
    "attack",
    [
        lambda page: put_in_its_place(Page, where=f"id = {page.pk}", live="(1 = 0)"),
        lambda page: put_in_its_place(LedgerEntry, where="kind = 'submitted'", remark="'жалган'"),
        lambda page: put_in_its_place(PublishedDocument, where="1 = 1", title="'жалган'"),
        lambda page: put_in_its_place(Publication, where="1 = 1", change_note="'жалган'"),
        lambda page: put_in_its_place(PublishedVersion, where="1 = 1", cleared="'жалган'"),
    ],
    ids=["page", "ledger", "document", "log", "version"],
)
def test_no_row_takes_the_place_of_one_that_stays(room, page, attack):
    publish(page, room)
    before = (everything(), list(LedgerEntry.objects.values()), state(page))

    with pytest.raises(IntegrityError, match="jarchy"), transaction.atomic():
        attack(page)

    assert (everything(), list(LedgerEntry.objects.values()), state(page)) == before
