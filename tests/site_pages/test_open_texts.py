"""Of an ODT each word that is seen stays; what is seen nowhere goes; what hides or fetches is refused."""

import io
import zipfile
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ValidationError

from site_pages.files.cleaning import cleaned
from site_pages.files.inspection import inspect_file
from tests.site_pages.samples import odt, telling_picture

HOME = "/home"
SVG = "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"


def served(content: bytes) -> dict[str, bytes]:
    """The parts of the file as readers get it; taken when it is uploaded, and the same when it is cleaned again."""
    inspect_file(content, filename="a.odt")
    after = cleaned(content, filename="a.odt")
    assert cleaned(after, filename="a.odt") == after
    with zipfile.ZipFile(io.BytesIO(after)) as archive:
        return {part: archive.read(part) for part in archive.namelist()}


def words_of(body: str) -> str:
    content = served(odt(body))["content.xml"]
    assert b"Bakirov" not in content
    return "".join(ElementTree.fromstring(content).itertext())


def styled(properties: str, words: str) -> bytes:
    """A text with a span of a style of its own."""
    style = f'<s:style s:name="T1" s:family="text" xmlns:s="{STYLE}"><s:text-properties {properties}/></s:style>'
    return odt(f'{style}<text:p>а <text:span text:style-name="T1">{words}</text:span></text:p>')


@pytest.mark.parametrize(
    "field",
    [
        '<text:meta xml:id="m1">1-сентябрда</text:meta>',
        '<text:meta xmlns:x="http://www.w3.org/1999/xhtml" x:content="Bakirov">1-сентябрда</text:meta>',
        '<text:meta-field xml:id="m1">1-сентябрда</text:meta-field>',
        '<text:initial-creator text:fixed="false">1-сентябрда</text:initial-creator>',
        '<text:date text:date-value="2026-11-30">1-сентябрда</text:date>',
        '<text:user-field-get text:name="Bakirov">1-сентябрда</text:user-field-get>',
        '<text:conditional-text text:string-value-if-true="Bakirov">1-сентябрда</text:conditional-text>',
        '<text:bibliography-mark text:url="file:///d/Bakirov/x" text:author="Bakirov">1-сентябрда'
        "</text:bibliography-mark>",
        '<text:database-display text:table-name="Bakirov">1-сентябрда</text:database-display>',
        '<text:template-name text:display="name">1-сентябрда</text:template-name>',
        '<text:title><text:span text:style-name="T1">1-сентябрда</text:span></text:title>',
    ],
)
def test_words_that_a_field_shows_stay_where_they_are(field):
    body = f"<text:p>Окуу жылы {field} башталат</text:p>"

    assert words_of(body) == "Окуу жылы 1-сентябрда башталат"
    assert field.startswith("<text:meta ") or field[:10].encode() not in served(odt(body))["content.xml"]


@pytest.mark.parametrize(
    "telling",
    [
        '<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">Bakirov</dc:creator>',
        "<office:meta><meta:keyword>Bakirov</meta:keyword></office:meta>",
        '<text:user-field-decls><text:user-field-decl office:string-value="Bakirov"/></text:user-field-decls>',
        '<text:p><text:variable-set text:display="none" office:string-value="Bakirov">Bakirov'
        "</text:variable-set></text:p>",
        '<text:p><text:alphabetical-index-mark text:string-value="Bakirov"/></text:p>',
        '<text:section text:name="a" text:protected="true" text:protection-key="Bakirov"/>',
        f'<draw:frame><s:desc xmlns:s="{SVG}">{HOME}/Bakirov/a.jpg</s:desc></draw:frame>',
        f'<draw:frame><s:title xmlns:s="{SVG}">C:/d/Bakirov/a.jpg</s:title></draw:frame>',
    ],
)
def test_what_is_seen_nowhere_goes(telling):
    assert words_of(f"{telling}<text:p>Жарлык</text:p>") == "Жарлык"


@pytest.mark.parametrize(
    "link",
    [
        f'<t:table-source xmlns:t="{TABLE}" xlink:href="http://example.org/x"/>',
        '<text:alphabetical-index-auto-mark-file xlink:href="http://example.org/x"/>',
        '<text:section-source xlink:href="../x.odt"/>',
        '<text:section-source xlink:href="x.odt"/>',
        '<draw:image xlink:href="../x.png"/>',
        '<draw:odd xlink:href="../x.png"/>',
        '<text:p><text:a xlink:href="Pictures/1.jpg">x</text:a></text:p>',
        f"<text:p><text:template-name>{HOME}/bakirov/x.ott</text:template-name></text:p>",
    ],
)
def test_what_fetches_or_names_a_place_in_a_house_is_refused(link):
    with pytest.raises(ValidationError) as caught:
        inspect_file(odt(link), filename="a.odt")

    assert caught.value.code == "external_link"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (odt('<text:p><text:hidden-text text:string-value="жашыруун"/></text:p>'), "жашыруун"),
        (odt("<text:p><text:hidden-paragraph>жашыруун</text:hidden-paragraph></text:p>"), "hidden-paragraph"),
        (odt('<text:section text:name="Бөлүм" text:display="none"><text:p>x</text:p></text:section>'), "Бөлүм"),
        (odt('<text:section text:name="Бөлүм" text:display="condition" text:condition="1"/>'), "Бөлүм"),
        (styled('text:display="none"', "жашыруун"), "жашыруун"),
    ],
)
def test_what_hides_is_refused_with_its_place(content, place):
    with pytest.raises(ValidationError) as caught:
        inspect_file(content, filename="a.odt")

    assert caught.value.code == "hidden_content"
    assert place in caught.value.messages[0]


def test_spans_and_sections_that_are_seen_are_taken():
    assert "көрүнөт".encode() in served(styled('text:display="true"', "көрүнөт"))["content.xml"]
    assert words_of('<text:section text:name="a"><text:p>көрүнөт</text:p></text:section>') == "көрүнөт"


def test_a_picture_that_the_text_shows_is_served_and_no_other():
    picture = telling_picture("JPEG")
    shown = '<draw:frame><draw:image xlink:href="./Pictures/a%20b.jpg"/></draw:frame>'

    parts = served(odt(shown, **{"Pictures/1.jpg": picture, "Pictures/a b.jpg": picture}))

    assert set(parts) == {"mimetype", "content.xml", "meta.xml", "Pictures/a b.jpg"}
    assert next(iter(parts)) == "mimetype"


def test_a_picture_that_marks_the_items_of_a_list_is_served():
    mark = '<text:list-level-style-image xlink:href="Pictures/1.jpg"/>'

    assert "Pictures/1.jpg" in served(odt(mark, **{"Pictures/1.jpg": telling_picture("JPEG")}))


def test_the_list_of_parts_names_those_that_are_served():
    listed = "".join(
        f'<f:file-entry f:full-path="Pictures/{number}.jpg" f:media-type="image/jpeg"/>' for number in "12"
    )
    manifest = f'<f:manifest xmlns:f="urn:f">{listed}</f:manifest>'.encode()
    shown = '<draw:frame><draw:image xlink:href="Pictures/2.jpg"/></draw:frame>'
    pictures = {f"Pictures/{number}.jpg": telling_picture("JPEG") for number in "12"}

    parts = served(odt(shown, **{"META-INF/manifest.xml": manifest, **pictures}))

    assert (
        b"Pictures/2.jpg" in parts["META-INF/manifest.xml"] and b"Pictures/1.jpg" not in parts["META-INF/manifest.xml"]
    )
