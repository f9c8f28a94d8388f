"""What administrators see of notices, and how a person says how often he or she wants them."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from approvals.models import Notice, NoticePreference
from approvals.notices.screens import send_again
from approvals.offices import ADMINISTRATORS
from cms.env import Environment
from cms.settings.mail import mail_server
from tests.cms.test_env import COMPLETE
from tests.newsroom import hire, open_newsroom, release, submit

pytestmark = pytest.mark.django_db
TITLE = "Өкмөттүн жыйыны өттү"
KINDS = ("unknown", "dead", "closed")


@pytest.fixture
def room():
    people = open_newsroom()
    type(people.head).objects.filter(pk=people.head.pk).update(
        email="head@office.example", first_name="Айгүл", last_name="Асанова"
    )
    return people


@pytest.fixture
def notices(room):
    """One notice in each of the states that need a person, and one that waits."""
    for number in range(2):
        submit(release(room.author, title=f"{TITLE} {number}"), by=room.author)
    now, rows = timezone.now(), list(Notice.objects.order_by("pk"))
    settle(rows[0], state="unknown", handed_over_at=now, message_id="<one@office.example>", last_error="hung up")
    settle(rows[1], state="dead", attempts=10, last_error="451 Try later")
    settle(rows[2], state="closed", closing="no_address")
    return rows


def settle(notice: Notice, **changes) -> None:
    Notice.objects.filter(pk=notice.pk).update(settled_at=timezone.now(), **changes)
    notice.refresh_from_db()


def desk(user, *, language: str = "en") -> Client:
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
    client = Client()
    client.force_login(user)
    return client


def picture() -> list[tuple]:
    return list(Notice.objects.order_by("pk").values_list("pk", "state", "closing", "attempts", "settled_at", "lease"))


def test_administrators_see_what_was_not_sent_and_no_title(room, notices):
    administrator = hire("administrator", ADMINISTRATORS)

    pages = [desk(user).get(reverse("approvals:notices")) for user in (room.boss, administrator)]

    for page in pages:
        assert page.status_code == 200
        assert all(word in page.text for word in ("hung up", "451 Try later", "Айгүл Асанова", "deputy-head"))
        assert TITLE not in page.text
    assert pages[0].text.count("/again/") == 3
    assert "/again/" not in pages[1].text


def test_nothing_to_show_says_so(room):
    page = desk(room.boss).get(reverse("approvals:notices"))

    assert page.status_code == 200
    assert "Every notice was sent." in page.text
    assert "/again/" not in page.text


@pytest.mark.parametrize("name", ["author", "head", "leader"])
def test_for_everybody_else_there_is_no_such_screen(room, notices, name):
    client, before = desk(getattr(room, name)), picture()

    answers = [
        client.get(reverse("approvals:notices")),
        client.post(reverse("approvals:notice_again", args=[notices[0].pk])),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert reverse("approvals:notices") not in client.get(reverse("wagtailadmin_home")).text
    assert picture() == before


def test_only_a_superuser_sends_again_and_only_by_post(room, notices):
    administrator, before = hire("administrator", ADMINISTRATORS), picture()
    address = reverse("approvals:notice_again", args=[notices[0].pk])

    answers = [desk(administrator).post(address), desk(room.boss).get(address)]

    assert [answer.status_code for answer in answers] == [404, 405]
    assert picture() == before


@pytest.mark.parametrize("place", range(3), ids=KINDS)
def test_what_is_sent_again_is_due_and_the_rest_is_untouched(room, notices, place):
    others = [row for row in picture() if row[0] != notices[place].pk]

    answer = desk(room.boss).post(reverse("approvals:notice_again", args=[notices[place].pk]))

    row = Notice.objects.get(pk=notices[place].pk)
    assert (answer.status_code, answer.url) == (302, reverse("approvals:notices"))
    assert (row.state, row.closing, row.attempts, row.handed_over_at) == ("due", "", 0, None)
    assert [row for row in picture() if row[0] != notices[place].pk] == others


def test_what_waits_or_was_sent_is_not_sent_again(room, notices):
    settle(notices[3], state="sent", handed_over_at=timezone.now())
    before = picture()

    answer = desk(room.boss).post(reverse("approvals:notice_again", args=[notices[3].pk]))

    assert answer.status_code == 302
    assert send_again(notice_id=10**9) == []
    assert picture() == before


def test_a_daily_mail_is_sent_again_whole(room, notices):
    for notice in (notices[0], notices[2]):
        changes = {"state": "unknown", "closing": "", "handed_over_at": timezone.now(), "message_id": "<day@x>"}
        settle(notice, is_for_digest=True, **changes)

    ids = send_again(notice_id=notices[2].pk)

    assert ids == [notices[0].pk, notices[2].pk]


# --- One's own wish


def account(client: Client, **values):
    """Send the whole form of the account screen, as the browser does."""
    address = reverse("wagtailadmin_account")
    sent = {}
    for panels in client.get(address).context["panels_by_tab"].values():
        for panel in panels:
            form = panel.get_form()
            for name in form.fields:
                value = form[name].value()
                if isinstance(value, str | int) and value is not False:
                    sent[form.add_prefix(name)] = value
    return client.post(address, {**sent, **values})


def test_a_person_chooses_one_mail_a_day_on_the_account_screen(room):
    submit(release(room.author, title=TITLE), by=room.author)

    answer = account(desk(room.head), **{"notices-mode": "digest", "notices-digest_hour": "17"})

    wish = NoticePreference.objects.get()
    at = Notice.objects.get(recipient_id=room.head.pk).next_attempt_at.astimezone(timezone.get_default_timezone())
    assert answer.status_code == 302
    assert (wish.user_id, wish.mode, wish.digest_hour) == (room.head.pk, "digest", 17)
    assert (at.hour, at.minute) == (17, 0)
    assert dt.timedelta(0) < at - timezone.now() <= dt.timedelta(days=1)


@pytest.mark.parametrize("hour", ["24", "-1", "eight", ""])
def test_an_hour_that_no_day_has_is_refused(room, hour):
    answer = account(desk(room.head), **{"notices-mode": "digest", "notices-digest_hour": hour})

    assert answer.status_code == 200
    assert not NoticePreference.objects.exists()


# --- The mail server in the environment


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", ("", 25, "", "", False, False)),
        ("smtp://mail.example", ("mail.example", 25, "", "", False, False)),
        ("smtp+starttls://jarchy:p%40ss@mail.example", ("mail.example", 587, "jarchy", "p@ss", True, False)),
        ("smtps://jarchy:pass@mail.example:4650", ("mail.example", 4650, "jarchy", "pass", False, True)),
    ],
)
def test_the_mail_server_is_one_address(url, expected):
    assert tuple(mail_server(url).values()) == expected


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example:many"])
def test_an_address_that_is_no_mail_server_stops_the_process(url):
    with pytest.raises(ValueError, match="EMAIL_URL"):
        Environment(**{**COMPLETE, "EMAIL_URL": url})


def test_the_hour_is_checked_by_the_model_too(room):
    with pytest.raises(ValidationError):
        NoticePreference(user=room.head, mode="digest", digest_hour=24).full_clean()
