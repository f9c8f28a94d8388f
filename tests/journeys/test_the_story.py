"""One document goes from an author's desk to the public, in three languages, each cleared on its own."""

from frontend_api.models import PublishedDocument
from tests.journeys import people
from tests.journeys.chromium import picture

TITLES = {
    "ky": "Нарын шаарында жаңы мектеп ачылды",
    "ru": "В городе Нарыне открылась новая школа",
    "en": "A new school opens in Naryn",
}
REMARK = "Экинчи абзацта мектептин орундарынын саны жазылсын."


def published() -> dict[str, str]:
    """What has been published: language → title."""
    return dict(PublishedDocument.objects.values_list("locale", "title"))


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
    assert published() == {}


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


def approves(person, number: int, name: str) -> None:
    """Somebody finds the text under “Waiting for me”, reads it and approves."""
    assert people.queue(person) == [number]
    people.open_from_queue(person, number)
    picture(person, f"{name}-decision")
    people.press_approve(person)
    picture(person, f"{name}-approved")
    assert people.queue(person) == []


def test_a_release_is_written_returned_mended_cleared_and_read(office, browser):
    author = people.sit_down(browser, address=office.editorial, username="aigul")
    head = people.sit_down(browser, address=office.editorial, username="nurlan")
    leader = people.sit_down(browser, address=office.editorial, username="mirlan")
    picture(author, "01-author-start")
    number = write_in_kyrgyz(author)
    picture(author, "02-author-draft-saved")

    is_told_what_is_missing(author)
    completes_and_submits(author)
    returns_with_a_remark(head, number)
    mends_and_submits_again(author, number)
    sees_the_change_and_approves(head, number)
    assert published() == {}
    approves(leader, number, "13-leader")

    assert published() == {"ky": TITLES["ky"]}
