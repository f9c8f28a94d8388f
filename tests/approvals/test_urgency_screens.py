"""The urgent lane on its screens: who sees the button, who confirms, what is refused and in what words."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from approvals import acting, urgency
from approvals.models import UrgentPublication
from frontend_api.models import PublishedDocument
from tests.attacks.houses import everything, signed_in
from tests.newsroom import digest, fresh, ledger_kinds, release, submit

pytestmark = pytest.mark.django_db
REASON = "Жер титирөө: калкка дароо айтуу керек."


@pytest.fixture
def page(room):
    page = release(room.author)
    submit(page, by=room.author)
    return fresh(page)


def publish(client, page, *, reason: str = REASON, seen: str = ""):
    address = reverse("approvals:publish_urgently", args=[page.pk])
    return client.post(address, {"digest": seen or digest(page), "reason": reason}, follow=True)


def button(client, page) -> bool:
    screen = client.get(reverse("approvals:document", args=[page.pk])).content.decode()
    return reverse("approvals:publish_urgently", args=[page.pk]) in screen


@pytest.mark.parametrize(
    ("who", "sees"), [("leader", True), ("second_leader", True), ("head", False), ("author", False), ("boss", False)]
)
def test_only_the_leadership_sees_the_way(room, page, who, sees):
    assert button(signed_in(getattr(room, who)), page) is sees


def test_a_leader_publishes_and_the_head_confirms(room, page):
    shown = publish(signed_in(room.leader), page).content.decode()
    assert REASON in shown and PublishedDocument.objects.count() == 1
    head = signed_in(room.head)
    debt = UrgentPublication.objects.get()
    assert reverse("approvals:urgent_confirm", args=[debt.pk]) in head.get(reverse("approvals:urgent")).content.decode()

    head.post(reverse("approvals:urgent_confirm", args=[debt.pk]), {"remark": ""})

    assert ledger_kinds(page)[-1] == "confirmed"
    assert not urgency.has_debt(room.leader.pk)


def test_who_acts_for_the_head_finds_the_page_and_confirms(room, page):
    publish(signed_in(room.leader), page)
    now, address = timezone.now(), reverse("approvals:urgent")
    assert signed_in(room.colleague).get(address).status_code != 200
    acting.appoint(
        principal_id=room.head.pk, deputy_id=room.colleague.pk, group_id=room.head.groups.get().pk, starts_at=now,
        ends_at=now + dt.timedelta(days=1), legal_basis="№ 45", appointer_id=room.boss.pk, now=now,
    )  # fmt: skip
    deputy, debt = signed_in(room.colleague), UrgentPublication.objects.get()

    assert address in deputy.get(reverse("wagtailadmin_home")).text
    assert reverse("approvals:urgent_confirm", args=[debt.pk]) in deputy.get(address).text
    deputy.post(reverse("approvals:urgent_confirm", args=[debt.pk]), {"remark": ""})

    assert ledger_kinds(page)[-1] == "confirmed"


@pytest.mark.parametrize("who", ["author", "head", "boss", "outsider"])
def test_whoever_else_posts_to_the_address_changes_nothing(room, page, who):
    before = everything()

    response = publish(signed_in(getattr(room, who)), page)

    assert response.status_code in (200, 403, 404)
    assert (everything(), UrgentPublication.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    "how", [{"reason": ""}, {"reason": "\x00"}, {"reason": "х" * 4001}, {"seen": "0" * 64}, {"seen": "x"}]
)
def test_what_is_incomplete_or_old_changes_nothing(room, page, how):
    before = everything()

    response = publish(signed_in(room.leader), page, **how)

    assert (response.status_code, everything(), UrgentPublication.objects.count()) == (200, before, 0)
    assert [message.level_tag for message in response.context["messages"]] == ["error"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("ky", "мурунку шашылыш жарыялооңуз"), ("ru", "Ваша предыдущая срочная публикация"), ("en", "An earlier urgent")],
)
def test_a_debt_is_said_in_the_leader_s_language(room, page, language, words):
    UserProfile.objects.create(user=room.leader, preferred_language=language)
    other = release(room.author, title="Экинчи текст")
    submit(other, by=room.author)
    publish(signed_in(room.leader), page)

    response = publish(signed_in(room.leader), fresh(other))

    assert words in " ".join(str(message) for message in response.context["messages"])
    assert PublishedDocument.objects.count() == 1


def test_an_objection_without_words_is_refused_and_with_words_is_kept(room, page):
    publish(signed_in(room.leader), page)
    address = reverse("approvals:urgent_object", args=[UrgentPublication.objects.get().pk])

    signed_in(room.head).post(address, {"remark": " "})
    assert ledger_kinds(page)[-1] == "published"
    signed_in(room.head).post(address, {"remark": "Үчүнчү абзац туура эмес."})

    assert ledger_kinds(page)[-1] == "objected"
    assert urgency.has_debt(room.leader.pk)


@pytest.mark.parametrize("verb", ["urgent_confirm", "urgent_object"])
@pytest.mark.parametrize("who", ["author", "leader", "boss", "outsider"])
def test_nobody_answers_in_the_name_of_the_head(room, page, verb, who):
    publish(signed_in(room.leader), page)
    before = everything()

    signed_in(getattr(room, who)).post(
        reverse(f"approvals:{verb}", args=[UrgentPublication.objects.get().pk]), {"remark": "х"}
    )

    assert everything() == before
    assert UrgentPublication.objects.get().confirmed_at is None


def test_an_author_has_no_business_on_the_overview(room):
    assert signed_in(room.author).get(reverse("approvals:urgent")).status_code in (302, 403)
    for who in (room.head, room.leader, room.boss):
        assert signed_in(who).get(reverse("approvals:urgent")).status_code == 200


@pytest.mark.parametrize("name", ["urgent_confirm", "urgent_object"])
def test_a_debt_that_is_none_changes_nothing(room, name):
    before = everything()

    response = signed_in(room.head).post(reverse(f"approvals:{name}", args=[999]), {"remark": "х"})

    assert (response.status_code, everything()) == (302, before)
