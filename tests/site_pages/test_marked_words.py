"""Words in which nothing is lost of a text: links, raised and lowered signs, bold and slanted words, lists."""

import pytest

from site_pages.public_form.differences import differences, in_both
from site_pages.public_form.marked_words import linked_documents, marked_words
from site_pages.public_form.rich_text import rich_text

OTHER, UNKNOWN = "8b0cb4f5-6f5c-4b5f-9d3a-6b1f4f1f0a01", "8b0cb4f5-6f5c-4b5f-9d3a-6b1f4f1f0a02"
TITLES = {OTHER: "Суу жөнүндө"}
GOOD, EVIL = '<a href="https://good.example/">', '<a href="https://evil.example/">'
MARKED = [
    ("<p>Жөнөкөй <br/>сөз & сөз.</p><p>Экинчи</p>", "Жөнөкөй\nсөз & сөз.\nЭкинчи"),
    (f"<p>Кара: {GOOD}шарт</a>.</p>", "Кара: шарт (https://good.example/)."),
    (f"<p>Кара: {GOOD}</a> бул</p>", "Кара: (https://good.example/) бул"),
    ('<p><a href="mailto:a@b.kg">бизге </a>жаз</p>', "бизге (mailto:a@b.kg) жаз"),
    (f'<p><a data-content-id="{OTHER}">мыйзам</a></p>', "мыйзам (Суу жөнүндө)"),
    (f'<p><a data-content-id="{UNKNOWN}">мыйзам</a></p>', f"мыйзам ({UNKNOWN})"),
    ("<p>10<sup>2</sup> H<sub>2</sub>O</p>", "10^(2) H_(2)O"),
    ("<p><b>Кара </b>сөз, <i>жантык</i> <strong><em>экөө</em></strong> <b> </b></p>",
     "**Кара** сөз, *жантык* ***экөө***"),
    ("<ul><li>бир</li><li>эки</li></ul><ol><li>үч</li><li>төрт<ul><li>беш</li></ul></li></ol>",
     "– бир\n– эки\n1. үч\n2. төрт\n– беш"),
]  # fmt: skip


def form(*blocks: dict, **fields) -> dict:
    """As much of a payload as a comparison reads."""
    return {"type": "release", "body": {"blocks": list(blocks)}, **fields}


def told(before: dict, after: dict) -> list[tuple[str, str, str]]:
    """Each difference with its kind and both sides in words."""
    found = differences(before=before, after=after)
    return [(one.kind, *in_both(one, document_type="release", titles=TITLES)) for one in found]


def paragraph(html: str) -> dict:
    return {"id": "1", "type": "paragraph", "html": html, "text": rich_text(html).text}


@pytest.mark.parametrize(("html", "words"), MARKED)
def test_what_the_eye_sees_stands_in_the_words(html, words):
    assert marked_words(paragraph(html), titles=TITLES) == words


def test_another_address_under_the_same_words_is_seen_in_blocks_and_fields():
    before, after = (f"<p>Кара: {link}шарт</a></p>" for link in (GOOD, EVIL))
    words = ("Кара: шарт (https://good.example/)", "Кара: шарт (https://evil.example/)")
    notes = [{"notes_to_editors": rich_text(html).model_dump()} for html in (before, after)]
    answers = [{"id": "2", "type": "question_and_answer", "answer": rich_text(h).model_dump()} for h in (before, after)]

    assert told(form(paragraph(before)), form(paragraph(after))) == [("changed", *words)]
    assert told(form(**notes[0]), form(**notes[1])) == [("changed", *words)]
    assert told(form(answers[0]), form(answers[1])) == [("changed", *words)]


def test_a_list_says_whether_it_is_numbered():
    items = [rich_text(f"<p>{word}</p>").model_dump() for word in ("бир", "эки")]
    dashes, numbers = ({"id": "1", "type": "list", "items": items, "ordered": ordered} for ordered in (False, True))

    assert told(form(dashes), form(numbers)) == [("changed", "– бир\n– эки", "1. бир\n2. эки")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (form(paragraph("<p>бир</p><p>эки</p>")), form(paragraph("<p>бир<br>эки</p>"))),
        (form(paragraph("<p>бир эки</p>")), form(paragraph("<p>бир\u00a0эки</p>"))),
        (form(paragraph("<p>бир</p>")), form({**paragraph("<p>бир</p>"), "type": "quote"})),
        (form(people=[{"key": "a", "name": "А"}]), form(people=[{"key": "b", "name": "А"}])),
        (form(image={"file_id": "1", "sha256": "0" * 64}), form(image={"file_id": "2", "sha256": "0" * 64})),
    ],
)
def test_nothing_is_said_to_be_changed_and_looks_as_before(before, after):
    ((kind, old, new),) = told(before, after)

    assert kind == "changed"
    assert old != new


def test_what_cannot_be_read_is_shown_as_it_is_stored():
    none, empty = ({"notes_to_editors": {"html": html, "text": ""}} for html in ("", "<p></p>"))
    stored = '{"id": "1", "type": "paragraph", "html": "<p></p>", "text": ""}'
    block = paragraph("<p></p>")

    assert told(form(**none), form(**empty)) == [("changed", '{"html": ""}', '{"html": "<p></p>"}')]
    assert told(form(**empty), form(**none)) == [("changed", '{"html": "<p></p>"}', '{"html": ""}')]
    assert told(form(), form(block)) == [("added", "", stored)]
    assert told(form(block), form()) == [("removed", stored, "")]


def test_another_order_of_the_same_paragraphs_has_no_words():
    one, other = ({**paragraph(f"<p>{name}</p>"), "id": name} for name in ("бир", "эки"))

    assert told(form(one, other), form(other, one)) == [("moved", "", "")]


def test_documents_to_which_links_lead_are_found():
    link = f'<p><a data-content-id="{OTHER}">мыйзам</a></p>'
    notes = rich_text(f'<p><a data-content-id="{UNKNOWN}">б</a></p>').model_dump()

    assert set(linked_documents(form(paragraph(link), notes_to_editors=notes, title=link))) == {OTHER, UNKNOWN}
