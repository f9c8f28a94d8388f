"""The screen of acting appointments: administrators appoint, everybody else is refused, errors stand beside fields."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from approvals.models import ActingAppointment
from approvals.offices import DEPARTMENT_HEADS
from tests.attacks.houses import everything, signed_in
from tests.newsroom import release, submit

pytestmark = pytest.mark.django_db


def form(room, **changes) -> dict:
    begin = timezone.localtime() - dt.timedelta(hours=1)
    values = {
        "principal": room.head.pk, "deputy": room.colleague.pk, "group": Group.objects.get(name=DEPARTMENT_HEADS).pk,
        "starts_at": begin.strftime("%Y-%m-%dT%H:%M"), "legal_basis": "№ 45 буйрук",
        "ends_at": (begin + dt.timedelta(days=7)).strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    return {**values, **changes}


def test_an_administrator_appoints_and_the_deputy_finds_the_text(room):
    page = release(room.author)
    submit(page, by=room.author)

    response = signed_in(room.boss).post(reverse("approvals:acting"), form(room))

    assert response.status_code == 302
    deputy = signed_in(room.colleague)
    assert page.draft_title in deputy.get(reverse("approvals:waiting_for_me")).content.decode()
    screen = deputy.get(reverse("approvals:document", args=[page.pk])).content.decode()
    assert "№ 45 буйрук" in screen and 'name="digest"' in screen


@pytest.mark.parametrize("who", ["author", "head", "leader"])
def test_nobody_else_appoints_or_revokes(room, who):
    signed_in(room.boss).post(reverse("approvals:acting"), form(room))
    appointment, before = ActingAppointment.objects.get(), everything()
    client = signed_in(getattr(room, who))

    answers = [
        client.get(reverse("approvals:acting")),
        client.post(reverse("approvals:acting"), form(room, deputy=room.author.pk)),
        client.post(reverse("approvals:acting_revoke", args=[appointment.pk])),
    ]

    assert {answer.status_code for answer in answers} <= {302, 403}
    assert everything() == before
    assert ActingAppointment.objects.get().revoked_at is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        (lambda room: {"deputy": room.head.pk}, "deputy"),
        (lambda room: {"principal": room.author.pk}, "principal"),
        (lambda room: {"legal_basis": ""}, "legal_basis"),
        (lambda room: {"legal_basis": "\x00"}, "legal_basis"),
        (lambda room: {"ends_at": "2020-01-01T10:00"}, "ends_at"),
        (lambda room: {"starts_at": "yesterday"}, "starts_at"),
        (lambda room: {"document_types": ["decree", "poem"]}, "document_types"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(room, changes, field):
    before = everything()

    response = signed_in(room.boss).post(reverse("approvals:acting"), form(room, **changes(room)))

    assert (response.status_code, list(response.context_data["form"].errors)) == (400, [field])
    assert (everything(), ActingAppointment.objects.count()) == (before, 0)


@pytest.mark.parametrize(("language", "words"), [("ky", "Ким жок"), ("ru", "Кто отсутствует"), ("en", "Who is absent")])
def test_the_screen_speaks_the_reader_s_language(room, language, words):
    UserProfile.objects.create(user=room.boss, preferred_language=language)

    assert words in signed_in(room.boss).get(reverse("approvals:acting")).content.decode()


def test_an_administrator_revokes(room):
    client = signed_in(room.boss)
    client.post(reverse("approvals:acting"), form(room))

    client.post(reverse("approvals:acting_revoke", args=[ActingAppointment.objects.get().pk]), {"remark": "Кайтты"})

    assert ActingAppointment.objects.get().revoked_at is not None
