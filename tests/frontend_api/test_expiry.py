"""Documents with an end: from that second on nobody reads them, by the clock of the reading and not by a worker."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from approvals import ledger
from approvals.decisions import RequirementsUnmet
from approvals.models import FailedPublication, LedgerEntry
from approvals.scheduling import publish_due
from frontend_api.deliveries import deliver_due
from frontend_api.models import Delivery, DeliveryChannel, PublishedDocument
from frontend_api.search import service
from site_pages.public_form.builders import build
from tests.attacks.houses import everything
from tests.frontend_api.test_deliveries import RecordingIndex
from tests.newsroom import edit, fresh, photo, publish, release, submit


@pytest.fixture
def end():
    return (timezone.now() + dt.timedelta(hours=1)).replace(microsecond=0)


def at(moment: dt.datetime):
    return time_machine.travel(moment, tick=False)


READINGS = {
    "detail": "/api/v1/releases/{slug}?locale=ky",
    "by id": "/api/v1/documents/{content_id}?locale=ky",
    "cleared bytes": "/api/v1/documents/{content_id}/cleared?locale=ky",
    "file": "/api/v1/files/{file_id}/{filename}",
}
LISTS = {
    "list": "/api/v1/releases?locale=ky&count=exact",
    "search": "/api/v1/search?locale=ky&q=жыйын&facets=all",
}


@pytest.fixture
def ending(room, end):
    picture = photo(alt_text_ky="Сүрөт", credit="А. Асанов")
    page = publish(release(room.author, title="Жыйын", expire_at=end, image=picture), room)
    document = PublishedDocument.objects.get()
    file = document.files.get()
    return {
        "page": page,
        "slug": document.slug,
        "content_id": document.content_id,
        "file_id": file.file_id,
        "filename": file.filename,
    }


@pytest.mark.parametrize("name", READINGS)
def test_it_is_read_until_the_second_and_not_from_it_on(api, ending, end, name):
    address = READINGS[name].format(**ending)

    with at(end - dt.timedelta(seconds=1)):
        before = api.get(address)
    with at(end):
        after = api.get(address)

    assert (before.status_code, after.status_code) == (200, 404)
    # No cache keeps it beyond its end.
    assert "max-age=1" in before.headers["Cache-Control"]


@pytest.mark.parametrize("name", LISTS)
def test_lists_counts_and_facets_know_it_no_longer_before_any_worker_came(api, ending, end, name):
    with at(end - dt.timedelta(seconds=2)):
        before = api.get(LISTS[name])
    with at(end):
        again = api.get(LISTS[name], headers={"If-Modified-Since": before.headers.get("Last-Modified", "")})
        after = api.get(LISTS[name])

    assert (len(before.json()["items"]), len(after.json()["items"])) == (1, 0)
    assert "max-age=2" in before.headers["Cache-Control"]
    assert again.status_code == 200
    totals = [answer.json().get("count", answer.json().get("total")) for answer in (before, after)]
    assert totals == [1, 0]
    assert after.json().get("facets", {}).get("type", []) == []


def test_neighbours_no_longer_name_it(api, room, end):
    other = publish(release(room.author, title="Эки", expire_at=end), room)
    page = release(room.author, title="Бир")
    draft = page.get_latest_revision_as_object()
    draft.related_documents.add(type(draft.related_documents.model())(document=other))
    draft.save_revision(user=room.author)
    publish(fresh(page), room)
    address = f"/api/v1/documents/{page.content_id}?locale=ky"

    with at(end - dt.timedelta(seconds=1)):
        assert [one["title"] for one in api.get(address).json()["related_documents"]] == ["Эки"]
    with at(end):
        assert api.get(address).json()["related_documents"] == []


def test_the_index_drops_it_by_a_row_of_the_publication(ending, end):
    index = RecordingIndex()
    row = Delivery.objects.get(channel=DeliveryChannel.EXPIRY)
    assert row.next_attempt_at == end

    with at(end - dt.timedelta(seconds=1)):
        deliver_due(now=timezone.now(), limit=10, index=index)
    with at(end):
        deliver_due(now=timezone.now(), limit=10, index=index)

    assert (len(index.stored), len(index.removed)) == (1, 1)
    assert list(service.database_index().numbers("ky")) == []
    assert Delivery.objects.filter(done_at=None).count() == 0


def test_without_an_end_the_bytes_are_those_of_before(room, end):
    page = release(room.author)

    without, ending = build(page), build(edit(page, by=room.author, expire_at=end).get_latest_revision_as_object())

    assert "expires_at" not in without.payload
    assert ending.payload["expires_at"] == timezone.localtime(end).isoformat()
    assert {name: value for name, value in ending.payload.items() if name != "expires_at"} == without.payload


def test_what_ended_before_it_was_published_never_is_and_says_so(room, end):
    due_at = end - dt.timedelta(minutes=10)
    page = publish(release(room.author, go_live_at=due_at, expire_at=end), room)
    before = everything()

    with at(end):
        report = publish_due(now=end)

    assert (report.published, list(report.failed)) == ([], [page.pk])
    after = everything()
    assert (len(before.pop("due")), after.pop("due"), after.pop("ledger")[:-1]) == (1, [], before.pop("ledger"))
    assert after == before
    stopped = LedgerEntry.objects.latest("number")
    assert (stopped.kind, stopped.actor_id, stopped.remark) == ("stopped", None, report.failed[page.pk])
    assert (FailedPublication.objects.count(), list(ledger.faults())) == (0, [])


NOW = dt.timedelta(0)


@pytest.mark.parametrize(
    "start, finish, field, code",
    [
        (dt.timedelta(seconds=3), None, "go_live_at", "too_near"),
        (dt.timedelta(hours=2), dt.timedelta(hours=1), "expire_at", "too_early"),
        (dt.timedelta(hours=2), dt.timedelta(hours=2), "expire_at", "too_early"),
        (None, -dt.timedelta(seconds=1), "expire_at", "past"),
    ],
)
def test_times_that_cannot_be_are_refused_beside_their_field(room, start, finish, field, code):
    now = timezone.now()
    times = {
        "go_live_at": now + start if start is not None else None,
        "expire_at": now + finish if finish is not None else None,
    }
    page = release(room.author, **times)
    before = everything()

    with time_machine.travel(now, tick=False), pytest.raises(RequirementsUnmet) as unmet:
        submit(page, by=room.author)

    assert [(issue.field, issue.code) for issue in unmet.value.issues] == [(field, code)]
    assert everything() == before


@pytest.mark.parametrize("seconds, allowed", [(3, False), (4, True)])
def test_a_time_may_be_as_near_as_answers_are_kept(room, seconds, allowed):
    now = timezone.now().replace(microsecond=0)
    page = release(room.author, go_live_at=now + dt.timedelta(seconds=seconds))

    with time_machine.travel(now, tick=False):
        if allowed:
            submit(page, by=room.author)
        else:
            with pytest.raises(RequirementsUnmet):
                submit(page, by=room.author)
