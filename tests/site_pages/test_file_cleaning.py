"""What is served shows the same and tells nothing more: each pixel stays, each note of camera and program goes."""

import hashlib
import io
import re
import zipfile
from xml.etree import ElementTree

import pikepdf
import pytest
from PIL import Image, ImageCms, ImageOps, IptcImagePlugin

from site_pages.files import serving
from site_pages.files.cleaning import cleaned
from site_pages.files.inspection import inspect_file
from site_pages.files.pictures import inspect_picture
from site_pages.files.serving import NotServable, served_file, served_name
from site_pages.files.words import FileWords
from site_pages.models import PressFile, ServedFile
from site_pages.storage import OriginalsStorage
from tests.newsroom import photo
from tests.site_pages import samples
from tests.site_pages.samples import SECRET, docx, gradient, odt, pdf_bytes, picture_bytes, telling_picture

ENDINGS = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
BETRAYING = (b"Bakirov", b"42.87459", b"SERIAL-0815", b"MAKER-NOTE", "Бакиров".encode(), b"GPS")
WORDS = FileWords(
    locale="ru",
    caption="Открытие школы в Нарыне <12 мая> & праздник",
    credit="А. Асанов / Пресс-служба",
    rights="Свободно со ссылкой",
    alt_text="Школа",
)
XMP = {
    "dc": "{http://purl.org/dc/elements/1.1/}",
    "rdf": "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}",
    "photoshop": "{http://ns.adobe.com/photoshop/1.0/}",
    "xml": "{http://www.w3.org/XML/1998/namespace}",
}


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def shown(picture: Image.Image) -> bytes:
    """The pixels as a screen shows them by the picture's own profile."""
    profile = ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"]))
    return ImageCms.profileToProfile(picture, profile, ImageCms.createProfile("sRGB")).tobytes()


def xmp_of(picture: Image.Image) -> ElementTree.Element:
    packet = picture.info.get("xmp") or picture.info["XML:com.adobe.xmp"].encode()
    return ElementTree.fromstring(packet)


def languages(packet: ElementTree.Element, name: str) -> dict[str, str]:
    items = packet.findall(f".//{XMP['dc']}{name}/{XMP['rdf']}Alt/{XMP['rdf']}li")
    return {item.get(f"{XMP['xml']}lang"): item.text for item in items}


@pytest.mark.parametrize("kind", sorted(ENDINGS))
def test_every_pixel_and_the_colours_stay_and_every_note_goes(kind):
    before = telling_picture(kind)
    assert any(word in before for word in BETRAYING)

    after = cleaned(before, filename=f"a{ENDINGS[kind]}")

    old, new = opened(before), opened(after)
    assert (new.format, new.mode, new.size, new.tobytes()) == (old.format, old.mode, old.size, old.tobytes())
    assert ImageOps.exif_transpose(new).tobytes() == ImageOps.exif_transpose(old).tobytes()
    assert shown(new) == shown(old) != new.convert("RGB").tobytes()
    assert dict(new.getexif()) == {0x0112: 6}
    assert [word for word in BETRAYING if word in after] == []
    inspect_picture(after, filename=f"a{ENDINGS[kind]}")


@pytest.mark.parametrize("kind", sorted(ENDINGS))
def test_a_reader_of_the_file_finds_caption_credit_and_rights(kind):
    before = telling_picture(kind)

    after = opened(cleaned(before, filename=f"a{ENDINGS[kind]}", words=WORDS))

    packet = xmp_of(after)
    assert after.tobytes() == opened(before).tobytes()
    assert languages(packet, "description") == {"x-default": WORDS.caption, "ru": WORDS.caption}
    assert languages(packet, "rights") == {"x-default": WORDS.rights, "ru": WORDS.rights}
    assert [e.text for e in packet.findall(f".//{XMP['dc']}creator//{XMP['rdf']}li")] == [WORDS.credit]
    assert packet.find(f".//{XMP['photoshop']}Credit").text == WORDS.credit


def test_a_jpeg_tells_them_in_iptc_as_well():
    after = opened(cleaned(telling_picture("JPEG"), filename="a.jpg", words=WORDS))

    told = IptcImagePlugin.getiptcinfo(after)

    assert told[1, 90] == b"\x1b%G"
    assert [told[2, number].decode() for number in (120, 110, 116)] == [WORDS.caption, WORDS.credit, WORDS.rights]


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_jpeg_of_other_colours_looks_the_same(mode):
    before = picture_bytes("JPEG", image=gradient(mode), exif=samples.telling_exif())

    after = cleaned(before, filename="a.jpg", words=WORDS)

    assert opened(after).tobytes() == opened(before).tobytes()


@pytest.mark.parametrize(("mode", "lossless"), [("RGB", False), ("RGBA", True), ("RGBA", False)])
def test_a_simple_webp_becomes_one_that_has_words(mode, lossless):
    before = picture_bytes("WEBP", image=gradient(mode), lossless=lossless)

    after = opened(cleaned(before, filename="a.webp", words=WORDS))

    assert (after.mode, after.tobytes()) == (opened(before).mode, opened(before).tobytes())
    assert languages(xmp_of(after), "description")["ru"] == WORDS.caption


def test_what_a_telephone_puts_behind_a_jpeg_is_not_served():
    before = picture_bytes("JPEG") + picture_bytes("JPEG", exif=samples.telling_exif())

    after = cleaned(before, filename="a.jpg")

    assert after == cleaned(picture_bytes("JPEG"), filename="a.jpg")


def test_a_moving_gif_keeps_its_frames_and_its_turns_and_loses_its_comment():
    frames = [gradient("P"), gradient("P").transpose(Image.Transpose.ROTATE_180)]
    before = picture_bytes(
        "GIF", image=frames[0], save_all=True, append_images=frames[1:], loop=3, comment=SECRET.encode()
    )

    after = cleaned(before, filename="a.gif")

    old, new = Image.open(io.BytesIO(before)), Image.open(io.BytesIO(after))
    assert (new.n_frames, new.info["loop"], new.info.get("comment")) == (2, 3, None)
    for number in range(2):
        old.seek(number), new.seek(number)
        assert new.convert("RGB").tobytes() == old.convert("RGB").tobytes()


def test_a_pdf_loses_author_history_and_what_the_camera_noted_and_keeps_its_page():
    def with_history(pdf):
        pdf.docinfo["/Author"] = SECRET
        with pdf.open_metadata() as metadata:
            metadata["dc:creator"] = [SECRET]
        image = pdf.make_stream(telling_picture("JPEG"), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image,
                                Width=61, Height=43, Filter=pikepdf.Name.DCTDecode)  # fmt: skip
        pdf.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
        pdf.pages[0].Contents = pdf.make_stream(b"(Earlier text) Tj")

    first = pdf_bytes(with_history, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    number = re.search(rb"(\d+) 0 obj\n<<[^>]*>>\nstream\n\(Earlier text\)", first)[1]
    place = len(first)
    second = first + number + b" 0 obj\n<< /Length 19 >>\nstream\n(Later) Tj /Im0 Do\n\nendstream\nendobj\n"
    table = b"xref\n" + number + b" 1\n%010d 00000 n \n" % place
    trailer = re.search(rb"trailer (<<.*?>>)\s*startxref\s*(\d+)", first, re.DOTALL)
    second += (
        table
        + b"trailer "
        + trailer[1][:-2]
        + b" /Prev "
        + trailer[2]
        + b" >>\nstartxref\n%d\n%%%%EOF\n" % (second.index(table) if table in second else len(second))
    )
    inspect_file(second, filename="a.pdf")
    assert b"Earlier text" in second

    after = cleaned(second, filename="a.pdf")

    with pikepdf.open(io.BytesIO(after)) as pdf:
        everything = b"".join(
            found.read_raw_bytes() if found.get("/Filter") == "/DCTDecode" else found.read_bytes()
            for found in pdf.objects
            if isinstance(found, pikepdf.Stream)
        )
        picture = pdf.pages[0].Resources.XObject.Im0.read_raw_bytes()
        assert "/Info" not in pdf.trailer and "/Metadata" not in pdf.Root
        assert pdf.pages[0].Contents.read_bytes().strip() == b"(Later) Tj /Im0 Do"
    assert opened(picture).tobytes() == opened(telling_picture("JPEG")).tobytes()
    assert not any(word in content for word in (*BETRAYING, b"Earlier") for content in (after, everything, picture))


def test_a_docx_loses_its_author_its_numbers_and_what_cameras_noted_in_its_pictures():
    before = docx(
        '<w:p w:rsidR="00AB12CD"><w:r><w:t>Жарлык</w:t></w:r></w:p>',
        **{"word/media/image1.jpg": telling_picture("JPEG"), "docProps/thumbnail.jpeg": telling_picture("JPEG"),
           "word/settings.xml": b'<w:settings xmlns:w="w"><w:rsids><w:rsid w:val="00AB12CD"/></w:rsids></w:settings>'},
    )  # fmt: skip
    inspect_file(before, filename="a.docx")

    after = cleaned(before, filename="a.docx")

    inspect_file(after, filename="a.docx")
    with zipfile.ZipFile(io.BytesIO(after)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
        times = {entry.date_time for entry in archive.infolist()}
    assert set(parts) == {
        "[Content_Types].xml",
        "_rels/.rels",
        "word/_rels/document.xml.rels",
        "word/document.xml",
        "word/media/image1.jpg",
        "word/settings.xml",
    }
    assert "Жарлык".encode() in parts["word/document.xml"]
    assert not any(word in part for part in parts.values() for word in (*BETRAYING, b"00AB12CD"))
    assert opened(parts["word/media/image1.jpg"]).tobytes() == opened(telling_picture("JPEG")).tobytes()
    assert times == {(1980, 1, 1, 0, 0, 0)}


def test_an_odt_loses_its_author():
    before = odt()
    inspect_file(before, filename="a.odt")

    after = cleaned(before, filename="a.odt")

    inspect_file(after, filename="a.odt")
    with zipfile.ZipFile(io.BytesIO(after)) as archive:
        assert archive.namelist()[0] == "mimetype"
        assert "Жарлык" in archive.read("content.xml").decode()
        assert "Бакиров" not in archive.read("meta.xml").decode()


@pytest.mark.parametrize(
    ("content", "name"),
    [(telling_picture("JPEG"), "a.jpg"), (telling_picture("PNG"), "a.png"), (docx(), "a.docx"), (odt(), "a.odt"),
     (pdf_bytes(), "a.pdf")],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_the_same_file_gives_the_same_bytes_and_cleaning_twice_changes_nothing(content, name):
    once = cleaned(content, filename=name, words=WORDS)

    assert cleaned(content, filename=name, words=WORDS) == once
    if name != "a.pdf":
        assert cleaned(once, filename=name, words=WORDS) == once


# --- What is kept


@pytest.fixture
def media(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_what_is_served_is_made_once_under_a_name_of_its_own(media):
    used = photo()

    first = served_file(original_name=used.file.name, words=WORDS)
    again = served_file(original_name=used.file.name, words=WORDS)

    stored = media / first.storage_name
    assert again == first
    assert ServedFile.objects.count() == 1
    assert re.fullmatch(r"served/([0-9a-f]{2})/\1[0-9a-f]{38}\.jpg", first.storage_name)
    assert (hashlib.sha256(stored.read_bytes()).hexdigest(), stored.stat().st_size) == (first.sha256, first.file_size)
    assert first.sha256 not in first.storage_name and used.file.name.split("/")[-1] not in first.storage_name
    assert served_name(sha256=first.sha256) == first.storage_name
    modes = [path.stat().st_mode & 0o777 for path in (stored, stored.parent, media / "served", media / "originals")]
    assert modes == [0o640, 0o750, 0o750, 0o700]


def test_other_words_make_another_file_and_leave_the_first(media):
    used = photo()
    first = served_file(original_name=used.file.name, words=WORDS)
    kept = (media / first.storage_name).read_bytes()

    other = served_file(original_name=used.file.name, words=FileWords(locale="ky", caption="Мектеп"))

    assert (other.storage_name, other.sha256) != (first.storage_name, first.sha256)
    assert (media / first.storage_name).read_bytes() == kept


def test_bytes_of_an_earlier_cleaning_are_made_anew_and_stay_served(media, monkeypatch):
    used = photo()
    with monkeypatch.context() as before:
        before.setattr(serving, "CLEANING", serving.CLEANING - 1)
        earlier = served_file(original_name=used.file.name, words=WORDS)
    (media / earlier.storage_name).write_bytes(b"as it was made then")
    ServedFile.objects.update(sha256=hashlib.sha256(b"as it was made then").hexdigest())

    now = served_file(original_name=used.file.name, words=WORDS)

    assert now.storage_name != earlier.storage_name
    assert (media / now.storage_name).read_bytes() != (media / earlier.storage_name).read_bytes()
    assert served_name(sha256=hashlib.sha256(b"as it was made then").hexdigest()) == earlier.storage_name


def test_the_original_stays_what_was_uploaded_and_neither_is_removed_by_an_edit(media):
    used = photo()
    original = (media / used.file.name).read_bytes()
    served = served_file(original_name=used.file.name, words=WORDS)

    OriginalsStorage().delete(served.storage_name)
    used.file.delete(save=False)

    assert (media / served.storage_name).exists()
    assert [path.read_bytes() for path in (media / "originals").rglob("*.jpg")] == [original]


@pytest.mark.parametrize("harm", ["altered", "gone"])
def test_a_served_file_that_was_harmed_is_not_named_in_a_public_form(media, harm):
    used = photo()
    served = served_file(original_name=used.file.name, words=WORDS)
    (media / served.storage_name).write_bytes(b"x") if harm == "altered" else (media / served.storage_name).unlink()

    with pytest.raises(NotServable):
        served_file(original_name=used.file.name, words=WORDS)


def test_a_file_that_cannot_be_cleaned_is_not_served(media):
    record = PressFile(title="Тиркеме")
    record.file.save("a.pdf", io.BytesIO(b"%PDF-1.7 broken"))

    with pytest.raises(NotServable):
        served_file(original_name=record.file.name)
    assert ServedFile.objects.count() == 0
    assert not (media / "served").exists()
