"""A layer of a PDF that is off when it is opened is refused with its name; layers that are on are taken."""

import io

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from pikepdf import Array, Dictionary, Name, String

from site_pages.files.cleaning import cleaned
from site_pages.files.inspection import inspect_file
from tests.site_pages.samples import pdf_bytes

DRAWN = b"/OC /L BDC BT /F1 12 Tf (40) Tj ET EMC"


def drawn_in_a_layer(usage=None, member=None, **choice) -> bytes:
    """A page that draws in the layer “Долбоор”. choice: what opens it says, each value made of the layer."""

    def change(pdf):
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Долбоор"), Usage=usage or Dictionary()))
        page = pdf.pages[0]
        page.Contents = pdf.make_stream(DRAWN)
        asked = Dictionary(Type=Name.OCMD, OCGs=layer, **member(layer)) if member else layer
        page.Resources = Dictionary(
            Font=Dictionary(F1=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)),
            Properties=Dictionary(L=asked),
        )
        opening = Dictionary({f"/{key}": value(layer) for key, value in choice.items()})
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=opening)

    return pdf_bytes(change)


def base(name):
    return lambda layer: name


def listed(layer):
    return Array([layer])


def on_screens(layer):
    return Array([Dictionary(Event=Name.View, OCGs=Array([layer]), Category=Array([Name.View]))])


NOT_SEEN = Dictionary(View=Dictionary(ViewState=Name.OFF))


@pytest.mark.parametrize(
    "content",
    [
        lambda: drawn_in_a_layer(OFF=listed),
        lambda: drawn_in_a_layer(OFF=listed, Order=lambda layer: Array([])),
        lambda: drawn_in_a_layer(BaseState=base(Name.OFF)),
        lambda: drawn_in_a_layer(AS=on_screens, usage=NOT_SEEN),
    ],
)
def test_a_layer_that_is_off_is_refused_with_its_name(content):
    with pytest.raises(ValidationError) as refused:
        inspect_file(content(), filename="a.pdf")

    assert refused.value.code == "hidden_content"
    assert "Долбоор" in refused.value.messages[0]


@pytest.mark.parametrize(
    "member",
    [
        lambda layer: {"P": Name.AllOff},
        lambda layer: {"P": Name.AnyOff},
        lambda layer: {"VE": Array([Name.And, Array([Name.Not, layer])])},
    ],
)
def test_what_is_drawn_while_a_layer_is_off_is_refused(member):
    with pytest.raises(ValidationError) as refused:
        inspect_file(drawn_in_a_layer(member=member), filename="a.pdf")

    assert refused.value.code == "hidden_content"


@pytest.mark.parametrize(
    "content",
    [
        lambda: drawn_in_a_layer(),
        lambda: drawn_in_a_layer(ON=listed, BaseState=base(Name.OFF)),
        lambda: drawn_in_a_layer(OFF=lambda layer: Array([])),
        # What a layer would like on a screen counts only where the file says that it is asked.
        lambda: drawn_in_a_layer(usage=NOT_SEEN),
        lambda: drawn_in_a_layer(member=lambda layer: {"P": Name.AnyOn, "VE": Array([Name.And, layer])}),
    ],
)
def test_a_layer_that_is_on_is_taken_as_it_is(content):
    content = content()
    inspect_file(content, filename="a.pdf")

    with pikepdf.open(io.BytesIO(cleaned(content, filename="a.pdf"))) as pdf:
        assert b"(40) Tj" in pdf.pages[0].Contents.read_bytes()


@pytest.mark.parametrize("key", ["/FontMatrix", "/FontBBox"])
def test_words_where_readers_expect_numbers_of_a_font_are_refused(key):
    def change(pdf):
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        font[key] = Array([1, 0, 0, 1, 0, String("0); quit(); //")])
        pdf.pages[0].Resources = Dictionary(Font=Dictionary(F1=font))

    with pytest.raises(ValidationError) as refused:
        inspect_file(pdf_bytes(change), filename="a.pdf")

    assert refused.value.code == "active_content"
    assert key.strip("/") in refused.value.messages[0]
