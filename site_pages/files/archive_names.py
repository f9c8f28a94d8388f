"""Names in a ZIP as the person who packed it wrote them.

The format knows two alphabets, that of the first IBM PC and Unicode; an entry says by a flag which one its name is in.
Windows in Russian writes its own letters (cp866) without the flag, and a Mac writes Unicode without it; some programs
leave the name as of the PC and put the true one beside it (APPNOTE.TXT, 4.6.9).
"""

import re
import struct
import unicodedata
import zipfile
import zlib

UNICODE_FLAG = 0x800
UNICODE_NAME = 0x7075
# What file managers leave in an archive without being asked, and show nobody.
LEFT_BEHIND = re.compile(r"(?:^|/)(?:__MACOSX/|(?:\.DS_Store|Thumbs\.db|desktop\.ini)$)", re.IGNORECASE)


def name_of(entry: zipfile.ZipInfo) -> str:
    """The name with its folders, readable; a name that is in no known alphabet comes in that of Windows in Russian."""
    if entry.flag_bits & UNICODE_FLAG:
        return entry.filename
    try:
        written = entry.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    if beside := _name_beside(entry.extra, written=written):
        return beside
    try:
        return unicodedata.normalize("NFC", written.decode())
    except UnicodeDecodeError:
        return written.decode("cp866")


def _name_beside(extra: bytes, *, written: bytes) -> str:
    """The name in Unicode among the further fields of the entry, or "": none, or of another name."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind != UNICODE_NAME or len(field) < 6 or field[0] != 1:
            continue
        if struct.unpack_from("<I", field, 1)[0] != zlib.crc32(written):
            continue
        try:
            return field[5:].decode()
        except UnicodeDecodeError:
            return ""
    return ""
