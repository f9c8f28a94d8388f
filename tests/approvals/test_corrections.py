"""What is public changes only with a notice, whichever way a text comes; what changes nothing is no correction."""

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from approvals import decisions, urgency
from approvals.decisions import RequirementsUnmet
from approvals.models import LedgerEntry
from frontend_api.models import Publication, PublishedDocument
from site_pages.access import rules
from site_pages.corrections import STANDING_NOTES
from site_pages.gatekeeping import GateClosed
from site_pages.models import DocumentPage
from tests.approvals.test_screens import desk
from tests.attacks.houses import everything, refuses
from tests.newsroom import approve, decree, digest, edit, fresh, ledger_kinds, publish, release, speech, submit
from tests.site_pages.test_concurrent_edits import form_of, open_editor, save

pytestmark = pytest.mark.django_db
NOTES = [
    ("major", "Саны такталды.", None),
    ("minor", "", None),
    ("minor", "Ката оңдолду.", None),
    ("minor", "…", None),
    ("major", "", "required"),
    ("major", "   ", "required"),
    ("major", "\u200b\u2060", "required"),
    ("major", "...", "required"),
    ("major", "\u17b4\U000e0041", "required"),
    ("major", "\u3164", "characters"),
    ("major", "\u115f\uffa0", "characters"),
    ("major", "\u202eдлыткат инаС", "characters"),
    ("minor", "Саны \u2066такталды\u2069.", "characters"),
    ("major", "\ufeffСаны так\u00adталды: ми\u200dң, 1\u00a0000.", None),
    ("minor", "Уточнено: «№ 12-а», 3\u202fкм²; e\u0301tude — см. п.\u00a04…", None),
    ("major", "Биринчи түзөтүү.\u200b", "repeated"),
    ("major", "Биринчи\u00a0 түзөтүү.", "repeated"),
    ("major", "Биринчи түзөтүү.", "repeated"),
    ("minor", " Биринчи түзөтүү. ", "repeated"),
    ("minor", "Саны\x00", "characters"),
    ("major", "Саны\x07 такталды.", "characters"),
    ("major", "а" * 501, "too_long"),
]
WITHOUT_NUL = [row for row in NOTES if "\x00" not in row[1]]


@pytest.fixture
def page(room):
    """A release that was corrected once."""
    document = publish(release(room.author), room)
    edit(document, by=room.author, lead="Жаңы лид.", change_note="Биринчи түзөтүү.")
    return publish(document, room)


def by_orm(page, **changes) -> DocumentPage:
    """Another version as an import or a script keeps it: nothing is validated."""
    draft = fresh(page).get_latest_revision_as_object()
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.save_revision(clean=False)
    return fresh(page)


def codes(page) -> list[str]:
    return [issue.code for issue in page.get_latest_revision_as_object().requirements() if issue.field == "change_note"]


def test_a_change_of_a_public_text_is_submitted_only_with_its_notice(room, page):
    found, expected = [], [wrong for _type, _note, wrong in WITHOUT_NUL]

    for update_type, note, wrong in WITHOUT_NUL:
        changed = by_orm(page, lead="Башка лид.", update_type=update_type, change_note=note)
        found.append((codes(changed) or [None])[0])
        if wrong:
            refuses(lambda changed=changed: submit(changed, by=room.author), RequirementsUnmet)

    assert found == expected
    publish(by_orm(page, update_type="minor", change_note=""), room)
    assert (Publication.objects.latest("number").kind, Publication.objects.count()) == ("corrected", 3)


def test_the_editor_names_the_field(room, page):
    version, named = open_editor(room.author, page), []
    refused = [row for row in NOTES if row[2]]

    for update_type, note, _wrong in refused:
        changes = {"lead": "Башка лид.", "update_type": update_type, "change_note": note, "action-submit": "1"}
        before = everything()
        named += list(save(room.author, page, **form_of(page, **changes, **version)).context["form"].errors)
        assert everything() == before

    assert named == ["change_note"] * len(refused)
    changes = {"lead": "Башка лид.", "update_type": "minor", "change_note": "", "action-submit": "1"}
    assert save(room.author, page, **form_of(page, **changes, **version)).status_code == 302
    assert ledger_kinds(page)[-1] == "submitted"


def test_a_note_is_asked_for_when_only_a_list_beside_the_text_changes(room, page):
    other = speech(room.author)
    changes = {
        "related_documents-TOTAL_FORMS": "1",
        "related_documents-0-document": str(other.pk),
        "related_documents-0-ORDER": "1",
        "related_documents-0-id": "",
        "action-submit": "1",
    }

    answer = save(room.author, page, **form_of(page, **changes, **open_editor(room.author, page)))

    assert list(answer.context["form"].errors) == ["change_note"]
    assert ledger_kinds(page)[-1] == "published"


def test_the_gate_asks_again(room, page, monkeypatch):
    for update_type, note, wrong in WITHOUT_NUL:
        if wrong:
            with transaction.atomic():
                changed = slipped_through(page, room, monkeypatch, update_type=update_type, change_note=note)
                refuses(lambda changed=changed: at_once(changed, by=room.leader), GateClosed)
                approve(changed, by=room.head)
                refuses(lambda changed=changed: approve(changed, by=room.leader), GateClosed)
                assert ledger_kinds(page)[-1] == "approved"
                transaction.set_rollback(True)


def slipped_through(page, room, monkeypatch, **notice) -> DocumentPage:
    """A change that a program without our requirements submitted."""
    changed = by_orm(page, lead="Башка лид.", **notice)
    with monkeypatch.context() as older_program:
        older_program.setattr(DocumentPage, "requirements", lambda self, **options: [])
        submit(changed, by=room.author)
    return fresh(changed)


def at_once(page, *, by) -> None:
    call = {"page_id": page.pk, "actor_id": by.pk, "seen_digest": digest(page), "now": timezone.now()}
    urgency.publish_urgently(reason="Шашылыш", **call)


@pytest.mark.parametrize("lane", ["the route", "the urgent lane"])
@pytest.mark.parametrize("field", ["slug", "number"])
def test_an_address_or_number_that_was_taken_meanwhile_is_named(room, lane, field):
    make, taken = (decree, 300) if field == "number" else (release, "jangy")
    numbers = [{"number": 1}, {"number": 2}] if field == "number" else [{}, {}]
    first, second = (publish(make(room.author, title=f"Документ {n}", **numbers[n]), room) for n in range(2))
    for page in (first, second):
        edit(page, by=room.author, change_note="Такталды.", **{field: taken})
        submit(page, by=room.author)
        if page == first or lane == "the route":
            approve(page, by=room.head)
    seen = digest(second)
    approve(first, by=room.leader)

    verb, before = "approve" if lane == "the route" else "publish_urgently", everything()
    answer = desk(room.leader).post(
        reverse(f"approvals:{verb}", args=[second.pk]), {"digest": seen, "reason": "Шашылыш"}, follow=True
    )

    assert answer.status_code == (409 if lane == "the route" else 200)
    words = {
        "slug": "is already the address of another document",
        "number": "No. 300 of 2026 is already the number of another act of this type.",
    }
    assert words[field] in answer.text and everything() == before
    assert taken in (getattr(fresh(first), field), 0) and getattr(fresh(second), field) != taken


def test_the_decision_screen_says_why_the_gate_stayed_shut(room, page, monkeypatch):
    changed = slipped_through(page, room, monkeypatch, update_type="major", change_note="")
    approve(changed, by=room.head)

    answer = desk(room.leader).post(reverse("approvals:approve", args=[page.pk]), {"digest": digest(changed)})

    assert answer.status_code == 409
    assert "A major change of a published text needs a public note." in answer.text


def test_a_text_that_is_not_public_needs_no_note(room):
    page = publish(release(room.author, change_note=""), room)

    assert (Publication.objects.get().kind, Publication.objects.get().change_note) == ("published", "")
    assert codes(page) == []


def test_a_note_that_was_given_before_anything_was_public_is_not_told(room):
    page = publish(release(room.author, change_note="Өзгөртүү жок."), room)

    assert Publication.objects.get().change_note == ""
    edit(page, by=room.author, lead="Жаңы лид.")
    assert codes(fresh(page)) == ["repeated"]


def test_a_text_that_is_sent_as_it_is_needs_no_note_and_corrects_nothing(room, page):
    before = PublishedDocument.objects.get()

    publish(page, room)

    after = PublishedDocument.objects.get()
    assert (after.digest, after.public_updated_at) == (before.digest, before.public_updated_at)
    assert [p.kind for p in Publication.objects.order_by("number")] == ["published", "corrected", "confirmed"]


def test_the_ledger_keeps_the_number_that_readers_know(room, page):
    entries = LedgerEntry.objects.filter(kind="published").order_by("number")

    assert [entry.details["version"] for entry in entries] == [1, 2]


# --- What people see


def test_the_editor_says_that_it_is_a_correction_and_what_readers_will_be_told(room, page):
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    before = desk(room.author).get(url)
    edit(page, by=room.author, lead="Башка лид.", update_type="minor", change_note="")
    minor = desk(room.author).get(url).text
    edit(page, by=room.author, update_type="major", change_note="Лид такталды.")
    major = desk(room.author).get(url).text

    assert "What you change here is a correction." in before.text
    assert "You have changed nothing yet." in before.text
    assert before.context["form"]["change_note"].value() == "", "the last note is not that of the next correction"
    assert STANDING_NOTES["minor"]["ky"] in minor
    assert "Лид такталды." in major
    draft = release(room.author, title="Жаңы")
    assert "correction" not in desk(room.author).get(reverse("wagtailadmin_pages:edit", args=[draft.pk])).text


def test_the_signer_sees_the_notice_beside_the_decision(room, page):
    edit(page, by=room.author, lead="Башка лид.", change_note="Лид <b>такталды</b>.")
    submit(page, by=room.author)

    screen = desk(room.head).get(reverse("approvals:document", args=[page.pk])).text

    assert "What readers will be told" in screen
    assert "A major correction" in screen
    assert "Лид &lt;b&gt;такталды&lt;/b&gt;." in screen


def test_the_signer_is_told_when_nothing_changes(room, page):
    submit(page, by=room.author)

    screen = desk(room.head).get(reverse("approvals:document", args=[page.pk])).text

    assert "exactly the one that is public" in screen


def test_public_versions_are_listed_with_what_they_changed(room, page):
    edit(page, by=room.author, update_type="minor", change_note="", summary="Башка мазмун.")
    publish(page, room)
    client = desk(room.colleague)
    first, second, third = LedgerEntry.objects.filter(kind="published").order_by("number")

    screen = client.get(reverse("approvals:document", args=[page.pk])).text
    texts = {e.number: client.get(version_url(page, e)).text for e in (first, second, third)}

    assert [f"Number {n}," in screen for n in (1, 2, 3)] == [True] * 3
    assert "Биринчи түзөтүү." in screen
    assert STANDING_NOTES["minor"]["ky"] in screen
    assert all(version_url(page, entry) in screen for entry in (first, second, third))
    assert "This is the first public version" in texts[first.number]
    assert "<td>Бүгүн өкмөттүн кезектеги жыйыны өттү.</td><td>Жаңы лид.</td>" in texts[second.number]
    assert "<td>Жыйындын кыскача мазмуну.</td><td>Башка мазмун.</td>" in texts[third.number]
    assert "Бүгүн өкмөттүн кезектеги жыйыны өттү." in texts[first.number]


def version_url(page, entry: LedgerEntry) -> str:
    return reverse("approvals:version", args=[page.pk, entry.number])


def test_versions_exist_only_for_those_for_whom_the_document_exists(room, page):
    entry = LedgerEntry.objects.filter(kind="published").first()
    submitted = LedgerEntry.objects.filter(kind="submitted").first()
    other = publish(release(room.author, title="Башка"), room)
    url = version_url(page, entry)

    seen = {
        name: desk(getattr(room, name)).get(url).status_code
        for name in ("author", "head", "leader", "boss", "outsider")
    }
    assert seen == {"author": 200, "head": 200, "leader": 200, "boss": 200, "outsider": 302}
    assert desk(room.author).get(version_url(page, submitted)).status_code == 404
    assert desk(room.author).get(version_url(other, entry)).status_code == 404

    rules.limit(content_id=page.content_id, owner=room.author, people=[room.head])
    seen = {name: desk(getattr(room, name)).get(url).status_code for name in ("author", "head", "leader", "boss")}
    assert seen == {"author": 200, "head": 200, "leader": 404, "boss": 404}


@pytest.mark.parametrize("versions", [1, 4])
def test_the_screen_asks_as_often_for_many_versions_as_for_one(room, versions, django_assert_max_num_queries):
    page = publish(release(room.author), room)
    for number in range(1, versions):
        edit(page, by=room.author, lead=f"Лид {number}.", change_note=f"Түзөтүү {number}.")
        publish(page, room)
    client = desk(room.author)
    client.get(reverse("approvals:document", args=[page.pk]))

    with django_assert_max_num_queries(75):
        client.get(reverse("approvals:document", args=[page.pk]))


def test_decisions_on_a_correction_are_bound_to_its_notice(room, page):
    edit(page, by=room.author, lead="Башка лид.", change_note="Лид такталды.")
    submit(page, by=room.author)
    seen = digest(page)
    fresh(page).current_workflow_state.cancel(user=room.author)
    edit(page, by=room.author, change_note="Эч нерсе болгон жок.")
    submit(page, by=room.author)

    refuses(lambda: approve(page, by=room.head, seen=seen), decisions.DecisionRefused)
