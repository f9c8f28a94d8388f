"""Office files as programs of every day write them, with all that they note beside the text."""

import io
import zipfile

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from openpyxl.chart import BarChart, Reference

from site_pages.files.cleaning import cleaned
from site_pages.files.inspection import inspect_file
from tests.site_pages.samples import (
    OFFICE,
    SECRET,
    SLIDE,
    WORD,
    docx,
    link,
    pptx,
    relationships,
    telling_picture,
    xlsx,
)  # fmt: skip

EXTENDED = "http://schemas.microsoft.com/office/2011/relationships"
ID = "{5B1F2C3D-0000-4000-8000-00000000BEEF}"
DRAW = "http://schemas.openxmlformats.org/drawingml/2006/main"
TREE = "<p:cSld><p:spTree/></p:cSld>"


NAMES = (
    f'xmlns:w="{WORD}" xmlns:r="{OFFICE}" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
    f' xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml" xmlns:a="{DRAW}"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="w14 w15"'
)


def word_365() -> bytes:
    """A DOCX as Word 365 saves it: with its settings, a picture, a bound field, building blocks and its properties."""
    text = (
        f'<w:document {NAMES}><w:body><w:p w14:paraId="00BEEF01" w:rsidR="00BEEF02"><w:r><w:t>Жарлык &amp; буйрук</w:t>'
        '</w:r><w:hyperlink r:id="rId9"><w:r><w:t xml:space="preserve"> шилтеме</w:t></w:r></w:hyperlink></w:p>'
        '<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" descr="C:\\Users\\Bakirov\\draft.jpg"/>'
        '<a:blip r:embed="rId8"/></wp:inline></w:drawing></w:r></w:p>'
        f'<w:sdt><w:sdtPr><w:dataBinding w:storeItemID="{ID}"/></w:sdtPr><w:sdtContent><w:p/></w:sdtContent></w:sdt>'
        '<w:sectPr><w:headerReference w:type="default" r:id="rId7"/></w:sectPr></w:body></w:document>'
    )
    settings = (
        f'<w:settings {NAMES}><w:zoom w:percent="100"/><w:attachedTemplate r:id="rId1"/><w:defaultTabStop w:val="708"/>'
        f'<w:mailMerge><w:connectString w:val="User ID=Bakirov"/></w:mailMerge><w:rsids>'
        f'<w:rsid w:val="00BEEF02"/></w:rsids><w:themeFontLang w:val="ky-KG"/>'
        f'<w14:docId w14:val="00BEEF03"/><w15:docId w15:val="{ID}"/></w:settings>'
    )
    links = [
        *(link(f"rId{number}", name, f"{name}.xml")
          for number, name in enumerate(("styles", "settings", "webSettings", "fontTable", "numbering"), 1)),
        link("rId6", "theme", "theme/theme1.xml"), link("rId7", "header", "header1.xml"),
        link("rId8", "image", "media/image1.jpeg"), link("rId10", "customXml", "../customXml/item1.xml"),
        link("rId11", "glossaryDocument", "glossary/document.xml"), link("rId12", f"{EXTENDED}/people", "people.xml"),
        f'<Relationship Id="rId9" Type="{OFFICE}/hyperlink" TargetMode="External" Target="https://example.kg/?a=1&amp;b=2"/>',
    ]  # fmt: skip
    return docx(
        **{"word/document.xml": text.encode(), "word/settings.xml": settings.encode(),
           "word/styles.xml": f"<w:styles {NAMES}/>".encode(), "word/numbering.xml": f"<w:numbering {NAMES}/>".encode(),
           "word/header1.xml": f"<w:hdr {NAMES}><w:p/></w:hdr>".encode(),
           "word/webSettings.xml": f"<w:webSettings {NAMES}/>".encode(),
           "word/fontTable.xml": f'<w:fonts {NAMES}><w:font w:name="Arial"/></w:fonts>'.encode(),
           "word/theme/theme1.xml": f'<a:theme xmlns:a="{DRAW}" name="Office"/>'.encode(),
           "word/glossary/document.xml": f"<w:glossaryDocument {NAMES}>{SECRET}</w:glossaryDocument>".encode(),
           "word/people.xml": f'<w15:people {NAMES}><w15:person w15:author="{SECRET}"/></w15:people>'.encode(),
           "word/media/image1.jpeg": telling_picture("JPEG"), "customXml/item1.xml": f"<a>{SECRET}</a>".encode(),
           "customXml/_rels/item1.xml.rels": relationships(link("rId1", "customXmlProps", "itemProps1.xml")),
           "customXml/itemProps1.xml": f'<a itemID="{ID}"/>'.encode(), "docProps/app.xml": f"<a>{SECRET}</a>".encode(),
           "docProps/custom.xml": f"<a>{SECRET}</a>".encode(), "docMetadata/LabelInfo.xml": f"<a>{ID}</a>".encode(),
           "word/_rels/document.xml.rels": relationships(*links)}
    )  # fmt: skip


def workbook_with_chart() -> bytes:
    """An XLSX with a table and a chart, saved by openpyxl."""
    book = openpyxl.Workbook()
    book.properties.creator = book.properties.lastModifiedBy = SECRET
    sheet = book.active
    for row in (("жыл", "саны"), (2025, 250), (2026, 261)):
        sheet.append(row)
    sheet["B5"] = "=SUM(B2:B3)"
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    sheet.add_chart(chart, "D2")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def workbook_that_tells() -> bytes:
    """An XLSX that names its folder, its views, its people, its printer and where its data came from."""
    main = (
        f'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{OFFICE}"'
        ' xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision"'
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:AlternateContent>'
        '<mc:Choice Requires="q"><q:absPath xmlns:q="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac"'
        ' url="C:\\Users\\Bakirov\\"/></mc:Choice></mc:AlternateContent>'
        f'<xr:revisionPtr documentId="{ID}"/><sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets>'
        '<customWorkbookViews><customWorkbookView name="Bakirov"/></customWorkbookViews></workbook>'
    )
    sheet = (
        f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{OFFICE}"'
        f' xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision" xr:uid="{ID}">'
        '<sheetData/><pageSetup orientation="landscape" r:id="rId1"/></worksheet>'
    )
    cache = f'<pivotCacheDefinition xmlns="s" xmlns:r="{OFFICE}" r:id="rId1" refreshedBy="Bakirov"/>'
    return xlsx(
        **{"xl/workbook.xml": main.encode(), "xl/worksheets/sheet1.xml": sheet.encode(),
           "xl/persons/person.xml": b'<personList><person displayName="Bakirov"/></personList>',
           "xl/connections.xml": b'<connections><connection name="User ID=Bakirov"/></connections>',
           "xl/printerSettings/printerSettings1.bin": b"Bakirov's printer",
           "xl/pivotCache/pivotCacheDefinition1.xml": cache.encode(),
           "xl/pivotCache/pivotCacheRecords1.xml": b"<pivotCacheRecords>Bakirov</pivotCacheRecords>",
           "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels":
               relationships(link("rId1", "pivotCacheRecords", "pivotCacheRecords1.xml")),
           "xl/_rels/workbook.xml.rels": relationships(
               link("rId1", "worksheet", "worksheets/sheet1.xml"), link("rId2", "connections", "connections.xml"),
               link("rId3", "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml")),
           "xl/worksheets/_rels/sheet1.xml.rels":
               relationships(link("rId1", "printerSettings", "../printerSettings/printerSettings1.bin"))}
    )  # fmt: skip


def slides_with_layouts() -> bytes:
    """A PPTX of one slide, its layout and its master, and what PowerPoint notes of people and changes."""
    names = f'xmlns:p="{SLIDE}" xmlns:a="{DRAW}" xmlns:r="{OFFICE}"'
    return pptx(
        **{"ppt/presentation.xml": f'<p:presentation {names}><p:sldIdLst><p:sldId id="256" r:id="rId2"/></p:sldIdLst>'
                                   f"</p:presentation>".encode(),
           "ppt/_rels/presentation.xml.rels": relationships(
               link("rId1", "slideMaster", "slideMasters/slideMaster1.xml"), link("rId2", "slide", "slides/slide1.xml"),
               link("rId3", "commentAuthors", "commentAuthors.xml"), link("rId4", "viewProps", "viewProps.xml"),
               link("rId5", "http://schemas.microsoft.com/office/2018/10/relationships/authors", "authors.xml"),
               link("rId6", "http://schemas.microsoft.com/office/2016/11/relationships/changesInfo",
                    "changesInfos/changesInfo1.xml")),
           "ppt/slides/slide1.xml": f"<p:sld {names}>{TREE}</p:sld>".encode(),
           "ppt/slides/_rels/slide1.xml.rels":
               relationships(link("rId1", "slideLayout", "../slideLayouts/slideLayout1.xml")),
           "ppt/slideLayouts/slideLayout1.xml": f"<p:sldLayout {names}>{TREE}</p:sldLayout>".encode(),
           "ppt/slideLayouts/_rels/slideLayout1.xml.rels":
               relationships(link("rId1", "slideMaster", "../slideMasters/slideMaster1.xml")),
           "ppt/slideMasters/slideMaster1.xml": f"<p:sldMaster {names}>{TREE}</p:sldMaster>".encode(),
           "ppt/viewProps.xml": f"<p:viewPr {names}/>".encode(),
           "ppt/commentAuthors.xml": f'<p:cmAuthorLst {names}><p:cmAuthor name="{SECRET}"/></p:cmAuthorLst>'.encode(),
           "ppt/authors.xml": f"<a>{SECRET}</a>".encode(),
           "ppt/changesInfos/changesInfo1.xml": f"<a>{SECRET}</a>".encode()}
    )  # fmt: skip


def served(content: bytes, name: str) -> dict[str, bytes]:
    """The parts of the file as readers get it; taken when it is uploaded, and the same when it is cleaned again."""
    inspect_file(content, filename=name)
    after = cleaned(content, filename=name)
    assert cleaned(after, filename=name) == after
    with zipfile.ZipFile(io.BytesIO(after)) as archive:
        return {part: archive.read(part) for part in archive.namelist()}


def refusal_of(content: bytes, name: str) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        inspect_file(content, filename=name)
    return caught.value
