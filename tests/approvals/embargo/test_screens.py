"""Early access as the office meets it: who sees which screen, what it tells, what it costs; and the mail."""

import datetime as dt
import re
from dataclasses import replace

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from approvals.embargo import giving, overview
from approvals.models import EarlyAccess, EarlyInvitation, EmbargoBreach, Notice
from approvals.notices.delivery import deliver_notices
from approvals.notices.screens import send_again
from approvals.offices import ADMINISTRATORS
from approvals.outside.links import LinkRefused
from site_pages.access import rules
from tests.approvals import consultation
from tests.approvals.consultation import changed
from tests.approvals.embargo.press import (
    ASEL,
    SECRET,
    address,
    breach,
    due_of,
    embargoed,
    form_address,
    give,
    opens,
    publish_in_time,
    somebody,
)
from tests.attacks.houses import everything, signed_in
from tests.newsroom import approve, fresh, hire, publish, release, submit

pytestmark = pytest.mark.django_db
LIST = "/admin/approvals/embargoes/"


@pytest.fixture
def page(room):
    return embargoed(room, title=f"{SECRET} аталыш")


def screen(page) -> str:
    return reverse("approvals:early", args=[page.pk])


def filled(page, **changes) -> dict:
    values = {"digest": due_of(page).digest, "ends_at": "", **vars(ASEL)}
    return {**values, **changes}


def seen_breach(**changes) -> dict:
    return {"place": "Сайт", "seen_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}", "outlet": "", "link": "", **changes}


def test_it_is_given_on_the_screen_and_shown_once(room, page):
    client = signed_in(room.head)
    assert screen(page) in client.get(reverse("approvals:document", args=[page.pk])).text

    answer = client.post(screen(page), filled(page))

    shown, token = answer.context["made"]["address"], answer.context["made"]["token"]
    assert answer.status_code == 200 and shown in answer.text and "no-store" in answer.headers["Cache-Control"]
    assert opens(token) and shown.endswith(address(token))
    again = client.get(screen(page)).text
    assert ASEL.outlet in again and ASEL.email in again and token not in again
    assert EarlyInvitation.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"reader_name": " "}, 400), ({"outlet": ""}, 400), ({"outlet": "—"}, 403), ({"email": "asel"}, 400),
        ({"language": "de"}, 400), ({"digest": "x"}, 400), ({"digest": "0" * 64}, 409), ({"ends_at": "x"}, 400),
        ({"ends_at": "2026-01-01T00:00"}, 403), ({"ends_at": "2126-01-01T00:00"}, 403), ({"outlet": "а\x00"}, 400),
        ({"ends_at": "9999-12-31T23:59"}, 400),
    ],
)  # fmt: skip
def test_what_is_incomplete_gives_nothing_and_says_so(room, page, changes, status):
    before = everything()

    answer = signed_in(room.head).post(screen(page), filled(page, **changes))

    assert answer.status_code == status
    assert 'role="alert"' in answer.text or "error-message" in answer.text
    assert everything() == before


SCREENS = [
    # who, sees the screen, sees the log, has the form, may post, sees the list
    ("head", 200, True, True, True, 200),
    ("leader", 200, True, True, True, 200),
    ("author", 200, False, False, False, 200),
    ("boss", 200, False, False, False, 200),
    ("outsider", 302, False, False, False, 302),
    ("clerk", 404, False, False, False, 404),
    ("agent", 200, True, False, False, 200),
]


@pytest.mark.parametrize(("who", "status", "log", "form", "posts", "listed"), SCREENS)
def test_who_sees_what(room, page, who, status, log, form, posts, listed):
    _access, token = give(page, by=room.second_leader)
    somebody(REMOTE_ADDR="198.51.100.7").get(address(token))
    if who == "agent":
        changed(room.deputy_head, is_agent=True)
    person = {"clerk": lambda: hire("clerk", ADMINISTRATORS), "agent": lambda: room.deputy_head}.get(
        who, lambda: getattr(room, who)
    )()
    client, before = signed_in(person), everything()

    shown, listing = client.get(screen(page)), client.get(LIST)
    posted = client.post(screen(page), filled(page))

    assert (shown.status_code, listing.status_code) == (status, listed)
    assert ("198.51.100.7" in shown.text, ASEL.email in shown.text) == (log, log)
    assert ('name="reader_name"' in shown.text) is form
    assert (SECRET in listing.text) is (listed == 200)
    assert (everything() != before) is posts and (posted.status_code == 200) is posts


def test_revoking_and_noting_a_breach_on_the_screen(room, page):
    access, token = give(page, by=room.head)
    other = embargoed(room, title="Башка")
    author, head, leader = signed_in(room.author), signed_in(room.head), signed_in(room.leader)
    before = everything()
    wrong = [
        head.post(reverse("approvals:early_revoke", args=[other.pk, access.pk])).status_code,
        head.get(reverse("approvals:early_revoke", args=[page.pk, access.pk])).status_code,
        author.post(reverse("approvals:early_breach", args=[page.pk]), seen_breach()).status_code,
        head.post(reverse("approvals:early_breach", args=[page.pk]), seen_breach(place="")).status_code,
        head.post(reverse("approvals:early_breach", args=[page.pk]), seen_breach(link="javascript:x")).status_code,
        head.post(
            reverse("approvals:early_breach", args=[page.pk]), seen_breach(seen_at="0001-01-01T00:00")
        ).status_code,
    ]
    assert (wrong, everything()) == ([404, 405, 403, 400, 400, 400], before)

    author.post(reverse("approvals:early_revoke", args=[page.pk, access.pk]))
    assert not opens(token)
    head.post(reverse("approvals:early_breach", args=[page.pk]), seen_breach(outlet=ASEL.outlet, place="Telegram X"))

    for address_of_it in (screen(page), reverse("approvals:document", args=[page.pk]), LIST):
        assert "Telegram X" in leader.get(address_of_it).text
    assert 'name="reader_name"' not in leader.get(screen(page)).text
    noted, readmit = EmbargoBreach.objects.get(), reverse("approvals:outlet_readmit", args=[1])
    assert readmit.replace("/1/", f"/{noted.pk}/") in leader.get(LIST).text
    assert readmit.replace("/1/", f"/{noted.pk}/") not in head.get(LIST).text
    leader.post(reverse("approvals:outlet_readmit", args=[noted.pk]), {"reason": "Кечирим сурады."})
    assert noted.readmission.by_id == room.leader.pk


def test_a_session_without_the_second_factor_gives_nothing(room, page, client):
    client.force_login(room.head)
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    before = everything()

    answers = [
        client.post(screen(page), filled(page)),
        client.post(reverse("approvals:early_breach", args=[page.pk]), seen_breach()),
    ]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert everything() == before


def test_a_limited_document_is_on_no_screen_of_others(room):
    page = release(room.author, title=f"{SECRET} аталыш", go_live_at=timezone.now() + dt.timedelta(hours=2))
    rules.limit(content_id=page.content_id, owner=room.author, people=[room.head, room.leader])
    submit(page, by=room.author)
    approve(page, by=room.head)
    approve(page, by=room.leader)
    give(page, by=room.head)
    noted = breach(page, by=room.head, outlet=ASEL.outlet)
    before = everything()

    for who in ("deputy_head", "second_leader", "boss", "colleague"):
        client = signed_in(getattr(room, who))
        shown = client.get(LIST)
        assert SECRET not in shown.text and ASEL.outlet not in shown.text
        readmitted = client.post(reverse("approvals:outlet_readmit", args=[noted.pk]), {"reason": "x"})
        answers = {client.get(screen(page)).status_code, readmitted.status_code}
        assert answers == {404}
    assert everything() == before
    assert SECRET in signed_in(room.leader).get(LIST).text


def test_a_link_for_consultation_opens_nothing_while_the_text_is_under_embargo(room):
    draft = release(room.author, go_live_at=timezone.now() + dt.timedelta(hours=2))
    _link, token = consultation.make(draft, by=room.author)
    assert somebody().get(consultation.address(token)).status_code == 200

    page = publish(draft, room)

    assert somebody().get(consultation.address(token)).status_code == 404
    before = consultation.recorded()
    with pytest.raises(LinkRefused):
        consultation.make(page, by=room.author)
    assert consultation.recorded() == before
    assert screen(page) in signed_in(room.author).get(consultation.screen(page)).text
    publish_in_time(page)
    assert fresh(page).live and somebody().get(consultation.address(token)).status_code == 200


def queries(client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_the_screens_and_a_reading_cost_the_same_with_many(room, page):
    client, (_access, token) = signed_in(room.head), give(page, by=room.head)
    somebody().get(address(token))
    paths = [(client, screen(page)), (client, LIST), (somebody(), address(token))]
    with_one = [queries(*path) for path in paths]
    for number in range(3):
        other = embargoed(room, title=f"Башка {number}")
        for one in (page, other):
            somebody().get(address(give(one, by=room.leader)[1]))

    assert [queries(*path) for path in paths] == with_one
    assert with_one[2] <= 30


def test_the_mail_brings_the_address_and_names_no_title(room, page, sink):
    _access, token = give(page, by=room.head, by_mail=True)
    assert (EarlyInvitation.objects.count(), token in str(EarlyInvitation.objects.values())) == (1, False)

    deliver_notices(now=timezone.now(), limit=50)

    notice = Notice.objects.get(recipient_id=0)
    assert (notice.state, EarlyInvitation.objects.count()) == ("sent", 0)
    mail = next(mail for mail in sink.taken if mail.recipient == ASEL.email)
    assert SECRET not in mail.subject + mail.text and token not in mail.subject
    assert f"{due_of(page).due_at:%d.%m.%Y %H:%M:%S} UTC" in mail.text
    (sent,) = re.findall(r"http://127\.0\.0\.1:8000(/early/\S+)", mail.text)
    assert sent == address(token) and somebody().get(sent).status_code == 200


def test_a_mail_that_comes_too_late_is_not_sent_and_one_that_failed_is_sent_again(room, page, sink, settings):
    access, _token = give(page, by=room.head, by_mail=True)
    giving.revoke(access_id=access.pk, actor_id=room.head.pk, now=timezone.now())
    give(page, by=room.head, by_mail=True)
    with time_machine.travel(due_of(page).due_at, tick=False):
        deliver_notices(now=timezone.now(), limit=50)

    rows = Notice.objects.filter(recipient_id=0).order_by("pk")
    assert list(rows.values_list("state", "closing")) == [("closed", "access_over")] * 2
    assert send_again(notice_id=rows.last().pk) == [rows.last().pk]
    deliver_notices(now=timezone.now(), limit=50)
    assert list(rows.values_list("state", flat=True)) == ["closed", "sent"]
    assert EarlyAccess.objects.count() == 2


def test_many_openings_by_one_do_not_hide_those_of_another(room, monkeypatch):
    monkeypatch.setattr(overview, "MOST_OPENINGS_SHOWN", 3)
    page = embargoed(room)
    _, kabar = give(page, by=room.head)
    _, other = give(page, by=room.head, to=replace(ASEL, outlet="Башка", email="b@example.org"))
    somebody().get(form_address(kabar))
    for _ in range(4):
        somebody().get(form_address(other))

    rows = overview.rows_of(page, with_openings=True, now=timezone.now())

    assert [(row.count, len(row.openings)) for row in rows] == [(4, 3), (1, 1)]
    numbers = [opening.pk for opening in rows[0].openings]
    assert numbers == sorted(numbers, reverse=True)
