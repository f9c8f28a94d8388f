"""What a PDF would cost is known before it is unpacked: no file of a few kilobytes takes a minute or a gigabyte."""

import io
import time
import zlib

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from pikepdf import Array, Dictionary, Name

from site_pages.files import pdf_opening, pdf_packing
from site_pages.files.cleaning import cleaned
from site_pages.files.inspection import inspect_file
from tests.site_pages.pdf_samples import HEAD, lzw, packed_objects, pdf_of, pdf_with_packed, stream
from tests.site_pages.samples import pdf_bytes

MANY = 3_100_000
AS_IT_IS = {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.none}


def code_of(content: bytes) -> str | None:
    try:
        inspect_file(content, filename="a.pdf")
    except ValidationError as error:
        return error.code
    return None


def drawing(body: bytes, *filters: str) -> bytes:
    names = Array([Name(f"/{name}") for name in filters])
    return pdf_bytes(lambda pdf: pdf.pages[0].update({"/Contents": pdf.make_stream(body, Filter=names)}), **AS_IT_IS)


# --- Ways to pack


NOT_TAKEN = {
    "LZW": drawing(lzw(1), "LZWDecode"),
    "LZW, short": drawing(lzw(1), "LZW"),
    "LZW in Flate": drawing(zlib.compress(lzw(1)), "FlateDecode", "LZWDecode"),
    "LZW, letters as numbers": drawing(lzw(1), "LZWDecode").replace(b"/LZWDecode", b"/#4cZ#57Decode"),
    "objects in LZW": pdf_with_packed(b"null", filters=b"/LZWDecode", pack=lambda _content: lzw(1)),
    "Flate twice": drawing(zlib.compress(zlib.compress(b"q Q")), "FlateDecode", "FlateDecode"),
    "Flate and lengths of runs": drawing(zlib.compress(b"\x02q Q\x80"), "FlateDecode", "RunLengthDecode"),
    "list in runs": pdf_of({}).replace(b"/W[1 4 2]", b"/W[1 4 2]/Filter/RunLengthDecode"),
    "not known": drawing(b"q Q", "BrotliDecode"),
}


@pytest.mark.parametrize("what", sorted(NOT_TAKEN))
def test_what_is_packed_twice_or_in_lzw_is_refused_before_it_is_unpacked(what, monkeypatch):
    monkeypatch.setattr(pikepdf.Object, "read_bytes", None)

    with pytest.raises(ValidationError) as refused:
        inspect_file(NOT_TAKEN[what], filename="a.pdf")

    assert refused.value.code == "unknown_part"
    with pytest.raises(ValidationError):
        cleaned(NOT_TAKEN[what], filename="a.pdf")


def test_a_way_to_pack_that_is_named_elsewhere_is_known_too():
    content = pdf_of({4: packed_objects({5: b"/LZWDecode"}), 6: stream(lzw(1), b"/Filter 5 0 R")}, packed={5: (4, 0)})

    assert code_of(content) == "unknown_part"


@pytest.mark.parametrize(
    ("filters", "body"),
    [
        (("ASCIIHexDecode", "FlateDecode"), zlib.compress(b"q Q").hex().encode() + b">"),
        (("RunLengthDecode",), b"\x02q Q\x80"),
        (("Fl",), zlib.compress(b"q Q")),
    ],
)
def test_what_is_packed_once_is_taken(filters, body):
    content = drawing(body, *filters)
    assert code_of(content) is None

    with pikepdf.open(io.BytesIO(cleaned(content, filename="a.pdf"))) as pdf:
        assert pdf.pages[0].Contents.read_bytes(pikepdf.StreamDecodeLevel.specialized) == b"q Q"


def test_what_lies_behind_the_end_of_a_stream_goes():
    body = zlib.compress(b"q Q")
    content = drawing(body + b"BETRAYING", "FlateDecode")
    assert b"BETRAYING" in content

    served = cleaned(content, filename="a.pdf")

    assert b"BETRAYING" not in served
    with pikepdf.open(io.BytesIO(served)) as pdf:
        assert pdf.pages[0].Contents.read_raw_bytes() == body


def test_pictures_that_unpack_without_end_are_refused(monkeypatch):
    monkeypatch.setattr("site_pages.files.pdf_streams.MOST_BYTES_SEEN", 2**20)
    packed = zlib.compress(bytes(2**19 + 1))

    def change(pdf):
        pictures = {
            f"/Im{number}": pdf.make_stream(packed, Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1,
                                            ColorSpace=Name.DeviceGray, BitsPerComponent=8, Filter=Name.FlateDecode)
            for number in range(2)
        }  # fmt: skip
        pdf.pages[0].Resources = Dictionary(XObject=Dictionary(pictures))
        pdf.pages[0].Contents = pdf.make_stream(b"/Im0 Do /Im1 Do")

    assert code_of(pdf_bytes(change)) == "zip_bomb"


# --- Names of lists


def seconds_for(content: bytes) -> float:
    begun = time.process_time()
    pdf_packing.check_names(content)
    return time.process_time() - begun


@pytest.mark.parametrize("between", [b"", b" obj", b" endstrea"])
def test_names_of_lists_are_gone_through_once(between):
    content = HEAD + b"%" + (b"/XRef" + between) * 60_000 + b"\n"

    # Whoever looks around each of them needs a quarter of a minute.
    assert seconds_for(content) < 3
    assert code_of(content + pdf_of({})[len(HEAD) :]) == "damaged"  # the places in the list are wrong


def test_lists_without_end_are_refused(monkeypatch):
    monkeypatch.setattr(pdf_packing, "MOST_LISTS", 3)

    assert seconds_for(b"/XRef stream " * 3) < 3
    with pytest.raises(ValidationError) as refused:
        pdf_packing.check_names(b"/XRef stream " * 4)

    assert refused.value.code == "zip_bomb"


def test_letters_as_numbers_without_end_are_refused(monkeypatch):
    monkeypatch.setattr(pdf_packing, "MOST_NUMBERED_LETTERS", 3)

    pdf_packing.check_names(b"/#41#42#43")
    with pytest.raises(ValidationError) as refused:
        pdf_packing.check_names(b"/#41#42#43#44")

    assert refused.value.code == "zip_bomb"


LISTS_IN_RUNS = {
    "before": b"5 0 obj <</Filter/RL/Type/XRef>> stream",
    "behind": b"5 0 obj <</Type/XRef/Filter/RL>> stream",
    "behind two": b"5 0 obj <</Type/XRef/XRef 1/Filter/RL>> stream",
    "in the second": b"5 0 obj <</Type/XRef>> stream endstream endobj 6 0 obj <</Filter/RL/Type/XRef>> stream",
    "at the end": b"5 0 obj <</Type/XRef /Filter/RL",
}


@pytest.mark.parametrize("what", sorted(LISTS_IN_RUNS))
def test_a_list_in_runs_is_found_wherever_it_says_so(what):
    with pytest.raises(ValidationError) as refused:
        pdf_packing.check_names(LISTS_IN_RUNS[what])

    assert refused.value.code == "unknown_part"


def test_runs_in_another_object_are_no_list():
    told = b"4 0 obj <</Filter/RL>> stream endstream endobj 5 0 obj <</Type/XRef>> stream 6 0 obj <</Filter/RL>> stream"

    pdf_packing.check_names(told)


# --- Numbers of values


def test_values_are_counted_before_the_file_is_opened(monkeypatch):
    content = pdf_with_packed(*[b"[" + b"<<>>" * (MANY // 10) + b"]"] * 10)
    assert len(content) < 20_000
    opened = []
    monkeypatch.setattr(pikepdf.Pdf, "objects", property(opened.append))

    assert code_of(content) == "zip_bomb"
    assert opened == []


@pytest.mark.parametrize("value", [b"<<>>", b"[]", b"0 ", b"/A", b"()", b"<>"])
def test_every_kind_of_value_counts(value, monkeypatch):
    monkeypatch.setattr(pdf_opening, "MOST_VALUES", 1000)

    assert code_of(pdf_with_packed(b"[" + value * 400 + b"]")) is None
    assert code_of(pdf_with_packed(b"[" + value * 1001 + b"]")) == "zip_bomb"
    assert code_of(pdf_of({4: b"[" + value * 1001 + b"]"})) == "zip_bomb"


HIDING = {
    "behind a word in a string": b"[(stream\n)" + b"[]" * 1001 + b"]",
    "behind a word in a remark": b"[ % stream\n" + b"[]" * 1001 + b"]",
    "behind a dictionary": b"[<<>> (stream\n)" + b"[]" * 1001 + b"]",
}


@pytest.mark.parametrize("what", sorted(HIDING))
def test_values_are_counted_wherever_they_stand(what, monkeypatch):
    monkeypatch.setattr(pdf_opening, "MOST_VALUES", 1000)

    assert code_of(pdf_of({4: HIDING[what]})) == "zip_bomb"


def test_what_is_drawn_is_no_value(monkeypatch):
    monkeypatch.setattr(pdf_opening, "MOST_VALUES", 1000)
    drawn = b"0 0 m [] 0 d " * 2000

    assert code_of(pdf_of({3: b"<</Type/Page/Parent 2 0 R/Resources<<>>/MediaBox[0 0 9 9]/Contents 4 0 R>>",
                           4: stream(drawn)})) is None  # fmt: skip


def test_a_stream_of_objects_whose_length_is_packed_in_another_is_refused():
    bomb = packed_objects({6: b"12"})
    leaning = packed_objects({7: b"null"}).replace(b"/Length ", b"/Odd 1/Length 6 0 R/Was ")
    content = pdf_of({4: bomb, 5: leaning}, packed={6: (4, 0), 7: (5, 0)})

    assert code_of(content) == "damaged"


def test_pages_without_end_are_refused(monkeypatch):
    monkeypatch.setattr("site_pages.files.pdfs.MOST_PAGES", 3)

    def pages(number):
        return pdf_bytes(lambda pdf: [pdf.add_blank_page() for _ in range(number - 1)])

    assert code_of(pages(3)) is None
    assert code_of(pages(4)) == "zip_bomb"
