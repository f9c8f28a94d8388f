"""What a document lacks before it may be submitted."""

import datetime as dt

import pytest

from approvals.decisions import RequirementsUnmet
from approvals.models import EntryKind, LedgerEntry
from frontend_api.models import PublishedDocument
from site_pages.gatekeeping import GateClosed
from site_pages.models import PressReleasePage, base
from site_pages.requirements import slug_issues
from tests.newsroom import approve, decree, edit, fresh, photo, publish, release, speech, submit

pytestmark = pytest.mark.django_db


def codes(page) -> list[tuple[str, str]]:
    return [(issue.field, issue.code) for issue in page.requirements()]


def test_a_complete_document_of_each_type_lacks_nothing(room):
    assert [codes(page) for page in (release(room.author), speech(room.author), decree(room.author))] == [[], [], []]


@pytest.mark.parametrize(
    ("make", "fields", "expected"),
    [
        (release, {"summary": "  "}, ("summary", "required")),
        (release, {"lead": ""}, ("lead", "required")),
        (release, {"release_date": None}, ("release_date", "required")),
        (release, {"subtype": PressReleasePage.Subtype.CONDOLENCE}, ("addressee", "required")),
        (speech, {"delivered_on": None}, ("delivered_on", "required")),
        (speech, {"speaker_name": ""}, ("speaker_name", "required")),
        (decree, {"number": None}, ("number", "required")),
        (decree, {"signed_on": None}, ("signed_on", "required")),
        (decree, {"effect_rule": "days_after_publication"}, ("effect_days", "required")),
        (decree, {"effect_rule": "fixed_date"}, ("effective_on", "required")),
    ],
)
def test_what_is_empty_is_named_with_its_field(room, make, fields, expected):
    assert codes(make(room.author, **fields)) == [expected]


def test_the_second_act_of_a_number_and_year_is_refused(room):
    decree(room.author, number=261, title="Биринчи")
    second = decree(room.author, number=261, title="Экинчи")
    other_year = decree(room.author, number=261, title="Үчүнчү", signed_on=dt.date(2027, 1, 2))

    assert codes(second) == [("number", "number_taken")]
    assert codes(other_year) == []


def test_the_address_of_another_document_is_refused(room):
    """Two drafts name the same address, and one of them becomes public."""
    first, second = (release(room.author, title=title) for title in ("Биринчи", "Экинчи"))
    russian = release(room.author, title="Другой", locale="ru", slug="jangy")
    for page in (first, second):
        edit(page, by=room.author, slug="jangy")
    before = codes(fresh(second).get_latest_revision_as_object())

    publish(first, room)

    assert (before, codes(russian)) == ([], [])
    assert codes(fresh(second).get_latest_revision_as_object()) == [("slug", "slug_taken")]


@pytest.mark.parametrize("slug", ["жыйын", "jyiyn-1-калия", "jyıyn", "a.b", "a b", "a\n"])
def test_an_address_that_readers_cannot_ask_for_is_named(slug):
    page = PressReleasePage(slug=slug)

    assert [(issue.field, issue.code) for issue in slug_issues(page)] == [("slug", "slug_signs")]


def test_a_text_with_such_an_address_is_not_submitted(room):
    page = edit(release(room.author), by=room.author, slug="жыйын")

    with pytest.raises(RequirementsUnmet, match="«жыйын» дарек боло албайт"):
        submit(page, by=room.author)

    assert not LedgerEntry.objects.filter(kind=EntryKind.SUBMITTED).exists()


def test_such_an_address_does_not_pass_the_gate_either(room, monkeypatch):
    page = publish(release(room.author, slug="jyiyn"), room)
    edit(page, by=room.author, slug="жыйын", change_note="Дарек.")
    monkeypatch.setattr(base, "slug_issues", lambda page: ())
    submit(page, by=room.author)
    approve(page, by=room.head)

    with pytest.raises(GateClosed, match="латын"):
        approve(page, by=room.leader)

    assert (fresh(page).slug, PublishedDocument.objects.get().slug) == ("jyiyn", "jyiyn")


def test_a_translation_carries_the_number_of_its_original(room):
    original = decree(room.author)
    translation = decree(room.author, title="О водных ресурсах", locale="ru", translation_key=original.translation_key)

    assert codes(translation) == []


def test_a_russian_act_without_its_kyrgyz_text_is_refused(room):
    assert codes(decree(room.author, locale="ru")) == [("text_role", "no_original")]


def test_a_photograph_needs_its_words_in_the_language_of_the_document(room):
    bare = photo()
    worded = photo(alt_text_ky="Имараттын сүрөтү", credit="А. Асанов")

    assert codes(release(room.author, image=bare)) == [("image", "alt_text"), ("image", "credit")]
    assert codes(release(room.author, image=worded, title="Башка")) == []
    assert codes(release(room.author, image=worded, locale="ru")) == [("image", "alt_text")]


def test_a_photograph_in_the_text_may_get_its_words_there(room):
    picture = photo(credit="А. Асанов")
    figure = {"photo": picture, "alt_text": "Имараттын сүрөтү", "caption": ""}

    assert codes(release(room.author, body=[("figure", figure)])) == []


def test_a_major_change_of_a_published_text_needs_a_public_note(room):
    page = publish(release(room.author), room)

    changed = edit(page, by=room.author, title="Жаңы аталыш").get_latest_revision_as_object()

    assert codes(changed) == [("change_note", "required")]
