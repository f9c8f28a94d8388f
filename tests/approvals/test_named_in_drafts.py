"""What a draft names stays as long as the draft names it; a draft whose named row is gone all the same can be read."""

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from wagtail.models import Revision

from approvals import decisions
from site_pages.access import rules
from site_pages.gatekeeping import RecordKept
from site_pages.kept_records import RECORD_IS_NAMED
from site_pages.models import ActType, DocumentPage, Person, Photo, Place, RelatedDocument, SectionPage
from site_pages.public_form.builders import FormIncomplete, build
from tests.attacks.houses import signed_in
from tests.newsroom import decree, edit, fresh, ledger_kinds, photo, publish, release, submit

pytestmark = pytest.mark.django_db
NOTE = "Оңдолду."
WORDS = {f"alt_text_{code}": "Сүрөт" for code in ("ky", "ru", "en")}
LINK = '<p><a linktype="page" id="{}">кара</a></p>'
GONE = 999_999


def says(response, words) -> bool:
    return any(str(words) in response.text for code in ("ky", "ru", "en") if not translation.activate(code))


def opens(room, page) -> list[int]:
    """How the editor and the decision screen answer."""
    return [
        signed_in(room.author).get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code,
        signed_in(room.head).get(reverse("approvals:document", args=[page.pk])).status_code,
    ]


def naming(room, page, **changes):
    """Another version of a page, by its author."""
    return edit(page, by=room.author, change_note=NOTE, **changes)


def related(room, page, other):
    draft = fresh(page).get_latest_revision_as_object()
    draft.related_documents.add(RelatedDocument(document=other))
    draft.change_note = NOTE
    draft.save_revision(user=room.author)
    return fresh(page)


def figure(picture):
    return [("figure", {"photo": picture, "alt_text": "", "caption": ""})]


@pytest.fixture
def public(room):
    return publish(release(room.author), room)


@pytest.mark.parametrize("is_submitted", [False, True])
@pytest.mark.parametrize("in_body", [False, True])
def test_a_photograph_that_a_draft_names_stays(room, public, in_body, is_submitted):
    picture = photo(credit="А. Асанов", **WORDS)
    page = naming(room, public, **({"body": figure(picture)} if in_body else {"image": picture}))
    if is_submitted:
        submit(page, by=room.author)

    answer = signed_in(room.boss).post(reverse("wagtailimages:delete", args=[picture.pk]))

    assert (answer.status_code, says(answer, RECORD_IS_NAMED), page.title in answer.text) == (403, True, True)
    assert Photo.objects.filter(pk=picture.pk).exists()
    assert opens(room, page) == [200, 200]


@pytest.mark.parametrize("how", ["related", "linked"])
def test_a_document_that_a_draft_names_stays_until_the_draft_names_it_no_more(room, public, how):
    other = release(room.colleague, title="Башка")
    body = public.body
    if how == "related":
        page = related(room, public, other)
    else:
        page = naming(room, public, body=[("paragraph", LINK.format(other.pk))])
    address = reverse("wagtailadmin_pages:delete", args=[other.pk])

    refused = signed_in(room.colleague).post(address)
    draft = fresh(page).get_latest_revision_as_object()
    draft.related_documents.clear()
    draft.body = body
    draft.save_revision(user=room.author)
    taken = signed_in(room.colleague).post(address)

    assert (refused.status_code, says(refused, RECORD_IS_NAMED), page.title in refused.text) == (403, True, True)
    assert (taken.status_code, DocumentPage.objects.filter(pk=other.pk).exists()) == (302, False)
    assert opens(room, page) == [200, 200]


def test_who_may_not_see_the_text_learns_only_that_there_is_one(room, public):
    picture = photo(credit="А. Асанов", **WORDS)
    page = naming(room, public, body=figure(picture))
    rules.limit(content_id=page.content_id, owner=room.author)

    answer = signed_in(room.boss).post(reverse("wagtailimages:delete", args=[picture.pk]))

    assert (answer.status_code, says(answer, RECORD_IS_NAMED), page.title in answer.text) == (403, True, False)


def test_a_line_of_a_register_that_a_draft_names_stays(room):
    person = Person.objects.create(key="p2", label_ky="Б", label_ru="Б", label_en="B")
    kind = ActType.objects.create(
        key="buyruk", label_ky="Б", label_ru="Б", label_en="B", citation_ky="Б", citation_ru="Б", citation_en="B"
    )
    place = Place.objects.create(key="osh", label_ky="Ош", label_ru="Ош", label_en="Osh")
    page = naming(room, publish(decree(room.author), room), signatory=person, act_type=kind, places=[place])

    for row in (person, kind, place):
        name = f"wagtailsnippets_site_pages_{row._meta.model_name}:delete"
        answer = signed_in(room.boss).post(reverse(name, args=[row.pk]))

        assert (answer.status_code, says(answer, RECORD_IS_NAMED)) == (403, True)
        with pytest.raises(RecordKept), transaction.atomic():
            type(row).objects.filter(pk=row.pk).delete()
        assert type(row).objects.filter(pk=row.pk).exists()
    assert opens(room, page) == [200, 200]


def test_what_nobody_names_and_what_names_only_itself_goes(room):
    lonely, named, naming_it = (release(room.author, title=title) for title in ("Биринчи", "Экинчи", "Үчүнчү"))
    naming(room, named, body=[("paragraph", LINK.format(naming_it.pk))])
    naming(room, naming_it, body=[("paragraph", LINK.format(named.pk) + LINK.format(naming_it.pk))])
    spare = photo(title="Башка")

    signed_in(room.author).post(reverse("wagtailadmin_pages:delete", args=[lonely.pk]))
    signed_in(room.author).post(reverse("wagtailimages:delete", args=[spare.pk]))
    with pytest.raises(RecordKept), transaction.atomic():
        named.delete()

    assert set(DocumentPage.objects.values_list("pk", flat=True)) == {named.pk, naming_it.pk}
    assert not Photo.objects.exists()
    SectionPage.objects.get(pk=named.get_parent().pk).delete()
    assert not DocumentPage.objects.exists()


def lose(page, **changes) -> None:
    """The rows of what the latest version names are gone: as after a restore, by other hands than ours."""
    latest = Revision.objects.get(pk=page.latest_revision_id)
    Revision.objects.filter(pk=latest.pk).update(content={**latest.content, **changes})


@pytest.mark.parametrize("is_submitted", [False, True])
def test_a_draft_that_names_what_is_gone_opens_and_is_not_decided_on(room, is_submitted):
    page = naming(room, publish(decree(room.author), room), title="Жаңы аталыш")
    page = related(room, page, release(room.colleague, title="Башка"))
    if is_submitted:
        submit(page, by=room.author)
    rows = Revision.objects.get(pk=page.latest_revision_id).content["related_documents"]
    lose(page, signatory=GONE, related_documents=[{**row, "document": GONE} for row in rows])
    before = ledger_kinds(page)

    draft = fresh(page).get_latest_revision_as_object()
    screen = signed_in(room.head).get(reverse("approvals:document", args=[page.pk]))

    assert [issue.field for issue in draft.gaps() if issue.code == "lost"] == ["signatory", "related_documents"]
    assert (draft.signatory_id, list(draft.related_documents.all()), draft.title) == (None, [], "Жаңы аталыш")
    assert opens(room, page) == [200, 200]
    assert all(issue.message in screen.text for issue in draft.requirements() if issue.code == "lost")
    with pytest.raises(FormIncomplete):
        build(draft)
    if is_submitted:
        with pytest.raises(FormIncomplete):
            decisions.locked_turn(page_id=page.pk)
    else:
        with pytest.raises(decisions.RequirementsUnmet):
            submit(page, by=room.author)
    assert ledger_kinds(page) == before


def test_what_was_lost_is_mended_by_the_next_version(room, public):
    page = related(room, public, release(room.colleague, title="Башка"))
    rows = Revision.objects.get(pk=page.latest_revision_id).content["related_documents"]
    lose(page, related_documents=[{**row, "document": GONE} for row in rows])

    page = naming(room, page, title="Жаңы аталыш")
    publish(page, room)

    assert fresh(page).title == "Жаңы аталыш"


def test_a_text_under_clearance_that_names_what_is_gone_is_recalled(room, public):
    page = naming(room, public, image=photo(credit="А. Асанов", **WORDS))
    submit(page, by=room.author)
    lose(page, image=GONE)

    fresh(page).current_workflow_state.cancel(user=room.author)

    assert ledger_kinds(page)[-1] == "recalled"
    assert opens(room, page) == [200, 200]
