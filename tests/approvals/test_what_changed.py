"""What changed since I signed: exactly the blocks and fields, for each signer since his or her own last decision."""

import datetime as dt
import io
import json

import pytest
from django.core.files.images import ImageFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from approvals.differences import differences
from approvals.documents import DocumentView
from site_pages.models import Photo
from site_pages.public_form.builders import build
from tests.attacks.houses import signed_in
from tests.newsroom import approve, edit, fresh, photo, publish, release, send_back, submit

pytestmark = pytest.mark.django_db


def rewrite(page, *, by, paragraphs: dict[int, str], **fields):
    """Change some paragraphs, counted from one, in place."""
    draft = fresh(page).get_latest_revision_as_object()
    for number, text in paragraphs.items():
        draft.body[number - 1].value.source = f"<p>{text}</p>"
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save_revision(user=by)
    return fresh(page)


def changes(page, reader) -> list[tuple[str, str]]:
    found = DocumentView(page=fresh(page), reader_id=reader.pk).changes_since_my_decision
    return [(change.kind, change.label) for change in found or ()]


def test_after_three_rounds_each_signer_sees_the_changes_since_his_or_her_own_decision(room):
    page = release(room.author)
    submit(page, by=room.author)
    send_back(page, by=room.head)
    page = rewrite(page, by=room.author, paragraphs={1: "Биринчи абзац, экинчи жолу."})
    submit(page, by=room.author)
    assert changes(page, room.head) == [("changed", "1-абзац")]

    approve(page, by=room.head)
    send_back(page, by=room.leader)
    page = rewrite(page, by=room.author, paragraphs={2: "Экинчи абзац, үчүнчү жолу."}, summary="Башка мазмун.")
    submit(page, by=room.author)
    assert changes(page, room.head) == [("changed", "Кыскача мазмуну"), ("changed", "2-абзац")]

    send_back(page, by=room.head)
    page = rewrite(page, by=room.author, paragraphs={1: "Биринчи абзац, төртүнчү жолу."})
    submit(page, by=room.author)
    assert changes(page, room.head) == [("changed", "1-абзац")]
    assert changes(page, room.leader) == [
        ("changed", "Кыскача мазмуну"),
        ("changed", "1-абзац"),
        ("changed", "2-абзац"),
    ]
    assert changes(page, room.deputy_head) == []


def test_a_paragraph_that_came_and_one_that_went_are_named(room):
    page = release(room.author)
    before = build(fresh(page).get_latest_revision_as_object()).payload
    draft = fresh(page).get_latest_revision_as_object()
    draft.body.append(("paragraph", "<p>Үчүнчү абзац.</p>"))
    del draft.body[0]
    draft.save_revision(user=room.author)

    after = build(fresh(page).get_latest_revision_as_object()).payload

    found = [(change.kind, change.before, change.after) for change in differences(before=before, after=after)]
    assert found == [("added", "", "Үчүнчү абзац."), ("removed", "Биринчи абзац.", "")]


def test_a_replaced_picture_with_the_same_words_is_seen(room):
    first = photo(alt_text_ky="Мектеп", credit="А. Асанов")
    page = release(room.author, image=first)
    publish(page, room)
    edit(page, by=room.author, image=_other_photo(), change_note="Сүрөт алмашты.")

    view = DocumentView(page=fresh(page), reader_id=room.head.pk)

    (change,) = [c for c in view.changes_since_live if c.has_other_pictures]
    assert change.label == "Сүрөт"
    assert len(change.pictures_before) == len(change.pictures_after) == 1
    assert change.pictures_before != change.pictures_after
    assert signed_in(room.head).get(change.pictures_before[0]).status_code == 200


def _other_photo() -> Photo:
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "#a33").save(content, "JPEG")
    picture = Photo(title="Сүрөт", file=ImageFile(content, name="photo.jpg"), alt_text_ky="Мектеп", credit="А. Асанов")
    picture.save()
    return picture


def test_the_screen_shows_both_texts_side_by_side(room):
    page = publish(release(room.author), room)
    rewrite(page, by=room.author, paragraphs={1: "Такталган абзац."}, change_note="Такталды.")
    submit(fresh(page), by=room.author)

    screen = signed_in(room.head).get(reverse("approvals:document", args=[page.pk])).content.decode()

    assert "<td>Биринчи абзац.</td><td>Такталган абзац.</td>" in screen
    assert "<del>Биринчи</del><ins>Такталган</ins>" in screen


def test_who_decides_sees_that_a_link_leads_elsewhere(room):
    page = publish(release(room.author), room)
    for name in ("good", "evil"):
        words = f'<a href="https://{name}.example/">шарт</a>'
        rewrite(page, by=room.author, paragraphs={1: words}, update_type="minor", change_note=name)
        submit(fresh(page), by=room.author)
        screen = signed_in(room.head).get(reverse("approvals:document", args=[page.pk])).content.decode()
        approve(page, by=room.head)
        approve(page, by=room.leader)

    assert "шарт <del>(https://good.example/)</del><ins>(https://evil.example/)</ins>" in screen


def test_nothing_is_lost_of_metadata(room):
    page = release(room.author)
    before = build(fresh(page).get_latest_revision_as_object()).payload
    edit(
        page,
        by=room.author,
        contact_name="Басма сөз кызматы",
        subtype="statement",
        go_live_at=timezone.now().replace(year=2099),
    )

    after = build(fresh(page).get_latest_revision_as_object()).payload

    differing = {name for name in after if before.get(name) != after[name]} - {"body"}
    assert len(differences(before=before, after=after)) == len(differing) >= 3
    assert json.dumps(before) != json.dumps(after)


def test_moments_and_the_kind_of_a_correction_are_told_in_words(room):
    page = publish(release(room.author), room)
    times = {
        "go_live_at": dt.datetime(2030, 7, 17, 6, 0, tzinfo=dt.UTC),
        "expire_at": dt.datetime(2030, 12, 31, 12, 0, tzinfo=dt.UTC),
    }
    before = build(page).payload
    after = build(edit(page, by=room.author, update_type="minor", **times).get_latest_revision_as_object()).payload

    told = {change.label: (change.before, change.after) for change in differences(before=before, after=after)}

    assert told == {
        "Өзгөртүүнүн түрү": ("Олуттуу: окурмандарга билдирилет", "Майда: ката басылган тамга, шилтеме"),
        "Жарыялоо убактысы": ("", "17.07.2030 12:00:00"),
        "Аягы": ("", "31.12.2030 18:00:00"),
    }


def test_who_decides_reads_from_when_until_when_the_text_is_shown(room):
    page = release(
        room.author,
        go_live_at=dt.datetime(2030, 7, 17, 6, 0, tzinfo=dt.UTC),
        expire_at=dt.datetime(2030, 12, 31, 12, 0, tzinfo=dt.UTC),
    )
    submit(page, by=room.author)

    screen = signed_in(room.head).get(reverse("approvals:document", args=[page.pk])).content.decode()

    assert "Жарыялоо убактысы: 17.07.2030 12:00:00" in screen
    assert "Аягы: 31.12.2030 18:00:00" in screen
