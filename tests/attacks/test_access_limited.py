"""A draft that is limited to named people does not exist for anybody else, superusers included."""

import io

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from wagtail.models import PageLogEntry

from approvals.decisions import DecisionRefused
from approvals.models import Notice
from approvals.offices import DEPARTMENT_HEADS
from approvals.policy import Refusal
from site_pages.access import rules
from site_pages.models import AccessEvent, AccessLimit, Photo, PressReleasePage, ServedFile
from site_pages.public_form.builders import build
from tests.attacks.addresses import content_of, everywhere, in_turn
from tests.attacks.houses import everything, signed_in
from tests.newsroom import approve, edit, fresh, hire, photo, publish, release, submit
from tests.site_pages.test_concurrent_edits import form_of

pytestmark = pytest.mark.django_db
SECRET = "Купуясөз"


@pytest.fixture
def limited(room):
    """A draft of the author, limited to the author, one head and one leader, with a picture of its own."""
    page = release(room.author, title=f"{SECRET} чыгат")
    rules.limit(content_id=page.content_id, owner=room.author, people=[room.head, room.leader])
    edit(page, by=room.author, image=photo(title=f"{SECRET} сүрөт", alt_text_ky="Сүрөт", credit="А. Асанов"))
    edit(page, by=room.author, title=f"{SECRET} кайра чыгат")
    return fresh(page)


def image_of(page):
    return page.get_latest_revision_as_object().image


def told_about(page, client) -> list[str]:
    """The addresses of which the answer names the document, its picture or its text."""
    page.image_id = image_of(page).pk
    told = []
    for address in in_turn(everywhere(page, word=SECRET)):
        if SECRET in content_of(client.get(address)):
            told.append(address)
    return told


@pytest.mark.parametrize("who", ["colleague", "boss", "deputy_head"])
def test_nobody_else_learns_of_it_anywhere(room, limited, who):
    submit(limited, by=room.author)
    before = everything()

    told = told_about(fresh(limited), signed_in(getattr(room, who)))

    assert sorted(told) == []
    assert everything() == before


def test_the_named_people_work_on_it_as_ever(room, limited):
    edit_url = reverse("wagtailadmin_pages:edit", args=[limited.pk])
    assert SECRET in content_of(signed_in(room.author).get(edit_url))
    submit(limited, by=room.author)
    for person in (room.head, room.leader):
        shown = signed_in(person).get(reverse("approvals:document", args=[limited.pk]))
        assert SECRET in content_of(shown)
        approve(limited, by=person)
    assert fresh(limited).live


@pytest.mark.parametrize("name", ["edit", "history", "view_draft", "copy", "delete", "usage", "workflow_history"])
def test_its_addresses_answer_like_those_of_nothing(room, limited, name):
    client = signed_in(room.colleague)
    here, nowhere = (reverse(f"wagtailadmin_pages:{name}", args=[pk]) for pk in (limited.pk, 999999))

    answers = [client.get(here), client.get(nowhere), client.post(here), client.post(nowhere)]

    assert {answer.status_code for answer in answers} == {404}
    bodies = [answer.content.replace(str(limited.pk).encode(), b"N").replace(b"999999", b"N") for answer in answers]
    assert bodies[0] == bodies[1] and bodies[2] == bodies[3]


def test_its_picture_is_not_found_by_name_or_number(room, limited):
    picture = image_of(limited)
    addresses = [
        f"/media/{picture.file.name}", reverse("wagtailimages:edit", args=[picture.pk]),
        reverse("wagtailimages_chooser:chosen", args=[picture.pk]),
        f"/media/{picture.get_rendition('width-20').file.name}",
    ]  # fmt: skip
    for person in (room.colleague, room.boss):
        assert [signed_in(person).get(address).status_code for address in addresses] == [404] * 4
    assert signed_in(room.author).get(addresses[0]).status_code == 200


def test_what_readers_will_get_of_its_picture_is_not_there_either(room, limited):
    image = image_of(limited)
    build(limited.get_latest_revision_as_object())
    (name,) = ServedFile.objects.filter(original_name=image.file.name).values_list("storage_name", flat=True)

    answers = [signed_in(person).get(f"/media/{name}").status_code for person in (room.colleague, room.boss, room.head)]
    twin = Photo(
        title="Ачык", file=ContentFile(image.file.open().read(), name="b.jpg"), file_hash=image.get_file_hash()
    )
    twin.save()

    assert answers == [404, 404, 200]
    assert signed_in(room.colleague).get(f"/media/{name}").status_code == 200


def test_nobody_puts_it_into_another_text_by_its_number(room, limited):
    other = release(room.colleague, title="Башка текст")
    before = (everything(), other.revisions.count())
    sent = form_of(other, image=str(image_of(limited).pk))

    response = signed_in(room.colleague).post(reverse("wagtailadmin_pages:edit", args=[other.pk]), sent)

    assert response.status_code == 200
    assert (everything(), fresh(other).revisions.count()) == before
    assert AccessLimit.objects.get().photos.filter(pk=image_of(limited).pk).exists()


def test_what_is_uploaded_while_its_editor_is_open_is_hidden_at_once(room, limited):
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "#111").save(content, "JPEG")
    sent = {"image-chooser-upload-title": SECRET, "title": SECRET, "collection": "1"}
    sent["image-chooser-upload-file"] = SimpleUploadedFile("a.jpg", content.getvalue(), "image/jpeg")
    sent |= {f"image-chooser-upload-{name}": "1" for name in ("collection",)}
    editor = f"http://testserver{reverse('wagtailadmin_pages:edit', args=[limited.pk])}"

    signed_in(room.author).post(reverse("wagtailimages_chooser:create"), sent, headers={"Referer": editor})

    made = Photo.objects.get(title=SECRET)
    assert rules.photos_hidden_from(room.colleague).filter(pk=made.pk).exists()
    assert not rules.photos_hidden_from(room.author).filter(pk=made.pk).exists()


def test_a_picture_that_an_open_document_shows_stays_where_it_is(room, limited):
    shared = photo(title="Жалпы сүрөт")
    release(room.colleague, title="Ачык текст", image=shared)

    edit(limited, by=room.author, image=shared)

    assert not rules.photos_hidden_from(room.colleague).filter(pk=shared.pk).exists()


def test_whoever_is_not_named_decides_nothing(room, limited):
    submit(limited, by=room.author)
    before = everything()

    with pytest.raises(DecisionRefused) as refused:
        approve(limited, by=room.deputy_head)

    assert refused.value.refusal == Refusal.NOT_NAMED
    assert everything() == before


def test_dismissed_in_mid_decision_counts_at_once(room, limited):
    submit(limited, by=room.author)
    rules.dismiss(content_id=limited.content_id, by=room.author, person=room.head)
    before = everything()

    with pytest.raises(DecisionRefused):
        approve(limited, by=room.head)
    assert signed_in(room.head).get(reverse("approvals:document", args=[limited.pk])).status_code == 404
    assert everything() == before


def test_mails_go_to_the_named_people_and_name_nothing(room, limited):
    for person in (room.head, room.deputy_head, room.leader):
        person.email = f"{person.username}@example.org"
        person.save()

    submit(limited, by=room.author)

    assert [notice.recipient_id for notice in Notice.objects.all()] == [room.head.pk]


@pytest.mark.parametrize("who", ["head", "colleague", "boss"])
@pytest.mark.parametrize("verb", [rules.lift, rules.admit, rules.dismiss])
def test_only_the_owner_changes_who_sees_it(room, limited, who, verb):
    before = sorted(AccessLimit.objects.get().people.values_list("pk", flat=True))
    arguments = {} if verb is rules.lift else {"person": room.colleague}

    with pytest.raises(PermissionDenied):
        verb(content_id=limited.content_id, by=getattr(room, who), **arguments)

    assert sorted(AccessLimit.objects.get().people.values_list("pk", flat=True)) == before


def test_no_program_and_nobody_who_left_is_named(room, limited):
    program, gone = hire("program"), hire("gone", DEPARTMENT_HEADS)
    type(program).objects.filter(pk=program.pk).update(is_agent=True)
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)

    for person in (program, gone):
        person.refresh_from_db()
        with pytest.raises(rules.AccessRefused):
            rules.admit(content_id=limited.content_id, by=room.author, person=person)
    assert AccessLimit.objects.get().people.count() == 3


def test_the_screen_shows_the_owner_who_saw_it(room, limited):
    address = reverse("access_people", args=[limited.pk])
    signed_in(room.head).get(reverse("approvals:document", args=[limited.pk]))
    signed_in(room.colleague).get(reverse("wagtailadmin_pages:edit", args=[limited.pk]))

    shown = content_of(signed_in(room.author).get(address))

    seen = list(AccessEvent.objects.values_list("kind", "user__username", "what"))
    assert ("viewed", "head", "approvals:document") in seen
    assert ("refused", "colleague", "wagtailadmin_pages:edit") in seen
    assert "approvals:document" in shown
    assert "approvals:document" not in content_of(signed_in(room.head).get(address))
    assert signed_in(room.boss).get(address).status_code == 404


def test_the_log_is_only_ever_added_to(limited):
    for change in (AccessEvent.objects.all().delete, lambda: AccessEvent.objects.update(what="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert AccessEvent.objects.filter(what="").exists()


def test_a_document_can_be_limited_before_its_first_row(room):
    section = release(room.author).get_parent()
    sent = form_of(release(room.author, title=SECRET), limit_access="on", slug="kupuya-2")
    address = reverse("wagtailadmin_pages:add", args=["site_pages", "pressreleasepage", section.pk])

    response = signed_in(room.author).post(address, sent)

    made = PressReleasePage.objects.get(slug="kupuya-2")
    assert response.status_code == 302
    assert made.is_access_limited
    assert rules.is_hidden_from(room.colleague, content_id=made.content_id)


def test_its_copy_and_its_translations_are_limited_as_well(room, limited):
    copied = limited.copy(update_attrs={"slug": "copy", "title": "Көчүрмө"}, user=room.author)
    assert rules.named_people(copied.translation_key) == rules.named_people(limited.content_id)


def test_a_deleted_one_leaves_no_title_behind(room, limited):
    number = limited.pk
    signed_in(room.author).post(reverse("wagtailadmin_pages:delete", args=[number]))

    assert not PressReleasePage.objects.filter(pk=number).exists()
    assert not [entry for entry in PageLogEntry.objects.filter(page_id=number) if SECRET in entry.label]
    assert SECRET not in content_of(signed_in(room.boss).get("/admin/reports/site-history/"))


def test_it_is_opened_again_and_what_is_published_is_public(room, limited, settings):
    publish(limited, room)
    assert fresh(limited).live
    assert signed_in(room.colleague).get(reverse("wagtailadmin_pages:edit", args=[limited.pk])).status_code == 404

    rules.lift(content_id=limited.content_id, by=room.author)

    assert signed_in(room.colleague).get(reverse("wagtailadmin_pages:edit", args=[limited.pk])).status_code == 200


def test_an_administrator_hands_over_what_nobody_owns_any_more(room, limited):
    call_command("hand_over_access", str(limited.content_id), "colleague")

    assert AccessLimit.objects.get().owner == room.colleague
    assert AccessEvent.objects.filter(kind="handed_over", subject=room.colleague, at__lte=timezone.now()).exists()


def test_nothing_is_handed_over_to_somebody_who_has_left(room, limited):
    get_user_model().objects.filter(username="colleague").update(is_active=False)
    before = (AccessLimit.objects.get().owner, AccessEvent.objects.count())

    with pytest.raises(CommandError, match="Only a person with an active account"):
        call_command("hand_over_access", str(limited.content_id), "colleague")

    assert (AccessLimit.objects.get().owner, AccessEvent.objects.count()) == before
