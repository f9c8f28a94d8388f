"""The inbox: what waits for me, for whom I act, what I sent; found by words, type, language and lateness."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from approvals import acting
from approvals.offices import DEPARTMENT_HEADS
from approvals.queue import inbox_of
from site_pages.models import Urgency
from site_pages.public_form.builders import build
from tests.attacks.houses import signed_in
from tests.newsroom import approve, decree, release, speech, submit
from tests.thoroughness import times

pytestmark = pytest.mark.django_db
MORNING = dt.datetime(2026, 3, 2, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def three(room):
    pages = [
        release(room.author, title="Мектеп ачылды"), speech(room.colleague, title="Мугалимдер күнү"),
        decree(room.author, title="Суу ресурстары жөнүндө"),
    ]  # fmt: skip
    for page in pages:
        submit(page, by=page.owner)
    return pages


def shown(client, **query) -> list[str]:
    return [item.title for item in client.get(reverse("approvals:waiting_for_me"), query).context_data["items"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [0, 1, 2]), ({"q": "МЕКТЕП"}, [0]), ({"q": "ачылды мектеп"}, [0]), ({"q": "жок"}, []),
        ({"document_type": "speech"}, [1]), ({"locale": "ky"}, [0, 1, 2]), ({"locale": "ru"}, []), ({"late": "on"}, []),
        ({"document_type": "poem"}, [0, 1, 2]), ({"locale": "xx", "q": "суу"}, [0, 1, 2]),
    ],
)  # fmt: skip
def test_the_inbox_is_searched_and_filtered(room, three, query, expected):
    assert shown(signed_in(room.head), **query) == [three[number].title for number in expected]


def test_what_is_overdue_is_found(room):
    with time_machine.travel(MORNING, tick=False) as clock:
        page = release(room.author, title="Эски текст")
        submit(page, by=room.author)
        clock.shift(dt.timedelta(days=7))
        submit(release(room.author, title="Жаңы текст"), by=room.author)

        assert shown(signed_in(room.head), late="on") == ["Эски текст"]


def test_the_author_sees_what_was_sent_and_where_it_is_now(room, three):
    approve(three[0], by=room.head)

    response = signed_in(room.author).get(reverse("approvals:waiting_for_me"))

    sent = {item.title: item.step.order for item in response.context_data["sent"]}
    assert sent == {"Мектеп ачылды": 2, "Суу ресурстары жөнүндө": 1}
    assert "Аппараттын жетекчилиги" in response.content.decode()


def test_what_a_deputy_decides_stands_under_the_name_of_whom_it_is_for(room, three):
    now = timezone.now()
    acting.appoint(
        principal_id=room.head.pk, deputy_id=room.colleague.pk, group_id=Group.objects.get(name=DEPARTMENT_HEADS).pk,
        starts_at=now, ends_at=now + dt.timedelta(days=1), legal_basis="№ 45", appointer_id=room.boss.pk, now=now,
    )  # fmt: skip

    waiting = inbox_of(user_id=room.colleague.pk, now=timezone.now()).waiting

    # Not his own speech.
    assert [(item.title, item.acting_for) for item in waiting] == [
        ("Мектеп ачылды", "head"), ("Суу ресурстары жөнүндө", "head"),
    ]  # fmt: skip


def test_what_is_urgent_comes_first_and_readers_do_not_see_it(room, three):
    text = release(room.author, title="Жер титирөө болду", urgency=Urgency.URGENT)
    submit(text, by=room.author)

    inbox = inbox_of(user_id=room.head.pk, now=timezone.now()).waiting
    client = signed_in(room.head)

    assert [(item.title, item.is_urgent) for item in inbox][:2] == [
        ("Жер титирөө болду", True),
        ("Мектеп ачылды", False),
    ]
    assert shown(client, urgent="on") == ["Жер титирөө болду"]
    assert client.get(reverse("approvals:waiting_for_me")).text.count("w-status--primary") == 1
    assert "urgen" not in build(text).canonical.decode()


@pytest.mark.parametrize("number", [5, times(60, thorough=500)])
def test_the_page_needs_as_many_queries_for_many_texts_as_for_few(
    room, number, settings, django_assert_max_num_queries
):
    # The editors' own search plays no part here, and on PostgreSQL it would take most of the time.
    settings.WAGTAILSEARCH_BACKENDS = {"default": {**settings.WAGTAILSEARCH_BACKENDS["default"], "AUTO_UPDATE": False}}
    for count in range(number):
        submit(release(room.author, title=f"Жаңылык {count}"), by=room.author)

    with django_assert_max_num_queries(15):
        inbox = inbox_of(user_id=room.head.pk, now=timezone.now())
    with django_assert_max_num_queries(15):
        sent = inbox_of(user_id=room.author.pk, now=timezone.now()).sent

    assert (len(inbox.waiting), len(sent)) == (number, number)
