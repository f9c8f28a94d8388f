"""Names in an archive say what they are, and its pictures cost together what a few cost."""

import io
import struct
import unicodedata
import zipfile
import zlib

import pytest
from PIL import Image

from site_pages.files import inspection
from site_pages.files.cleaning import cleaned
from tests.site_pages.refused import code_of
from tests.site_pages.samples import docx, odt, picture_bytes, zip_of


@pytest.mark.parametrize("name", ["a\u202efdp.txt", "\u2066a.txt", "Users/bakirov/Desktop/a.txt", "home/bakirov/a.txt",
                                  "b/Documents and Settings/bakirov/a.txt"])  # fmt: skip
def test_a_name_that_misleads_or_tells_of_a_machine_is_refused(name):
    assert code_of(zip_of([(name, b"text")]), "a.zip") == "telling_name"


@pytest.mark.parametrize("name", ["Жарлык № 261.txt", "Users/a.txt", "home.txt", "home/a.txt"])
def test_a_name_of_every_day_is_taken(name):
    assert code_of(zip_of([(name, b"text")]), "a.zip") is None


def test_pictures_that_are_too_large_together_are_refused_before_they_are_decoded(settings, monkeypatch):
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 100
    picture = picture_bytes("PNG", image=Image.new("1", (10, 10)))
    looked_into = []
    monkeypatch.setattr(inspection, "inspect_pixels", lambda content, *, filename: looked_into.append(filename))

    assert code_of(zip_of([(f"{number}.png", picture) for number in range(5)]), "a.zip") == "too_many_pixels"
    assert looked_into == []
    assert code_of(zip_of([(f"{number}.png", picture) for number in range(4)]), "a.zip") is None
    assert len(looked_into) == 4


def test_each_frame_of_a_moving_picture_counts(settings):
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 200
    frames = [Image.new("P", (10, 10), number) for number in range(2)]
    moving = picture_bytes("GIF", image=frames[0], save_all=True, append_images=frames[1:], optimize=False)

    assert code_of(zip_of([(f"{number}.gif", moving) for number in range(4)]), "a.zip") is None
    assert code_of(zip_of([(f"{number}.gif", moving) for number in range(5)]), "a.zip") == "too_many_pixels"


def test_pictures_in_an_office_file_are_counted_as_well(settings):
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 100
    picture = picture_bytes("PNG", image=Image.new("1", (10, 10)))
    five = {f"{number}.png": picture for number in range(5)}

    assert code_of(docx(**{f"word/media/{name}": part for name, part in five.items()}), "a.docx") == "too_many_pixels"
    assert code_of(odt(**{f"Pictures/{name}": part for name, part in five.items()}), "a.odt") == "too_many_pixels"


# --- Names as they were written


def zip_named(written: bytes, *, beside: bytes = b"") -> bytes:
    """A ZIP of one text whose name stands in these bytes, without saying of which alphabet. beside: a further field."""
    stand_in = zipfile.ZipInfo("x" * len(written))
    stand_in.extra = beside
    return zip_of([(stand_in, "Жарлык".encode())]).replace(stand_in.filename.encode(), written)


def unicode_name(name: str, *, of: bytes) -> bytes:
    field = b"\x01" + struct.pack("<I", zlib.crc32(of)) + name.encode()
    return struct.pack("<HH", 0x7075, len(field)) + field


NAME = "Указ Президента й.txt"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (zip_named(NAME.encode("cp866")), NAME),
        (zip_named(NAME.encode()), NAME),
        (zip_named(unicodedata.normalize("NFD", NAME).encode()), NAME),
        (zip_named(b"????????.txt", beside=unicode_name("Жарлыкты.txt", of=b"????????.txt")), "Жарлыкты.txt"),
        (zip_named(b"Decree.txt", beside=unicode_name("Жарлыкты.txt", of=b"Another.txt")), "Decree.txt"),
        (zip_of([("Өкмөттүн токтому.txt", "Жарлык")]), "Өкмөттүн токтому.txt"),
    ],
    ids=["Windows in Russian", "Mac", "Mac, letters apart", "beside", "beside another", "flagged"],
)
def test_a_name_stays_as_it_was_written(content, name):
    assert code_of(content, "a.zip") is None
    served = cleaned(content, filename="a.zip")

    with zipfile.ZipFile(io.BytesIO(served)) as archive:
        assert archive.namelist() == [name]
        assert archive.read(name).decode() == "Жарлык"
    assert cleaned(served, filename="a.zip") == served


def test_the_name_that_counts_is_the_one_that_readers_see():
    outside = unicode_name("../a.txt", of=b"Decree.txt")
    same = zip_of([("Указ.txt", "Жарлык"), ("xxxx.txt", "Жарлык")]).replace(b"xxxx.txt", "Указ.txt".encode("cp866"))

    assert code_of(zip_named(b"Decree.txt", beside=outside), "a.zip") == "unsafe_path"
    assert code_of(zip_named("a\u202efdp.txt".encode()), "a.zip") == "telling_name"
    assert code_of(same, "a.zip") == "unsafe_path"


def test_what_file_managers_leave_in_an_archive_is_not_served():
    left = [("__MACOSX/._a.txt", b"\0\5\x16\7Mac OS X"), (".DS_Store", b"Bud1"), ("b/Thumbs.db", b"\xd0\xcf\x11\xe0"),
            ("b/desktop.ini", b"[.ShellClassInfo]")]  # fmt: skip
    served = cleaned(zip_of([("a.txt", b"Decree"), *left]), filename="a.zip")

    with zipfile.ZipFile(io.BytesIO(served)) as archive:
        assert archive.namelist() == ["a.txt"]
    assert code_of(zip_of([("a.txt", b"Decree"), *left]), "a.zip") is None
    assert code_of(zip_of(left), "a.zip") == "damaged"
