"""Looking into a bomb costs little, and so does cleaning what is taken: measured for each file in a process of its own,
in memory and in pieces of plain work, which the same process does before and after."""

import json
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.site_pages import samples
from tests.site_pages.pdf_samples import lzw, pdf_of, pdf_with_packed, stream
from tests.site_pages.samples import WORD, docx, odt, zip_of

MEASURE = """
import json, os, re, sys, time
from pathlib import Path
import django; django.setup()
from django.core.exceptions import ValidationError
from wagtail.users.models import UserProfile

from site_pages.files.cleaning import cleaned
from site_pages.files.inspection import inspect_file
from site_pages.files.pictures import inspect_picture

def most_kilobytes():
    # Not getrusage: its mark is also that of the process which started this one.
    return int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1])

def plain_work():
    # What this machine needs for a fixed piece of work, now: what else runs on it slows both.
    begun = time.process_time()
    sum(int(str(number)) for number in range(1_000_000))
    return time.process_time() - begun

def measure(path):
    content, piece = path.read_bytes(), plain_work()
    before, begun, code = most_kilobytes(), time.process_time(), None
    try:
        (inspect_picture if path.suffix in (".png", ".gif") else inspect_file)(content, filename=path.name)
    except ValidationError as error:
        code = error.code
    spent = time.process_time() - begun
    if code is None:
        begun = time.process_time()
        cleaned(content, filename=path.name)
        spent = max(spent, time.process_time() - begun)
    grown = most_kilobytes() - before
    piece = max(piece, plain_work())
    return {"code": code, "megabytes": grown // 1024, "seconds": spent, "pieces": spent / piece}

for path in sorted(Path(sys.argv[1]).iterdir()):
    if not (child := os.fork()):
        print(json.dumps({path.name: measure(path)}), flush=True)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0, path.name
"""

ROOT = Path(__file__).parents[2]


def zip_bomb() -> bytes:
    """200 parts that unpack to a gigabyte."""
    return zip_of([(f"{number}.txt", b" " * (5 * 2**20)) for number in range(200)])


def almost_a_bomb() -> bytes:
    """A DOCX that stays just within the limits: the dearest that is unpacked."""
    begin = f'<w:hdr xmlns:w="{WORD}">'.encode()
    return docx(**{f"word/header{number}.xml": begin + b"<b/>" * 490_000 + b"</w:hdr>" for number in range(4)})


def remarks_that_open() -> bytes:
    """A few kilobytes: whoever looks for the end of what each remark opens reads the part six thousand times."""
    inside = b"<!--<w:rsids>-->" * 6_000 + b"x" * 1_200_000
    return docx(**{"word/header1.xml": f'<w:hdr xmlns:w="{WORD}">'.encode() + inside + b"</w:hdr>"})


def with_header(inside: bytes) -> bytes:
    """A DOCX that packs badly enough to be looked into."""
    noise = os.urandom(300_000).hex().encode()
    return docx(**{"word/header1.xml": f'<w:hdr xmlns:w="{WORD}">'.encode() + noise + inside + b"</w:hdr>"})


def with_namespaces(begin: str, inside: str, end: str, *, count: int = 3_000, length: int = 100) -> str:
    """Markup in an element, of which only the tags go, with so many namespaces of that length."""
    declared = "".join(f' xmlns:n{number}="urn:{"x" * length}"' for number in range(count))
    return f"{begin}{declared}>{inside}{end}"


def words_in_many_fields() -> bytes:
    """As many fields in one another as are taken, past their codes, and another one whose code goes."""
    marks = [f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "separate", "end")]
    begin, between, end = marks[0] + "<w:instrText>{}</w:instrText>", marks[1], marks[2]
    one = begin.format("AUTHOR") + between + end
    inside = (begin.format("PAGE") + between) * 199 + "<w:t>a</w:t>" * 300_000 + end * 199
    return with_header(f"<w:p>{one}{inside}</w:p>".encode())


def namespaces_of_a_field(inside: str, **much: int) -> bytes:
    return with_header(with_namespaces('<w:fldSimple w:instr="AUTHOR"', inside, "</w:fldSimple>", **much).encode())


def namespace_of_many_names() -> bytes:
    """Whoever keeps each name with its namespace needs gigabytes."""
    names = b"".join(b"<a:b%d/>" % number for number in range(4_900))
    return with_header(b'<b xmlns:a="' + b"u" * 900_000 + b'">' + names + b"</b>")


def pdf_bomb() -> bytes:
    """A PDF whose list of objects unpacks to 600 megabytes."""
    packer = zlib.compressobj(9)
    body = (
        packer.compress(b"3 0 <</A 1>>") + b"".join(packer.compress(b" " * 2**20) for _ in range(600)) + packer.flush()
    )
    first = b"%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 3 0 R>>\nendobj\n"
    listed = first + b"2 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(body)
    listed += body + b"\nendstream\nendobj\n"
    rows = ((0, 0, 65535), (1, 9, 0), (1, len(first), 0), (2, 2, 0), (1, len(listed), 0))
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    head = b"4 0 obj\n<</Type/XRef/Size 5/W[1 4 2]/Root 1 0 R/Length %d>>\nstream\n" % len(table)
    return listed + head + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(listed)


def _lzw(_objects: bytes) -> bytes:
    """Two gigabytes of blanks."""
    return zlib.compress(lzw(1) * 250)


def drawing(operators: bytes, way: bytes) -> bytes:
    """A page with operators that are packed in this way."""
    page = b"<</Type/Page/Parent 2 0 R/Resources<<>>/MediaBox[0 0 9 9]/Contents 4 0 R>>"
    return pdf_of({3: page, 4: stream(operators, b"/Filter" + way)})


GIF_HEAD = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"
GIF_FRAME = b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00"

BOMBS = {
    "frames.gif": (lambda: GIF_HEAD + GIF_FRAME * 2_600_000 + b";", "animated"),
    "notes.gif": (lambda: GIF_HEAD + b"!\xfe\x00" * 13_000_000 + GIF_FRAME + b";", "damaged"),
    "a.zip": (zip_bomb, "zip_bomb"),
    "a.docx": (almost_a_bomb, None),
    "remarks.docx": (remarks_that_open, None),
    "long-tag.docx": (lambda: with_header(b'<b a="' + b"x" * 35_000_000 + b'"/>'), "zip_bomb"),
    "names.docx": (lambda: with_header(b"".join(b"<e%d/>" % number for number in range(900_000))), "zip_bomb"),
    "namespaces.docx": (lambda: namespaces_of_a_field("<w:r/>" * 10_000), "zip_bomb"),
    "values.docx": (
        lambda: namespaces_of_a_field(f'<w:r a="{" ".join(f"n{n}" for n in range(90))}"/>' * 20_000, count=90),
        "zip_bomb",
    ),
    "used.docx": (lambda: namespaces_of_a_field("<n1:r/>" * 300_000, count=90, length=9), None),
    "namespaces.odt": (
        lambda: odt(with_namespaces("<text:p><text:creator", "<text:s/>" * 10_000, "</text:creator></text:p>")),
        "zip_bomb",
    ),
    "fields.docx": (words_in_many_fields, None),
    "long-namespace.docx": (namespace_of_many_names, "zip_bomb"),
    "quotes.docx": (lambda: with_header((b"<w:p w:a='" + b'"' * 500_000 + b"'/>") * 24), "zip_bomb"),
    "a.pdf": (pdf_bomb, "zip_bomb"),
    "values.pdf": (lambda: pdf_with_packed(*[b"[" + b"<<>>" * 400_000 + b"]"] * 10), "zip_bomb"),
    "lzw.pdf": (lambda: pdf_with_packed(b"null", filters=b"[/FlateDecode/LZWDecode]", pack=_lzw), "unknown_part"),
    "runs.pdf": (lambda: drawing(b"\x81 " * 2_000_000, b"/RunLengthDecode"), "zip_bomb"),
    "remarks.pdf": (lambda: drawing(zlib.compress(b"%\n" * 20_000_000), b"/FlateDecode"), "zip_bomb"),
    "blanks.pdf": (lambda: drawing(zlib.compress(b" " * 63_000_000), b"/FlateDecode"), None),
    "a.png": (lambda: samples.png_header(20_000, 20_000), "too_many_pixels"),
}


@pytest.fixture(scope="module")
def costs(tmp_path_factory) -> dict[str, dict]:
    """What each costs, by its name."""
    folder = tmp_path_factory.mktemp("bombs")
    for name, (make, _code) in BOMBS.items():
        (folder / name).write_bytes(make())
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "cms.settings.test"}
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, folder], cwd=ROOT, env=environment, capture_output=True, timeout=300, check=True
    )
    costs = {}
    for line in done.stdout.splitlines():
        costs |= json.loads(line)
    return costs


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_bomb_costs_less_than_200_megabytes_and_a_hundred_pieces_of_plain_work(name, costs):
    cost = costs[name]
    print(name, cost)
    assert cost["code"] == BOMBS[name][1]
    assert cost["megabytes"] < 200
    assert cost["pieces"] < 100
