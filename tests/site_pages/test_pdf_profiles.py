"""Colour profiles inside a PDF keep their colours and say nothing of who made them on which machine."""

import io
import re
import struct

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from pikepdf import Array, Dictionary, Name

from site_pages.files.cleaning import cleaned
from site_pages.files.inspection import inspect_file
from site_pages.files.profiles import bare_profile, silenced_profile
from tests.site_pages.samples import pdf_bytes, telling_profile
from tests.site_pages.test_picture_cleaning import BETRAYING, TOLD, profile_of, table

# The name of a private tag may stay, what it said may not.
OWNER = re.compile(rb"Bakirov|SERIAL-0815")
# A table in the newest form, which is not taken apart: it stays to the letter.
NEWEST = b"mAB " + bytes(4) + bytes(range(200))
UNREAD = profile_of(
    {b"A2B0": NEWEST, b"desc": b"mluc" + bytes(4) + TOLD, b"mmod": b"mmod" + bytes(4) + TOLD, b"cprt": b"text" + TOLD},
    space=b"CMYK",
    version=4,
)


def with_profile(profile: bytes, *, colours: int = 3, on_output: bool = False, packed: bool = True) -> bytes:
    """A PDF that names a profile as a space of colours, or as what it is to be printed on."""

    def change(pdf):
        stream = pdf.make_stream(profile, N=colours)
        if on_output:
            intent = Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFA1, DestOutputProfile=stream)
            intent.OutputConditionIdentifier = "sRGB"
            pdf.Root.OutputIntents = Array([intent])
        else:
            spaces = Dictionary(CS0=Array([Name.ICCBased, stream]))
            pdf.pages[0].obj.Resources = Dictionary(ColorSpace=spaces)

    return pdf_bytes(change, compress_streams=packed)


def profile_in(content: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        streams = [one for one in pdf.objects if isinstance(one, pikepdf.Stream) and "/N" in one]
        (found,) = [one for one in streams if one.get("/Type") != Name.ObjStm]
        return found.read_bytes()


@pytest.mark.parametrize("on_output", [True, False])
@pytest.mark.parametrize("packed", [True, False])
def test_a_profile_keeps_its_colours_and_loses_its_owner(on_output, packed):
    content = with_profile(telling_profile(), on_output=on_output, packed=packed)
    assert BETRAYING.search(profile_in(content))
    inspect_file(content, filename="a.pdf")

    served = cleaned(content, filename="a.pdf")

    assert profile_in(served) == bare_profile(telling_profile())
    assert cleaned(served, filename="a.pdf") == served


def test_a_profile_that_is_not_taken_apart_keeps_every_colour_and_no_word():
    assert bare_profile(UNREAD) is None

    kept = profile_in(cleaned(with_profile(UNREAD, colours=4), filename="a.pdf"))

    assert not OWNER.search(kept)
    assert NEWEST in kept and kept[36:40] == b"acsp" and len(kept) == len(UNREAD)
    assert (kept[4:8], kept[24:36], kept[80:100]) == (bytes(4), bytes(12), bytes(20))
    assert kept[8:24] == UNREAD[8:24]
    assert silenced_profile(kept) == kept


def test_what_lies_behind_the_parts_of_a_profile_goes():
    hidden = UNREAD + TOLD
    hidden = struct.pack(">I", len(hidden)) + hidden[4:]

    kept = silenced_profile(hidden)

    assert OWNER.search(hidden)
    assert not OWNER.search(kept)
    assert NEWEST in kept


@pytest.mark.parametrize(
    "profile",
    [b"", TOLD * 20, UNREAD[:140], UNREAD.replace(b"acsp", b"acsq"), UNREAD[:128] + b"\xff" * 4 + UNREAD[132:]],
    ids=["nothing", "words", "cut", "another mark", "too many parts"],
)
def test_what_stands_in_the_place_of_a_profile_and_is_none_is_refused(profile):
    content = with_profile(profile)

    with pytest.raises(ValidationError) as refused:
        inspect_file(content, filename="a.pdf")

    assert refused.value.code == "damaged"


def test_a_profile_that_unpacks_to_more_than_any_needs_is_refused():
    with pytest.raises(ValidationError) as refused:
        inspect_file(with_profile(table(into=4, out=3) * 60_000), filename="a.pdf")

    assert refused.value.code == "damaged"
