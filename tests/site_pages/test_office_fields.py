"""Fields of a DOCX: what numbers and leads within the text is kept, others keep what they show, others are refused."""

import io
import zipfile
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ValidationError

from site_pages.files.cleaning import cleaned
from site_pages.files.inspection import inspect_file
from tests.site_pages.samples import WORD, docx

NAME = f"{{{WORD}}}"


def mark(kind: str, inside: str = "") -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}">{inside}</w:fldChar></w:r>'


def text(words: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'


def field(*codes: str, shown: str = "") -> str:
    """A field as Word writes it. codes: the pieces of its code, or markup; shown: markup."""
    pieces = "".join(
        code if code.startswith("<") else f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes
    )
    return mark("begin") + pieces + (mark("separate") + shown if shown else "") + mark("end")


def served(body: str) -> ElementTree.Element:
    """The text as readers get it; taken when it is uploaded, and the same when it is cleaned again."""
    content = docx(f"<w:p>{body}</w:p>")
    inspect_file(content, filename="a.docx")
    after = cleaned(content, filename="a.docx")
    assert cleaned(after, filename="a.docx") == after
    with zipfile.ZipFile(io.BytesIO(after)) as archive:
        return ElementTree.fromstring(archive.read("word/document.xml"))


def codes_of(root: ElementTree.Element) -> list[str]:
    simple = [found.get(f"{NAME}instr") for found in root.iter(f"{NAME}fldSimple")]
    return simple + [found.text for found in root.iter(f"{NAME}instrText")]


def shown_in(root: ElementTree.Element) -> str:
    return "".join(found.text or "" for found in root.iter(f"{NAME}t"))


@pytest.mark.parametrize(
    "code",
    [" PAGE ", "page \\* MERGEFORMAT", "NUMPAGES", ' TOC \\o "1-3" \\h \\z \\u ', "PAGEREF _Toc1 \\h", "REF _Ref1 \\h",
     "SEQ Table \\* ARABIC", "=SUM(ABOVE)", "EQ \\f(1,2)", "SYMBOL 183 \\f Symbol",
     ' HYPERLINK "https://example.kg/a" ', ' HYPERLINK \\l "_Toc1" ',
     'HYPERLINK "mailto:a@example.kg" \\o "Кат" \\t "_blank"', "FORMTEXT",
     ' STYLEREF "Heading 1" '],
)  # fmt: skip
def test_a_code_that_numbers_or_leads_to_a_page_is_kept(code):
    root = served(field(code.replace("&", "&amp;"), shown=text("7")))

    assert codes_of(root) == [code]
    assert len(list(root.iter(f"{NAME}fldChar"))) == 3
    assert shown_in(root) == "7"


@pytest.mark.parametrize(
    "code",
    ['ADDIN ZOTERO_ITEM CSL_CITATION {"uris":["http://zotero.org/users/4711/items/X"]}', "AUTHOR", "USERNAME Bakirov",
     "FILENAME \\p", "TEMPLATE", "LASTSAVEDBY", "DOCPROPERTY Owner", 'SAVEDATE \\@ "d.M.yyyy"', 'DATE \\@ "d.M.yyyy"',
     "MERGEFIELD Owner", "CITATION Bak20 \\l 1088", "Bakirov", 'IF 1 = 1 "shown" "hidden"',
     "TOC \\f C:\\Users\\Bakirov"],
)  # fmt: skip
@pytest.mark.parametrize("is_simple", [False, True])
def test_any_other_code_goes_and_what_it_shows_stays(code, is_simple):
    escaped = code.replace('"', "&quot;")
    simple = f'<w:fldSimple w:instr="{escaped}">{text("көрүнөт")}</w:fldSimple>'

    root = served(text("а ") + (simple if is_simple else field(code, shown=text("көрүнөт"))) + text(" б"))

    assert codes_of(root) == []
    assert list(root.iter(f"{NAME}fldChar")) == []
    assert shown_in(root) == "а көрүнөт б"


def test_an_address_with_the_words_of_a_folder_in_it_is_an_address():
    code = 'HYPERLINK "https://example.kg/#/media/news?from=/mnt/a"'

    assert codes_of(served(field(code, shown=text("кабар")))) == [code]


def test_fields_in_one_another_without_end_are_refused():
    with pytest.raises(ValidationError) as caught:
        inspect_file(docx(f"<w:p>{mark('begin') * 201}</w:p>"), filename="a.docx")

    assert caught.value.code == "damaged"


def test_a_table_of_contents_over_paragraphs_keeps_its_fields_and_its_lines():
    def line(words: str) -> str:
        link = f"<w:r><w:rPr><w:webHidden/></w:rPr><w:tab/></w:r>{field('PAGEREF _Toc1', shown=text('3'))}"
        return f'<w:hyperlink w:anchor="_Toc1">{text(words)}{link}</w:hyperlink>'

    body = mark("begin") + '<w:r><w:instrText> TOC \\o "1-3" </w:instrText></w:r>' + mark("separate")
    root = served(f"{body}{line('Биринчи')}</w:p><w:p>{line('Экинчи')}</w:p><w:p>{mark('end')}")

    assert codes_of(root) == [' TOC \\o "1-3" ', "PAGEREF _Toc1", "PAGEREF _Toc1"]
    assert shown_in(root) == "Биринчи3Экинчи3"


def test_fields_in_a_code_that_goes_go_with_it_and_fields_in_what_it_shows_stay():
    inside = field("DOCPROPERTY Owner", shown=text("Bakirov"))

    root = served(field("IF ", inside, ' = 1 "a" ', text("hidden"), shown=text("б") + field("PAGE", shown=text("2"))))

    assert codes_of(root) == ["PAGE"]
    assert shown_in(root) == "б2"


def test_a_code_that_goes_inside_of_one_that_is_kept_leaves_its_words():
    root = served(field("= ", field("DOCPROPERTY Sum", shown=text("4")), " + 1", shown=text("5")))

    assert codes_of(root) == ["= ", " + 1"]
    assert shown_in(root) == "45"


def test_words_between_fields_in_one_another_belong_to_the_innermost_code():
    inside = field("= ", field("PAGE", shown=text("4")), text("DDEAUTO"), shown=text("5") + field("SEQ a"))

    root = served(field("IF ", text("a"), inside, text("b"), shown=text("6")) + text("7") + mark("end") + text("8"))

    assert codes_of(root) == []
    assert shown_in(root) == "678"


def test_a_field_that_is_told_twice_to_show_something_leaves_the_code_around_it_as_it_is():
    root = served(
        mark("begin") + text("IF") + field("PAGE", mark("separate") + mark("separate")) + text("a") + mark("end")
    )

    assert codes_of(root) == []
    assert shown_in(root) == ""


def test_a_field_without_an_end_loses_its_code_and_no_word_behind_it():
    root = served(mark("begin") + "<w:r><w:instrText>AUTHOR</w:instrText></w:r>" + text("көрүнөт") + field("PAGE"))

    assert codes_of(root) == ["PAGE"]
    assert shown_in(root) == "көрүнөт"


def test_data_of_a_field_and_names_around_a_field_that_goes_are_sound():
    simple = '<w:fldSimple xmlns:q="urn:q" w:instr="AUTHOR"><w:r q:a="1"/><w:r q:a="2"/></w:fldSimple>'

    root = served(mark("begin", "<w:fldData>Bakirov</w:fldData>") + simple)

    assert list(root.iter(f"{NAME}fldData")) == []
    assert [found.get("{urn:q}a") for found in root.iter(f"{NAME}r")][-2:] == ["1", "2"]


@pytest.mark.parametrize(
    ("code", "refused"),
    [
        ('HYPERLINK "file:///\\\\SRV01\\draft.docx"', "external_link"),
        ('HYPERLINK \\o "a" \\\\srv\\share\\x.docx', "external_link"),
        ("HYPERLINK “draft.docx”", "external_link"),
        ('HYPERLINK "javascript:alert(1)"', "external_link"),
        ('HYPERLINK "https://example.kg/" \\o "C:\\Users\\Bakirov"', "external_link"),
        ('RD "\\\\srv\\a.docx"', "external_link"),
        ('INCLUDETEXT "a.docx"', "external_link"),
        ("PRINT \\p page", "active_content"),
    ],
)
@pytest.mark.parametrize("is_simple", [False, True])
def test_a_code_that_fetches_runs_or_leads_into_a_house_is_refused(code, refused, is_simple):
    escaped = code.replace('"', "&quot;")
    pieces = field(code[:4], code[4:], shown=text("x"))
    content = docx(f'<w:p>{f"""<w:fldSimple w:instr="{escaped}"/>""" if is_simple else pieces}</w:p>')

    with pytest.raises(ValidationError) as caught:
        inspect_file(content, filename="a.docx")

    assert caught.value.code == refused


@pytest.mark.parametrize("piece", [text("DDEAUTO c:\\a"), field("QUOTE", shown=text("DDEAUTO c:\\a"))])
def test_a_code_whose_name_is_no_piece_of_code_is_read_all_the_same(piece):
    with pytest.raises(ValidationError) as caught:
        inspect_file(docx(f"<w:p>{field(piece)}</w:p>"), filename="a.docx")

    assert caught.value.code == "external_link"
