"""What the pages of a PDF share is gone through and written once, however many pages name it."""

import io
import zlib
from collections import Counter

import pikepdf
import pytest
from django.core.exceptions import ValidationError

from site_pages.files import pdf_fields, pdf_resources, pdf_streams, pdfs
from site_pages.files.cleaning import cleaned
from site_pages.files.inspection import inspect_file
from site_pages.files.pdfs import clean_pdf
from tests.site_pages.pdf_samples import pdf_of, stream

PAGES, THINGS = 30, 200
FIRST_PAGE, FIRST_THING = 100, 1000


def pages(keys: bytes, objects: dict[int, bytes], *, number: int = PAGES) -> bytes:
    """A PDF of pages that all say the same. keys: what each says; `%d` becomes its number."""
    numbers = range(FIRST_PAGE, FIRST_PAGE + number)
    told = {page: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]" + keys.replace(b"%d", b"%d" % page) + b">>"
            for page in numbers}  # fmt: skip
    return pdf_of({2: _tree(numbers), **told, **objects})


def _tree(numbers) -> bytes:
    return b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(numbers), _named(numbers))


def _named(numbers) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def counted(monkeypatch, module, name: str) -> Counter:
    """Counts how often a function of the module is called."""
    calls, function = Counter(), getattr(module, name)

    def counting(*args, **kwargs):
        calls[name] += 1
        return function(*args, **kwargs)

    monkeypatch.setattr(module, name, counting)
    return calls


def with_links(**keys) -> bytes:
    things = range(FIRST_THING, FIRST_THING + THINGS)
    links = dict.fromkeys(things, b"<</Subtype/Link/Rect[0 0 9 9]/Contents(TELLING)>>")
    return pages(b"/Resources<<>>/Annots 5 0 R", {5: b"[" + _named(things) + b"]", **links}, **keys)


def with_states(resources: bytes = b"<</ExtGState 6 0 R>>") -> bytes:
    """Pages with the same operators and the same list of states."""
    names = [b"/a%d" % number for number in range(THINGS)]
    return pages(
        b"/Resources 5 0 R/Contents 4 0 R",
        {
            4: stream(zlib.compress(b" gs ".join(names) + b" gs"), b"/Filter/FlateDecode"),
            5: resources,
            6: b"<<" + b"".join(name + b" 7 0 R" for name in names) + b"/never 7 0 R>>",
            7: b"<</Type/ExtGState/LW 1>>",
        },
    )


def test_links_that_all_pages_show_are_cleaned_once(monkeypatch):
    calls = counted(monkeypatch, pdf_fields, "keep")

    served = clean_pdf(with_links())

    assert calls["keep"] == THINGS
    with pikepdf.open(io.BytesIO(served)) as pdf:
        assert {len(page.Annots) for page in pdf.pages} == {THINGS}
        assert len({page.Annots.objgen for page in pdf.pages}) == 1
        assert "/Contents" not in pdf.pages[-1].Annots[-1]


def test_links_in_lists_of_their_own_are_cleaned_once_too(monkeypatch):
    calls = counted(monkeypatch, pdf_fields, "keep")
    links = {5: b"<</Subtype/Link/Rect[0 0 9 9]>>", 6: b"<</Subtype/Link/Rect[0 0 0 0]>>"}

    served = clean_pdf(pages(b"/Resources<<>>/Annots[5 0 R 6 0 R]", links))

    assert calls["keep"] == 1
    with pikepdf.open(io.BytesIO(served)) as pdf:
        assert [len(page.Annots) for page in pdf.pages] == [1] * PAGES


def test_links_that_nobody_sees_go_from_every_page():
    served = clean_pdf(pages(b"/Resources<<>>/Annots 5 0 R", {5: b"[6 0 R]", 6: b"<</Subtype/Link/Rect[0 0 0 0]>>"}))

    with pikepdf.open(io.BytesIO(served)) as pdf:
        assert not any("/Annots" in page for page in pdf.pages)


@pytest.mark.parametrize(
    "resources", [b"<</ExtGState 6 0 R>>", b"<</ExtGState<<" + b"/a1 7 0 R/a2<</Type/ExtGState/LW 2>>/never 7 0 R>>>>"]
)
def test_a_list_that_all_pages_name_is_looked_through_and_written_once(resources, monkeypatch):
    calls = counted(monkeypatch, pdf_resources, "_drawings")

    served = cleaned(with_states(resources), filename="a.pdf")

    assert calls["_drawings"] == 1
    with pikepdf.open(io.BytesIO(served)) as pdf:
        lists = [page.Resources.ExtGState for page in pdf.pages]
        assert len({one.objgen for one in lists}) == 1
        assert len(lists[-1]) == (THINGS if b"6 0 R" in resources else 2)
        assert "/never" not in lists[-1]
    again = cleaned(served, filename="a.pdf")
    assert cleaned(again, filename="a.pdf") == again


def test_pages_that_name_each_something_else_of_a_long_list_are_refused(monkeypatch):
    names = b"".join(b"/a%d 7 0 R" % number for number in range(THINGS))
    own = {FIRST_THING + page: stream(b"/a%d gs" % page) for page in range(FIRST_PAGE, FIRST_PAGE + PAGES)}
    whole = stream(b"".join(b"/a%d gs " % number for number in range(FIRST_PAGE)))
    told = {4: whole, 5: b"<</ExtGState 6 0 R>>", 6: b"<<" + names + b">>", 7: b"<</Type/ExtGState/LW 1>>", **own}
    content = pages(b"/Resources 5 0 R/Contents[4 0 R 1%d 0 R]", told)
    with pikepdf.open(io.BytesIO(cleaned(content, filename="a.pdf"))) as pdf:
        assert {len(page.Resources.ExtGState) for page in pdf.pages} == {FIRST_PAGE + 1}
    monkeypatch.setattr(pdf_resources, "MOST_COST", 10 * PAGES * FIRST_PAGE)

    with pytest.raises(ValidationError) as refused:
        cleaned(content, filename="a.pdf")

    assert refused.value.code == "zip_bomb"


def test_lists_that_everybody_names_are_counted(monkeypatch):
    monkeypatch.setattr(pdfs, "MOST_SHARED_PARTS", PAGES * THINGS)
    inspect_file(with_links(), filename="a.pdf")

    with pytest.raises(ValidationError) as refused:
        inspect_file(with_links(number=PAGES + 1), filename="a.pdf")

    assert refused.value.code == "zip_bomb"


def test_letters_that_fonts_share_are_looked_through_once(monkeypatch):
    calls = counted(monkeypatch, pdf_streams.StreamCleaner, "_clean_operators")
    fonts = dict.fromkeys(range(10, 20), b"<</Type/Font/Subtype/Type3/CharProcs 5 0 R>>")

    inspect_file(pdf_of({5: b"<</a 6 0 R>>", 6: stream(b"0 0 d0"), **fonts}), filename="a.pdf")

    assert calls["_clean_operators"] == 1


# --- Lists in lists


def nested(first: bytes, *, levels: int = 15) -> dict[int, bytes]:
    """Lists that name each the next ten times: who follows all of them never comes to an end."""
    ends = {FIRST_THING + levels: b"[" + first + b"]"}
    return {FIRST_THING + level: b"[" + first + b" %d 0 R" % (FIRST_THING + level + 1) * 10 + b"]"
            for level in range(levels)} | ends  # fmt: skip


def test_a_question_about_layers_that_asks_without_end_counts_as_one_that_hides():
    asking = b"<</Type/OCMD/VE %d 0 R>>" % FIRST_THING

    with pytest.raises(ValidationError) as refused:
        inspect_file(pdf_of({5: asking, **nested(b"/And")}), filename="a.pdf")

    assert refused.value.code == "hidden_content"


def test_an_order_of_layers_without_end_is_refused():
    catalogue = b"<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[5 0 R]/D<</Order %d 0 R>>>>>>" % FIRST_THING
    content = pdf_of({1: catalogue, 5: b"<</Type/OCG/Name(a)>>", **nested(b"5 0 R")})

    with pytest.raises(ValidationError) as refused:
        cleaned(content, filename="a.pdf")

    assert refused.value.code == "zip_bomb"
