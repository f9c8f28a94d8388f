"""Nothing in the markup of an office file tells of people, places and earlier times, and nothing hides."""

import base64
import io
import zipfile

import pytest

from tests.site_pages.office_samples import DRAW, refusal_of, served
from tests.site_pages.samples import (
    OFFICE,
    SHEET,
    SLIDE,
    WORD,
    docx,
    link,
    pptx,
    relationships,
    telling_picture,
    xlsx,
    zip_of,
)  # fmt: skip

SECRET = "Bakirov"


def word(inside: str) -> bytes:
    return docx(f"<w:p>{inside}<w:r><w:t>Жарлык</w:t></w:r></w:p>")


def drawn(words: str) -> bytes:
    return word(f'<w:r><w:drawing><wp:docPr xmlns:wp="wp" id="1" name="1" descr="{words}"/></w:drawing></w:r>')


def sheet(inside: str, **more: bytes) -> bytes:
    """A workbook of one sheet with this beside its cells."""
    text = f'<worksheet xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheetData/>{inside}</worksheet>'
    return xlsx(**{"xl/worksheets/sheet1.xml": text.encode(), **more})


def book(inside: str) -> bytes:
    return xlsx(**{"xl/workbook.xml": f'<workbook xmlns="{SHEET}">{inside}</workbook>'.encode()})


def slide(inside: str, begin: str = "") -> bytes:
    text = f'<p:sld xmlns:p="{SLIDE}" xmlns:a="{DRAW}"{begin}>{inside}</p:sld>'
    return pptx(**{"ppt/slides/slide1.xml": text.encode()})


def styles(inside: str) -> bytes:
    return docx(**{"word/styles.xml": f'<w:styles xmlns:w="{WORD}"><w:style>{inside}</w:style></w:styles>'.encode()})


FOLDERS = ("/home", "/Users", "C:/Users", "C:", "/Volumes", "/mnt", "(C:\\Users)", "smb://srv", "\\\\srv\\share")
PLACES = [f"{folder}/Bakirov/a.jpg" for folder in FOLDERS]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", word('<w:permStart w:id="1" w:ed="PRESIDENT\\Bakirov"/><w:permEnd w:id="1"/>')),
        ("a.docx", word('<w:sdt><w:sdtPr><w:alias w:val="Bakirov"/><w:tag w:val="Bakirov"/></w:sdtPr></w:sdt>')),
        ("a.docx", word('<w:sdt><w:sdtPr><w:dropDownList w:lastValue="Bakirov"/></w:sdtPr></w:sdt>')),
        ("a.docx", word('<w:smartTag><w:smartTagPr><w:attr w:val="Bakirov"/></w:smartTagPr></w:smartTag>')),
        ("a.docx", word('<w:r w:author="Bakirov" w:initials="Bakirov" w:date="Bakirov"/>')),
        ("a.docx", word('<wp:anchor xmlns:wp="wp" wp:anchorId="Bakirov" wp:editId="Bakirov"/>')),
        ("a.docx", word('<w:hyperlink w:anchor="a" w:docLocation="C:\\Bakirov"/>')),
        ("a.docx", styles('<w:name w:val="a"/><w:rsid w:val="00Bakirov"/>')),
        *(("a.docx", drawn(place)) for place in PLACES),
        ("a.xlsx", sheet('<scenarios><scenario name="a" user="Bakirov" comment="Bakirov"/></scenarios>')),
        ("a.xlsx", sheet('<protectedRanges><protectedRange securityDescriptor="Bakirov"/></protectedRanges>')),
        ("a.xlsx", sheet('<sheetProtection algorithmName="Bakirov" hashValue="Bakirov" saltValue="Bakirov"'
                         ' spinCount="Bakirov" password="Bakirov" sheet="1"/>')),
        ("a.xlsx", book('<workbookProtection workbookPassword="Bakirov" workbookHashValue="Bakirov"/>')),
        ("a.xlsx", book('<definedNames><definedName name="a" comment="Bakirov">1</definedName></definedNames>')),
        ("a.xlsx", book('<workbookPr codeName="Bakirov"/><definedNames><definedName name="a" description="Bakirov"'
                        ' help="Bakirov" statusBar="Bakirov" customMenu="Bakirov">1</definedName></definedNames>')),
        ("a.xlsx", sheet('<sheetPr codeName="Bakirov"/>')),
        ("a.pptx", pptx(**{"ppt/presProps.xml": f'<p:presentationPr xmlns:p="{SLIDE}"><p:htmlPubPr title="Bakirov"/>'
                                                "</p:presentationPr>".encode()})),
        ("a.pptx", slide('<p:ext uri="{BB962C8B-B14F-4D97-AF65-F5344CB8AC3E}"><a:creationId val="Bakirov"/></p:ext>')),
        ("a.pptx", slide('<a:taskDetails><a:history><a:by authorId="Bakirov"/></a:history></a:taskDetails>')),
    ],
)  # fmt: skip
def test_people_places_and_passwords_in_the_markup_go(name, content):
    parts = served(content, name)

    assert [part for part, inside in parts.items() if SECRET.encode() in inside or b"BB962C8B" in inside] == []
    with zipfile.ZipFile(io.BytesIO(content)) as before:
        drawing = {part for part in before.namelist() if not part.startswith("docProps/") and "/_rels/" not in part}
    assert {part for part in parts if "/_rels/" not in part} == drawing


def old_shape(archive: bytes) -> str:
    """As Word and Excel write it: with the archive from which it was made beside it."""
    inside = base64.b64encode(archive).decode()
    return (
        '<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" id="S1"'
        f' o:gfxdata="{inside}" equationxml="{SECRET}" o:other="&#10;{inside}" fillcolor="red"/>'
    )


def with_old_drawing(shape: str) -> bytes:
    links = relationships(link("rId1", "vmlDrawing", "../drawings/vmlDrawing1.vml"))
    return sheet(
        '<legacyDrawing r:id="rId1"/>',
        **{"xl/drawings/vmlDrawing1.vml": f"<xml>{shape}</xml>".encode(),
           "xl/worksheets/_rels/sheet1.xml.rels": links},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "make", "part"),
    [
        ("a.docx", lambda shape: word(f"<w:r><w:pict>{shape}</w:pict></w:r>"), "word/document.xml"),
        ("a.xlsx", with_old_drawing, "xl/drawings/vmlDrawing1.vml"),
    ],
)
def test_an_old_shape_keeps_no_archive_of_what_it_was_made_from(name, make, part):
    shape = old_shape(zip_of([("drs/media/image1.jpg", telling_picture("JPEG")), ("drs/shapexml.xml", b"<a/>")]))

    kept = served(make(shape), name)[part].decode()

    begin, _, end = kept.partition("<v:shape ")
    assert end.partition("/>")[0].partition(" id=")[2] == '"S1" fillcolor="red"'
    assert "UEsDB" not in begin + end


def test_a_picture_described_by_words_keeps_them():
    words = "Ак үй, https://example.kg/media/news, 12:30 / 13:00, a/b"

    assert words.encode() in served(drawn(words), "a.docx")["word/document.xml"]


@pytest.mark.parametrize("kind", ["moveFromRangeStart", "moveToRangeStart", "customXmlInsRangeStart",
                                  "customXmlDelRangeStart", "customXmlMoveToRangeEnd", "delText",
                                  "moveTo"])  # fmt: skip
def test_what_is_left_of_tracked_changes_is_refused_as_such(kind):
    assert refusal_of(word(f'<w:{kind} w:author="Bakirov"/>'), "a.docx").code == "tracked_changes"


def test_a_shape_drawn_by_hand_is_no_moved_text():
    shape = f'<a:path xmlns:a="{DRAW}"><a:moveTo><a:pt x="0" y="0"/></a:moveTo></a:path>'

    assert b"<a:moveTo>" in served(word(shape), "a.docx")["word/document.xml"]


def test_what_word_notes_of_the_language_of_a_text_and_of_tasks_goes():
    more = {"word/intelligence2.xml": b"<a>Bakirov</a>", "word/documenttasks/documenttasks1.xml": b"<a>Bakirov</a>"}

    assert set(served(docx(**more), "a.docx")) == {"[Content_Types].xml", "_rels/.rels", "word/document.xml"}


# --- Workbooks


def test_strings_that_no_cell_names_are_emptied_and_the_others_stay_where_they_are():
    cells = '<row><c r="A1" t="s"><v>2</v></c><c r="B1"><v>1</v></c><c r="C1" t="s"><v>0</v></c></row>'
    strings = f'<sst xmlns="{SHEET}"><si><t>нөл</t></si><si><r><t>Bakirov</t></r></si><si><t>эки</t></si></sst>'
    text = f'<worksheet xmlns="{SHEET}"><sheetData>{cells}</sheetData></worksheet>'
    content = xlsx(**{"xl/sharedStrings.xml": strings.encode(), "xl/worksheets/sheet1.xml": text.encode()})

    kept = served(content, "a.xlsx")["xl/sharedStrings.xml"].decode()

    assert kept.endswith("<si><t>нөл</t></si><si><r><t/></r></si><si><t>эки</t></si></sst>")


def pivot(cache: str, fields: str) -> bytes:
    """A workbook with a pivot table of these fields and its cache."""
    return xlsx(
        **{"xl/pivotCache/pivotCacheDefinition1.xml": f'<pivotCacheDefinition xmlns="{SHEET}"><cacheFields count="2">'
                                                      f"{cache}</cacheFields></pivotCacheDefinition>".encode(),
           "xl/pivotTables/pivotTable1.xml": f'<pivotTableDefinition xmlns="{SHEET}"><pivotFields>{fields}'
                                             "</pivotFields></pivotTableDefinition>".encode(),
           "xl/pivotTables/_rels/pivotTable1.xml.rels":
               relationships(link("rId1", "pivotCacheDefinition", "../pivotCache/pivotCacheDefinition1.xml"))}
    )  # fmt: skip


def test_values_that_no_pivot_table_shows_go_from_its_cache():
    cache = (
        '<cacheField name="облус"><sharedItems count="1"><s v="Нарын"/></sharedItems></cacheField>'
        '<cacheField name="ким"><sharedItems count="2" minValue="4711"><s v="Bakirov"/><n v="4711"/></sharedItems>'
        "</cacheField>"
    )
    fields = '<pivotField axis="axisRow"><items count="1"><item x="0"/></items></pivotField><pivotField dataField="1"/>'

    kept = served(pivot(cache, fields), "a.xlsx")["xl/pivotCache/pivotCacheDefinition1.xml"].decode()

    assert '<sharedItems count="1"><s v="Нарын"/></sharedItems>' in kept
    assert '<cacheField name="ким"><sharedItems/></cacheField>' in kept


def test_days_stay_where_a_pivot_table_shows_their_months():
    cache = (
        '<cacheField name="күн"><sharedItems><d v="2026-01-05"/></sharedItems><fieldGroup par="1" base="0"/>'
        "</cacheField>"
        '<cacheField name="ай"><fieldGroup base="0"><groupItems><s v="янв"/></groupItems></fieldGroup></cacheField>'
    )
    fields = '<pivotField/><pivotField axis="axisRow"><items count="1"><item x="0"/></items></pivotField>'

    kept = served(pivot(cache, fields), "a.xlsx")["xl/pivotCache/pivotCacheDefinition1.xml"]

    assert b'<d v="2026-01-05"/>' in kept and '<s v="янв"/>'.encode() in kept


def test_a_number_that_is_no_place_in_a_list_names_nothing():
    cell = f'<row><c t="s"><v>{"9" * 5000}</v></c><c t="s"><v>-1</v></c></row>'
    text = f'<worksheet xmlns="{SHEET}"><sheetData>{cell}</sheetData></worksheet>'
    strings = f'<sst xmlns="{SHEET}"><si><t>Bakirov</t></si></sst>'
    content = xlsx(**{"xl/sharedStrings.xml": strings.encode(), "xl/worksheets/sheet1.xml": text.encode()})

    assert b"Bakirov" not in served(content, "a.xlsx")["xl/sharedStrings.xml"]


def test_a_pivot_table_of_two_caches_is_refused():
    caches = [link(f"rId{n}", "pivotCacheDefinition", f"../pivotCache/pivotCacheDefinition{n}.xml") for n in (1, 2)]
    cache = f'<pivotCacheDefinition xmlns="{SHEET}"/>'.encode()
    content = xlsx(
        **{f"xl/pivotCache/pivotCacheDefinition{n}.xml": cache for n in (1, 2)},
        **{"xl/pivotTables/pivotTable1.xml": f'<pivotTableDefinition xmlns="{SHEET}"/>'.encode(),
           "xl/pivotTables/_rels/pivotTable1.xml.rels": relationships(*caches)},
    )  # fmt: skip

    assert refusal_of(content, "a.xlsx").code == "damaged"


def names_in(names: str, cells: str = "") -> bytes:
    """The main part, as it is served, of a workbook with these names and formulas."""
    main = f'<workbook xmlns="{SHEET}"><definedNames>{names}</definedNames></workbook>'
    return served(sheet(cells, **{"xl/workbook.xml": main.encode()}), "a.xlsx")["xl/workbook.xml"]


@pytest.mark.parametrize(
    "name",
    ['<definedName name="HTML_Email" hidden="1">"bakirov@example.kg"</definedName>',
     '<definedName name="HTML_Email" hidden="true" localSheetId="0">"bakirov@example.kg"</definedName>',
     '<definedName name="wrn.all" hidden="1">{#N/A,FALSE,"Bakirov"}</definedName>',
     '<definedName name="Z_0A1B_2C_.wvu.FilterData" hidden="1">S!$A$1</definedName>',
     '<definedName name="a" hidden="1">b&amp;"x"</definedName>'
     '<definedName name="b" hidden="1">a&amp;"y"</definedName>'],
)  # fmt: skip
def test_hidden_names_with_words_and_those_of_saved_views_go(name):
    shown = '<definedName name="a_b">"c"</definedName>'

    assert names_in(name + shown, "<f>SUM(A1)</f>").endswith(
        f"<definedNames>{shown}</definedNames></workbook>".encode()
    )


@pytest.mark.parametrize(
    ("name", "cells"),
    [('<definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">S!$A$1:$B$9</definedName>', ""),
     ('<definedName name="_xlchart.v1.0" hidden="1">S!$A$1:$B$9</definedName>', ""),
     ('<definedName name="solver_val" hidden="1">0</definedName>', ""),
     ('<definedName name="Бирдик" hidden="1">"сом"</definedName>', "<f>A1&amp; бирдик</f>"),
     ('<definedName name="a" hidden="1">"сом"</definedName>', '<x:formula xmlns:x="x">a=A1</x:formula>'),
     ('<definedName name="a" hidden="1">b&amp;"c"</definedName><definedName name="b" hidden="1">"d"</definedName>'
      '<definedName name="c">A</definedName>', "")],
)  # fmt: skip
def test_hidden_names_with_which_something_is_counted_stay(name, cells):
    assert names_in(name, cells).endswith(f"<definedNames>{name}</definedNames></workbook>".encode())


def test_a_chart_does_not_say_what_its_workbook_was_called():
    space = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    chart = (
        f'<c:chartSpace xmlns:c="{space}"><c:pivotSource><c:name>[draft of Bakirov.xlsx]S!P</c:name></c:pivotSource>'
    )
    content = sheet("", **{"xl/charts/chart1.xml": f"{chart}</c:chartSpace>".encode()})

    assert b"<c:name>[a.xlsx]S!P</c:name>" in served(content, "a.xlsx")["xl/charts/chart1.xml"]


@pytest.mark.parametrize("formula", ["[1]Sheet!A1", "SUM('[12]My sheet'!A1:B2)", "A1+[2]Барак1!B1"])
def test_a_formula_into_another_workbook_is_refused(formula):
    assert refusal_of(sheet(f"<f>{formula}</f>"), "a.xlsx").code == "external_link"


@pytest.mark.parametrize("formula", ["SUM(Table1[2026])", "Table1[[2025]:[2026]]", "[0]!Name", "'S 1'!A1/B2", "C:C"])
def test_a_formula_within_the_workbook_is_taken(formula):
    assert formula.encode() in served(sheet(f"<f>{formula}</f>"), "a.xlsx")["xl/worksheets/sheet1.xml"]


def test_a_remark_in_an_old_drawing_is_refused():
    note = b'<xml xmlns:v="v" xmlns:x="x"><v:textbox>Bakirov</v:textbox><x:ClientData ObjectType="Note"/></xml>'

    assert refusal_of(sheet("", **{"xl/drawings/vmlDrawing1.vml": note}), "a.xlsx").code == "comments"
