"""ZIP archives, which office files are too: looked at by their list, then unpacked within limits, never further."""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable

from site_pages.files.archive_names import LEFT_BEHIND, name_of
from site_pages.files.refusals import refusal

MOST_ENTRIES = 2_000
MOST_UNPACKED_BYTES = 200 * 2**20
MOST_UNPACKED_BYTES_OF_ONE = 64 * 2**20
# Text packs well, but not a hundredfold; below this size nobody minds.
MOST_RATIO, RATIO_MATTERS_FROM_BYTES = 100, 4 * 2**20
# Some hundred thousand cells of a table; more would keep the process busy for too long.
MOST_TAGS = 2_000_000
END_OF_LIST = b"PK\x05\x06"
END_OF_LIST_BYTES = 22
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
LOCKED_FLAG = 0x1
UNSAFE_PATH = re.compile(r"(?:^|/)\.\.(?:/|$)|^/|\\|^[A-Za-z]:|[\x00-\x1f]")
ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SAME_MOMENT = (1980, 1, 1, 0, 0, 0)
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, KeyError)


class Archive:
    """A ZIP whose list has been checked; parts are read one at a time. Raises ValidationError throughout."""

    def __init__(self, content: bytes):
        """Check everything that the list says, without unpacking anything."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except BROKEN as error:
            raise refusal("damaged") from error
        entries = self._zip.infolist()
        if content[:4] != b"PK\x03\x04" or content[-END_OF_LIST_BYTES:][:4] != END_OF_LIST:
            raise refusal("two_files_in_one")
        _check_sizes(entries)
        for entry in entries:
            _check_entry(entry)
        self._entries = {name_of(entry): entry for entry in entries}
        if len({name.lower() for name in self._entries}) != len(entries):
            raise refusal("unsafe_path")

    @property
    def names(self) -> list[str]:
        """The names of the parts in their order, without folders."""
        return [name for name, entry in self._entries.items() if not entry.is_dir()]

    @property
    def files(self) -> list[str]:
        """The names of the parts that somebody put there, without what file managers leave behind."""
        return [name for name in self.names if not LEFT_BEHIND.search(name)]

    def part(self, name: str) -> bytes:
        """One part, unpacked."""
        try:
            return self._zip.read(self._entries[name])
        except BROKEN as error:
            raise refusal("damaged") from error

    def check_parts(self) -> None:
        """Unpack every part once: each must be whole, none an archive or an OLE file, and the markup not endless."""
        tags = 0
        for name in self.files:
            part = self.part(name)
            # By their bytes: a part is markup whatever its name says.
            tags += part.count(b"<")
            if tags > MOST_TAGS:
                raise refusal("zip_bomb")
            if part.startswith((*ARCHIVES, OLE)):
                raise refusal("embedded_file", what=name)


def packed(parts: Iterable[tuple[str, bytes]], *, is_stored: Callable[[str], bool] = lambda name: False) -> bytes:
    """A ZIP of the parts: the same bytes for the same parts, without times, owners and remarks."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, part in parts:
            entry = zipfile.ZipInfo(name, date_time=SAME_MOMENT)
            entry.compress_type = zipfile.ZIP_STORED if is_stored(name) else zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, part)
    return target.getvalue()


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    """What is said here holds: reading stops at the size that the list gives."""
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED_BYTES:
        raise refusal("zip_bomb")
    for entry in entries:
        too_dense = entry.file_size > max(RATIO_MATTERS_FROM_BYTES, MOST_RATIO * entry.compress_size)
        if too_dense or entry.file_size > MOST_UNPACKED_BYTES_OF_ONE:
            raise refusal("zip_bomb")


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if UNSAFE_PATH.search(entry.orig_filename) or UNSAFE_PATH.search(name_of(entry)):
        raise refusal("unsafe_path")
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise refusal("unsafe_path")
    if entry.flag_bits & LOCKED_FLAG:
        raise refusal("encrypted")
    if entry.compress_type not in METHODS:
        raise refusal("damaged")
