"""One document goes from an author's desk to the public, in three languages, each cleared on its own."""

from django.contrib.auth import get_user_model

from site_pages.models import PressReleasePage
from tests import newsroom
from tests.journeys import people
from tests.journeys.accessibility import too_wide
from tests.journeys.chromium import PHONE, picture
from tests.journeys.public_side import Reader, soon

TITLES = {
    "ky": "Нарын шаарында жаңы мектеп ачылды",
    "ru": "В городе Нарыне открылась новая школа",
    "en": "A new school opens in Naryn",
}
REMARK = "Экинчи абзацта мектептин орундарынын саны жазылсын."


TRANSLATED = {
    "ru": {
        "lead": "В Нарыне открылась школа на 600 мест.",
        "summary": "Президент принял участие в открытии школы.",
        "body": ("В торжественном мероприятии участвовал Президент.", "Школа на 600 мест, есть библиотека."),
    },
    "en": {
        "lead": "A school for 600 pupils opened in Naryn.",
        "summary": "The President took part in the opening of the school.",
        "body": ("The President took part in the ceremony.", "The school has 600 places and a library."),
    },
}
# Other forms of a word of the title than the title has.
ASKED = {"ky": "мектептин", "ru": "школы", "en": "schools"}


def write_in_kyrgyz(author) -> int:
    """The author writes a release and forgets the date, the lead, the summary and who took the photograph."""
    people.begin_release(author)
    people.write(author, title=TITLES["ky"])
    people.add_photo(
        author,
        filename="naryn.jpg",
        title="Нарын мектеби",
        alt_text_ky="Эки кабаттуу жаңы мектеп",
        alt_text_ru="Новая двухэтажная школа",
        alt_text_en="A new two-storey school",
    )
    people.add_paragraph(author, "Салтанаттуу иш-чарага Президент катышты.")
    people.add_paragraph(author, "Мектепте китепкана бар.")
    return people.save(author)


def is_told_what_is_missing(author) -> None:
    """The author submits too early, and sees beside the fields what is missing."""
    people.press_submit(author)
    picture(author, "03-author-submission-incomplete")

    assert people.fields_with_errors(author) == ["release_date", "lead", "image", "summary"]


def completes_and_submits(author) -> None:
    """The author fills the gaps and submits."""
    people.write(author, release_date="2026-07-17", lead="Нарын шаарында 600 орундуу мектеп ачылды.")
    people.write(author, summary="Президент мектептин ачылышына катышты.")
    people.name_the_photographer(author, "Президенттин басма сөз кызматы")
    people.press_submit(author)
    picture(author, "04-author-submitted")


def returns_with_a_remark(head, number: int) -> None:
    """The head finds the text under “Waiting for me”, tries to return it without a word, and returns it with one."""
    assert people.queue(head) == [number]
    picture(head, "05-head-waiting-for-me")
    people.open_from_queue(head, number)
    picture(head, "06-head-decision")

    people.press_return(head, "")
    picture(head, "07-head-return-without-remark")
    assert head.locator("#id_remark[aria-invalid=true]").count() == 1
    people.press_return(head, REMARK)
    picture(head, "08-head-returned")
    assert people.queue(head) == []


def mends_and_submits_again(author, number: int) -> None:
    """The author reads the remark, mends the second paragraph and submits again."""
    people.go_home(author)
    picture(author, "09-author-start-returned")
    people.open_in_editor(author, number)
    picture(author, "10-author-remark")
    assert REMARK in author.inner_text("main")
    people.replace_paragraph(author, number=1, text="Мектеп 600 орундуу, китепкана бар.")
    people.press_submit(author)


def sees_the_change_and_approves(head, number: int) -> None:
    """The head sees what changed since the return, and nothing else, and approves."""
    people.open_from_queue(head, number)
    picture(head, "11-head-what-changed")
    assert "600 орундуу" in head.locator("ins").first.inner_text()
    people.press_approve(head)
    picture(head, "12-head-approved")


def approves_first(head, number: int) -> None:
    """The head approves the first of several texts."""
    people.open_from_queue(head, number)
    people.press_approve(head)


def approves(person, number: int, name: str) -> None:
    """Somebody finds the text under “Waiting for me”, reads it and approves."""
    assert people.queue(person) == [number]
    people.open_from_queue(person, number)
    picture(person, f"{name}-decision")
    people.press_approve(person)
    picture(person, f"{name}-approved")
    assert people.queue(person) == []


def translates_and_submits(author, *, original: int, locale: str) -> int:
    """An author begins the translation, writes it in place of the Kyrgyz words and submits it."""
    number = people.translate(author, number=original, locale=locale)
    text = TRANSLATED[locale]
    people.write(author, title=TITLES[locale], lead=text["lead"], summary=text["summary"])
    for position, paragraph in enumerate(text["body"]):
        people.replace_paragraph(author, number=position, text=paragraph)
    picture(author, f"20-translation-{locale}")
    people.press_submit(author)
    return number


def is_public(reader: Reader, *, locale: str) -> None:
    """Within two seconds the text is at its address and found by another form of a word of its title."""
    title = TITLES[locale]
    soon(lambda: reader.titles().get(locale), expected=[title])
    status, answer = reader.get(f"releases/{reader.address_of(title, locale=locale)}", locale=locale)
    assert (status, answer["title"], answer["locale"]) == (200, title, locale)
    soon(lambda: reader.found(ASKED[locale], locale=locale), expected=[title])


def nothing_is_public_but(reader: Reader, *locales: str) -> None:
    """The API lists and finds these languages and no others."""
    assert reader.titles() == {locale: [TITLES[locale]] for locale in locales}
    for locale in set(TITLES) - set(locales):
        assert reader.found(ASKED[locale], locale=locale) == []


def test_a_release_is_written_returned_mended_cleared_and_read_in_three_languages(office, browser):
    reader = Reader(office.public)
    author, head, leader = (
        people.sit_down(browser, address=office.editorial, username=name) for name in ("aigul", "nurlan", "mirlan")
    )
    picture(author, "01-author-start")
    number = write_in_kyrgyz(author)
    picture(author, "02-author-draft-saved")
    nothing_is_public_but(reader)

    is_told_what_is_missing(author)
    completes_and_submits(author)
    nothing_is_public_but(reader)
    returns_with_a_remark(head, number)
    mends_and_submits_again(author, number)
    sees_the_change_and_approves(head, number)
    nothing_is_public_but(reader)
    approves(leader, number, "13-leader")
    is_public(reader, locale="ky")

    translator = people.sit_down(browser, address=office.editorial, username="bakyt")
    russian = translates_and_submits(translator, original=number, locale="ru")
    english = translates_and_submits(translator, original=number, locale="en")
    assert people.queue(head) == [russian, english]
    picture(head, "21-head-two-translations")
    nothing_is_public_but(reader, "ky")

    approves_first(head, russian)
    nothing_is_public_but(reader, "ky")
    approves(leader, russian, "22-leader-russian")
    is_public(reader, locale="ru")
    nothing_is_public_but(reader, "ky", "ru")

    approves(head, english, "23-head-english")
    approves(leader, english, "24-leader-english")
    is_public(reader, locale="en")
    nothing_is_public_but(reader, "ky", "ru", "en")


def test_a_decision_can_be_made_on_a_telephone(office, browser):
    page = newsroom.release(get_user_model().objects.get(username="aigul"))
    newsroom.submit(page, by=page.owner)
    head = people.sit_down(browser, address=office.editorial, username="nurlan", size=PHONE)

    head.goto(f"{office.editorial}/admin/approvals/")
    picture(head, "30-phone-waiting-for-me")
    head.goto(f"{office.editorial}/admin/approvals/{page.pk}/")
    picture(head, "31-phone-decision")
    sticks_out = too_wide(head)
    people.press_return(head, REMARK)

    assert sticks_out == []
    assert newsroom.ledger_kinds(page) == ["submitted", "returned"]


def test_a_document_that_is_saved_while_it_saves_itself_is_there_once(office, browser):
    author = people.sit_down(browser, address=office.editorial, username="aigul")
    people.slow_down_automatic_saving(author, milliseconds=1500)
    people.begin_release(author)
    author.wait_for_timeout(3000)  # the editor begins to look for changes two seconds after it opened
    people.write(author, title=TITLES["ky"])
    people.add_paragraph(author, "Мектепте китепкана бар.")
    author.wait_for_function("() => window.hasSavedItself === true")

    number = people.save(author)

    assert list(PressReleasePage.objects.values_list("pk", flat=True)) == [number]
