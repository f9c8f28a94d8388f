"""Rows 1-4, 7, 8, 10-13, 16, 17: every address of Wagtail's admin that would lead past the gate, by everybody.

An attack is a list of requests; whoever sends them, nothing changes.
"""

import json

import pytest
from django.urls import reverse
from wagtail.models import Page

from site_pages.models import PressReleasePage
from tests.attacks.houses import everything, signed_in
from tests.newsroom import approve, edit, fresh, publish, release, submit

pytestmark = pytest.mark.django_db
RICH_TEXT = {
    "key": "a",
    "text": "Башка",
    "type": "unstyled",
    "depth": 0,
    "inlineStyleRanges": [],
    "entityRanges": [],
}
PEOPLE = ("author", "colleague", "head", "leader", "boss", "outsider")


def edit_form(page, **extra) -> dict:
    """What the editor's form sends for a page, with other buttons pressed."""
    empty = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "1000"}
    formsets = {
        f"{name}-{key}": value
        for name in ("related_documents", "attachments", "comments")
        for key, value in empty.items()
    }
    body = {"body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": "paragraph", "body-0-id": ""}
    text = json.dumps({"blocks": [RICH_TEXT], "entityMap": {}})
    fields = {
        "title": "Башка аталыш",
        "slug": page.slug or "bashka",
        "summary": "Мазмун",
        "lead": "Лид",
        "release_date": "2026-07-17",
        "subtype": "news",
        "update_type": "minor",
        "text_role": "original",
        "notes_to_editors": "null",
    }
    return {**fields, **formsets, **body, "body-0-value": text, **extra}


def post(client, name: str, *args, data: dict | None = None, namespace: str = "wagtailadmin_pages"):
    """One POST to one of Wagtail's addresses."""
    return client.post(reverse(f"{namespace}:{name}", args=args), data or {})


def api_action(client, page, action: str, **data):
    """The admin's internal API."""
    return client.post(f"/admin/api/main/pages/{page.pk}/action/{action}/", data, content_type="application/json")


DRAFT_ATTACKS = {
    "publish by the edit view": lambda c, p: post(c, "edit", p.pk, data=edit_form(p, **{"action-publish": "1"})),
    "publish by the internal API": lambda c, p: api_action(c, p, "publish"),
    "publish by the bulk action": lambda c, p: c.post(
        f"/admin/bulk/wagtailcore/page/publish/?id={p.pk}", {"include_descendants": "on"}
    ),
    "alias by the internal API": lambda c, p: api_action(c, p, "create_alias", destination_page_id=p.get_parent().pk),
    "convert alias": lambda c, p: post(c, "convert_alias", p.pk),
    "hide it": lambda c, p: post(c, "set_privacy", p.pk, data={"restriction_type": "login"}),
    "move it": lambda c, p: post(c, "move_confirm", p.pk, p.get_parent().pk),
    "move by the internal API": lambda c, p: api_action(c, p, "move", destination_page_id=p.get_parent().pk),
    "set its place": lambda c, p: post(c, "set_page_position", p.pk),
    "unschedule": lambda c, p: post(c, "revisions_unschedule", p.pk, p.latest_revision_id),
}


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", sorted(set(DRAFT_ATTACKS) - {"publish by the edit view"}))
def test_a_draft_stays_a_draft(room, who, name):
    page = release(room.author)
    client, before = signed_in(getattr(room, who)), everything()

    response = DRAFT_ATTACKS[name](client, page)

    assert response.status_code in (302, 400, 403, 404, 405)
    assert everything() == before


@pytest.mark.parametrize("who", PEOPLE)
def test_the_publish_button_of_the_editor_saves_and_never_publishes(room, who):
    page = release(room.author)
    before = everything()

    DRAFT_ATTACKS["publish by the edit view"](signed_in(getattr(room, who)), page)

    assert everything() == before
    assert fresh(page).live is False


@pytest.mark.parametrize("who", ["author", "head", "boss"])
def test_creating_and_publishing_in_one_go_makes_at_most_a_draft(room, who):
    section = release(room.author).get_parent()
    address = reverse("wagtailadmin_pages:add", args=["site_pages", "pressreleasepage", section.pk])
    blank = PressReleasePage(title="x", slug="kursk")
    before = everything()

    signed_in(getattr(room, who)).post(address, edit_form(blank, slug="kursk", **{"action-publish": "1"}))

    after = everything()
    assert (after["public"], after["log"], after["ledger"]) == (before["public"], before["log"], before["ledger"])
    assert not Page.objects.filter(slug="kursk", live=True).exists()


UNDER_WAY_ATTACKS = {
    **DRAFT_ATTACKS,
    "approve through another page": lambda c, p: post(c, "workflow_action", p.get_parent().pk, "approve", turn(p)),
    "approve by Wagtail's own address": lambda c, p: post(
        c, "workflow_action", p.pk, "approve", turn(p), data={"comment": ""}
    ),
    "approve by the edit view": lambda c, p: post(
        c,
        "edit",
        p.pk,
        data=edit_form(
            p, **{"action-workflow-action": "1", "workflow-action-name": "approve", "workflow-action-extra-data": "{}"}
        ),
    ),
    "wedge by the client's own arguments": lambda c, p: post(
        c,
        "edit",
        p.pk,
        data=edit_form(
            p,
            **{
                "action-workflow-action": "1",
                "workflow-action-name": "approve",
                "workflow-action-extra-data": '{"update": false}',
            },
        ),
    ),
    "save over it": lambda c, p: post(c, "edit", p.pk, data=edit_form(p)),
    "overwrite the version under clearance": lambda c, p: post(
        c, "edit", p.pk, data=edit_form(p, overwrite_revision_id=str(p.latest_revision_id))
    ),
    "revert by the internal API": lambda c, p: api_action(
        c, p, "revert_to_page_revision", revision_id=p.latest_revision_id
    ),
    "delete": lambda c, p: post(c, "delete", p.pk),
    "delete by the bulk action": lambda c, p: c.post(f"/admin/bulk/wagtailcore/page/delete/?id={p.pk}"),
    "delete by the internal API": lambda c, p: api_action(c, p, "delete"),
    "lock": lambda c, p: post(c, "lock", p.pk),
    "unlock": lambda c, p: post(c, "unlock", p.pk),
}


def turn(page) -> int:
    """The task state whose turn it is on the page."""
    return page.current_workflow_task_state.pk


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", sorted(UNDER_WAY_ATTACKS))
def test_a_text_under_clearance_is_not_touched(room, who, name):
    page = release(room.author)
    submit(page, by=room.author)
    page = fresh(page)
    client, before, versions = signed_in(getattr(room, who)), everything(), page.revisions.count()

    UNDER_WAY_ATTACKS[name](client, page)

    assert everything() == before
    assert fresh(page).revisions.count() == versions
    assert fresh(page).get_latest_revision_as_object().title == "Өкмөттүн жыйыны өттү"


LIVE_ATTACKS = {
    "un-publish": lambda c, p: post(c, "unpublish", p.pk),
    "un-publish by the internal API": lambda c, p: api_action(c, p, "unpublish"),
    "un-publish by the bulk action": lambda c, p: c.post(f"/admin/bulk/wagtailcore/page/unpublish/?id={p.pk}"),
    "hide": DRAFT_ATTACKS["hide it"],
    "move": DRAFT_ATTACKS["move it"],
    "delete": lambda c, p: post(c, "delete", p.pk),
    "delete its section": lambda c, p: post(c, "delete", p.get_parent().pk),
    "delete by the bulk action": UNDER_WAY_ATTACKS["delete by the bulk action"],
    "delete by the internal API": UNDER_WAY_ATTACKS["delete by the internal API"],
    "publish by the internal API": DRAFT_ATTACKS["publish by the internal API"],
}


@pytest.mark.parametrize("who", ["author", "head", "leader", "boss"])
@pytest.mark.parametrize("name", sorted(LIVE_ATTACKS))
def test_a_published_document_stays_as_it_was_cleared(room, who, name):
    page = publish(release(room.author), room)
    client, before = signed_in(getattr(room, who)), everything()

    LIVE_ATTACKS[name](client, page)

    assert everything() == before


@pytest.mark.parametrize("who", ["author", "head", "boss"])
def test_a_change_of_a_published_document_is_a_draft_until_it_is_cleared(room, who):
    page = publish(release(room.author), room)
    edit(page, by=room.author, title="Уурдалган аталыш")
    before = everything()["public"]

    DRAFT_ATTACKS["publish by the edit view"](signed_in(getattr(room, who)), page)

    assert everything()["public"] == before
    assert Page.objects.get(pk=page.pk).title == "Өкмөттүн жыйыны өттү"


@pytest.mark.parametrize("who", ["author", "boss"])
def test_a_copy_of_a_published_document_is_a_draft_with_a_name_of_its_own(room, who):
    page = publish(release(room.author), room)
    before = everything()
    data = {
        "new_title": "Көчүрмө",
        "new_slug": "kochurmo",
        "new_parent_page": page.get_parent().pk,
        "publish_copies": "on",
        "alias": "on",
    }

    post(signed_in(getattr(room, who)), "copy", page.pk, data=data)

    after = everything()
    assert (after["public"], after["log"]) == (before["public"], before["log"])
    assert not Page.objects.filter(slug="kochurmo", live=True).exists()
    copies = Page.objects.filter(slug="kochurmo")
    assert all(copy.translation_key != page.translation_key and not copy.alias_of_id for copy in copies)


ROUTE_ATTACKS = (
    "/admin/workflows/add/",
    "/admin/workflows/edit/{workflow}/",
    "/admin/workflows/disable/{workflow}/",
    "/admin/workflows/tasks/disable/{task}/",
    "/admin/workflows/tasks/edit/{task}/",
    "/admin/workflows/tasks/add/approvals/signofftask/",
    "/admin/workflows/tasks/add/wagtailcore/groupapprovaltask/",
    "/admin/workflows/remove/{page}/{workflow}/",
)


@pytest.mark.parametrize("who", ["author", "head", "leader", "boss"])
@pytest.mark.parametrize("address", ROUTE_ATTACKS)
def test_nobody_changes_a_route_on_the_screens(room, who, address):
    page = release(room.author)
    submit(page, by=room.author)
    state = fresh(page).current_workflow_state
    client, before = signed_in(getattr(room, who)), everything()
    target = address.format(workflow=state.workflow_id, task=state.current_task_state.task_id, page=page.pk)

    response = client.post(target, {"name": "x", "active": "on"})

    assert response.status_code in (302, 403, 404, 405)
    assert everything() == before


def test_the_last_signature_is_bound_to_the_screen_that_was_read(room):
    page = release(room.author)
    submit(page, by=room.author)
    approve(page, by=room.head)
    client, before = signed_in(room.leader), everything()

    response = client.post(reverse("approvals:approve", args=[page.pk]), {"digest": "0" * 64})

    assert response.status_code == 409
    assert everything() == before
