"""An address that a document had leads to the one that it has: a printed link outlives a correction."""

import datetime as dt
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms import public_record
from frontend_api import triggers
from frontend_api.models import PublishedVersion, WithheldText
from tests.approvals.withdrawal.taking_down import IN_ERROR, NO_LONGER_CURRENT, REASON, SUPERSEDED, take_down
from tests.newsroom import decree, edit, publish, release

pytestmark = pytest.mark.django_db
BASE = settings.PUBLIC_BASE_URL


def correct(page, room, **changes):
    note = f"Такталды: {', '.join(map(str, changes.values()))}."
    return publish(edit(page, by=room.author, change_note=note, **changes), room)


@pytest.fixture
def moved(room):
    """A release that was published as `eski` and is `jany` since its correction."""
    return correct(publish(release(room.author, slug="eski"), room), room, slug="jany")


def answer(api, path: str) -> tuple[int, str, str | None]:
    response = api.get(f"/api/v1/{path}")
    code = response.json().get("code", "") if response.status_code != 200 else ""
    return response.status_code, code, response.get("Location")


def test_the_old_address_leads_to_the_new_one_and_keeps_what_was_asked_for(api, moved):
    response = api.get("/api/v1/releases/eski?fields=title")

    assert (response.status_code, response.json()["code"]) == (301, "moved")
    assert response["Location"] == f"{BASE}/api/v1/releases/jany?fields=title&locale=ky"
    assert response["Cache-Control"] == "public, max-age=4"
    assert set(api.get(response["Location"].removeprefix(BASE)).json()) == {"title"}
    assert answer(api, "speeches/eski")[:2] == answer(api, "releases/eski?locale=ru")[:2] == (404, "not_found")


def test_of_several_addresses_each_leads_to_the_last_at_once(api, room, moved):
    correct(moved, room, slug="akyrky")

    for slug in ("eski", "jany"):
        assert answer(api, f"releases/{slug}") == (301, "moved", f"{BASE}/api/v1/releases/akyrky?locale=ky")


def test_an_address_that_came_back_is_where_the_document_is(api, room, moved):
    correct(moved, room, slug="eski")

    assert answer(api, "releases/eski")[0] == 200
    assert answer(api, "releases/jany") == (301, "moved", f"{BASE}/api/v1/releases/eski?locale=ky")


def test_whoever_has_the_address_now_is_shown_under_it(api, room, moved):
    other = publish(release(room.author, slug="eski", title="Башка"), room)
    assert api.get("/api/v1/releases/eski").json()["title"] == "Башка"

    take_down(other, room)

    assert answer(api, "releases/eski")[:2] == (410, "withdrawn")


@pytest.fixture
def after_its_taker(room, moved):
    """The time after the end of another document that took the old address."""
    end = timezone.now() + dt.timedelta(minutes=10)
    publish(release(room.author, slug="eski", title="Башка", expire_at=end), room)
    return end + dt.timedelta(minutes=1)


def test_an_address_whose_taker_has_ended_leads_to_whom_it_was_of_before(api, moved, after_its_taker):
    assert answer(api, "releases/eski")[0] == 200

    with time_machine.travel(after_its_taker):
        assert answer(api, "releases/eski") == (301, "moved", f"{BASE}/api/v1/releases/jany?locale=ky")


def test_an_address_whose_taker_has_ended_says_what_became_of_whom_it_was_of_before(api, room, moved, after_its_taker):
    take_down(moved, room)

    with time_machine.travel(after_its_taker):
        response = api.get("/api/v1/releases/eski")
        assert (response.status_code, response.json()["code"]) == (410, "withdrawn")
        assert response.json()["withdrawal"]["content_id"] == str(moved.content_id)


def test_an_address_whose_taker_is_withheld_leads_to_whom_it_was_of_before(api, room, moved):
    taker = publish(release(room.author, slug="eski", title="Башка"), room)

    WithheldText.objects.create(content_id=taker.content_id, locale="ky", up_to=100, withheld_at=timezone.now())

    assert answer(api, "releases/eski") == (301, "moved", f"{BASE}/api/v1/releases/jany?locale=ky")


def test_an_address_of_which_all_have_ended_is_none(api, room, moved, after_its_taker):
    correct(moved, room, expire_at=after_its_taker)

    with time_machine.travel(after_its_taker):
        assert answer(api, "releases/eski") == answer(api, "releases/jany") == (404, "not_found", None)


def test_the_number_of_an_act_whose_taker_has_ended_leads_to_whom_it_was_of_before(api, room):
    act = correct(publish(decree(room.author, number=261), room), room, number=262)
    end = timezone.now() + dt.timedelta(minutes=10)
    publish(decree(room.author, number=261, title="Башка", expire_at=end), room)

    with time_machine.travel(end):
        status, _code, location = answer(api, f"decrees/jarlyk/{act.signed_on.year}/261")
        assert (status, location) == (301, f"{BASE}/api/v1/decrees/jarlyk/{act.signed_on.year}/262?locale=ky")


def test_the_number_of_an_act_that_was_corrected_leads_to_the_right_one(api, room):
    act = publish(decree(room.author, number=261), room)
    correct(act, room, number=262, number_suffix="а")

    year = act.signed_on.year
    status, code, location = answer(api, f"decrees/jarlyk/{year}/261")
    assert (status, code) == (301, "moved")
    assert location == f"{BASE}/api/v1/decrees/jarlyk/{year}/262-%D0%B0?locale=ky"
    assert api.get(location.removeprefix(BASE)).json()["number"] == 262
    assert answer(api, f"decrees/jarlyk/{year}/999")[:2] == (404, "not_found")


@pytest.mark.parametrize("as_", [IN_ERROR, SUPERSEDED, NO_LONGER_CURRENT])
def test_what_was_withdrawn_says_so_under_each_address_that_it_had(api, room, moved, as_):
    successor = publish(release(room.author, slug="keyinki"), room)
    named = {"successor": successor.content_id} if as_ == SUPERSEDED else {}
    take_down(moved, room, as_=as_, **named)

    body = api.get("/api/v1/releases/eski").json()
    if as_ == NO_LONGER_CURRENT:
        assert answer(api, "releases/eski") == (301, "moved", f"{BASE}/api/v1/releases/jany?locale=ky")
        return
    assert answer(api, "releases/eski") == answer(api, "releases/jany") == answer(api, f"documents/{moved.content_id}")
    assert (body["detail"], body["withdrawal"]["class"]) == (REASON, as_)


def test_what_is_public_again_elsewhere_is_found_from_where_it_was(api, room):
    page = publish(release(room.author, slug="eski"), room)
    take_down(page, room)

    publish(edit(page, by=room.author, slug="jany"), room)

    assert answer(api, "releases/eski") == (301, "moved", f"{BASE}/api/v1/releases/jany?locale=ky")


def test_nobody_is_led_to_what_is_not_public(api, room, moved):
    WithheldText.objects.create(
        content_id=moved.content_id, locale="ky", up_to=100, withheld_at=timezone.now(), reason=REASON
    )

    assert answer(api, "releases/eski") == (404, "not_found", None)


def test_an_address_of_a_draft_or_of_a_version_that_was_never_public_is_none(api, room, moved):
    edit(moved, by=room.author, slug="kelechek")

    assert answer(api, "releases/kelechek") == (404, "not_found", None)


def test_a_language_that_moved_is_not_said_to_be_missing(api, room):
    page = publish(release(room.author, slug="jyiyn"), room)
    publish(release(room.author, slug="jyiyn", locale="ru", translation_key=page.content_id), room)
    correct(page, room, slug="kengesh")

    assert answer(api, "releases/jyiyn") == (301, "moved", f"{BASE}/api/v1/releases/kengesh?locale=ky")
    assert answer(api, "releases/jyiyn?locale=ru")[0] == 200


def test_a_language_under_another_address_is_led_to_from_that_of_the_others(api, room):
    page = publish(release(room.author, slug="kyrgyzcha"), room)
    ru = release(room.author, slug="po-russki", title="По-русски", locale="ru", translation_key=page.content_id)
    assert answer(api, "releases/kyrgyzcha?locale=ru")[:2] == (404, "translation_missing")

    publish(ru, room)

    location = f"{BASE}/api/v1/releases/po-russki?locale=ru&fields=title"
    assert answer(api, "releases/kyrgyzcha?locale=ru&fields=title") == (301, "moved", location)
    assert api.get(location.removeprefix(BASE)).json() == {"title": "По-русски"}
    location = f"{BASE}/api/v1/releases/kyrgyzcha?locale=ky"
    assert answer(api, "releases/po-russki") == (301, "moved", location)
    assert answer(api, "releases/po-russki?locale=en")[:2] == (404, "translation_missing")


def test_a_language_of_an_act_under_another_number_is_led_to(api, room):
    act = publish(decree(room.author, number=261), room)
    publish(decree(room.author, number=261, locale="ru", title="О воде", translation_key=act.content_id), room)
    correct(act, room, number=262)

    base = f"decrees/jarlyk/{act.signed_on.year}"
    assert answer(api, f"{base}/262?locale=ru") == (301, "moved", f"{BASE}/api/v1/{base}/261?locale=ru")
    assert answer(api, f"{base}/261") == (301, "moved", f"{BASE}/api/v1/{base}/262?locale=ky")
    assert answer(api, f"{base}/262")[0] == answer(api, f"{base}/261?locale=ru")[0] == 200


def test_a_language_under_another_address_that_ended_or_was_withdrawn_is_not_led_to(api, room):
    page = publish(release(room.author, slug="kyrgyzcha"), room)
    end = timezone.now() + dt.timedelta(minutes=10)
    fields = {"title": "По-русски", "translation_key": page.content_id}
    ru = publish(release(room.author, slug="po-russki", locale="ru", **fields), room)
    publish(release(room.author, slug="english", locale="en", expire_at=end, **fields), room)

    take_down(ru, room)

    assert answer(api, "releases/kyrgyzcha?locale=ru") == (404, "translation_missing", None)
    assert answer(api, "releases/kyrgyzcha?locale=en")[0] == 301
    with time_machine.travel(end):
        assert answer(api, "releases/kyrgyzcha?locale=en") == (404, "translation_missing", None)


def test_who_had_the_address_in_the_language_comes_before_another_language_that_has_it(api, room, moved):
    page = publish(release(room.author, slug="eski", locale="ru"), room)
    publish(release(room.author, slug="bashka", title="Башка", translation_key=page.content_id), room)

    assert answer(api, "releases/eski") == (301, "moved", f"{BASE}/api/v1/releases/jany?locale=ky")


def test_the_way_costs_the_same_however_often_it_was_moved(api, room, moved):
    api.get("/api/v1/releases/eski")
    with CaptureQueriesContext(connection) as once:
        api.get("/api/v1/releases/eski")
    correct(correct(moved, room, slug="ekinchi"), room, slug="uchunchu")

    with CaptureQueriesContext(connection) as often:
        api.get("/api/v1/releases/eski")

    assert len(often) == len(once) <= 3


def test_what_was_published_before_addresses_were_kept_has_them_after_the_migration(room, moved):
    act = publish(decree(room.author, number=261), room)
    before = list(PublishedVersion.objects.order_by("pk").values())
    fill = import_module("cms.migrations.0006_addresses_of_versions").fill
    triggers.remove(using="default")
    PublishedVersion.objects.update(type="", slug="", act_type="", act_number=None, act_year=None)
    assert any("under another address than its text" in fault for fault in public_record.faults())

    fill(apps, None)
    fill(apps, None)

    triggers.install(using="default")
    assert list(PublishedVersion.objects.order_by("pk").values()) == before
    assert {one["slug"] for one in before} == {"eski", "jany", act.slug}
    assert list(public_record.faults()) == []
