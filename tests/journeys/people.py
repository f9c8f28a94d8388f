"""What people do at their desks, as they do it: with the mouse and the keyboard.

The helpers find things by their names and addresses, never by words, because each person reads another language.
"""

import io

from PIL import Image
from playwright.sync_api import Browser, Page
from wagtail.models import Locale

from cms.demo.office import PASSWORD
from cms.demo.telephones import code_of
from tests.journeys import chromium

SLOWLY = """
const ask = window.fetch;
window.fetch = async (address, options) => {
    const answer = await ask(address, options);
    if (options?.method?.toLowerCase() === "post") {
        window.hasSavedItself = true;
        await new Promise(done => setTimeout(done, %d));
    }
    return answer;
};
"""
PARAGRAPH = 1  # its place in the list of blocks


def sit_down(browser: Browser, *, address: str, username: str, size: dict[str, int] = chromium.DESK) -> Page:
    """Open a window and sign in, with a code of the telephone where one is asked for; gives the start page."""
    page = chromium.window(browser, size=size)
    page.goto(f"{address}/admin/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("form [type=submit]")
    page.wait_for_selector("#wagtail-sidebar nav, [name=code]", state="attached")
    if page.locator("[name=code]").count():
        page.fill("[name=code]", code_of(username))
        page.click("form.login-form [type=submit]")
        page.wait_for_selector("#wagtail-sidebar nav", state="attached")
    return page


def go_home(page: Page) -> None:
    """To the start page."""
    page.goto(page.url.split("/admin/")[0] + "/admin/")


def begin_release(page: Page) -> None:
    """Begin a press release from the start page."""
    go_home(page)
    page.click("#my-texts-section a[href*='/add/site_pages/pressreleasepage/']")
    page.wait_for_selector("[name=title]")


def write(page: Page, **fields: str) -> None:
    """Type into the fields of the editor."""
    for name, value in fields.items():
        page.fill(f"[name={name}]", value)
        page.keyboard.press("Escape")  # closes the calendar of a date


def add_paragraph(page: Page, text: str) -> None:
    """Put one more paragraph at the end of the body."""
    before = page.locator("[data-contentpath=body] .public-DraftEditor-content").count()
    page.locator("[data-contentpath=body] .c-sf-add-button").last.click()
    page.locator(".w-combobox__option").nth(PARAGRAPH).click()
    editor = page.locator("[data-contentpath=body] .public-DraftEditor-content").nth(before)
    editor.click()
    _type(page, text)


def replace_paragraph(page: Page, *, number: int, text: str) -> None:
    """Write one paragraph of the body anew. number: counted from 0."""
    page.locator("[data-contentpath=body] .public-DraftEditor-content").nth(number).click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    _type(page, text)


def _type(page: Page, text: str) -> None:
    """Type and wait until the rich-text editor has handed the words over to the form, a quarter of a second later."""
    page.keyboard.type(text)
    handed_over = "words => [...document.querySelectorAll('[name^=body-]')].some(i => i.value.includes(words))"
    page.wait_for_function(handed_over, arg=text)


def open_photo_upload(page: Page) -> None:
    """Open the chooser of the leading photograph at the place for uploads."""
    page.click("#id_image-chooser [data-chooser-action-choose] >> visible=true")
    page.click(".modal-body a[href='#tab-upload']")


def add_photo(page: Page, *, filename: str, **words: str) -> None:
    """Upload a photograph through the chooser and choose it. words: alt_text_ky, credit, …"""
    open_photo_upload(page)
    page.set_input_files(
        ".modal-body input[type=file]", {"name": filename, "mimeType": "image/jpeg", "buffer": _photograph()}
    )
    for name, value in words.items():
        page.fill(f".modal-body [name=image-chooser-upload-{name}]", value)
    page.click(".modal-body #tab-upload form [type=submit]")
    page.wait_for_selector(".modal-body", state="detached")


def name_the_photographer(page: Page, credit: str) -> None:
    """Add the credit to the photograph that is chosen in the editor, in another tab."""
    page.click("#id_image-chooser .w-dropdown__toggle")
    with page.expect_popup() as opened:
        page.click("#id_image-chooser [data-chooser-edit-link]")
    tab = opened.value
    tab.fill("[name=credit]", credit)
    with tab.expect_event("load"):
        tab.click("main form[enctype] [type=submit]")
    tab.close()


def _photograph() -> bytes:
    content = io.BytesIO()
    Image.linear_gradient("L").resize((800, 500)).convert("RGB").save(content, "JPEG")
    return content.getvalue()


def save(page: Page) -> int:
    """Press “Save”; gives the number of the document."""
    with page.expect_event("load"):
        page.click("footer button.action-save")
    return number_of(page)


def number_of(page: Page) -> int:
    """The number of the document that is open in the editor."""
    return int(page.url.split("/pages/")[1].split("/")[0])


def press_submit(page: Page) -> None:
    """Press “Submit for clearance”."""
    page.click("footer .w-dropdown__toggle")
    with page.expect_event("load"):
        page.click("footer [name=action-submit]")


def open_in_editor(page: Page, number: int) -> None:
    """Open a document in the editor from the list of one's own texts."""
    go_home(page)
    page.click(f"#my-texts-section a[href$='/pages/{number}/edit/']")
    page.wait_for_selector("[name=title]")


def open_from_queue(page: Page, number: int) -> None:
    """Open a document from “Waiting for me”."""
    page.click("#wagtail-sidebar a[href$='/approvals/']")
    page.click(f"table a[href$='/approvals/{number}/']")
    page.wait_for_selector("[name=digest]", state="attached")


def queue(page: Page) -> list[int]:
    """The numbers of the documents that wait for the person."""
    page.click("#wagtail-sidebar a[href$='/approvals/']")
    page.wait_for_url("**/approvals/")
    links = page.locator("main table a[href*='/approvals/']").all()
    return [int(link.get_attribute("href").rstrip("/").split("/")[-1]) for link in links]


def press_approve(page: Page) -> None:
    """Press “Approve” on the decision screen."""
    with page.expect_event("load"):
        page.click("form[action$='/approve/'] button:not([formaction])")


def press_return(page: Page, remark: str) -> None:
    """Write a remark and press “Return for changes”."""
    page.fill("#id_remark", remark)
    with page.expect_event("load"):
        page.click("button[formaction$='/return/']")


def translate(page: Page, *, number: int, locale: str) -> int:
    """“Translate this page” into one language; gives the number of the new text, which is open in the editor."""
    page.goto(page.url.split("/admin/")[0] + f"/admin/translation/submit/page/{number}/")
    page.check(f"input[name=locales][value='{Locale.objects.get(language_code=locale).pk}']")
    with page.expect_event("load"):
        page.click("main form [type=submit]")
    return number_of(page)


def fields_with_errors(page: Page) -> list[str]:
    """The names of the fields that have a message beside them, from top to bottom."""
    fields = page.locator("form .w-field:has(> .w-field__errors .error-message)").all()
    return [field.get_attribute("data-contentpath") for field in fields]


def slow_down_automatic_saving(page: Page, *, milliseconds: int) -> None:
    """Let the answer to every automatic save of the editor take that long to arrive."""
    page.add_init_script(SLOWLY % milliseconds)
