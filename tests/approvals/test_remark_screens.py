"""Remarks on places, on the screens of whoever returns and of whoever mends."""

import pytest
from django.urls import reverse

from approvals.models import Remark
from site_pages.public_form.builders import build
from tests.attacks.houses import everything, signed_in
from tests.newsroom import approve, digest, fresh, ledger_kinds, release, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(room):
    page = release(room.author)
    submit(page, by=room.author)
    return fresh(page)


def first_block(page) -> str:
    return build(page.get_latest_revision_as_object()).payload["body"]["blocks"][0]["id"]


def send_back(client, page, **fields):
    return client.post(reverse("approvals:return", args=[page.pk]), {"digest": digest(page), **fields})


def test_every_place_of_the_text_takes_a_remark(room, page):
    screen = signed_in(room.head).get(reverse("approvals:document", args=[page.pk])).content.decode()

    for anchor in ("field:title", "field:lead", f"block:{first_block(page)}"):
        assert f'name="remark:{anchor}"' in screen


def test_the_author_finds_the_remark_beside_its_paragraph_and_settles_it(room, page):
    block = first_block(page)
    assert send_back(signed_in(room.head), page, **{f"remark:block:{block}": "Күнү туура эмес."}).status_code == 302
    author = signed_in(room.author)

    editor = author.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    remark = Remark.objects.get()
    answer = author.post(reverse("approvals:settle_remark", args=[page.pk, remark.pk]), {"answer": "Түздөдүм."})

    assert f'data-anchor="block:{block}"' in editor and "Күнү туура эмес." in editor
    assert answer.status_code == 302
    remark.refresh_from_db()
    assert (remark.answer, remark.settled_by) == ("Түздөдүм.", "author")
    screen = signed_in(room.head).get(reverse("approvals:document", args=[page.pk])).content.decode()
    assert "Түздөдүм." in screen
    assert "data-anchor" not in author.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()


@pytest.mark.parametrize("who", ["leader", "outsider"])
def test_who_may_not_edit_the_text_settles_nothing(room, page, who):
    send_back(signed_in(room.head), page, **{"remark:field:title": "Кыскартыңыз."})

    response = signed_in(getattr(room, who)).post(
        reverse("approvals:settle_remark", args=[page.pk, Remark.objects.get().pk]), {"answer": "х"}
    )

    assert response.status_code in (302, 403, 404)
    assert Remark.objects.get().settled_at is None


def test_a_refused_return_keeps_what_was_written(room, page):
    before = everything()

    response = send_back(
        signed_in(room.head), page, **{"remark:field:title": "К" * 4001, "remark:field:lead": "Лид узун."}
    )

    assert response.status_code == 409
    assert "Лид узун." in response.content.decode()
    assert (everything(), Remark.objects.count()) == (before, 0)


def test_a_leader_returns_to_the_head_on_the_screen(room, page):
    approve(page, by=room.head)
    client = signed_in(room.leader)
    assert 'name="to_step"' in client.get(reverse("approvals:document", args=[page.pk])).content.decode()

    send_back(client, page, remark="Башчы кайра карасын.", to_step="1")

    assert ledger_kinds(page) == ["submitted", "approved", "returned"]
    assert fresh(page).workflow_in_progress


@pytest.mark.parametrize("to_step", ["2", "-1", "9" * 30, "x", "\x00"])
def test_a_step_that_is_none_changes_nothing(room, page, to_step):
    before = everything()

    response = send_back(signed_in(room.head), page, remark="х", to_step=to_step)

    assert response.status_code in (400, 403)
    assert everything() == before
