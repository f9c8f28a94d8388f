"""The public form: clean, complete, the same bytes for the same text."""

import hashlib
import json

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from jsonschema import Draft202012Validator
from PIL import Image, ImageOps
from wagtail.models import Page

from site_pages.models import Photo
from site_pages.public_form.builders import FormIncomplete, build
from site_pages.public_form.canonical import schema_for
from site_pages.public_form.rich_text import plain_text, rich_text
from tests.newsroom import decree, edit, photo, release, speech
from tests.site_pages.samples import picture_bytes, telling_exif


def test_the_digest_is_the_hash_of_the_canonical_bytes(room):
    form = build(release(room.author))

    assert form.digest == hashlib.sha256(form.canonical).hexdigest()
    assert json.loads(form.canonical)["title"] == "Өкмөттүн жыйыны өттү"
    assert list(form.payload) == sorted(form.payload)


def test_a_revision_has_the_form_of_the_page_that_it_was_made_of(room):
    page = release(room.author)

    assert build(page.get_latest_revision_as_object()).canonical == build(page).canonical


@pytest.mark.parametrize("make", [release, speech, decree])
def test_the_form_fits_the_published_schema(room, make):
    page = make(room.author)

    Draft202012Validator(schema_for(page.document_type)).validate(build(page).payload)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Өкмөттүн жыйыны өттү."},
        {"slug": "bashka-dark"},
        {"lead": "Бүгүн өкмөттүн кезектеги жыйыны өттү"},
        {"body": [("paragraph", "<p>Башка текст.</p>")]},
        {"text_role": "official_translation"},
    ],
)
def test_one_changed_letter_changes_the_digest(room, changes):
    page = release(room.author)
    before = build(page).digest

    after = build(edit(page, by=room.author, **changes).get_latest_revision_as_object()).digest

    assert after != before


def test_the_words_and_the_bytes_of_a_photograph_are_in_the_digest(room):
    picture = photo(alt_text_ky="Сүрөт", credit="А. Асанов")
    page = release(room.author, image=picture)
    before = build(page)
    picture.credit = "Б. Бакиров"
    picture.save()

    after = build(page.__class__.objects.get(pk=page.pk))

    (file,) = before.files
    with picture.file.storage.open(file.storage_name) as content:
        assert before.payload["image"]["sha256"] == hashlib.sha256(content.read()).hexdigest()
    assert after.digest != before.digest
    assert after.payload["image"]["sha256"] != before.payload["image"]["sha256"]


@pytest.mark.parametrize(("orientation", "size"), [(1, (61, 43)), (3, (61, 43)), (6, (43, 61))])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_size_of_a_photograph_is_that_which_readers_see(room, kind, orientation, size):
    content = ContentFile(picture_bytes(kind, exif=telling_exif(orientation)), name=f"a.{kind.lower()}")
    picture = Photo(title="Сүрөт", alt_text_ky="Сүрөт", credit="А. Асанов", file=ImageFile(content, name=content.name))
    picture.save()

    form = build(release(room.author, image=picture))

    (file,) = form.files
    with picture.file.storage.open(file.storage_name) as served:
        assert ImageOps.exif_transpose(Image.open(served)).size == size
    assert (form.payload["image"]["width"], form.payload["image"]["height"]) == size


def test_an_incomplete_document_has_no_public_form(room):
    with pytest.raises(FormIncomplete):
        build(release(room.author, summary=""))


def test_anchors_of_points_stay_when_a_point_is_inserted_before_them(room):
    def points(page) -> dict[str, str]:
        return {b["number"]: b["anchor"] for b in build(page).payload["body"]["blocks"]}

    page = decree(room.author, body=[("act_point", {"number": "1", "text": "<p>Бир</p>"})])
    before = points(page)
    draft = page.get_latest_revision_as_object()
    draft.body.insert(0, ("act_point", {"number": "0", "text": "<p>Нөл</p>"}))
    draft.save_revision(user=room.author)

    assert points(page.get_latest_revision_as_object())["1"] == before["1"]


@pytest.mark.parametrize(
    ("source", "html", "text"),
    [
        ("<p>Бир <b>эки</b></p>", "<p>Бир <b>эки</b></p>", "Бир эки"),
        ("<p>А</p><script>alert(1)</script>", "<p>А</p>", "А"),
        ('<p onclick="x()">А</p>', "<p>А</p>", "А"),
        ('<a href="javascript:alert(1)">А</a>', "<a>А</a>", "А"),
        ('<p><img src="x" onerror="alert(1)">А</p>', "<p>А</p>", "А"),
        ('<a href="https://example.kg/">А</a>', '<a href="https://example.kg/">А</a>', "А"),
        ("<p>А<br>Б</p><p>В</p>", "<p>А<br>Б</p><p>В</p>", "А\nБ\nВ"),
        ("<style>p{}</style><p>А &lt;script&gt;</p>", "<p>А &lt;script&gt;</p>", "А <script>"),
        ("", "", ""),
    ],
)
def test_rich_text_is_cleaned_and_its_plain_text_agrees(source, html, text):
    cleaned = rich_text(source)

    assert (cleaned.html, cleaned.text) == (html, text)
    assert plain_text(cleaned.html) == cleaned.text


def test_a_link_to_another_document_names_its_content_id(room):
    target = release(room.author, title="Башка жаңылык")
    source = f'<p><a linktype="page" id="{target.pk}">шилтеме</a> <a linktype="page" id="999999">жок</a></p>'

    cleaned = rich_text(source)

    assert cleaned.html == f'<p><a data-content-id="{target.content_id}">шилтеме</a> жок</p>'
    assert Page.objects.filter(pk=999999).exists() is False


def test_block_html_and_text_are_the_body_html_and_text(room):
    blocks = [
        ("heading", {"level": "2", "text": "Баш <сөз>"}),
        ("paragraph", "<p>Абзац</p>"),
        ("list", {"ordered": True, "items": ["<p>бир</p>", "<p>эки</p>"]}),
        ("quote", {"text": "<p>Сөз</p>", "attribution": "А. Б."}),
        ("table", {"caption": "Жадыбал", "header": ["А", "Б"], "rows": [["1", "2"]]}),
        ("embed", {"url": "https://example.kg/v", "title": "Видео"}),
        ("question_and_answer", {"asked_by": "К", "question": "Эмне?", "answered_by": "П", "answer": "<p>Бул</p>"}),
    ]

    body = build(release(room.author, body=blocks)).payload["body"]

    assert "<h2" in body["html"] and "Баш &lt;сөз&gt;</h2>" in body["html"]
    assert body["text"] == (
        "Баш <сөз>\n\nАбзац\n\n1. бир\n2. эки\n\n«Сөз» — А. Б.\n\nЖадыбал\nА\tБ\n1\t2\n\n"
        "Видео https://example.kg/v\n\nК: Эмне?\nП: Бул"
    )
