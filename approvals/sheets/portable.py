"""A look into a PDF that somebody brought: its record, and enough of its parts to say where it differs."""

import hashlib
import io
import zlib
from typing import Any

import pikepdf
from django.utils.translation import gettext as _

from approvals.sheets.pdf import RECORD

# What a record may unpack to. Ours are far smaller; a bomb is not unpacked.
LARGEST_RECORD = 8 * 1024 * 1024
DEEPEST = 60
BAD = (pikepdf.PdfError, AttributeError, KeyError, RuntimeError, TypeError, ValueError, zlib.error)


class Unreadable(Exception):
    """The file is no PDF that can be looked into; the text says so, to a person."""


class Portable:
    """One PDF. Nothing in it is run, fetched or drawn. Raises Unreadable."""

    def __init__(self, content: bytes):
        try:
            self._pdf = pikepdf.open(io.BytesIO(content))
        except BAD as error:
            raise Unreadable(_("The PDF cannot be read.")) from error

    @property
    def producer(self) -> str:
        """Which program says that it drew the file."""
        try:
            return str(self._pdf.docinfo.get("/Producer", ""))
        except BAD:
            return ""

    def record(self) -> bytes:
        """The bytes of the attached record; empty when there is none, or it is packed as no sheet of ours is."""
        try:
            stream = self._pdf.attachments[RECORD].obj.EF.F
            raw, packing = stream.read_raw_bytes(), stream.get("/Filter")
            if packing is None:
                return raw[:LARGEST_RECORD]
            return zlib.decompressobj().decompress(raw, LARGEST_RECORD) if packing == "/FlateDecode" else b""
        except BAD:
            return b""

    def parts(self) -> dict[str, str]:
        """A fingerprint of each part, by what a person calls it. Raises Unreadable."""
        try:
            root = self._pdf.Root
            parts = {
                _("page %(number)s") % {"number": number}: _fingerprint(page.obj)
                for number, page in enumerate(self._pdf.pages, start=1)
            }
            parts[_("attachments")] = _fingerprint([root.get("/Names"), root.get("/AF")])
            others = sorted(set(root.keys()) - {"/Pages", "/Names", "/AF"})
            parts[_("properties of the file")] = _fingerprint([root[name] for name in others] + [self._pdf.docinfo])
        except BAD as error:
            raise Unreadable(_("The PDF cannot be read.")) from error
        return parts


def _fingerprint(value: Any) -> str:
    """SHA-256 over everything that hangs on the value, streams as they are packed, each object once."""
    known: dict[tuple[int, int], int] = {}
    sha = hashlib.sha256()

    def walk(item: Any, depth: int) -> None:
        if depth > DEEPEST:
            raise ValueError("nested too deeply")
        if isinstance(item, pikepdf.Object) and item.is_indirect:
            if item.objgen in known:
                sha.update(b"@%d" % known[item.objgen])
                return
            known[item.objgen] = len(known)
        if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
            for name in sorted(item.keys()):
                if name not in ("/Parent", "/P", "/Pg"):
                    sha.update(name.encode() + b"=")
                    walk(item[name], depth + 1)
            if isinstance(item, pikepdf.Stream):
                sha.update(item.read_raw_bytes())
        elif isinstance(item, (pikepdf.Array, list)):
            sha.update(b"[%d" % len(item))
            for one in item:
                walk(one, depth + 1)
        else:
            sha.update(repr(item).encode(errors="replace"))

    walk(value, 0)
    return sha.hexdigest()
