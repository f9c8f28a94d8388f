"""The help inside the editor: one's own role first, in one's language, with pictures, and nothing else of the disk."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from approvals import acting
from approvals.offices import ADMINISTRATORS, APPARATUS_LEADERSHIP
from cms.help.texts import ROLES
from tests.attacks.houses import signed_in
from tests.newsroom import hire

pytestmark = pytest.mark.django_db
OWN, LANGUAGES = reverse("help:own"), ("ky", "ru", "en")


def shown(user, *, language: str, role: str) -> str:
    profile = UserProfile.get_for_user(user)
    profile.preferred_language = language
    profile.save()
    response = signed_in(user).get(reverse("help:role", args=[role]))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("who", "role"),
    [("author", "author"), ("head", "head"), ("leader", "leader"), ("boss", "administrator")],
)
def test_ones_own_role_comes_first(room, who, role):
    assert signed_in(getattr(room, who)).get(OWN).url == reverse("help:role", args=[role])


def test_who_acts_for_somebody_reads_how_while_it_lasts(room):
    now = timezone.now()
    acting.appoint(
        principal_id=room.head.pk,
        deputy_id=room.colleague.pk,
        group_id=Group.objects.get(name="Department heads").pk,
        starts_at=now - dt.timedelta(minutes=1),
        ends_at=now + dt.timedelta(days=2),
        legal_basis="2026-жылдын 3-мартындагы № 45 буйрук",
        appointer_id=room.boss.pk,
        now=now,
    )

    assert signed_in(room.colleague).get(OWN).url == reverse("help:role", args=["deputy"])
    assert signed_in(room.author).get(OWN).url == reverse("help:role", args=["author"])


@pytest.mark.parametrize("role", ROLES)
def test_it_is_read_in_the_language_of_the_reader_with_its_pictures(room, role):
    pages = {language: shown(room.author, language=language, role=role) for language in LANGUAGES}

    titles = {language: page.split("<h1", 1)[1].split("</h1>")[0] for language, page in pages.items()}
    assert len(set(titles.values())) == 3
    assert "администратор" in pages["ky"] and "Кирүү" in pages["ky"] and "Войти" in pages["ru"]
    for page in pages.values():
        assert "<strong>" in page and "**" not in page and "](" not in page
        assert reverse("help:picture", args=["sign-in-code"]) in page
        assert sum(reverse("help:role", args=[other]) in page for other in ROLES if other != role) == 4


def test_the_pictures_and_nothing_else_are_handed_out(room):
    client = signed_in(room.author)
    picture = client.get(reverse("help:picture", args=["sign-in-code"]))

    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert b"".join(picture.streaming_content).startswith(b"\x89PNG")
    for path in (
        "pictures/none.png",
        "pictures/..%2Fauthor.en.md",
        "pictures/../author.en.md",
        "author.en/",
        "nobody/",
    ):
        assert client.get(OWN + path, follow=True).status_code == 404, path


def test_who_is_no_editor_sees_none_of_it(room):
    for client in (Client(), signed_in(room.outsider)):
        for path in ("", "author/", "pictures/sign-in-code.png"):
            assert client.get(OWN + path).status_code == 302


def test_administrators_of_the_house_and_leaders_are_told_apart(room):
    secretary = hire("secretary", ADMINISTRATORS)
    both = hire("both", ADMINISTRATORS, APPARATUS_LEADERSHIP)

    assert signed_in(secretary).get(OWN).url == reverse("help:role", args=["administrator"])
    assert signed_in(both).get(OWN).url == reverse("help:role", args=["leader"])
